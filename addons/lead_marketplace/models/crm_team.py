from odoo import fields, models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    market_intake = fields.Boolean(
        string="Marketplace Requests",
        help="What comes in through this team's e-mail address becomes a request to "
        "be verified and published.",
    )
