{
    "name": "CRM Offer Calculation",
    "summary": "Costs and margins of orders that stay with the seller",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Offerdesk",
    "website": "https://github.com/offerdesk/offerdesk",
    "license": "LGPL-3",
    "application": True,
    "depends": ["base_offerdesk", "sale_crm", "sale_management", "sale_margin"],
    "data": [
        "security/crm_offer_calculation_groups.xml",
        "views/res_config_settings_views.xml",
        "views/sale_order_views.xml",
    ],
}
