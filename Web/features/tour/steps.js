import { place } from "../../base/router.js";
import { plug, traffic } from "../demo/demo-store.js";
import { deskStore } from "../desk/desk-store.js";
import { addDays, fieldsOf } from "../figures/civil.js";
import { may, session } from "../session/session.js";

const tuesday = 2;

/** The day on which the demo's history went wrong: the Tuesday before today. */
function badDay() {
    const now = new Date();
    const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
    return addDays(today, -(((fieldsOf(today).weekday - tuesday + 6) % 7) + 1));
}

/** Its figures, hour by hour. */
function badDayPath() {
    const day = badDay();
    return `/figures?range=dates&from=${day}&through=${day}&interval=hour`;
}

const contact = () => deskStore.value?.contact ?? null;
const isAway = () => ["off", "notReady", "notResponding"].includes(deskStore.value?.routing.state ?? "off");
const atDesk = () => place.value.path === "/desk";
const atFigures = () => place.value.path === "/figures" && place.value.query.get("range") === "dates";
const inList = () => place.value.path === "/contacts" && place.value.query.has("figure");

/**
 * The tour's steps. `seat` is where it is done, and `isHere` whether this is there. `part` names the text (`tour.NAME.PART`), `target`
 * is the selector of the control that it is about, and `isDone` says whether the deed is done; `seen` is an object of the step's own. `otherwise` is the
 * selector where that one is not on the screen. `way` is where a link in the step's own line leads.
 */
export const steps = [
    {
        name: "desk",
        seat: "agent",
        isHere: () => session.value?.user.agent === true,
        part: () => (isAway() ? "ready" : "wait"),
        target: () => (isAway() ? "[data-action=ready]" : ".presence"),
        otherwise: ".presence",
        isDone: () => ["ringing", "talking"].includes(contact()?.state),
    },
    {
        name: "call",
        seat: "agent",
        isHere: () => session.value?.user.agent === true,
        way: () => (atDesk() ? null : "/desk"),
        part: () => ({ ringing: "answer", talking: "talk" })[contact()?.state] ?? "wait",
        target: () => ({ ringing: "call-bar [data-key=answer]", talking: ".contact-why" })[contact()?.state] ?? ".contact",
        isDone: () => contact()?.state === "wrapUp",
    },
    {
        name: "outcome",
        seat: "agent",
        isHere: () => session.value?.user.agent === true,
        way: () => (atDesk() ? null : "/desk"),
        part: () => "complete",
        target: () => "outcome-form .outcome",
        isDone: (seen) => {
            if (contact()?.state === "wrapUp") seen.contact = contact().id;
            return seen.contact !== undefined && contact()?.id !== seen.contact;
        },
    },
    {
        name: "floor",
        seat: "supervisor",
        isHere: () => may("viewFloor"),
        way: () => (place.value.path === "/floor" ? null : "/floor"),
        part: () => "traffic",
        target: () => "demo-bar .demo-traffic",
        isDone: (seen) => {
            seen.factor ??= traffic.value?.factor;
            return traffic.value !== null && traffic.value.factor !== seen.factor;
        },
    },
    {
        name: "hour",
        seat: "supervisor",
        isHere: () => may("viewFloor"),
        way: () => (atFigures() || inList() ? null : badDayPath()),
        part: () => (inList() ? "contacts" : atFigures() ? "figures" : "go"),
        target: () => (inList() ? "contact-list tbody a" : atFigures() ? "trend-chart" : null),
        isDone: (seen) => {
            seen.list ||= inList();
            return seen.list && place.value.path.startsWith("/contacts/");
        },
    },
    {
        name: "plug",
        seat: "supervisor",
        isHere: () => may("viewFloor"),
        part: () => "pull",
        target: () => "demo-bar .demo-pull",
        isDone: (seen) => {
            const { last, pulled } = plug.value;
            seen.before ??= last?.number;
            return last !== null && !pulled && last.over && last.number > seen.before;
        },
    },
];
