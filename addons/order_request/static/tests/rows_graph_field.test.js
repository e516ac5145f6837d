import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {expect, test} from "@odoo/hoot";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

class Figures extends models.Model {
    _name = "order.request.figures";

    user_name = fields.Char({
        onChange(record) {
            record.request_domain = JSON.stringify([["name", "=", record.user_name]]);
        },
    });
    request_domain = fields.Char();

    _records = [{id: 1, request_domain: '[["name", "!=", false]]'}];
}

class Request extends models.Model {
    _name = "order.request";

    name = fields.Char();

    _records = [
        {id: 1, name: "Ann"},
        {id: 2, name: "Bob"},
    ];
    _views = {
        "graph,order_request.by_name": `<graph><field name="name"/></graph>`,
    };
}

defineModels([Figures, Request]);
defineMailModels();

test("shows the rows of its domain, also when that changes", async () => {
    onRpc("order.request", "formatted_read_group", ({kwargs}) => {
        expect.step(JSON.stringify([kwargs.domain, kwargs.groupby]));
    });
    await mountView({
        type: "form",
        resModel: "order.request.figures",
        resId: 1,
        arch: `
            <form>
                <field name="user_name"/>
                <field
                    name="request_domain"
                    widget="order_request_graph"
                    options="{'res_model': 'order.request', 'graph_view': 'order_request.by_name'}"
                />
            </form>`,
    });
    expect(".o_field_widget[name=request_domain] canvas").toHaveCount(1);
    expect(".o_order_request_graph .o_control_panel").toHaveCount(0);
    expect.verifySteps(['[[["name","!=",false]],["name"]]']);
    await contains(".o_field_widget[name=user_name] input").edit("Bob");
    expect.verifySteps(['[[["name","=","Bob"]],["name"]]']);
});
