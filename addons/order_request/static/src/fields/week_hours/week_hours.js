/**
 * The hours of a week: as windows, which are stored, and as cells, which are painted.
 *
 * A window is `{weekday, start, end}`: the day it begins on, 0 for Monday, a minute of
 * that day (0 to 1439), and the first minute outside (1 to 1440). One whose end is not
 * after its start goes on into the next day, so that a night is one window. Functions
 * return new lists and leave the windows they need not touch as they are: what was
 * typed to the minute stays so.
 */

export const DAYS = 7;
export const DAY = 24 * 60;
export const WEEK = DAYS * DAY;
export const STEP = 30;
export const STEPS = DAY / STEP;
// What is shorter has no room for its hours.
const LABEL_MINUTES = 60;

/**
 * @param {Object} window
 * @returns {Array} first minute of the week, first minute that is outside; the latter
 *     may be after the end of the week
 */
function getSpan({weekday, start, end}) {
    const from = weekday * DAY + start;
    const until = weekday * DAY + end;
    return [from, end > start ? until : until + DAY];
}

/**
 * Bring minutes of the week into windows. One lasts for a day at most, so what is
 * longer is cut at midnight.
 *
 * @param {Number} from
 * @param {Number} until
 * @returns {Array} windows
 */
function toWindows(from, until) {
    if (until - from <= DAY) {
        return [toWindow(from, until)];
    }
    const windows = [];
    for (let at = from; at < until; ) {
        const midnight = (Math.floor(at / DAY) + 1) * DAY;
        windows.push(toWindow(at, Math.min(midnight, until)));
        at = midnight;
    }
    return windows;
}

function toWindow(from, until) {
    const minute = modulo(from, WEEK);
    return {
        weekday: Math.floor(minute / DAY),
        start: minute % DAY,
        end: modulo(until - 1, DAY) + 1,
    };
}

function modulo(number, divisor) {
    return ((number % divisor) + divisor) % divisor;
}

/**
 * The span as often as the week repeats, to compare it with others over Sunday's end.
 *
 * @param {Array} span
 * @returns {Array} spans
 */
function repeat([from, until]) {
    return [-WEEK, 0, WEEK].map((shift) => [from + shift, until + shift]);
}

export function sortWindows(windows) {
    return [...windows].sort(
        (a, b) => a.weekday - b.weekday || a.start - b.start || a.end - b.end
    );
}

/**
 * Add minutes. What they touch becomes one with them.
 *
 * @param {Array} windows
 * @param {Number} from minute of the week
 * @param {Number} until first minute that is outside
 * @returns {Array} windows
 */
export function paint(windows, from, until) {
    const covers = ([start, end]) => start <= from && until <= end;
    if (windows.some((window) => repeat(getSpan(window)).some(covers))) {
        return windows;
    }
    let span = [from, until];
    let apart = windows;
    let number = 0;
    do {
        number = apart.length;
        apart = apart.filter((window) => {
            const touching = repeat(getSpan(window)).find(
                ([start, end]) => start <= span[1] && span[0] <= end
            );
            if (touching) {
                span = [Math.min(span[0], touching[0]), Math.max(span[1], touching[1])];
            }
            return !touching;
        });
    } while (apart.length < number);
    const whole = span[1] - span[0] >= WEEK ? [0, WEEK] : span;
    return sortWindows([...apart, ...toWindows(...whole)]);
}

/**
 * Take minutes away. What is left of a window stays.
 *
 * @param {Array} windows
 * @param {Number} from minute of the week
 * @param {Number} until first minute that is outside
 * @returns {Array} windows
 */
export function erase(windows, from, until) {
    return windows.flatMap((window) => {
        let pieces = [getSpan(window)];
        for (const [start, end] of repeat([from, until])) {
            pieces = pieces.flatMap((piece) => subtract(piece, start, end));
        }
        const [first] = pieces;
        if (pieces.length === 1 && String(first) === String(getSpan(window))) {
            return [window];
        }
        return pieces.flatMap((piece) => toWindows(...piece));
    });
}

