import {
    DAY,
    copyDay,
    erase,
    getBlocks,
    getCells,
    paint,
    summarize,
} from "@order_request/fields/week_hours/week_hours";
import {describe, expect, test} from "@odoo/hoot";

describe.current.tags("headless");

const NAMES = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/**
 * A moment of the week, in minutes.
 *
 * @param {Number} day
 * @param {Number} hours
 * @returns {Number}
 */
function at(day, hours) {
    return day * DAY + hours * 60;
}

function hours(weekday, start, end) {
    return {weekday, start: start * 60, end: end * 60};
}

/**
 * Count minutes another way than the code does: one by one.
 *
 * @param {Array} windows
 * @returns {String} a digit for each minute of the week
 */
function spell(windows) {
    const minutes = Array(7 * DAY).fill(0);
    for (const {weekday, start, end} of windows) {
        const length = end > start ? end - start : end + DAY - start;
        for (let minute = 0; minute < length; minute++) {
            minutes[(weekday * DAY + start + minute) % (7 * DAY)] = 1;
        }
    }
    return minutes.join("");
}

const NIGHTS = NAMES.map((_name, day) => hours(day, 21, 6));

test("a night painted in two days is one window", () => {
    const evening = paint([], at(0, 21), at(0, 24));
    expect(evening).toEqual([hours(0, 21, 24)]);
    expect(paint(evening, at(1, 0), at(1, 6))).toEqual([hours(0, 21, 6)]);
});

test("Sunday goes on into Monday", () => {
    const monday = paint([], at(0, 0), at(0, 5));
    expect(paint(monday, at(6, 22), at(6, 24))).toEqual([hours(6, 22, 5)]);
    expect(erase([hours(6, 22, 5)], at(0, 1), at(0, 2))).toEqual([
        hours(6, 22, 1),
        hours(0, 2, 5),
    ]);
});

test("what is longer than a day is cut at midnight", () => {
    const saturday = paint([], at(5, 0), at(5, 24));
    expect(saturday).toEqual([hours(5, 0, 24)]);
    expect(paint(saturday, at(4, 18), at(4, 24))).toEqual([
        hours(4, 18, 24),
        hours(5, 0, 24),
    ]);
    const days = NAMES.map((_name, day) => day);
    const week = days.reduce((all, day) => paint(all, at(day, 0), at(day, 24)), []);
    expect(week).toEqual(days.map((day) => hours(day, 0, 24)));
});

test("twenty-four hours from six to six are kept", () => {
    const round = [hours(2, 6, 6)];
    expect(paint(round, at(2, 8), at(3, 2))).toBe(round);
    expect(summarize(round, NAMES)).toEqual([{days: "Wed", hours: "06:00–06:00"}]);
    expect(spell(round)).toBe(spell(paint([], at(2, 6), at(3, 6))));
});

test("odd times stay, unless they are painted over", () => {
    const odd = {weekday: 0, start: 20 * 60 + 45, end: 6 * 60};
    const changed = paint([odd], at(3, 9), at(3, 10));
    expect(changed[0]).toBe(odd);
    expect(erase(changed, at(3, 9), at(3, 9.5))[0]).toBe(odd);
    const cells = getCells([odd]);
    expect(cells[0].slice(40, 43)).toEqual(["empty", "part", "full"]);
    expect(cells[1].slice(11, 13)).toEqual(["full", "empty"]);
    expect(paint([odd], at(0, 20.5), at(0, 21))).toEqual([hours(0, 20.5, 6)]);
    expect(erase([odd], at(0, 20.5), at(0, 21))).toEqual([hours(0, 21, 6)]);
});

test("cutting a window leaves two", () => {
    expect(erase([hours(1, 9, 17)], at(1, 12), at(1, 13))).toEqual([
        hours(1, 9, 12),
        hours(1, 13, 17),
    ]);
    expect(erase([hours(1, 9, 17)], at(1, 8), at(1, 18))).toEqual([]);
});

test("a day that is erased ends the night before it at midnight", () => {
    const left = erase([hours(0, 21, 6), hours(1, 21, 6)], at(1, 0), at(1, 24));
    expect(left).toEqual([hours(0, 21, 24), hours(2, 0, 6)]);
});

test("painting and erasing hit the minutes they are told, and no other", () => {
    const start = [
        ...NIGHTS,
        {weekday: 2, start: 605, end: 701},
        {weekday: 6, start: 1439, end: 1},
        hours(5, 0, 24),
    ];
    // Spans that begin and end all over the week.
    for (let step = 0; step < 200; step++) {
        const from = (step * 997) % (7 * DAY);
        const until = from + 30 + ((step * 61) % DAY);
        const expected = spell(start).split("");
        const inside = (digit) => {
            const copy = [...expected];
            for (let minute = from; minute < until; minute++) {
                copy[minute % (7 * DAY)] = digit;
            }
            return copy.join("");
        };
        const painted = paint(start, from, until);
        const erased = erase(start, from, until);
        expect(spell(painted)).toBe(inside("1"), {message: `paint ${from}–${until}`});
        expect(spell(erased)).toBe(inside("0"), {message: `erase ${from}–${until}`});
        for (const {weekday, start: first, end} of [...painted, ...erased]) {
            const isValid =
                [0, 1, 2, 3, 4, 5, 6].includes(weekday) &&
                first >= 0 &&
                first < DAY &&
                end >= 1 &&
                end <= DAY;
            expect(isValid).toBe(true);
        }
    }
});

test("cells and windows are the same hours", () => {
    const cells = getCells(NIGHTS);
    cells.forEach((day) => {
        expect(day.map((cell) => cell === "full")).toEqual(
            day.map((_cell, step) => step < 12 || step >= 42)
        );
    });
});

test("copying a day takes the nights that begin on it", () => {
    const copied = copyDay([hours(0, 21, 6), hours(2, 9, 10)], 0, [0, 1, 2]);
    expect(copied).toEqual([hours(0, 21, 6), hours(1, 21, 6), hours(2, 21, 6)]);
    expect(copyDay([hours(1, 9, 10)], 0, [1])).toEqual([]);
});

test("hours in words", () => {
    expect(summarize(NIGHTS.slice(0, 5), NAMES)).toEqual([
        {days: "Mon–Fri", hours: "21:00–06:00"},
    ]);
    expect(
        summarize(
            [hours(0, 9, 12), hours(0, 13, 17.25), hours(5, 0, 24), hours(6, 0, 24)],
            NAMES
        )
    ).toEqual([
        {days: "Mon", hours: "09:00–12:00, 13:00–17:15"},
        {days: "Sat, Sun", hours: "00:00–24:00"},
    ]);
    expect(summarize([], NAMES)).toEqual([]);
});

test("a night is drawn in both of its days", () => {
    expect(getBlocks([hours(6, 21, 6), hours(0, 23.5, 8)])).toEqual([
        {
            day: 6,
            start: 1260,
            end: 1440,
            label: "21:00–06:00",
            isFirst: true,
            isLast: false,
        },
        {day: 0, start: 0, end: 360, label: "", isFirst: false, isLast: true},
        {day: 0, start: 1410, end: 1440, label: "", isFirst: true, isLast: false},
        {
            day: 1,
            start: 0,
            end: 480,
            label: "23:30–08:00",
            isFirst: false,
            isLast: true,
        },
    ]);
    expect(getBlocks([hours(3, 0, 24)])).toEqual([
        {
            day: 3,
            start: 0,
            end: 1440,
            label: "00:00–24:00",
            isFirst: true,
            isLast: true,
        },
    ]);
});
