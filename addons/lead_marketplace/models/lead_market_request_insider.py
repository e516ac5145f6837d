from odoo import api, fields, models
from odoo.fields import Domain

OPERATOR = "lead_marketplace.group_operator"


class LeadMarketRequest(models.Model):
    """Whether the customer is somebody of a partner workshop.

    A workshop may need work done as anybody does, or want to see who opens contacts:
    the operator is told, and decides.
    """

    _inherit = "lead.market.request"

    customer_workshop_ids = fields.Many2many(
        "lead.market.workshop",
        string="Workshops of the Customer",
        compute="_compute_customer_workshops",
        groups=OPERATOR,
    )

    @api.depends("lead_ids.email_normalized", "lead_ids.phone_sanitized")
    def _compute_customer_workshops(self):
        for request in self:
            request.customer_workshop_ids = request._find_customer_workshops()

    def _find_customer_workshops(self):
        """Return the workshops that share phone or e-mail address with the customer
        (single record).

        :rtype: recordset of `lead.market.workshop`
        """
        self.ensure_one()
        lead = self.lead_ids[:1]
        same = Domain.OR(
            Domain(name, "=", lead[name])
            for name in ("email_normalized", "phone_sanitized")
            if lead[name]
        )
        people = self.env["res.partner"].search(same)
        return self.env["lead.market.workshop"].search(
            [("partner_id", "in", people.commercial_partner_id.ids)]
        )
