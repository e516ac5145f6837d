import {Component, reactive, useEffect, useState} from "@odoo/owl";
import {Definition} from "../engine/definition.js";
import {ModelViewer} from "../viewer/model_viewer";
import {_t} from "@web/core/l10n/translation";
import {canonicalValue} from "../engine/inputs.js";
import {localization} from "@web/core/l10n/localization";
import {registry} from "@web/core/registry";

const MAX_SLIDER = 1e6;
const NUMBERS = ["integer", "float"];
// Kinds of uploaded models that the viewer shows.
const SHOWN = ["glb", "stl"];

/** What customers will see of a design that somebody is working on, to try it out. */
export class DesignPreview extends Component {
    static template = "rfq_configurator.DesignPreview";
    static components = {ModelViewer};
    static props = {preview: Object};

    setup() {
        this.state = useState({inputs: {}, key: 0});
        this.model = reactive({values: {}, originalValues: null});
        this.read();
        useEffect(
            () => this.show(),
            () => [this.props.preview, JSON.stringify(this.state.inputs)]
        );
    }

    /** The definition, made anew only when it has changed. */
    read() {
        const {definition} = this.props.preview;
        const source = JSON.stringify(definition);
        if (source !== this.source) {
            this.source = source;
            this.definition = definition && new Definition(definition);
        }
        const known = Object.entries(this.state.inputs).filter(
            ([code]) => code in (this.definition?.parameters || {})
        );
        return this.definition?.evaluate(
            Object.fromEntries(known),
            localization.decimalPoint
        );
    }

    show() {
        const {name, unit, definition, file} = this.props.preview;
        const result = this.read();
        if (result) {
            const {recipe} = definition;
            Object.assign(this.model, {
                name,
                unit,
                recipe,
                file,
                values: result.values,
            });
        }
    }

    get hasModel() {
        const {definition, file} = this.props.preview;
        return Boolean(definition?.recipe || (file && SHOWN.includes(file.kind)));
    }

    get isDownload() {
        const {file} = this.props.preview;
        return Boolean(file && !SHOWN.includes(file.kind));
    }

    /** Everything that is shown beside the model, for the present choices. */
    get view() {
        const result = this.read();
        const parameters = Object.values(this.definition.parameters);
        return {
            fields: parameters
                .filter(
                    ({code, type}) =>
                        type !== "derived" && !result.hidden.includes(code)
                )
                .map((parameter) => this.field(parameter, result)),
            derived: parameters
                .filter(({type}) => type === "derived")
                .map(({code, label, unit = ""}) => ({
                    code,
                    label: label || code,
                    text: `${result.values[code] ?? "–"} ${unit}`,
                })),
            issues: result.issues.map((issue, index) => ({
                index,
                severity: issue.severity,
                text: this.describe(issue),
            })),
            faults: result.faults,
        };
    }

    field(parameter, result) {
        const {code, type, min, max, options = []} = parameter;
        const value = result.values[code];
        const isNumber = NUMBERS.includes(type);
        const text =
            isNumber && value !== null ? canonicalValue(parameter, value) : value;
        return {
            ...parameter,
            isNumber,
            value,
            label: parameter.label || code,
            text: isNumber
                ? String(text ?? "").replace(".", localization.decimalPoint)
                : text,
            step: parameter.step || 10 ** -(parameter.decimals || 0),
            hasSlider: isNumber && Math.max(Math.abs(min), Math.abs(max)) <= MAX_SLIDER,
            options: options.map((option) => ({
                ...option,
                isBlocked: (result.blocked[code] || []).includes(option.code),
            })),
            isModified: result.modified.includes(code),
        };
    }

    describe({issue, parameter, rule}) {
        const {message} = this.definition.rules[rule] || {};
        const label = this.definition.parameters[parameter]?.label || parameter;
        if (message && issue === "rule") {
            return message;
        }
        return label
            ? _t("%(label)s: not possible (%(code)s)", {label, code: issue})
            : _t("A rule is broken.");
    }

    choose(code, value) {
        this.state.inputs[code] = value;
    }

    reset() {
        this.state.inputs = {};
    }
}

registry
    .category("lazy_components")
    .add("rfq_configurator.DesignPreview", DesignPreview);
