import {Component, useExternalListener, useRef, useState} from "@odoo/owl";
import {
    DAY,
    DAYS,
    STEP,
    STEPS,
    copyDay,
    erase,
    formatMinute,
    getBlocks,
    getCells,
    paint,
    summarize,
} from "./week_hours";
import {Dropdown} from "@web/core/dropdown/dropdown";
import {DropdownItem} from "@web/core/dropdown/dropdown_item";
import {Mutex} from "@web/core/utils/concurrency";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {localization} from "@web/core/l10n/localization";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {x2ManyCommands} from "@web/core/orm_service";

const {Info} = luxon;

// A finger that rests paints, one that moves at once scrolls the page.
const LONG_PRESS = 300;
const SCROLL_DISTANCE = 8;

const ALL_DAYS = [...Array(DAYS).keys()];
const WORKING_DAYS = [0, 1, 2, 3, 4];
const WEEKEND = [5, 6];
const PRESETS = {
    nights: {label: _t("Every night"), days: ALL_DAYS, start: 21 * 60, end: 6 * 60},
    weekends: {label: _t("Weekends"), days: WEEKEND, start: 0, end: DAY},
    office: {
        label: _t("Office hours"),
        days: WORKING_DAYS,
        start: 9 * 60,
        end: 17 * 60,
    },
};

/**
 * Paint the hours of a week.
 *
 * It edits a one2many whose records have `weekday` ("0" for Monday), `hour_from` and
 * `hour_to`, within the form: nothing is saved before the form is.
 */
export class WeekHoursField extends Component {
    static template = "order_request.WeekHoursField";
    static components = {Dropdown, DropdownItem};
    static props = {
        ...standardFieldProps,
        placeholder: {type: String, optional: true},
        presets: {type: Array, optional: true},
    };
    static defaultProps = {placeholder: "", presets: []};

    setup() {
        this.grid = useRef("grid");
        this.mutex = new Mutex();
        this.shortDays = Info.weekdays("short");
        this.longDays = Info.weekdays("long");
        this.days = ALL_DAYS;
        this.steps = [...Array(STEPS).keys()];
        this.press = null;
        this.state = useState({
            // The cell that has the focus, and where the selection began.
            focus: {day: 0, step: 0},
            anchor: {day: 0, step: 0},
            drag: null,
        });
        useExternalListener(window, "pointermove", this.onPointerMove);
        useExternalListener(window, "pointerup", this.onPointerUp);
        useExternalListener(window, "pointercancel", this.stopDrag);
    }

    // === WHAT IS SHOWN ===

    get list() {
        return this.props.record.data[this.props.name];
    }

    get label() {
        return this.props.record.fields[this.props.name].string;
    }

    /**
     * The windows of the form. A row that is being typed and makes no sense yet is left
     * alone.
     *
     * @returns {Array} windows, each with its `record`
     */
    get windows() {
        return this.list.records
            .filter((record) => record.data.weekday)
            .map((record) => ({
                record,
                weekday: Number(record.data.weekday),
                start: Math.round(record.data.hour_from * 60),
                end: Math.round(record.data.hour_to * 60),
            }))
            .filter(
                ({start, end}) => start >= 0 && start < DAY && end > 0 && end <= DAY
            );
    }

    get shownWindows() {
        const {drag} = this.state;
        if (!drag) {
            return this.windows;
        }
        return this.withRange(this.windows, drag.from, drag.to, drag.isErasing);
    }

    /**
     * Everything that one rendering needs.
     *
     * @returns {Object}
     */
    getWeek() {
        const windows = this.shownWindows;
        return {
            cells: getCells(windows),
            blocks: getBlocks(windows),
            summary: summarize(windows, this.shortDays),
        };
    }

    getBlockStyle({start, end}) {
        return `top: ${(start / DAY) * 100}%; height: ${((end - start) / DAY) * 100}%`;
    }

    getCellLabel(day, step, cell) {
        const values = {
            day: this.longDays[day],
            from: formatMinute(step * STEP),
            to: formatMinute((step + 1) * STEP),
        };
        if (cell === "part") {
            return _t("%(day)s %(from)s–%(to)s, in part", values);
        }
        return _t("%(day)s %(from)s–%(to)s", values);
    }

