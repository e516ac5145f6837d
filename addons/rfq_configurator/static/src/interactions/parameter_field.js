import {_t} from "@web/core/l10n/translation";

const NUMBERS = ["integer", "float"];

/** A number in the customer's writing, without zeros that say nothing. */
export function formatNumber(number, decimals, decimalPoint) {
    const text = number.toFixed(decimals);
    const short = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
    return short.replace(".", decimalPoint);
}

/** One parameter on the page: reads what was chosen, and shows what follows. */
export class ParameterField {
    constructor(el, parameter, decimalPoint) {
        this.el = el;
        this.parameter = parameter;
        this.decimalPoint = decimalPoint;
        this.isNumber = NUMBERS.includes(parameter.type);
        this.inputs = [...el.querySelectorAll(`[name="p_${parameter.code}"]`)].filter(
            (input) => input.type !== "hidden"
        );
        this.range = el.querySelector(".o_rfq_range");
        this.error = el.querySelector(".o_rfq_error");
        this.reasons = el.querySelector(".o_rfq_reasons");
        this.hint = el.querySelector(".o_rfq_hint");
        if (this.range) {
            this.range.hidden = false;
        }
    }

    get label() {
        return this.parameter.label || this.parameter.code;
    }

    // What is chosen

    read() {
        const [first] = this.inputs;
        if (first.type === "checkbox") {
            return first.checked;
        }
        if (first.type === "radio") {
            return this.inputs.find((input) => input.checked)?.value || "";
        }
        return first.value;
    }

    write(value) {
        const [first] = this.inputs;
        if (first.type === "checkbox") {
            first.checked = value === true;
        } else if (first.type === "radio") {
            for (const input of this.inputs) {
                input.checked = input.value === (value ?? "");
            }
        } else {
            first.value = this.format(value);
        }
        this.writeRange(value);
    }

    /** Move the slider to a value, without touching what is being typed. */
    writeRange(value) {
        if (this.range && value !== null) {
            this.range.value = value;
            const {min, max} = this.parameter;
            const share = max > min ? (value - min) / (max - min) : 0;
            this.range.style.setProperty("--share", `${100 * share}%`);
            this.range.setAttribute("aria-valuetext", this.describe(value));
        }
    }

    /** Take the value of the slider. */
    followRange() {
        this.inputs[0].value = this.format(Number(this.range.value));
    }

    format(value) {
        if (value === null || value === undefined) {
            return "";
        }
        return this.isNumber
            ? formatNumber(value, this.parameter.decimals, this.decimalPoint)
            : String(value);
    }

    /** A value with its unit, or the label of an option. */
    describe(value) {
        const {options = [], unit} = this.parameter;
        const option = options.find(({code}) => code === value);
        if (option) {
            return option.label || option.code;
        }
        return unit ? `${this.format(value)} ${unit}` : this.format(value);
    }

    focus() {
        const chosen = this.inputs.find((input) => input.checked);
        (chosen || this.inputs[0]).focus();
    }

    // What follows

    show({isHidden, isModified, messages, limits}) {
        this.el.hidden = isHidden;
        this.el.classList.toggle("o_rfq_modified", isModified);
        this.el.querySelector(".o_rfq_reset").hidden = !isModified;
        this.error.replaceChildren(
            ...messages.map((message) => {
                const line = document.createElement("div");
                line.textContent = message;
                return line;
            })
        );
        for (const input of this.inputs) {
            input.classList.toggle("is-invalid", messages.length > 0);
            input.toggleAttribute("aria-invalid", messages.length > 0);
            if (messages.length) {
                input.setAttribute("aria-invalid", "true");
            }
        }
        if (limits && this.hint) {
            const [least, most] = limits.map((limit) => this.describe(limit));
            this.hint.textContent = _t("%(least)s to %(most)s", {least, most});
        }
    }

    /** Close the choices that would break a rule, and say why. */
    block(blocked, reasonOf) {
        const choices =
            this.inputs[0].tagName === "SELECT"
                ? [...this.inputs[0].options]
                : this.inputs;
        const value = this.read();
        const reasons = new Set();
        for (const choice of choices) {
            const isBoolean = choice.type === "checkbox";
            const code = isBoolean ? !choice.checked : choice.value;
            const isBlocked = code !== value && blocked.includes(code);
            choice.disabled = isBlocked;
            choice.closest(".o_rfq_choice")?.classList.toggle("disabled", isBlocked);
            if (isBlocked) {
                const reason = reasonOf(code);
                const label = isBoolean ? "" : this.describe(code);
                reasons.add(label ? `${label}: ${reason}` : reason);
            }
        }
        if (this.reasons) {
            this.reasons.textContent = [...reasons].join(" ");
        }
    }
}
