from odoo import fields, models


class LeadMarketTakeKey(models.Model):
    """A name, phone or e-mail address under which an opened contact is found."""

    _name = "lead.market.take.key"
    _description = "Search Key of an Opened Contact"
    _log_access = False

    take_id = fields.Many2one(
        "lead.market.take", required=True, index=True, ondelete="cascade"
    )
    workshop_partner_id = fields.Many2one(
        "res.partner", required=True, ondelete="restrict"
    )
    key = fields.Char(required=True)

    _key_idx = models.Index("(workshop_partner_id, key text_pattern_ops)")
