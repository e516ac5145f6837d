{
    "name": "CRM Follow-up: Mail Tracking",
    "summary": "Shows in the log of follow-ups that a mail was opened",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Offerdesk",
    "website": "https://github.com/offerdesk/offerdesk",
    "license": "AGPL-3",
    "depends": ["crm_followup", "mail_tracking"],
    "auto_install": True,
}
