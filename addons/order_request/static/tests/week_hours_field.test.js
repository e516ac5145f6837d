import {
    advanceTime,
    animationFrame,
    drag,
    expect,
    mockTouch,
    pointerDown,
    pointerUp,
    press,
    queryAllTexts,
    queryOne,
    queryText,
    test,
} from "@odoo/hoot";
import {
    clickSave,
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

const [CREATE, DELETE] = [0, 2];
const [MON, TUE, WED, FRI, SUN] = [0, 1, 2, 4, 6];

class Policy extends models.Model {
    _name = "order.request.policy";

    window_ids = fields.One2many({
        string: "Active Hours",
        relation: "order.request.window",
        relation_field: "policy_id",
    });

    _records = [{id: 1, window_ids: [1]}];
}

class Window extends models.Model {
    _name = "order.request.window";

    policy_id = fields.Many2one({relation: "order.request.policy"});
    weekday = fields.Selection({
        selection: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].map(
            (name, day) => [String(day), name]
        ),
    });
    hour_from = fields.Float();
    hour_to = fields.Float();

    // Half past eight and a quarter: between two cells.
    _records = [{id: 1, policy_id: 1, weekday: "0", hour_from: 20.75, hour_to: 6}];
}

defineModels([Policy, Window]);
defineMailModels();

function cell(day, hour) {
    return `[role=gridcell][data-day="${day}"][data-step="${hour * 2}"]`;
}

function summary() {
    return queryText(".o_week_hours_summary");
}

/** Put the focus there as Tab does. */
function focus(day, hour) {
    queryOne(cell(day, hour)).focus();
}

async function mountPolicy(attributes = "") {
    onRpc("order.request.policy", "web_save", ({args}) => {
        for (const [command, id, values] of args[1].window_ids) {
            expect.step(values ? [command, values] : [command, id]);
        }
    });
    await mountView({
        type: "form",
        resModel: "order.request.policy",
        resId: 1,
        arch: `
            <form>
                <field
                    name="window_ids"
                    widget="order_request_week_hours"
                    options="{'presets': ['nights', 'weekends']}"
                    placeholder="Always active"
                    ${attributes}
                />
                <field name="window_ids">
                    <list editable="bottom" default_order="weekday, hour_from">
                        <field name="weekday" />
                        <field name="hour_from" widget="float_time" />
                        <field name="hour_to" widget="float_time" />
                    </list>
                </field>
            </form>`,
    });
}

async function paint(from, to) {
    const {drop} = await drag(from);
    await drop(to);
    await animationFrame();
}

test("dragging paints several days, and is saved with the form", async () => {
    await mountPolicy();
    await paint(cell(WED, 9), cell(FRI, 11.5));
    expect(summary()).toBe("Mon 20:45–06:00\nWed–Fri 09:00–12:00");
    expect(".o_data_row").toHaveCount(4);
    expect.verifySteps([]);
    await clickSave();
    expect.verifySteps(
        ["2", "3", "4"].map((weekday) => [CREATE, {weekday, hour_from: 9, hour_to: 12}])
    );
});

test("dragging upwards and to the left paints the same", async () => {
    await mountPolicy();
    await paint(cell(FRI, 11.5), cell(WED, 9));
    expect(summary()).toBe("Mon 20:45–06:00\nWed–Fri 09:00–12:00");
});

test("what is being painted shows before the button is let go", async () => {
    await mountPolicy();
    const {moveTo, drop} = await drag(cell(WED, 9));
    await moveTo(cell(WED, 10));
    await animationFrame();
    expect(summary()).toBe("Mon 20:45–06:00\nWed 09:00–10:30");
    expect(".o_data_row").toHaveCount(1);
    await drop();
    await animationFrame();
    expect(".o_data_row").toHaveCount(2);
});

test("dragging from what is painted erases", async () => {
    await mountPolicy();
    await paint(cell(TUE, 0), cell(TUE, 5.5));
    expect(summary()).toBe("Mon 20:45–24:00");
    await clickSave();
    expect.verifySteps([
        [DELETE, 1],
        [CREATE, {weekday: "0", hour_from: 20.75, hour_to: 24}],
    ]);
});

test("a night over Sunday's end is one window", async () => {
    await mountPolicy();
    await paint(cell(SUN, 22), cell(SUN, 23.5));
    await paint(cell(MON, 0), cell(MON, 4.5));
    expect(summary()).toBe("Mon 20:45–06:00\nSun 22:00–05:00");
});

test("a click on a day takes all of it, a second one gives it back", async () => {
    await mountPolicy();
    await contains("[role=columnheader] [aria-label=Friday]").click();
    expect(summary()).toBe("Mon 20:45–06:00\nFri 00:00–24:00");
    await contains("[role=columnheader] [aria-label=Friday]").click();
    expect(summary()).toBe("Mon 20:45–06:00");
});

test("a click on an hour takes it for the whole week", async () => {
    await mountPolicy();
    await contains("[role=rowheader] button:contains('12:00')").click();
    expect(summary()).toBe("Mon–Sun 12:00–13:00\nMon 20:45–06:00");
});

