from odoo import fields, models


class LeadMarketTier(models.Model):
    _name = "lead.market.tier"
    _description = "Tier of Partner Workshops"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
