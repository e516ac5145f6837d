{
    "name": "Website RFQ Configurator",
    "summary": "Lists the designs that everybody may configure on the website",
    "version": "19.0.1.0.0",
    "category": "Website/Website",
    "author": "Offerdesk",
    "website": "https://github.com/offerdesk/offerdesk",
    "license": "LGPL-3",
    "depends": ["rfq_configurator", "website"],
    "data": [
        "data/website_menu_data.xml",
        "views/rfq_design_templates.xml",
        "views/rfq_design_views.xml",
    ],
    "demo": ["demo/rfq_design_demo.xml"],
    "auto_install": True,
}
