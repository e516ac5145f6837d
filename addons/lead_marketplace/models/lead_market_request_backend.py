from odoo import api, fields, models

from odoo.addons.base_offerdesk.uploads import reencode_picture

OPERATOR = "lead_marketplace.group_operator"


class LeadMarketRequest(models.Model):
    """What the operator sees of the customer while a request is verified.

    Computed and not searchable: a related field would let workshops read, sort and
    group by what it leads to, whatever its groups say.
    """

    _inherit = "lead.market.request"

    lead_id = fields.Many2one("crm.lead", compute="_compute_customer", groups=OPERATOR)
    customer_name = fields.Char(
        compute="_compute_customer", inverse="_inverse_customer_name", groups=OPERATOR
    )
    customer_phone = fields.Char(
        compute="_compute_customer", inverse="_inverse_customer_phone", groups=OPERATOR
    )
    customer_email = fields.Char(
        compute="_compute_customer", inverse="_inverse_customer_email", groups=OPERATOR
    )
    consent_date = fields.Datetime(
        compute="_compute_customer",
        inverse="_inverse_consent_date",
        string="Consent Given",
        groups=OPERATOR,
    )
    call_ids = fields.One2many(
        "lead.market.call", compute="_compute_customer", string="Calls", groups=OPERATOR
    )
    last_call_result = fields.Selection(
        selection=lambda self: self.env["lead.market.call"]
        ._fields["result"]
        ._description_selection(self.env),
        compute="_compute_customer",
        string="Last Call",
        groups=OPERATOR,
    )
    next_call_date = fields.Date(
        compute="_compute_customer", string="Next Call", groups=OPERATOR
    )
    call_script = fields.Text(compute="_compute_call_script", groups=OPERATOR)
    customer_picture_ids = fields.Many2many(
        "ir.attachment",
        compute="_compute_customer_picture_ids",
        string="Customer's Photos",
        groups=OPERATOR,
        help="As they were sent. Workshops get copies without what cameras add.",
    )

    @api.depends(
        "lead_ids.contact_name",
        "lead_ids.phone",
        "lead_ids.email_from",
        "lead_ids.market_consent_date",
        "lead_ids.market_call_ids",
        "lead_ids.activity_date_deadline",
    )
    def _compute_customer(self):
        for request in self:
            lead = request.lead_ids[:1]
            request.lead_id = lead
            request.customer_name = lead.contact_name
            request.customer_phone = lead.phone
            request.customer_email = lead.email_from
            request.consent_date = lead.market_consent_date
            request.call_ids = lead.market_call_ids
            request.last_call_result = lead.market_call_ids[:1].result
            request.next_call_date = lead.activity_date_deadline

    def _inverse_customer_name(self):
        for request in self:
            request._get_or_create_lead().contact_name = request.customer_name

    def _inverse_customer_phone(self):
        for request in self:
            request._get_or_create_lead().phone = request.customer_phone

    def _inverse_customer_email(self):
        for request in self:
            request._get_or_create_lead().email_from = request.customer_email

    def _inverse_consent_date(self):
        for request in self:
            request._get_or_create_lead().write(
                {
                    "market_consent_date": request.consent_date,
                    "market_consent_version": request.company_id.market_consent_version,
                }
            )

    @api.depends("category_id.call_script")
    def _compute_call_script(self):
        for request in self:
            request.call_script = request.category_id.call_script or self.env._(
                "Greet the customer and say who you are.\n"
                "Is the request meant, and is it still open?\n"
                "What exactly is wanted, where, and by when?\n"
                "Economical or something special? Is there a budget?\n"
                "For whom is it? May that be named, or should it stay unstated?\n"
                "May workshops call, or shall they write only?\n"
                "Say that several workshops may make an offer, and ask for consent."
            )

    @api.depends("lead_ids")
    def _compute_customer_picture_ids(self):
        for request in self:
            request.customer_picture_ids = request._get_customer_pictures()

    def _get_or_create_lead(self):
        """Return the lead of a request that an operator enters (single record).

        :rtype: recordset of `crm.lead`
        """
        self.ensure_one()
        if not self.lead_ids:
            self.lead_ids = self.env["crm.lead"].create(
                {
                    "name": self.display_name,
                    "type": "lead",
                    "company_id": self.company_id.id,
                    "user_id": self.user_id.id,
                    "market_request_id": self.id,
                    "market_contact_mode": self.contact_mode,
                }
            )
        return self.lead_ids[:1]

    def _after_verify(self):
        """Have the photos looked at, and those removed that show a contact."""
        res = super()._after_verify()
        if not self.photo_ids:
            self._copy_photos()
        return res

    def _copy_photos(self):
        """Copy the customer's pictures, without what cameras write into them."""
        for number, picture in enumerate(self._get_customer_pictures(), 1):
            content, mimetype = reencode_picture(picture.raw)
            self.env["ir.attachment"].create(
                {
                    # File names tell tales: IMG_Ivanov.jpg
                    "name": f"{self.number}-{number}.{mimetype.rpartition('/')[2]}",
                    "raw": content,
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )

    def _get_customer_pictures(self):
        """Return the pictures as the customer has sent them.

        :rtype: recordset of `ir.attachment`
        """
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", "crm.lead"),
                ("res_id", "in", self.lead_ids.ids),
                ("mimetype", "=like", "image/%"),
            ],
            order="id",
        )

    # === ACTIONS ===

    def action_log_call(self):
        """Open the form of a talk with the customer.

        :return: action
        :rtype: dict
        """
        self.ensure_one()
        self._check_operator()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_marketplace.lead_market_call_action_new"
        )
        action["context"] = {"default_lead_id": self.lead_id.id}
        return action

    def action_view_takes(self):
        """Open the list of those who opened the contact.

        :return: action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_marketplace.lead_market_take_action"
        )
        action["domain"] = [("request_id", "=", self.id)]
        return action

    def action_view_events(self):
        """Open what happened to the request.

        :return: action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_marketplace.lead_market_event_action"
        )
        action["domain"] = [("request_id", "=", self.id)]
        return action
