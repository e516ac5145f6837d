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
        "views/website_sale_templates.xml",
        "views/shop_request_templates.xml",
    ],
    "auto_install": True,
}