test("a day is copied", async () => {
    await mountPolicy();
    await contains("[aria-label='Copy Monday to other days']").click();
    await contains(".o-dropdown-item:contains('To Monday to Friday')").click();
    expect(summary()).toBe("Mon–Fri 20:45–06:00");
    await contains("[aria-label='Copy Monday to other days']").click();
    await contains(".o-dropdown-item:contains('Sunday')").click();
    expect(summary()).toBe("Mon–Fri, Sun 20:45–06:00");
});

test("hours that are often wanted, and none", async () => {
    await mountPolicy();
    await contains("button:contains('Every night')").click();
    expect(summary()).toBe("Mon–Sun 21:00–06:00");
    await contains("button:contains('Weekends')").click();
    expect(summary()).toBe("Sat, Sun 00:00–24:00");
    await contains(".o_week_hours_clear").click();
    expect(summary()).toBe("Always active");
    expect(".o_data_row").toHaveCount(0);
    expect(".o_week_hours_clear").toHaveCount(0);
});

test("discarding brings everything back", async () => {
    await mountPolicy();
    await contains("button:contains('Every night')").click();
    expect(".o_data_row").toHaveCount(7);
    await contains(".o_form_button_cancel").click();
    expect(summary()).toBe("Mon 20:45–06:00");
    expect(queryAllTexts(".o_data_row .o_data_cell")).toEqual([
        "Mon",
        "20:45",
        "06:00",
    ]);
});

test("what is typed into the list is drawn", async () => {
    await mountPolicy();
    await contains(".o_data_cell[name=hour_to]").click();
    await contains("[name=hour_to] input").edit("07:15");
    await contains(".o_form_view").click();
    expect(summary()).toBe("Mon 20:45–07:15");
    // Painting elsewhere leaves it as it was typed.
    await paint(cell(FRI, 9), cell(FRI, 9));
    expect(summary()).toBe("Mon 20:45–07:15\nFri 09:00–09:30");
});

test("keyboard: arrows move, space paints and erases", async () => {
    await mountPolicy();
    expect("[role=gridcell][tabindex='0']").toHaveCount(1);
    focus(MON, 0);
    await press("ArrowUp");
    await press("ArrowLeft");
    expect(cell(MON, 0)).toBeFocused();
    await press("ArrowRight");
    await press("ArrowDown");
    await animationFrame();
    expect(cell(TUE, 0.5)).toBeFocused();
    expect(cell(TUE, 0.5)).toHaveAttribute("tabindex", "0");
    expect("[role=gridcell][tabindex='0']").toHaveCount(1);
    await press("ArrowRight");
    await press("Space");
    await animationFrame();
    expect(summary()).toBe("Mon 20:45–06:00\nWed 00:30–01:00");
    await press("Space");
    await animationFrame();
    expect(summary()).toBe("Mon 20:45–06:00");
});

test("keyboard: shift and arrows select, escape gives it up", async () => {
    await mountPolicy();
    focus(MON, 0);
    await press("ArrowRight");
    await press("ArrowRight");
    await press(["Shift", "ArrowDown"]);
    await press(["Shift", "ArrowRight"]);
    await animationFrame();
    expect(".o_week_hours_selection").toHaveCount(1);
    await press("Escape");
    await animationFrame();
    expect(".o_week_hours_selection").toHaveCount(0);
    await press(["Shift", "ArrowLeft"]);
    await press("Space");
    await animationFrame();
    expect(summary()).toBe("Mon 20:45–06:00\nWed, Thu 00:30–01:00");
    expect(cell(WED, 0.5)).toBeFocused();
});

test("touch: a tap paints half an hour", async () => {
    mockTouch(true);
    await mountPolicy();
    await pointerDown(cell(WED, 9));
    await pointerUp(cell(WED, 9));
    await animationFrame();
    expect(summary()).toBe("Mon 20:45–06:00\nWed 09:00–09:30");
});

test("touch: a finger that moves at once scrolls", async () => {
    mockTouch(true);
    await mountPolicy();
    await paint(cell(WED, 9), cell(WED, 12));
    expect(summary()).toBe("Mon 20:45–06:00");
});

test("touch: a finger that rests paints, and the page stands still", async () => {
    mockTouch(true);
    await mountPolicy();
    const {moveTo, drop} = await drag(cell(WED, 9));
    await advanceTime(300);
    await moveTo(cell(WED, 11.5));
    const scrolling = new TouchEvent("touchmove", {bubbles: true, cancelable: true});
    queryOne(cell(WED, 9)).dispatchEvent(scrolling);
    expect(scrolling.defaultPrevented).toBe(true);
    await drop();
    await animationFrame();
    expect(summary()).toBe("Mon 20:45–06:00\nWed 09:00–12:00");
});

test("readonly: nothing can be changed", async () => {
    await mountPolicy('readonly="1"');
    await paint(cell(WED, 9), cell(FRI, 11.5));
    focus(WED, 9);
    await press("Space");
    await animationFrame();
    expect(summary()).toBe("Mon 20:45–06:00");
    expect(".o_week_hours button:enabled").toHaveCount(0);
    expect("[role=grid]").toHaveAttribute("aria-readonly", "true");
});
