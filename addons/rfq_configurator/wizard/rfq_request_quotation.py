from odoo import api, fields, models


class RfqRequestQuotation(models.TransientModel):
    """Asks who a guest is, before there is a quotation for them."""

    _name = "rfq.request.quotation"
    _description = "Quotation for a Guest"

    request_ids = fields.Many2many(comodel_name="rfq.request", required=True)
    contact_name = fields.Char(compute="_compute_contact")
    contact_email = fields.Char(compute="_compute_contact")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        help="Empty: a new contact is created.",
    )

    @api.depends("request_ids")
    def _compute_contact(self):
        for wizard in self:
            guest = wizard.request_ids.filtered(lambda one: not one.partner_id)[:1]
            wizard.contact_name = guest.contact_name
            wizard.contact_email = guest.contact_email

    @api.depends("request_ids")
    def _compute_partner_id(self):
        for wizard in self:
            known = wizard.request_ids.partner_id[:1]
            wizard.partner_id = known or self.env["res.partner"].search(
                [("email_normalized", "=", wizard.contact_email)], limit=1
            )

    def action_create(self):
        """Note who the guest is and make the quotation."""
        self.ensure_one()
        requests = self.request_ids
        requests.check_access("write")
        guests = requests.filtered(lambda one: not one.partner_id)
        guests.partner_id = self.partner_id or self._create_customer(guests[:1])
        return requests.action_create_quotation()

    def _create_customer(self, guest):
        """Return a new contact of what a guest wrote (single record).

        :param guest: the request
        :rtype: recordset of `res.partner`
        """
        self.ensure_one()
        # sudo: without CRM, sellers create no contacts; may write the request
        return (
            self.env["res.partner"]
            .sudo()
            .create(
                {
                    "name": self.contact_name,
                    "email": self.contact_email,
                    "phone": guest.contact_phone,
                    "lang": guest._get_customer_lang(),
                }
            )
        )
