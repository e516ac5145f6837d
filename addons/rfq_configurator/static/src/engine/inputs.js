/**
 * What customers choose, brought into the form in which it is compared and sent: what
 * `definition/inputs.py` is on the server.
 */

import {ExpressionError, asNumber, roundHalfAway} from "./expression.js";

const MAX_NUMBER = 1e9;
const MAX_TEXT = 2000;
const MAX_TYPED_NUMBER = 40;

const AROUND = /^[ \n\t\u00a0\u202f\u2009]+|[ \n\t\u00a0\u202f\u2009]+$/g;
// Digits with or without groups of three; the separators in one number are the same.
const WHOLE =
    /^(?:[0-9]+|[0-9]{1,3}(?:([ .,'\u2019\u00a0\u202f\u2009])[0-9]{3})(?:\1[0-9]{3})*)$/;
const DIGITS = /^[0-9]*$/;
// Line ends and tabs aside, control characters and halves of characters are no text.
const NO_TEXT = /[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]/u;
const BOOLEANS = {true: true, 1: true, on: true, false: false, 0: false, off: false};

/**
 * The number that somebody typed, null if it is none. Without the decimal point of the
 * customer's language, the last separator counts as one if it comes only once.
 */
export function parseNumber(typed, decimalPoint = null) {
    let text = typed.replace(AROUND, "");
    if (text.length > MAX_TYPED_NUMBER) {
        return null;
    }
    let sign = "";
    if (["-", "+", "\u2212"].includes(text[0])) {
        sign = text[0] === "+" ? "" : "-";
        text = text.slice(1);
    }
    let point = decimalPoint;
    if (point === null) {
        const separators = text.match(/[.,]/g) || [];
        const last = separators.at(-1);
        if (separators.filter((separator) => separator === last).length === 1) {
            point = last;
        }
    }
    const at = point ? text.indexOf(point) : -1;
    const whole = at < 0 ? text : text.slice(0, at);
    const fraction = at < 0 ? "" : text.slice(at + 1);
    if (!(WHOLE.test(whole) || (!whole && fraction)) || !DIGITS.test(fraction)) {
        return null;
    }
    const digits = whole.replace(/[^0-9]/g, "");
    return Number(`${sign}${digits || 0}.${fraction || 0}`) + 0;
}

/** The nearest value that the steps from the minimum lead to. */
function onGrid({min, max, step, decimals}, number) {
    if (step === null) {
        return roundHalfAway(number, decimals);
    }
    const start = min > -MAX_NUMBER ? min : 0;
    const count = roundHalfAway((number - start) / step);
    const value = roundHalfAway(start + count * step, decimals);
    return value > max ? roundHalfAway(start + (count - 1) * step, decimals) : value;
}

function normaliseNumber(parameter, raw, decimalPoint) {
    let number = null;
    if (typeof raw === "string") {
        number = parseNumber(raw, decimalPoint);
        if (number === null) {
            return [null, "number"];
        }
    } else {
        try {
            number = asNumber(raw);
        } catch (error) {
            if (!(error instanceof ExpressionError)) {
                throw error;
            }
            return [null, error.code === "range" ? "number" : "type"];
        }
    }
    if (number < parameter.min) {
        return [null, "min"];
    }
    if (number > parameter.max) {
        return [null, "max"];
    }
    return [onGrid(parameter, number), null];
}

function normaliseSelection(parameter, raw) {
    if (typeof raw !== "string") {
        return [null, "type"];
    }
    return parameter.options.some((option) => option.code === raw)
        ? [raw, null]
        : [null, "option"];
}

function normaliseBoolean(parameter, raw) {
    const value =
        typeof raw === "string" && Object.hasOwn(BOOLEANS, raw) ? BOOLEANS[raw] : raw;
    return typeof value === "boolean" ? [value, null] : [null, "type"];
}

function normaliseText(parameter, raw) {
    if (typeof raw !== "string") {
        return [null, "type"];
    }
    if ([...raw].length > 4 * MAX_TEXT) {
        return [null, "long"];
    }
    const text = raw.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
    if (NO_TEXT.test(text)) {
        return [null, "text"];
    }
    const stripped = text.normalize("NFC").replace(AROUND, "");
    if ([...stripped].length > parameter.max_length) {
        return [null, "long"];
    }
    return [stripped || null, null];
}

const NORMALISERS = {
    integer: normaliseNumber,
    float: normaliseNumber,
    selection: normaliseSelection,
    boolean: normaliseBoolean,
    text: normaliseText,
};

/** The pair of value and issue. The value is null when there is none or an issue. */
export function normalise(parameter, raw, decimalPoint = null) {
    if (raw === null || raw === undefined || raw === "") {
        return [null, null];
    }
    return NORMALISERS[parameter.type](parameter, raw, decimalPoint);
}

/** `value` as it is sent and kept: numbers are decimal texts. */
export function canonicalValue(parameter, value) {
    if (parameter.type !== "integer" && parameter.type !== "float") {
        return value;
    }
    const text = value.toFixed(parameter.decimals);
    return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
