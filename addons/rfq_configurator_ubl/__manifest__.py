{
    "name": "RFQ Configurator: UBL",
    "summary": "Requests for quotation of designs as UBL documents",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Offerdesk",
    "website": "https://github.com/offerdesk/offerdesk",
    "license": "LGPL-3",
    "depends": ["rfq_configurator", "account_edi_ubl_cii"],
    "auto_install": True,
}
