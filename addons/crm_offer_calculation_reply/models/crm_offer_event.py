from odoo import fields, models


class CrmOfferEvent(models.Model):
    _inherit = "crm.offer.event"

    kind = fields.Selection(
        selection_add=[("answer", "Answered the lines")],
        ondelete={"answer": "cascade"},
    )
