import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("sale_offer_reply_seller", {
    steps: () => [
        {
            content: "Send the offer",
            trigger: ".o_statusbar_buttons button[name=action_quotation_send]",
            run: "click",
        },
        {
            content: "The mail asks the customer to answer",
            trigger: ".modal [name=body]:contains('Your offer is ready')",
        },
        {
            content: "Mail it",
            trigger: ".modal .o_mail_send",
            run: "click",
        },
        {
            content: "The offer waits for its answer",
            trigger: "[name=offer_status]:contains('Waiting for answer')",
        },
        {
            content: "Look at the version that was sent",
            trigger: "button[name=action_open_offer_history]",
            run: "click",
        },
        {
            content: "Open it",
            trigger: ".o_data_row .o_data_cell:contains('Sent')",
            run: "click",
        },
        {
            content: "It holds the lines as they were",
            trigger:
                ".o_field_widget[name=line_ids] .o_data_row:contains('Bus transfer')",
        },
        {
            content: "Go back to the order",
            trigger: ".breadcrumb-item:contains('S0') a",
            run: "click",
        },
        {
            content: "The customer called and wants nothing",
            trigger: "button[name=action_open_offer_decline]",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal [name=reason] textarea",
            run: "edit They booked the lighthouse.",
        },
        {
            content: "Decline it",
            trigger: ".modal button[name=action_decline]",
            run: "click",
        },
        {
            content: "The reason stands on the order",
            trigger: "[name=offer_declined]:contains('They booked the lighthouse.')",
        },
    ],
});
