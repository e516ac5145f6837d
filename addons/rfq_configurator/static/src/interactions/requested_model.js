import {Interaction} from "@web/public/interaction";
import {LazyComponent} from "@web/core/assets";
import {reactive} from "@odoo/owl";
import {registry} from "@web/core/registry";

/** The model of a request, exactly as it was asked for. */
export class RfqRequestedModel extends Interaction {
    static selector = ".o_rfq_model[data-model]";

    start() {
        this.mountComponent(this.el, LazyComponent, {
            Component: "rfq_configurator.ModelViewer",
            bundle: "rfq_configurator.assets_model",
            props: {model: reactive(JSON.parse(this.el.dataset.model))},
        });
    }
}

registry
    .category("public.interactions")
    .add("rfq_configurator.requested_model", RfqRequestedModel);
