import { list } from "../../base/format.js";
import { measureOf } from "../../base/measures.js";
import { known, t } from "../../base/text.js";

// The rules that the server holds a set-up against, as far as one field can tell: what is wrong is said while it is typed.
// A rule takes a value and returns what is wrong with it, as the server would say it, or null.

const bytes = (text) => new TextEncoder().encode(text).length;

/** Something must be there. */
export function required(value) {
    const isEmpty = value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
    return isEmpty || (typeof value === "object" && Object.values(value).every((text) => text === "")) ? { rule: "required" } : null;
}

/** A text of so many bytes. */
export function text(max, min = 1) {
    return (value) => (bytes(value) < min || bytes(value) > max ? { rule: "text", min, max } : null);
}

/** The same text in some languages, each of at most so many characters. */
export function texts(max) {
    return (value) => (Object.values(value ?? {}).some((one) => one.length > max) ? { rule: "text", min: 1, max } : null);
}

/** A password or the like. */
export function secret(min, max = 200) {
    return (value) => (bytes(value) < min || bytes(value) > max || /[\u0000-\u001f\u007f]/.test(value) ? { rule: "secret", min, max } : null);
}

/** A whole number. */
export function range(min, max) {
    return (value) => (Number.isInteger(value) && value >= min && value <= max ? null : { rule: "range", min, max });
}

/** A number with its country code. */
export function international(value) {
    return /^\+[1-9]\d{4,14}$/.test(digitsOf(value)) ? null : { rule: "number" };
}

/** A number as people dial it, or an extension. */
export function dialled(value) {
    return /^\+?\d{2,15}$/.test(digitsOf(value)) ? null : { rule: "number" };
}

/** A number without what people write between its digits. */
export function digitsOf(value) {
    return String(value).replace(/[\s()./-]/g, "");
}

/** Digits and nothing else. */
export function digits(value) {
    return /^\d{1,5}$/.test(value) ? null : { rule: "digits" };
}

const octet = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
const four = new RegExp(`^${octet}(\\.${octet}){3}$`);
const six = /^(?=.*:.*:)[0-9a-fA-F:]{2,39}(\.\d+){0,3}$/;
const host = /^(?=.{1,253}$)[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

/** An IP address. */
export function address(value) {
    return four.test(value) || six.test(value) ? null : { rule: "address" };
}

/** An IP address with a port. */
export function socketAddress(value) {
    const [, inner, port] = /^\[?(.+?)\]?:(\d{1,5})$/.exec(value) ?? [];
    return inner && !address(inner) && Number(port) > 0 && Number(port) < 65_536 ? null : { rule: "socketAddress" };
}

/** A name that the DNS knows, or an address, with or without a port. */
export function hostOrAddress(value) {
    if (!address(value) || !socketAddress(value)) return null;
    const [, name, port] = /^([^:]+)(?::(\d{1,5}))?$/.exec(value) ?? [];
    const fits = name && host.test(name) && !/^[\d.]+$/.test(name) && (port === undefined || (port > 0 && port < 65_536));
    return fits ? null : { rule: "hostOrAddress" };
}

/** The beginning of international numbers, with ! before those that are not to be called. */
export function destination(value) {
    return /^!?\+[1-9]\d{0,14}$/.test(value) ? null : { rule: "destination" };
}

/** What people sign in with. */
export function login(value) {
    return /\s/.test(value) ? { rule: "malformed" } : text(60)(value);
}

/** Where a webhook is. */
export function webAddress(value) {
    return /^https?:\/\/(\[[0-9a-fA-F:.]+\]|[a-zA-Z0-9.-]+)(:\d{1,5})?([/?#][!-~]*)?$/.test(value) && value.length <= 1000 ? null : { rule: "webhook" };
}

/** One figure of a wallboard: good must not be worse than what is still fine. */
export function wallFigure({ measure, good, warn }) {
    const { unit, isBetterHigh } = measureOf(measure);
    const max = { count: 100_000, percent: 100, seconds: 86_400 }[unit];
    const wrong = [good, warn].filter((limit) => limit !== undefined).map(range(0, max)).find((found) => found !== null);
    if (wrong) return wrong;
    if (good === undefined) return warn === undefined ? null : { rule: "required" };
    const isTurned = warn !== undefined && (isBetterHigh ? warn > good : warn < good);
    return isTurned ? { rule: "conflict" } : null;
}

/** One of a list. */
export function oneOf(values) {
    return (value) => (values.includes(value) ? null : { rule: "choice", choices: values });
}

const time = /^([01]?\d|2[0-4]):([0-5]\d)$/;

/** Minutes after midnight, or null for what is no time of day. */
export function minutes(written) {
    const [, hour, minute] = time.exec(written) ?? [];
    const value = hour === undefined ? null : Number(hour) * 60 + Number(minute);
    return value === null || value > 1440 ? null : value;
}

/** The spans of a day: "HH:MM-HH:MM", none within another; one that ends before it begins passes midnight. */
export function spans(values) {
    const read = values.map((written) => written.split("-").map(minutes));
    if (read.some((pair) => pair.length !== 2 || pair.includes(null) || pair[0] === pair[1] || pair[0] === 1440)) return { rule: "timeRange" };
    const flat = read.map(([from, to]) => [from, to < from ? to + 1440 : to]).sort(([one], [other]) => one - other);
    const overlap = flat.some(([from], index) => index > 0 && from < flat[index - 1][1]);
    return overlap ? { rule: "timeRange" } : null;
}

/** A day of the calendar, "2026-12-25". */
export function day(value) {
    const read = /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00:00Z`) : null;
    return read && !Number.isNaN(read.getTime()) && read.toISOString().startsWith(value) ? null : { rule: "date" };
}

/** Opening hours: days that can be read, with spans that can. */
export function hours(value) {
    if (typeof value !== "object") return null;
    if (Object.keys(value.days ?? {}).some((date) => day(date) !== null)) return { rule: "date" };
    return Object.values({ ...value.week, ...value.days }).map(spans).find((wrong) => wrong !== null) ?? null;
}

/** The queues of a person, each with a priority and a delay. */
export function skills(value) {
    const all = Object.values(value);
    const wrong = ({ priority = 1 }) => range(1, 99)(priority) !== null;
    if (all.some(wrong)) return range(1, 99)(null);
    return all.some(({ delay = 0 }) => range(0, 3600)(delay) !== null) ? range(0, 3600)(null) : null;
}

/** What comes after a talk; where it takes time, so many seconds. */
export function wrapUp(value) {
    if (["none", "untilDisposed", "optional"].includes(value)) return null;
    return range(1, 3600)(value?.onRequest ?? value);
}

/** What is wrong, in the language of the screen. */
export function ruleText({ rule, min = 0, max = 0, choices = [] }) {
    if (rule === "text" && min <= 1) return t("settings.rule.longText", { max });
    return t(`settings.rule.${known(`settings.rule.${rule}`) ? rule : "malformed"}`, { min, max, choices: list(choices) });
}
