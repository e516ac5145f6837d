import {graphView} from "@web/views/graph/graph_view";
import {registry} from "@web/core/registry";

/** A graph alone, without the buttons that change it. */
export const rowsGraphView = {
    ...graphView,
    buttonTemplate: "order_request.RowsGraphView.Buttons",
};

registry.category("views").add("order_request_rows_graph", rowsGraphView);
