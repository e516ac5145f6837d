import {registry} from "@web/core/registry";

const SWITCH = ".o_list_view .o_data_row .o_field_boolean_toggle input";

registry.category("web_tour.tours").add("order_request_policy_switch", {
    steps: () => [
        {
            content: "The switch is there without scrolling",
            trigger: SWITCH,
            run() {
                const {left, right} = this.anchor.getBoundingClientRect();
                if (left < 0 || right > window.innerWidth) {
                    throw new Error(`The switch ends at ${right} pixels`);
                }
            },
        },
        {
            content: "Switch requests off",
            trigger: SWITCH,
            run: "click",
        },
        {
            content: "They are off",
            trigger: `${SWITCH}:not(:checked)`,
        },
    ],
});
