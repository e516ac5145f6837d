{
    "name": "Order Request: Event Booths",
    "summary": "Free booths that the seller wants to see first are not booked at once",
    "version": "19.0.1.0.0",
    "category": "Website/Website",
    "author": "Offerdesk",
    "website": "https://github.com/offerdesk/offerdesk",
    "license": "LGPL-3",
    "depends": ["website_event_booth_sale", "website_sale_order_request"],
    "auto_install": True,
}
