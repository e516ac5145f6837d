import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("sale_offer_reply_answer", {
    steps: () => [
        {
            content: "The page lists what is still to answer",
            trigger: ".o_offer_missing_title:contains('Still to answer: 3')",
        },
        {
            content: "Say yes to the first line",
            trigger: ".o_offer_answer:eq(0) .o_offer_yes",
            run: "click",
        },
        {
            content: "Its amount appears with taxes",
            trigger: ".o_offer_total_yes [data-value=total]:contains('448.00')",
        },
        {
            content: "Leave the second line open for now",
            trigger: ".o_offer_answer:eq(1) .o_offer_unsure",
            run: "click",
        },
        {
            content: "Say no to the third line",
            trigger: ".o_offer_answer:eq(2) .o_offer_no",
            run: "click",
        },
        {
            content: "Everything is answered",
            trigger: ".o_offer_bar_text:contains('3 of 3 lines answered')",
        },
        {
            content: "Send the reply",
            trigger: ".o_offer_send",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The reply has arrived",
            trigger: ".o_offer_thanks:contains('your reply has been sent')",
        },
    ],
});
