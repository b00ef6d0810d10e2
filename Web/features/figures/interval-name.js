import { civil, weekdaysShort } from "../../base/format.js";
import { civilTime } from "./civil.js";

/** When an interval begins, as short as can be: "16 Nov", "16 Nov 10:00", or "10:00" among those of one day. */
export function intervalStart({ from }, { interval, timeZone, oneDay }) {
    const fields = civilTime(from, timeZone);
    if (interval !== "hour" && interval !== "quarterHour") return civil("dayMonth", fields);
    return oneDay ? civil("time", fields) : `${civil("dayMonth", fields)} ${civil("time", fields)}`;
}

/** What an interval is called: "Mon 16 Nov", or with its time "Mon 16 Nov 10:00". */
export function intervalName({ from }, { interval, timeZone }) {
    const fields = civilTime(from, timeZone);
    const day = `${weekdaysShort()[fields.weekday]} ${civil("dayMonth", fields)}`;
    return interval === "hour" || interval === "quarterHour" ? `${day} ${civil("time", fields)}` : day;
}
