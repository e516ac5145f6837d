{
    "name": "CRM Offer Calculation: Offer Reply",
    "summary": "A Yes on a line chooses the variant",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Offerdesk",
    "website": "https://github.com/offerdesk/offerdesk",
    "license": "LGPL-3",
    "depends": ["crm_offer_calculation", "sale_offer_reply"],
    "data": ["views/portal_templates.xml"],
    "auto_install": True,
}
