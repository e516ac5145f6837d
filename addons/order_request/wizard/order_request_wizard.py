from odoo import api, fields, models
from odoo.exceptions import UserError


class OrderRequestWizard(models.AbstractModel):
    """What the windows have in common in which sellers answer a request."""

    _name = "order.request.wizard"
    _description = "Answer to a Request"

    request_id = fields.Many2one(comodel_name="order.request", required=True)
    seen = fields.Char(
        compute="_compute_seen",
        store=True,
        readonly=False,
        help="How the request stood when the window was opened.",
    )

    @api.depends("request_id")
    def _compute_seen(self):
        for wizard in self:
            wizard.seen = wizard._get_standing()

    def _get_standing(self):
        """Return what changes with each answer (single record).

        :rtype: str
        """
        self.ensure_one()
        return f"{self.request_id.state},{self.request_id.offer_id.id}"

    def _check_unanswered(self):
        """Let one seller answer what both have open (single record).

        :raise UserError: when somebody answered since the window was opened
        """
        self.ensure_one()
        self.request_id.check_access("write")
        self.request_id._wait_for_turn()
        if self.seen != self._get_standing():
            raise UserError(
                self.env._(
                    "Somebody answered this request while you had it open. Please "
                    "look at it again."
                )
            )
