import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

# A visit is noted once in this time, so that each call of a page doesn't write.
VISIT_MINUTES = 10


class RfqDesignAccess(models.Model):
    """A customer who may see a design, by a link of their own."""

    _name = "rfq.design.access"
    _description = "Invited Customer"
    _rec_name = "partner_id"
    _order = "id"
    _check_company_auto = True

    design_id = fields.Many2one(
        comodel_name="rfq.design",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(related="design_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", store=True, index=True
    )
    token = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: str(uuid.uuid4()),
        groups="sales_team.group_sale_salesman",
    )
    link = fields.Char(compute="_compute_link", groups="sales_team.group_sale_salesman")
    expires_on = fields.Date(help="The last day on which the link works.")
    revoked = fields.Boolean(readonly=True)
    notified_on = fields.Datetime(readonly=True, copy=False)
    first_seen = fields.Datetime(readonly=True, copy=False)
    last_seen = fields.Datetime(readonly=True, copy=False)

    _partner_uniq = models.UniqueIndex(
        "(design_id, partner_id)", "This customer is invited already."
    )

    @api.depends("token", "design_id.code")
    def _compute_link(self):
        for access in self:
            access.link = access._get_link()

    def action_notify(self):
        """Send the mail with the link again."""
        self.check_access("write")
        if any(access.design_id.state != "published" for access in self):
            raise UserError(self.env._("Publish the design first."))
        if self - self._filter_usable():
            raise UserError(self.env._("A link that does not work is not sent."))
        self._notify()

    def action_revoke(self):
        """Make links stop working at once."""
        self.revoked = True

    def action_renew(self):
        """Give customers a new link; the one of before stops working."""
        self.check_access("write")
        for access in self:
            # sudo: readonly for everybody; may write, see above
            access.sudo().token = str(uuid.uuid4())
            access.revoked = False

    def _get_link(self):
        """Return the customer's personal address of the design (single record).

        :rtype: str
        """
        self.ensure_one()
        # sudo: the link is written into the customer's own mail
        token = self.sudo().token
        base = self.design_id.get_base_url()
        return f"{base}/rfq/d/{self.design_id.code}?token={token}"

    def _filter_usable(self):
        """Return those that let somebody in today."""
        today = fields.Date.context_today(self)
        return self.filtered(
            lambda access: not access.revoked
            and not (access.expires_on and access.expires_on < today)
            and access.partner_id.active
        )

    def _note_visit(self):
        """Note that the customer looked at the design (single record or none)."""
        now = fields.Datetime.now()
        for access in self:
            if access.last_seen and now - access.last_seen < timedelta(
                minutes=VISIT_MINUTES
            ):
                continue
            # sudo: visitors cause it and may write nothing
            access.sudo().write(
                {"first_seen": access.first_seen or now, "last_seen": now}
            )

    def _notify(self):
        """Queue the mail that the design is there."""
        template = self.env.ref(
            "rfq_configurator.mail_template_published", raise_if_not_found=False
        )
        if template and self:
            template._queue_for(self)
            self.notified_on = fields.Datetime.now()
