import {GraphRenderer} from "@web/views/graph/graph_renderer";
import {graphView} from "@web/views/graph/graph_view";
import {registry} from "@web/core/registry";

// The colours that the answers have everywhere else.
const ANSWER_COLORS = {
    open: "#17a2b8",
    changed: "#71639e",
    yes: "#28a745",
    unsure: "#ffac00",
    no: "#dc3545",
    unpublished: "#adb5bd",
};

export class OfferAnswersGraphRenderer extends GraphRenderer {
    getBarChartData() {
        const data = super.getBarChartData();
        const {selection} = this.model.metaData.fields.offer_line_status;
        const colors = Object.fromEntries(
            selection.map(([answer, label]) => [label, ANSWER_COLORS[answer]])
        );
        for (const dataset of data.datasets) {
            dataset.backgroundColor = colors[dataset.label] || dataset.backgroundColor;
        }
        return data;
    }
}

registry.category("views").add("offer_answers_graph", {
    ...graphView,
    Renderer: OfferAnswersGraphRenderer,
});
