from odoo import api, fields, models
from odoo.exceptions import UserError


class LeadMarketIncident(models.Model):
    """Something that may be a breach of the terms; a person decides whether it is.

    From the memo: good faith is presumed. No incident has a consequence by itself, and
    a workshop sees only those that were confirmed.
    """

    _name = "lead.market.incident"
    _description = "Incident"
    _inherit = ["lead.market.guarded"]
    _order = "id desc"
    _rec_names_search = ["reason"]
    _check_company_auto = True
    _guarded_fields = frozenset(
        {
            *("state", "decided_by_id", "decided_on"),
            *("workshop_partner_id", "company_id"),
        }
    )

    workshop_id = fields.Many2one(
        "lead.market.workshop",
        required=True,
        index=True,
        ondelete="restrict",
        groups="base.group_user",
    )
    workshop_partner_id = fields.Many2one(
        related="workshop_id.partner_id",
        string="Partner Workshop",
        store=True,
        precompute=True,
        index=True,
    )
    company_id = fields.Many2one(
        related="workshop_id.company_id", store=True, precompute=True
    )
    order_id = fields.Many2one(
        "lead.market.order", index="btree_not_null", ondelete="restrict"
    )
    kind = fields.Selection(
        [
            ("late", "Declared late"),
            ("undeclared", "Not declared"),
            ("resale", "Contact passed on"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
    state = fields.Selection(
        [
            ("draft", "To check"),
            ("confirmed", "Confirmed"),
            ("dismissed", "Dismissed"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    reason = fields.Text(help="What the workshop reads when the incident is confirmed.")
    note = fields.Text(groups="base.group_user")
    decided_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, groups="base.group_user"
    )
    decided_on = fields.Datetime(readonly=True, copy=False)

    _order_kind_uniq = models.UniqueIndex(
        "(order_id, kind) WHERE order_id IS NOT NULL",
        "There is such an incident of this order already.",
    )

    @api.depends("kind", "workshop_partner_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for incident in self:
            incident.display_name = (
                f"{kinds.get(incident.kind, '')} #{incident.id or self.env._('New')}"
            )

    def write(self, vals):
        if vals.keys() - {"note"} and not self.env.su:
            self._check_undecided()
        return super().write(vals)

    # === ACTIONS ===

    def action_confirm(self):
        """Confirm incidents: the workshop is told.

        :raise UserError: without a reason
        """
        self._decide("confirmed")
        template = self.env.ref("lead_marketplace.mail_template_incident")
        self._send(template)

    def action_dismiss(self):
        """Dismiss incidents: nothing follows."""
        self._decide("dismissed")

    # === BUSINESS ===

    def _check_undecided(self):
        # The workshop was told what stands there.
        if self.filtered(lambda i: i.state != "draft"):
            raise UserError(self.env._("This incident is decided already."))

    def _decide(self, state):
        """Write a decision on drafts.

        :param str state: value of ``state``
        :raise UserError: when one is decided already, or a reason is missing
        """
        self.check_access("write")
        self._check_undecided()
        if state == "confirmed" and not all((i.reason or "").strip() for i in self):
            raise UserError(self.env._("Please give a reason: the workshop reads it."))
        # sudo: nobody enters a decision; it was checked who may make it
        self.sudo().write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_on": fields.Datetime.now(),
            }
        )
        for incident in self:
            incident.workshop_id._log(
                f"incident_{state}", data={"incident": incident.id}
            )

    def _send(self, template):
        """Queue a mail to the workshop of each incident."""
        template._queue_for(self)

    @api.model
    def _draft_for_orders(self, orders, kind, reason):
        """Draft an incident for each order that has none of the kind.

        :param orders: `lead.market.order`
        :param str kind: value of ``kind``
        :param reason: called with an order, returns what the workshop will read
        :return: the new ones
        :rtype: recordset
        """
        # sudo: incidents come up by the clock, whoever happens to declare
        Incident = self.sudo()
        known = Incident.search_fetch(
            [("order_id", "in", orders.ids), ("kind", "=", kind)], ["order_id"]
        ).order_id
        return Incident.create(
            [
                {
                    # sudo: see above; the workshop's record is internal
                    "workshop_id": order.sudo().workshop_id.id,
                    "order_id": order.id,
                    "kind": kind,
                    "reason": reason(order),
                }
                for order in orders - known
            ]
        )
