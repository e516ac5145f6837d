{
    "name": "CRM Offer Calculation: Follow-ups on Answers",
    "summary": "Steps of follow-ups for customers who are unsure about lines",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Offerdesk",
    "website": "https://github.com/offerdesk/offerdesk",
    "license": "LGPL-3",
    "depends": ["crm_offer_calculation_followup", "crm_offer_calculation_reply"],
    "auto_install": True,
}
