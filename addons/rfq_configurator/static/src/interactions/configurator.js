import {Interaction} from "@web/public/interaction";
import {LazyComponent, loadBundle} from "@web/core/assets";
import {ParameterField, formatNumber} from "./parameter_field";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {localization} from "@web/core/l10n/localization";
import {reactive} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";

const BUNDLE = "rfq_configurator.assets_model";
// Milliseconds without a change before the server is asked for a price.
const PRICE_REST = 400;

/**
 * Comfort for the form of a design, which works without it: the model beside it, sliders,
 * what is possible and what isn't while choosing. The server decides all of it again.
 */
export class RfqConfigurator extends Interaction {
    static selector = ".o_rfq_configurator";
    dynamicContent = {
        ".o_rfq_field [name^=p_]": {
            "t-on-input": this.onInput,
            "t-on-change": this.onChange,
        },
        ".o_rfq_range": {"t-on-input": this.onSlide},
        ".o_rfq_reset": {"t-on-click": this.onReset},
        ".o_rfq_reset_all": {"t-on-click": this.onResetAll},
        ".o_rfq_compare": {
            "t-on-click": this.onCompare,
            "t-att-aria-pressed": () => String(this.isComparing),
            "t-att-class": () => ({active: this.isComparing}),
        },
        ".o_rfq_copy": {"t-on-click": this.onCopy},
        ".o_rfq_send": {"t-att-disabled": () => this.isSending},
        _window: {"t-on-pageshow": this.onPageShow},
    };

    setup() {
        this.url = this.el.dataset.url;
        this.form = this.el.querySelector("form");
        this.isComparing = false;
        this.isSending = false;
        // Parameters that somebody decided; the others follow the design's suggestions.
        this.chosen = new Set();
        this.askPrice = this.debounced(this.updatePrice, PRICE_REST);
    }

    async willStart() {
        const [design] = await Promise.all([
            rpc(`${this.url}/definition`, {}, {silent: true}),
            loadBundle(BUNDLE),
        ]);
        this.design = design;
    }

    start() {
        const engine = registry.category("rfq_configurator.engine");
        this.namesIn = engine.get("namesIn");
        const Definition = engine.get("Definition");
        this.definition = new Definition(this.design.definition);
        this.findFields();
        const {modified, issues} = this.evaluate(this.readAll());
        this.chosen = new Set([...modified, ...issues.map((one) => one.parameter)]);
        this.original = this.evaluate({});
        this.mountViewer();
        this.addListener(this.form, "submit", this.onSubmit, {capture: true});
        this.el.classList.add("o_rfq_live");
        this.update();
    }

    findFields() {
        this.fields = {};
        for (const el of this.el.querySelectorAll(".o_rfq_field[data-code]")) {
            const {code} = el.dataset;
            const parameter = this.definition.parameters[code];
            this.fields[code] = new ParameterField(
                el,
                parameter,
                localization.decimalPoint
            );
        }
    }

    mountViewer() {
        const slot = this.el.querySelector(".o_rfq_viewer_slot");
        const {recipe} = this.design.definition;
        const file = this.design.files.find(
            ({kind}) => kind === "glb" || kind === "stl"
        );
        if (!recipe && !file) {
            return;
        }
        this.model = reactive({
            name: this.design.name,
            unit: this.design.unit,
            values: this.original.values,
            originalValues: null,
            ...{recipe, file},
        });
        slot.replaceChildren();
        this.mountComponent(slot, LazyComponent, {
            Component: "rfq_configurator.ModelViewer",
            bundle: BUNDLE,
            props: {model: this.model},
        });
    }

    // What is chosen

    readAll() {
        return Object.fromEntries(
            Object.entries(this.fields).map(([code, field]) => [code, field.read()])
        );
    }

    get inputs() {
        return Object.fromEntries(
            [...this.chosen]
                .filter((code) => code in this.fields)
                .map((code) => [code, this.fields[code].read()])
        );
    }

    evaluate(inputs) {
        return this.definition.evaluate(inputs, localization.decimalPoint);
    }

    fieldOf(el) {
        return this.fields[el.closest(".o_rfq_field").dataset.code];
    }

    onInput({target}) {
        this.choose(this.fieldOf(target));
    }

    /** What was typed is shown as it was understood: on the nearest step. */
    onChange({target}) {
        const field = this.fieldOf(target);
        this.choose(field);
        const value = this.result.values[field.parameter.code];
        if (value !== null) {
            field.write(value);
        }
    }