function subtract([from, until], start, end) {
    if (end <= from || until <= start) {
        return [[from, until]];
    }
    return [
        [from, Math.min(until, start)],
        [Math.max(from, end), until],
    ].filter(([first, last]) => first < last);
}

/**
 * Let other days begin the same windows as one day.
 *
 * @param {Array} windows
 * @param {Number} weekday
 * @param {Array} targets days
 * @returns {Array} windows
 */
export function copyDay(windows, weekday, targets) {
    const model = windows.filter((window) => window.weekday === weekday);
    const others = targets.filter((target) => target !== weekday);
    return sortWindows([
        ...windows.filter((window) => !others.includes(window.weekday)),
        ...others.flatMap((target) =>
            model.map(({start, end}) => ({weekday: target, start, end}))
        ),
    ]);
}

/**
 * @param {Array} windows
 * @returns {Array} for each day, for each half hour: "full", "part" or "empty"
 */
export function getCells(windows) {
    const minutes = new Uint8Array(WEEK);
    for (const window of windows) {
        const [from, until] = getSpan(window);
        minutes.fill(1, from, until);
        minutes.fill(1, 0, Math.max(until - WEEK, 0));
    }
    return Array.from({length: DAYS}, (_day, day) =>
        Array.from({length: STEPS}, (_step, step) => {
            const from = day * DAY + step * STEP;
            const covered = minutes
                .subarray(from, from + STEP)
                .reduce((sum, minute) => sum + minute, 0);
            return covered === STEP ? "full" : covered ? "part" : "empty";
        })
    );
}

/**
 * What of the windows is to be drawn in the columns of days.
 *
 * @param {Array} windows
 * @returns {Array} `{day, start, end, label, isFirst, isLast}`: minutes of the day,
 *     whether the window begins and ends there, and its hours where they have room
 */
export function getBlocks(windows) {
    return windows.flatMap((window) => {
        const [from, until] = getSpan(window);
        const {weekday: day, start} = window;
        const text = label(window);
        const left = until - (day + 1) * DAY;
        if (left <= 0) {
            const end = start + until - from;
            return [{day, start, end, label: text, isFirst: true, isLast: true}];
        }
        const hasRoom = DAY - start >= LABEL_MINUTES;
        return [
            {
                day,
                start,
                end: DAY,
                label: hasRoom ? text : "",
                isFirst: true,
                isLast: false,
            },
            {
                day: (day + 1) % DAYS,
                start: 0,
                end: left,
                label: hasRoom ? "" : text,
                isFirst: false,
                isLast: true,
            },
        ];
    });
}

/**
 * @param {Number} minute of the day, up to 1440
 * @returns {String} such as "09:30"
 */
export function formatMinute(minute) {
    const [hours, minutes] = [Math.floor(minute / 60), minute % 60];
    return `${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
}

function label({start, end}) {
    return `${formatMinute(start)}–${formatMinute(end)}`;
}

/**
 * Say the hours in few words.
 *
 * @param {Array} windows
 * @param {Array} names of the days, Monday first
 * @returns {Array} `{days, hours}`, such as "Mon–Fri" and "21:00–06:00"
 */
export function summarize(windows, names) {
    const daysByHours = new Map();
    for (const window of sortWindows(windows)) {
        const hours = label(window);
        daysByHours.set(
            hours,
            (daysByHours.get(hours) || new Set()).add(window.weekday)
        );
    }
    const hoursByDays = new Map();
    for (const [hours, days] of daysByHours) {
        const text = nameDays([...days], names);
        hoursByDays.set(text, [...(hoursByDays.get(text) || []), hours]);
    }
    return [...hoursByDays].map(([days, hours]) => ({days, hours: hours.join(", ")}));
}

function nameDays(days, names) {
    const runs = [];
    for (const day of days) {
        const run = runs.at(-1);
        if (run && run.at(-1) === day - 1) {
            run.push(day);
        } else {
            runs.push([day]);
        }
    }
    return runs
        .map((run) =>
            run.length > 2
                ? `${names[run[0]]}–${names[run.at(-1)]}`
                : run.map((day) => names[day]).join(", ")
        )
        .join(", ");
}
