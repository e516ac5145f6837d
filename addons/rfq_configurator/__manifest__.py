{
    "name": "RFQ Configurator",
    "summary": "Customers configure a design in 3D and ask for a quotation",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Offerdesk",
    "website": "https://github.com/offerdesk/offerdesk",
    "license": "LGPL-3",
    "depends": ["sale_management", "portal"],
}
