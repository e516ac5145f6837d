from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    rfq_enabled = fields.Boolean(
        string="Requests for Quotation",
        default=True,
        help="Customers may ask for quotations of published designs.",
    )
    rfq_retention_days = fields.Integer(
        string="Keep Requests for Quotation (days)",
        default=30,
        help="After that, what customers sent is removed. 0 keeps it for ever.",
    )
    rfq_keep_unanswered = fields.Boolean(
        string="Keep Unanswered Requests",
        help="Requests that nobody answered are kept until somebody does.",
    )
    rfq_button_label = fields.Char(string="Text of the RFQ Button", translate=True)
    rfq_intro_text = fields.Html(string="Text in the RFQ", translate=True)
    rfq_notify_seller = fields.Selection(
        selection=[
            ("none", "Nobody"),
            ("responsible", "The responsible"),
            ("team", "The sales team"),
            ("address", "These contacts"),
        ],
        string="Mails on New Requests to",
        required=True,
        default="responsible",
    )
    rfq_notify_partner_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="res_company_rfq_notify_partner_rel",
        string="Contacts Who Get Mails on New Requests",
    )
    rfq_keep_model_on_quotation = fields.Boolean(
        string="Keep the Model on the Quotation", default=True
    )
    rfq_max_per_hour = fields.Integer(
        string="Requests per Hour and Customer",
        default=20,
        help="How often one customer or one address may ask within an hour.",
    )

    _rfq_retention_days_positive = models.Constraint(
        "CHECK (rfq_retention_days >= 0)",
        "Requests can't be kept for less than 0 days.",
    )
    _rfq_max_per_hour_positive = models.Constraint(
        "CHECK (rfq_max_per_hour > 0)",
        "At least one request per hour has to be possible.",
    )
