// A number as people write it: 15 digits before the point and 12 after, without the errors of binary fractions. The same as
// Sources/Scripting/DecimalNumber.swift, and held by the same tables.
const one = 10n ** 12n;
const end = one * 10n ** 15n;
const fractionMax = 12;

const magnitude = (units) => (units < 0n ? -units : units);
const kept = (units) => (magnitude(units) < end ? units : null);

/** The whole part of a division of what is not negative, halves up. */
function quotient(dividend, divisor) {
    const rest = dividend % divisor;
    return dividend / divisor + (rest >= divisor - rest ? 1n : 0n);
}

function signed(isNegative, value) {
    return kept(isNegative ? -value : value);
}

/** "12", "-0.50" in units of 10⁻¹²; null for anything else, and for more digits than are kept. */
export function decimal(text) {
    const match = /^(-?)(\d{1,15})(?:\.(\d{1,12}))?$/.exec(text);
    if (!match || match[0] !== text) return null;
    const [, sign, whole, fraction = ""] = match;
    const value = BigInt(whole + fraction.padEnd(fractionMax, "0"));
    return sign ? -value : value;
}

export const plus = (left, right) => kept(left + right);
export const minus = (left, right) => kept(left - right);
export const times = (left, right) => signed(left < 0n !== right < 0n, quotient(magnitude(left) * magnitude(right), one));

/** Null for a divisor of zero, too. */
export function divided(left, right) {
    return right === 0n ? null : signed(left < 0n !== right < 0n, quotient(magnitude(left) * one, magnitude(right)));
}

/** With so many digits after the point, 0 to 12; halves away from zero. */
export function rounded(units, places) {
    if (!(places >= 0 && places <= fractionMax)) return null;
    const step = 10n ** BigInt(fractionMax - places);
    const value = magnitude(units);
    return signed(units < 0n, (value / step + ((value % step) * 2n >= step ? 1n : 0n)) * step);
}

/** The whole number that it is, or null. */
export function whole(units) {
    return units % one === 0n ? Number(units / one) : null;
}

/** How many digits it has after the point, without the zeros at the end. */
export function placesOf(units) {
    let rest = magnitude(units) % one;
    let count = fractionMax;
    while (count > 0 && rest % 10n === 0n) [rest, count] = [rest / 10n, count - 1];
    return count;
}

/** With so many digits after the point; without `places`, as short as it can be: "12.5", "-3", "0". */
export function decimalText(units, places = placesOf(units)) {
    const shown = rounded(units, places) ?? units;
    const value = magnitude(shown);
    const fraction = String(value % one).padStart(fractionMax, "0").slice(0, places);
    return `${shown < 0n ? "-" : ""}${value / one}${places === 0 ? "" : `.${fraction}`}`;
}
