{
    "name": "Order Request: Web Shop",
    "summary": "What the seller wants to see first leaves the cart as a request",
    "version": "19.0.1.0.0",
    "category": "Website/Website",
    "author": "Offerdesk",
    "website": "https://github.com/offerdesk/offerdesk",
    "license": "LGPL-3",
    "depends": ["website_sale", "order_request"],
    "data": [
        "security/ir.model.access.csv",
        "security/website_sale_order_request_security.xml",
        "views/website_sale_templates.xml",
        "views/shop_request_templates.xml",
        "views/order_request_visit_views.xml",
        "wizard/order_request_figures_views.xml",
    ],
    "auto_install": True,
}
