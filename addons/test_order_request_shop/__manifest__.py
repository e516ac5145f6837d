{
    "name": "Order Request: Shop Tests",
    "summary": "Ways to order that other addons bring to the web shop",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "Offerdesk",
    "website": "https://github.com/offerdesk/offerdesk",
    "license": "LGPL-3",
    "depends": [
        "website_event_booth_sale_order_request",
        "website_event_sale",
        "website_sale_collect",
    ],
}
