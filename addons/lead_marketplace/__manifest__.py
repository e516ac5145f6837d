{
    "name": "Lead Marketplace",
    "summary": "Verified requests, opened contacts, commission on won work",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Offerdesk",
    "website": "https://github.com/offerdesk/offerdesk",
    "license": "LGPL-3",
    "application": True,
    "depends": ["account", "base_offerdesk", "crm", "phone_validation", "portal"],
    "data": [],
    "demo": [],
}
