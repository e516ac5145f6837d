{
    "name": "Lead Marketplace: Job Queue",
    "summary": "Spreads the invoicing and the daily mails over workers",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Offerdesk",
    "website": "https://github.com/offerdesk/offerdesk",
    "license": "LGPL-3",
    "depends": ["lead_marketplace", "queue_job"],
    "data": ["data/queue_job_function_data.xml"],
    "auto_install": True,
}