    onSlide({target}) {
        const field = this.fieldOf(target);
        field.followRange();
        this.choose(field);
    }

    choose(field) {
        this.latest = field.parameter.code;
        this.chosen.add(this.latest);
        this.update();
    }

    onReset({currentTarget}) {
        const field = this.fieldOf(currentTarget);
        this.chosen.delete(field.parameter.code);
        this.latest = field.parameter.code;
        this.update();
        field.focus();
    }

    onResetAll() {
        this.chosen.clear();
        this.latest = null;
        this.update();
        Object.values(this.fields)[0]?.focus();
    }

    // What follows

    update() {
        this.result = this.evaluate(this.inputs);
        const {values, hidden, modified, blocked, limits, valid} = this.result;
        for (const [code, field] of Object.entries(this.fields)) {
            if (this.chosen.has(code)) {
                field.writeRange(values[code]);
            } else {
                field.write(values[code]);
            }
            field.show({
                isHidden: hidden.includes(code),
                isModified: modified.includes(code),
                messages: this.messagesAt(code),
                limits: limits[code] || this.boundsOf(code),
            });
            if (["selection", "boolean"].includes(field.parameter.type)) {
                field.block(blocked[code] || [], (choice) =>
                    this.reasonAgainst(code, choice)
                );
            }
        }
        this.hideEmptyGroups();
        this.showDerived();
        this.showIssues();
        this.showChanges();
        this.showLink();
        this.el.dataset.valid = String(valid);
        if (this.model) {
            this.model.values = values;
        }
        if (this.price) {
            this.askPrice();
        }
    }

    get price() {
        return this.el.querySelector(".o_rfq_price");
    }

    /** Minimum and maximum, of numbers that have a slider. */
    boundsOf(code) {
        const {parameter, range} = this.fields[code];
        return range && [parameter.min, parameter.max];
    }

    // Issues

    /**
     * What keeps the configuration from being sent. Rules that can't be decided yet are
     * left out where there is something that can be done about.
     */
    get problems() {
        const problems = this.result.issues.filter(
            ({severity}) => severity !== "warning"
        );
        const decided = problems.filter(({issue}) => issue !== "undecided");
        return decided.length ? decided : problems;
    }

    /** What to say about an issue. */
    messageOf({issue, parameter, rule, limit}) {
        const {[parameter]: field} = this.fields;
        if (issue === "undecided") {
            return _t("Please complete your choices.");
        }
        if (rule !== null) {
            return (
                this.definition.rules[rule].message ||
                _t("This combination is not possible.")
            );
        }
        if (issue === "required") {
            return _t("Please choose.");
        }
        if (issue === "min") {
            return _t("At least %s.", field.describe(limit));
        }
        if (issue === "max") {
            return _t("At most %s.", field.describe(limit));
        }
        if (issue === "number") {
            return _t("Please enter a number.");
        }
        if (issue === "long") {
            return _t("At most %s characters.", field.parameter.max_length);
        }
        return _t("This can't be used.");
    }

    /** The parameters that an issue is about, those behind derived ones included. */
    parametersOf({parameter, rule}) {
        if (parameter) {
            return new Set([parameter]);
        }
        const names = this.namesIn(this.definition.rules[rule].expression);
        for (const name of names) {
            // A Set goes on to what is added meanwhile.
            this.definition.needs[name].forEach((other) => names.add(other));
        }
        return names;
    }

    /** Messages at a field: its own, and those that the latest change led to. */
    messagesAt(code) {
        return this.problems
            .filter(
                (issue) =>
                    issue.parameter === code ||
                    (!issue.parameter &&
                        this.latest === code &&
                        this.parametersOf(issue).has(code))
            )
            .map((issue) => this.messageOf(issue));
    }

    reasonAgainst(code, choice) {
        const known = new Set(this.result.issues.map((issue) => issue.rule));
        const {issues} = this.evaluate({...this.inputs, [code]: choice});
        const added = issues.find(
            ({rule, severity}) =>
                rule !== null && severity === "error" && !known.has(rule)
        );
        return added ? this.messageOf(added) : _t("This combination is not possible.");
    }

