import {expect, test} from "@odoo/hoot";
import {
    click,
    edit,
    queryAll,
    queryAllTexts,
    queryOne,
    queryText,
} from "@odoo/hoot-dom";
import {animationFrame} from "@odoo/hoot-mock";
import {contains, onRpc, patchWithCleanup} from "@web/../tests/web_test_helpers";
import {RfqConfigurator} from "@rfq_configurator/interactions/configurator";
import {assets} from "@web/core/assets";
import {localization} from "@web/core/l10n/localization";
import {startInteraction} from "@web/../tests/public/helpers";

const WIDTH = {code: "width", type: "integer", label: "Width", unit: "mm"};
const DESIGN = {
    name: "Table",
    unit: "mm",
    files: [],
    definition: {
        parameters: [
            {...WIDTH, default: 1600, min: 800, max: 2600, step: 10, decimals: 0},
            {
                ...{code: "leg", type: "float", label: "Leg", unit: "mm"},
                ...{default: 50, min: 30, max: 100, step: 0.5, decimals: 1},
            },
            {
                ...{code: "material", type: "selection", label: "Top", required: true},
                default: "oak",
                options: [
                    {code: "oak", label: "Oak"},
                    {code: "glass", label: "Glass"},
                ],
            },
            {code: "shelf", type: "boolean", label: "Shelf", default: false},
            {code: "text", type: "text", label: "Text", default: null, max_length: 20},
            {
                ...{code: "area", type: "derived", label: "Area", unit: "m"},
                expression: ["/", ["var", "width"], ["lit", 1000]],
            },
        ],
        rules: [
            {kind: "visible", target: "text", expression: ["var", "shelf"]},
            {
                ...{kind: "option", target: "material", option: "glass"},
                expression: [
                    "cmp",
                    ["<="],
                    [
                        ["var", "width"],
                        ["lit", 2000],
                    ],
                ],
                ...{severity: "error", message: "Glass up to 2000."},
            },
            {
                ...{kind: "default", target: "leg"},
                expression: [
                    "if",
                    [
                        "cmp",
                        [">"],
                        [
                            ["var", "width"],
                            ["lit", 2000],
                        ],
                    ],
                    ["lit", 60],
                    ["lit", 50],
                ],
            },
            {
                kind: "require",
                expression: [
                    "or",
                    [
                        [
                            "cmp",
                            ["<="],
                            [
                                ["var", "area"],
                                ["lit", 2],
                            ],
                        ],
                        [
                            "cmp",
                            [">="],
                            [
                                ["var", "leg"],
                                ["lit", 60],
                            ],
                        ],
                    ],
                ],
                ...{severity: "error", message: "Wide tables need strong legs."},
            },
            {
                kind: "require",
                expression: [
                    "cmp",
                    ["<="],
                    [
                        ["var", "width"],
                        ["lit", 2500],
                    ],
                ],
                ...{severity: "warning", message: "Two people carry it."},
            },
        ],
    },
};

function field(code, content) {
    return `
        <div class="o_rfq_field" data-code="${code}">
            <button type="button" class="o_rfq_reset" hidden="hidden"></button>
            ${content}
            <div class="o_rfq_help"><span class="o_rfq_hint"></span>
                <span class="o_rfq_reasons"></span></div>
            <div class="o_rfq_error"></div>
        </div>`;
}

function number(code, value, min, max, step) {
    return field(
        code,
        `<input type="text" name="p_${code}" value="${value}"/>
        <input type="range" class="o_rfq_range" hidden="hidden"
            min="${min}" max="${max}" step="${step}"/>`
    );
}

function box(name) {
    return `<div class="${name}" hidden="hidden"><ul></ul></div>`;
}

const PAGE = `
    <div class="o_rfq_configurator" data-url="/rfq/d/table">
        <div class="o_rfq_viewer_slot">Picture</div>
        <button type="button" class="o_rfq_copy">Copy</button>
        <a class="o_rfq_link">Link</a><span class="o_rfq_copied"></span>
        <form action="/rfq/d/table/submit" method="post">
            <section class="o_rfq_group">
                ${number("width", "1600", 800, 2600, 10)}
                ${number("leg", "50", 30, 100, 0.5)}
                ${field(
                    "material",
                    `<label class="o_rfq_choice"><input type="radio"
                        name="p_material" value="oak" checked="checked"/>Oak</label>
                    <label class="o_rfq_choice"><input type="radio"
                        name="p_material" value="glass"/>Glass</label>`
                )}
                ${field(
                    "shelf",
                    `<input type="hidden" name="p_shelf" value="false"/>
                    <input type="checkbox" name="p_shelf" value="true"/>`
                )}
            </section>
            <section class="o_rfq_group">
                ${field("text", '<input type="text" name="p_text"/>')}
            </section>
            <div class="o_rfq_changes"><span class="o_rfq_changes_text"></span>
                <button type="button" class="o_rfq_reset_all">Reset all</button></div>
            <dl class="o_rfq_derived"><dt>Area</dt><dd data-code="area"></dd></dl>
            ${box("o_rfq_issues")} ${box("o_rfq_warnings")}
            <button type="submit" class="o_rfq_send">Send</button>
        </form>
    </div>`;