    getHourLabel(step) {
        return formatMinute(step * STEP);
    }

    getCopyLabel(day) {
        return _t("Copy %(day)s to other days", {day: this.longDays[day]});
    }

    get presets() {
        return this.props.presets.map((name) => ({name, ...PRESETS[name]}));
    }

    get selection() {
        return this.getRange(this.state.anchor, this.state.focus);
    }

    get isSelecting() {
        const {days, steps} = this.selection;
        return days.length > 1 || steps[0] < steps[1];
    }

    get selectionStyle() {
        const {days, steps} = this.selection;
        return (
            `grid-column: ${days[0] + 2} / ${days.at(-1) + 3};` +
            `grid-row: ${steps[0] + 2} / ${steps[1] + 3}`
        );
    }

    // === CHANGES ===

    /**
     * @param {Object} one cell, a corner of the range
     * @param {Object} other the opposite corner
     * @returns {Object} the `days` in it, the first and the last of the `steps`
     */
    getRange(one, other) {
        const inside = (day) =>
            day >= Math.min(one.day, other.day) && day <= Math.max(one.day, other.day);
        return {
            days: this.days.filter(inside),
            steps: [Math.min(one.step, other.step), Math.max(one.step, other.step)],
        };
    }

    withRange(windows, one, other, isErasing) {
        const {days, steps} = this.getRange(one, other);
        const change = isErasing ? erase : paint;
        return days.reduce(
            (changed, day) =>
                change(
                    changed,
                    day * DAY + steps[0] * STEP,
                    day * DAY + (steps[1] + 1) * STEP
                ),
            windows
        );
    }

    isFull(one, other) {
        const cells = getCells(this.windows);
        const {days, steps} = this.getRange(one, other);
        return days.every((day) =>
            cells[day].slice(steps[0], steps[1] + 1).every((cell) => cell === "full")
        );
    }

    /**
     * Change the records: one change after the other, because each begins with what the
     * one before has left.
     *
     * @param {Function} update windows before → windows after
     */
    change(update) {
        return this.mutex.exec(async () => {
            if (!(await this.list.leaveEditMode())) {
                return;
            }
            const before = this.windows;
            const after = update(before);
            const kept = new Set(after.map((window) => window.record));
            const commands = [
                ...before
                    .filter(({record}) => !kept.has(record))
                    .map(({record}) =>
                        x2ManyCommands.delete(record.resId || record._virtualId)
                    ),
                ...after
                    .filter(({record}) => !record)
                    .map(({weekday, start, end}) =>
                        x2ManyCommands.create(false, {
                            weekday: String(weekday),
                            hour_from: start / 60,
                            hour_to: end / 60,
                        })
                    ),
            ];
            if (commands.length) {
                await this.list.applyCommands(commands, {sort: true});
            }
        });
    }

    toggle(one, other) {
        const isErasing = this.isFull(one, other);
        return this.change((windows) => this.withRange(windows, one, other, isErasing));
    }

    toggleDay(day) {
        return this.toggle({day, step: 0}, {day, step: STEPS - 1});
    }

    toggleHour(step) {
        return this.toggle({day: 0, step}, {day: DAYS - 1, step: step + 1});
    }

    copyTo(day, targets) {
        return this.change((windows) => copyDay(windows, day, targets));
    }

    copyToAll(day) {
        return this.copyTo(day, ALL_DAYS);
    }

    copyToWorkingDays(day) {
        return this.copyTo(day, WORKING_DAYS);
    }

    applyPreset({days, start, end}) {
        return this.change(() => days.map((weekday) => ({weekday, start, end})));
    }

    clear() {
        return this.change(() => []);
    }

    // === MOUSE AND TOUCH ===

