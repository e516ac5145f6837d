from odoo import fields, models


class RfqRequestRetention(models.TransientModel):
    """Asks managers why something is kept or removed out of turn."""

    _name = "rfq.request.retention"
    _description = "Keep or Remove Requests"

    request_ids = fields.Many2many(comodel_name="rfq.request", required=True)
    step = fields.Selection(
        selection=[
            ("hold", "Legal hold"),
            ("release", "Release"),
            ("purge", "Remove now"),
        ],
        required=True,
    )
    reason = fields.Char(required=True)

    def action_apply(self):
        """Do it, with the reason. Only managers have access to this window."""
        self.ensure_one()
        self.check_access("write")
        self.request_ids.check_access("write")
        steps = {"hold": "_hold", "release": "_release", "purge": "_purge_now"}
        getattr(self.request_ids, steps[self.step])(self.reason)
