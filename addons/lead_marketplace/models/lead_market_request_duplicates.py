from odoo import api, fields, models
from odoo.fields import Command

OPERATOR = "lead_marketplace.group_operator"


class LeadMarketRequest(models.Model):
    """Whether two requests are one: a person decides, and is asked once."""

    _inherit = "lead.market.request"

    distinct_ids = fields.Many2many(
        "lead.market.request",
        "lead_market_request_distinct_rel",
        "request_id",
        "other_id",
        string="No Duplicates Of This",
        copy=False,
        groups="base.group_user",
    )
    duplicate_count = fields.Integer(
        compute="_compute_duplicate_count", groups=OPERATOR
    )

    @api.depends(
        "lead_ids.market_phone_key", "lead_ids.market_email_key", "distinct_ids"
    )
    def _compute_duplicate_count(self):
        for request in self:
            request.duplicate_count = len(request._get_likely_duplicates())

    def _get_likely_duplicates(self):
        """Return other requests from the same phone or e-mail address (single record).

        Without those of which somebody has decided already.

        :rtype: recordset
        """
        lead = self.lead_ids[:1]
        if not lead:
            return self.browse()
        return self.search(
            [
                ("lead_ids", "in", lead._get_market_duplicates().ids),
                ("close_reason", "!=", "duplicate"),
                ("id", "not in", self.distinct_ids.ids),
            ]
        )

    def action_compare_duplicates(self):
        """Show the request and the first of its likely duplicates side by side.

        :return: action; it closes the dialog when none is left
        :rtype: dict
        """
        self.ensure_one()
        self._check_operator()
        others = self._get_likely_duplicates()
        if not others:
            return {"type": "ir.actions.act_window_close"}
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_marketplace.lead_market_request_compare_action"
        )
        action["context"] = {
            "default_request_id": self.id,
            "default_other_id": others[0].id,
            "dialog_size": "extra-large",
        }
        return action

    def _close_as_duplicate(self, original):
        """Close requests in favour of another one.

        :param original: `lead.market.request` record
        """
        self.duplicate_of_id = original
        self._close("duplicate")

    def _set_distinct(self, other):
        """Remember that a request and another one are two (single record).

        :param other: `lead.market.request` record
        """
        self.distinct_ids = [Command.link(other.id)]
        other.distinct_ids = [Command.link(self.id)]
        self._log("not_duplicate", data={"other": other.number})
