{
    "name": "Sale Offer Reply: Purchase",
    "summary": "Buys only the services that the customer said yes to",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Offerdesk",
    "website": "https://github.com/offerdesk/offerdesk",
    "license": "LGPL-3",
    "depends": ["sale_offer_reply", "sale_purchase"],
    "auto_install": True,
}