async function startPage() {
    patchWithCleanup(assets, {loadBundle: () => Promise.resolve([])});
    onRpc("/rfq/d/table/definition", () => DESIGN);
    await startInteraction(RfqConfigurator, PAGE);
}

function input(code) {
    return `[data-code=${code}] input:not([type=hidden]):not([type=range])`;
}

async function type(code, text) {
    await click(input(code));
    await edit(text, {confirm: "tab"});
    await animationFrame();
}

async function slide(code, value) {
    const range = queryOne(`[data-code=${code}] .o_rfq_range`);
    range.value = value;
    range.dispatchEvent(new Event("input", {bubbles: true}));
    await animationFrame();
}

test("slider and field follow each other, and what is calculated follows them", async () => {
    await startPage();
    expect("[data-code=width] .o_rfq_range").toHaveValue(1600);
    expect("[data-code=width] .o_rfq_hint").toHaveText("800 mm to 2600 mm");
    await slide("width", 1850);
    expect(input("width")).toHaveValue("1850");
    expect("dd[data-code=area]").toHaveText("1.85 m");
    await type("width", "1203");
    expect(input("width")).toHaveValue("1200");
    expect("[data-code=width] .o_rfq_range").toHaveValue(1200);
});

test("suggestions are followed until somebody decides", async () => {
    await startPage();
    await slide("width", 2400);
    expect(input("leg")).toHaveValue("60");
    expect(queryText(".o_rfq_changes_text")).toBe("Different from the original: 1");
    await type("leg", "70");
    await slide("width", 1600);
    expect(input("leg")).toHaveValue("70");
    await contains("[data-code=leg] .o_rfq_reset").click();
    expect(input("leg")).toHaveValue("50");
    expect(queryText(".o_rfq_changes_text")).toBe("As in the original");
});

test("all is reset at once", async () => {
    await startPage();
    await slide("width", 1900);
    await contains(`${input("shelf")}`).click();
    expect("[data-code=width]").toHaveClass("o_rfq_modified");
    await contains(".o_rfq_reset_all").click();
    expect(input("width")).toHaveValue("1600");
    expect(input("shelf")).not.toBeChecked();
    expect("[data-code=width]").not.toHaveClass("o_rfq_modified");
});

test("what does not apply is not shown", async () => {
    await startPage();
    expect("[data-code=text]").not.toBeVisible();
    expect(queryAll(".o_rfq_group")[1]).not.toBeVisible();
    await contains(input("shelf")).click();
    expect("[data-code=text]").toBeVisible();
});

test("an option that is not possible says why", async () => {
    await startPage();
    await slide("width", 2100);
    expect("input[value=glass]").not.toBeEnabled();
    expect("[data-code=material] .o_rfq_reasons").toHaveText(
        "Glass: Glass up to 2000."
    );
    await slide("width", 1600);
    expect("input[value=glass]").toBeEnabled();
    expect("[data-code=material] .o_rfq_reasons").toHaveText("");
});

test("a broken rule is explained at the field and in the summary", async () => {
    await startPage();
    await slide("width", 2400);
    await type("leg", "40");
    expect("[data-code=leg] .o_rfq_error").toHaveText("Wide tables need strong legs.");
    expect(input("leg")).toHaveAttribute("aria-invalid", "true");
    expect(queryAllTexts(".o_rfq_issues li")).toEqual([
        "Wide tables need strong legs.",
    ]);
    expect(".o_rfq_warnings").not.toBeVisible();
    await contains(".o_rfq_issues button").click();
    expect(input("leg")).toBeFocused();
});

test("a warning keeps nothing from being sent", async () => {
    await startPage();
    await slide("width", 2600);
    expect(queryAllTexts(".o_rfq_warnings li")).toEqual(["Two people carry it."]);
    expect(".o_rfq_configurator").toHaveAttribute("data-valid", "true");
});

test("what can't be sent leads to where it is wrong", async () => {
    await startPage();
    await type("width", "9999");
    expect("[data-code=width] .o_rfq_error").toHaveText("At most 2600 mm.");
    const sending = new SubmitEvent("submit", {bubbles: true, cancelable: true});
    queryOne("form").dispatchEvent(sending);
    expect(sending.defaultPrevented).toBe(true);
    expect(input("width")).toBeFocused();
    expect(input("width")).toHaveValue("9999");
});

test("a link opens the same configuration", async () => {
    await startPage();
    await slide("width", 1900);
    await type("leg", "55.5");
    const {pathname, search} = new URL(queryOne(".o_rfq_link").href);
    expect(pathname + search).toBe("/rfq/d/table?p_width=1900&p_leg=55.5");
});

test("numbers are written as in the customer's language", async () => {
    await startPage();
    patchWithCleanup(localization, {decimalPoint: ","});
    await slide("width", 1850);
    expect("dd[data-code=area]").toHaveText("1,85 m");
});
