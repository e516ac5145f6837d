from odoo import api, fields, models
from odoo.exceptions import UserError


class LeadMarketCall(models.Model):
    """A talk of an operator with a customer; no request is published without one."""

    _name = "lead.market.call"
    _description = "Call to a Customer"
    _inherit = ["lead.market.guarded"]
    _order = "date desc, id desc"
    # Who called and when is what happened, not what somebody says.
    _guarded_fields = frozenset({"user_id", "date"})

    lead_id = fields.Many2one(
        "crm.lead", required=True, index=True, ondelete="restrict", readonly=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Operator",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    date = fields.Datetime(
        required=True, readonly=True, default=lambda self: fields.Datetime.now()
    )
    result = fields.Selection(
        [
            ("reached", "Reached"),
            ("no_answer", "No answer"),
            ("wrong_number", "Wrong number"),
            ("refused", "Does not want offers"),
        ],
        required=True,
        default="reached",
    )
    intent_confirmed = fields.Boolean(
        string="Wants the Work", help="The customer said that the request is meant."
    )
    for_whom_confirmed = fields.Boolean(
        help="The customer said for whom it is, or that it should not be named.",
    )
    note = fields.Text()
    # What the operator has before the eyes while talking.
    customer_name = fields.Char(related="lead_id.contact_name", string="Customer Name")
    customer_phone = fields.Char(related="lead_id.phone", string="Customer Phone")
    call_script = fields.Text(related="lead_id.market_request_id.call_script")

    @api.model_create_multi
    def create(self, vals_list):
        calls = super().create(vals_list)
        for call in calls:
            call.lead_id._market_after_call(call)
        return calls

    def write(self, vals):
        if self:
            raise UserError(
                self.env._("A logged call can't be changed. Please log another one.")
            )
        return super().write(vals)

    def _erase_notes(self):
        """Forget what was said; that somebody called, and when, stays."""
        return super().write({"note": False})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_logged(self):
        raise UserError(self.env._("A logged call can't be deleted."))

    def _proves_intent(self):
        """Return whether the customer confirmed the request in this talk.

        From the memo: 100 % of the published requests are real intentions.

        :rtype: bool
        """
        self.ensure_one()
        return (
            self.result == "reached"
            and self.intent_confirmed
            and self.for_whom_confirmed
        )
