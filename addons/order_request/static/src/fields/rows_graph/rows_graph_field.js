import {Component} from "@odoo/owl";
import {View} from "@web/views/view";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * A graph within a form, of the rows whose domain is the value of a field. A click on a
 * bar lists its rows, as in every graph.
 */
export class RowsGraphField extends Component {
    static template = "order_request.RowsGraphField";
    static components = {View};
    static props = {
        ...standardFieldProps,
        resModel: String,
        context: {type: Object, optional: true},
    };
    static defaultProps = {context: {}};

    get viewProps() {
        return {
            type: "graph",
            jsClass: "order_request_rows_graph",
            resModel: this.props.resModel,
            views: [
                [false, "graph"],
                [false, "list"],
                [false, "form"],
            ],
            context: this.props.context,
            domain: JSON.parse(this.props.record.data[this.props.name]),
            display: {controlPanel: false},
            useSampleModel: false,
        };
    }
}

export const rowsGraphField = {
    component: RowsGraphField,
    supportedTypes: ["char"],
    extractProps: ({options}) => ({
        resModel: options.res_model,
        context: {
            ...(options.graph_view && {graph_view_ref: options.graph_view}),
            ...(options.list_view && {list_view_ref: options.list_view}),
        },
    }),
};

registry.category("fields").add("order_request_graph", rowsGraphField);
