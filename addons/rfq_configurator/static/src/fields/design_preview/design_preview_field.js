import {Component, xml} from "@odoo/owl";
import {LazyComponent} from "@web/core/assets";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** The model and the rules of a design as they are in its form, saved or not. */
export class RfqDesignPreviewField extends Component {
    static template = xml`
        <LazyComponent
            t-if="preview"
            bundle="'rfq_configurator.assets_preview'"
            Component="'rfq_configurator.DesignPreview'"
            props="{preview}"
        />`;
    static components = {LazyComponent};
    static props = standardFieldProps;

    get preview() {
        return this.props.record.data[this.props.name];
    }
}

registry.category("fields").add("rfq_design_preview", {
    component: RfqDesignPreviewField,
    supportedTypes: ["json"],
});
