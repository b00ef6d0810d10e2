import { civil, weekdaysShort } from "../../base/format.js";
import { civilTime } from "./civil.js";

/** What an interval is called: "Mon 16 Nov", or with its time "Mon 16 Nov 10:00". */
export function intervalName({ from }, { interval, timeZone }) {
    const fields = civilTime(from, timeZone);
    const day = `${weekdaysShort()[fields.weekday]} ${civil("dayMonth", fields)}`;
    return interval === "hour" || interval === "quarterHour" ? `${day} ${civil("time", fields)}` : day;
}