    showIssues() {
        const box = this.el.querySelector(".o_rfq_issues");
        const warnings = this.el.querySelector(".o_rfq_warnings");
        this.list(box, this.problems);
        this.list(
            warnings,
            this.result.issues.filter(({severity}) => severity === "warning")
        );
    }

    list(box, issues) {
        const lines = new Map();
        for (const issue of issues) {
            const message = this.messageOf(issue);
            const field = this.fields[this.placeOf(issue)];
            lines.set(`${field?.label} ${message}`, {message, field, issue});
        }
        const items = [...lines.values()].map(({message, field, issue}) => {
            const item = document.createElement("li");
            if (field) {
                const link = document.createElement("button");
                link.type = "button";
                link.className = "btn btn-link p-0 text-start align-baseline";
                link.textContent = issue.parameter
                    ? `${field.label}: ${message}`
                    : message;
                link.addEventListener("click", () => field.focus());
                item.append(link);
            } else {
                item.textContent = message;
            }
            return item;
        });
        box.hidden = !items.length;
        box.querySelector("ul").replaceChildren(...items);
    }

    /** The parameter to lead to: the latest one if it has to do with it. */
    placeOf(issue) {
        const names = this.parametersOf(issue);
        if (names.has(this.latest)) {
            return this.latest;
        }
        return Object.keys(this.fields).find((code) => names.has(code));
    }

    // Around the form

    hideEmptyGroups() {
        for (const group of this.el.querySelectorAll(".o_rfq_group")) {
            group.hidden = !group.querySelector(".o_rfq_field:not([hidden])");
        }
    }

    showDerived() {
        for (const el of this.el.querySelectorAll(".o_rfq_derived [data-code]")) {
            const value = this.result.values[el.dataset.code];
            const {unit} = this.definition.parameters[el.dataset.code];
            let text = "–";
            if (typeof value === "number") {
                const number = formatNumber(value, 3, localization.decimalPoint);
                text = unit ? `${number} ${unit}` : number;
            } else if (typeof value === "boolean") {
                text = value ? _t("Yes") : _t("No");
            } else if (value !== null) {
                text = value;
            }
            el.textContent = text;
        }
    }

    showChanges() {
        const count = this.result.modified.length;
        const box = this.el.querySelector(".o_rfq_changes");
        box.querySelector(".o_rfq_changes_text").textContent = count
            ? _t("Different from the original: %s", count)
            : _t("As in the original");
        box.querySelector(".o_rfq_reset_all").hidden = !this.chosen.size;
    }

    /** The address that opens this configuration again. */
    get link() {
        const url = new URL(this.url, browser.location.origin);
        for (const code of this.result.modified) {
            const value = this.result.canonical[code];
            url.searchParams.set(`p_${code}`, value === undefined ? "" : String(value));
        }
        return url.href;
    }

    showLink() {
        this.el.querySelector(".o_rfq_link").href = this.link;
    }

    async onCopy({currentTarget}) {
        const done = this.el.querySelector(".o_rfq_copied");
        try {
            await browser.navigator.clipboard.writeText(this.link);
        } catch {
            done.textContent = this.link;
            return;
        }
        done.textContent = _t("The link is copied.");
        currentTarget.focus();
    }

    onCompare() {
        this.isComparing = !this.isComparing;
        this.el.classList.toggle("o_rfq_comparing", this.isComparing);
        this.model.originalValues = this.isComparing ? this.original.values : null;
    }

    async updatePrice() {
        const {price} = await this.waitFor(
            rpc(`${this.url}/evaluate`, {inputs: this.inputs}, {silent: true})
        );
        this.price.textContent = price ? price.text : _t("on request");
    }

    // Sending

    onSubmit(event) {
        if (event.submitter?.name === "save") {
            // What waits for a captcha sends the form without the button's name.
            event.stopImmediatePropagation();
            return;
        }
        if (this.result && !this.result.valid) {
            // Before anything else that waits for the form.
            event.preventDefault();
            event.stopImmediatePropagation();
            const [problem] = this.problems;
            this.fields[problem && this.placeOf(problem)]?.focus();
            return;
        }
        // The form leaves the page; a second press must not send it again.
        browser.setTimeout(() => {
            this.isSending = true;
            this.updateContent();
        });
    }

    /** Back from the page that followed: the form can be sent again. */
    onPageShow() {
        this.isSending = false;
    }
}

registry
    .category("public.interactions")
    .add("rfq_configurator.configurator", RfqConfigurator);
