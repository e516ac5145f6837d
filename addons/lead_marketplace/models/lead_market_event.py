from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    # The request
    ("received", "Request received"),
    ("call", "Customer called"),
    ("not_duplicate", "No duplicate"),
    ("verified", "Verified"),
    ("published", "Published"),
    ("edited", "Text changed"),
    ("corrected", "Corrected by the customer"),
    ("contact_changed", "Customer's contact changed"),
    ("paused", "Paused"),
    ("resumed", "Published again"),
    ("closed", "Closed"),
    ("reopened", "Opened again"),
    ("survey", "Customer asked who did it"),
    ("outcome", "Customer said who did it"),
    ("erased", "Personal data erased"),
    # The contact
    ("opened", "Contact opened"),
    ("contact_refreshed", "Contact refreshed"),
    ("archived", "Put away by the workshop"),
    ("checkin", "Workshop asked how it stands"),
    ("checkin_answered", "Workshop said how it stands"),
    ("canary_opened", "Test contact opened"),
    ("velocity", "Unusually many opened"),
    # The order
    ("order_suspected", "Order suspected"),
    ("order_declared", "Order declared"),
    ("order_confirmed", "Order confirmed"),
    ("order_disputed", "Order disputed"),
    ("order_cancelled", "Order cancelled"),
    ("reminded", "Workshop reminded"),
    ("accrued", "Commission booked"),
    ("released", "Commission to be invoiced again"),
    # The workshop
    ("review_sent", "Review sent"),
    ("review_published", "Review published"),
    ("review_rejected", "Review rejected"),
    ("review_reset", "Review to be checked again"),
    ("review_replied", "Review replied to"),
    ("incident_confirmed", "Incident confirmed"),
    ("incident_dismissed", "Incident dismissed"),
    ("workshop_state", "Standing of the workshop changed"),
]


class LeadMarketEvent(models.Model):
    """What happened, for good: a slim table that nobody changes."""

    _name = "lead.market.event"
    _description = "Marketplace Event"
    _order = "id desc"
    _log_access = False

    date = fields.Datetime(required=True, readonly=True)
    kind = fields.Selection(KINDS, string="What Happened", required=True, readonly=True)
    user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    request_id = fields.Many2one(
        "lead.market.request", readonly=True, index="btree_not_null"
    )
    take_id = fields.Many2one("lead.market.take", readonly=True, index="btree_not_null")
    workshop_id = fields.Many2one(
        "lead.market.workshop", readonly=True, index="btree_not_null"
    )
    ip = fields.Char(string="IP Address", readonly=True)
    data = fields.Json(readonly=True)

    # Rows come in the order of time: a small index finds a day among millions.
    _date_idx = models.Index("USING brin (date)")

    @api.model
    def _log(self, kind, company, **vals):
        """Add an event.

        :param str kind: what happened, see ``KINDS``
        :param company: `res.company` whose marketplace it is
        :param vals: further fields
        :rtype: recordset
        """
        # sudo: nobody may write here directly, and everything is logged
        return self.sudo().create(
            {
                "date": fields.Datetime.now(),
                "kind": kind,
                "user_id": self.env.uid,
                "company_id": company.id,
                **vals,
            }
        )

    def write(self, vals):
        if self:
            raise UserError(self.env._("What happened can't be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(self.env._("What happened can't be deleted."))
