from odoo import fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    market_superseded = fields.Boolean(
        string="Commissions Invoiced Elsewhere",
        readonly=True,
        copy=False,
        help="It was cancelled, and its commissions stand on another invoice.",
    )

    def _check_draftable(self):
        """Keep cancelled invoices cancelled whose commissions were invoiced anew."""
        if superseded := self.filtered("market_superseded"):
            raise UserError(
                self.env._(
                    "The commissions of %(invoices)s stand on another invoice now.",
                    invoices=", ".join(superseded.mapped("display_name")),
                )
            )
        return super()._check_draftable()
