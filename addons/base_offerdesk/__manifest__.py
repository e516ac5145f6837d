{
    "name": "Offerdesk Base",
    "summary": "What the addons of Offerdesk share on public pages",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tools",
    "author": "Offerdesk",
    "website": "https://github.com/offerdesk/offerdesk",
    "license": "LGPL-3",
    "depends": ["mail", "portal"],
    "data": [
        "security/ir.model.access.csv",
        "data/ir_cron_data.xml",
        "report/document_paperformat.xml",
        "report/document_templates.xml",
        "views/portal_templates.xml",
    ],
    "assets": {
        "web.assets_frontend": ["base_offerdesk/static/src/scss/*.scss"],
    },
}
