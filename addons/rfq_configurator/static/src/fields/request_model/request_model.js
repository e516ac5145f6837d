import {Component, reactive, useState, xml} from "@odoo/owl";
import {LazyComponent} from "@web/core/assets";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useRecordObserver} from "@web/model/relational_model/utils";
import {useService} from "@web/core/utils/hooks";

/** The model of a request in its form, exactly as the customer asked for it. */
export class RfqRequestModel extends Component {
    static template = xml`
        <div t-if="state.model" class="o_rfq_model_widget" t-key="state.id">
            <LazyComponent
                bundle="'rfq_configurator.assets_model'"
                Component="'rfq_configurator.ModelViewer'"
                props="{model: state.model}"
            />
        </div>`;
    static components = {LazyComponent};
    static props = standardWidgetProps;

    setup() {
        this.orm = useService("orm");
        this.state = useState({id: null, model: null});
        useRecordObserver((record) => this.load(record.resId));
    }

    async load(id) {
        if (id === this.state.id) {
            return;
        }
        const model = id
            ? await this.orm.call(this.props.record.resModel, "get_model", [[id]])
            : null;
        Object.assign(this.state, {id, model: model && reactive(model)});
    }
}

registry.category("view_widgets").add("rfq_request_model", {
    component: RfqRequestModel,
});