    onPointerDown(ev) {
        const target = ev.target.closest("[role=gridcell]");
        if (this.props.readonly || ev.button || !target) {
            return;
        }
        const cell = {
            day: Number(target.dataset.day),
            step: Number(target.dataset.step),
        };
        if (ev.pointerType === "touch") {
            const timer = browser.setTimeout(() => this.startDrag(cell), LONG_PRESS);
            this.press = {cell, timer, x: ev.clientX, y: ev.clientY};
            return;
        }
        // No text is selected by dragging.
        ev.preventDefault();
        this.moveTo(cell);
        this.startDrag(cell);
    }

    startDrag(cell) {
        this.press = null;
        this.state.drag = {from: cell, to: cell, isErasing: this.isFull(cell, cell)};
    }

    onPointerMove(ev) {
        if (this.press) {
            const way = Math.hypot(
                ev.clientX - this.press.x,
                ev.clientY - this.press.y
            );
            if (way > SCROLL_DISTANCE) {
                this.stopDrag();
            }
        } else if (this.state.drag) {
            this.state.drag.to = this.getCellAt(ev.clientX, ev.clientY);
        }
    }

    onPointerUp() {
        if (this.press) {
            browser.clearTimeout(this.press.timer);
            this.startDrag(this.press.cell);
        }
        const {drag} = this.state;
        this.stopDrag();
        if (drag) {
            return this.change((windows) =>
                this.withRange(windows, drag.from, drag.to, drag.isErasing)
            );
        }
    }

    stopDrag() {
        browser.clearTimeout(this.press?.timer);
        this.press = null;
        this.state.drag = null;
    }

    /**
     * The page must not scroll below a finger that paints, nor offer a menu.
     *
     * @param {Event} ev
     */
    holdStill(ev) {
        if (this.state.drag) {
            ev.preventDefault();
        }
    }

    getCellElement({day, step}) {
        return this.grid.el.querySelector(`[data-day="${day}"][data-step="${step}"]`);
    }

    /**
     * @param {Number} x of a pointer, which may be outside
     * @param {Number} y
     * @returns {Object} the nearest cell
     */
    getCellAt(x, y) {
        const first = this.getCellElement({day: 0, step: 0}).getBoundingClientRect();
        const last = this.getCellElement({
            day: DAYS - 1,
            step: STEPS - 1,
        }).getBoundingClientRect();
        const within = (value, from, to, number) => {
            const index = Math.floor(((value - from) / (to - from)) * number);
            return Math.min(Math.max(index, 0), number - 1);
        };
        const isMirrored = first.left > last.left;
        return {
            day: isMirrored
                ? within(x, first.right, last.left, DAYS)
                : within(x, first.left, last.right, DAYS),
            step: within(y, first.top, last.bottom, STEPS),
        };
    }

    // === KEYBOARD ===

    onKeydown(ev) {
        const {focus, anchor} = this.state;
        const onward = localization.direction === "rtl" ? -1 : 1;
        const move = {
            ArrowUp: [0, -1],
            ArrowDown: [0, 1],
            ArrowLeft: [-onward, 0],
            ArrowRight: [onward, 0],
        }[ev.key];
        if (move) {
            const cell = {
                day: Math.min(Math.max(focus.day + move[0], 0), DAYS - 1),
                step: Math.min(Math.max(focus.step + move[1], 0), STEPS - 1),
            };
            this.moveTo(cell, ev.shiftKey ? anchor : cell);
        } else if (ev.key === " " && !this.props.readonly) {
            this.toggle(anchor, focus);
        } else if (ev.key === "Escape" && this.isSelecting) {
            this.moveTo(focus);
        } else {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
    }

    moveTo(cell, anchor = cell) {
        Object.assign(this.state, {focus: cell, anchor});
        this.getCellElement(cell).focus();
    }
}

export const weekHoursField = {
    component: WeekHoursField,
    displayName: _t("Hours of the week"),
    supportedTypes: ["one2many"],
    isEmpty: () => false,
    relatedFields: [
        {name: "weekday", type: "selection", readonly: false},
        {name: "hour_from", type: "float", readonly: false},
        {name: "hour_to", type: "float", readonly: false},
    ],
    extractProps: ({attrs, options}) => ({
        placeholder: attrs.placeholder,
        presets: options.presets,
    }),
};

registry.category("fields").add("order_request_week_hours", weekHoursField);
