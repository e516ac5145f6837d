{
    "name": "CRM Offer Calculation: Follow-ups",
    "summary": "Follow-ups stop when customers react to an offer",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Offerdesk",
    "website": "https://github.com/offerdesk/offerdesk",
    "license": "LGPL-3",
    "depends": ["crm_followup", "crm_offer_calculation"],
    "data": [
        "views/crm_followup_compose_views.xml",
        "views/crm_followup_sequence_views.xml",
        "views/crm_followup_step_views.xml",
        "views/crm_lead_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "auto_install": True,
}
