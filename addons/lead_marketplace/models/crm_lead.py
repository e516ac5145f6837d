import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..match_key import email_key, phone_key
from ..personal_data import seal

CONTACT_FIELDS = ("contact_name", "partner_name", "email_from", "phone")
KEY_FIELDS = ("market_phone_key", "market_email_key")
ERASED_FIELDS = (
    *CONTACT_FIELDS,
    *("email_cc", "function", "website", "street", "street2", "zip", "description"),
    *("market_token", "market_form_key"),
)


class CrmLead(models.Model):
    """The private side of a request: who the customer is.

    Workshops have no access to leads at all. What they may know is copied to the
    request when it is published, and to the take when they open the contact.
    """

    _inherit = "crm.lead"

    market_request_id = fields.Many2one(
        "lead.market.request",
        string="Marketplace Request",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    market_contact_mode = fields.Selection(
        [("phone_email", "Phone and e-mail"), ("email_only", "E-mail only")],
        string="Reach By",
        default="phone_email",
        required=True,
        help="With *E-mail only*, workshops never learn the phone number.",
    )
    market_consent_date = fields.Datetime(string="Consent Given", copy=False)
    market_consent_version = fields.Integer(string="Version of the Consent", copy=False)
    market_call_ids = fields.One2many("lead.market.call", "lead_id", string="Calls")
    market_token = fields.Char(copy=False, groups="base.group_user")
    market_phone_key = fields.Char(
        compute="_compute_market_keys", store=True, index="btree_not_null"
    )
    market_email_key = fields.Char(
        compute="_compute_market_keys", store=True, index="btree_not_null"
    )

    _market_request_uniq = models.UniqueIndex(
        "(market_request_id) WHERE market_request_id IS NOT NULL",
        "This request belongs to another lead.",
    )

    @api.depends("phone", "email_from")
    def _compute_market_keys(self):
        for lead in self:
            # What is sealed stays: nothing is there to make it from any more.
            is_erased = bool(lead.market_request_id.erased_on)
            lead.market_phone_key = phone_key(lead.phone) or (
                is_erased and lead.market_phone_key
            )
            lead.market_email_key = email_key(lead.email_from) or (
                is_erased and lead.market_email_key
            )

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads.filtered(lambda lead: lead.team_id.market_intake)._market_create_request()
        leads.filtered("market_request_id")._market_enter()
        return leads

    def write(self, vals):
        res = super().write(vals)
        if vals.get("market_request_id"):
            self._market_enter()
        if any(name in vals for name in (*CONTACT_FIELDS, "market_contact_mode")):
            for request in self.market_request_id.filtered(lambda r: not r.erased_on):
                request._log("contact_changed")
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_market(self):
        if self.market_request_id:
            raise UserError(
                self.env._(
                    "A lead with a marketplace request can't be deleted: workshops "
                    "may owe a commission for it. Archive it instead."
                )
            )

    def _merge_opportunity(self, *args, **kwargs):
        if len(self.market_request_id) > 1:
            raise UserError(
                self.env._(
                    "These leads have a marketplace request each. Close the "
                    "duplicate on the marketplace first."
                )
            )
        return super()._merge_opportunity(*args, **kwargs)

    def _merge_get_fields(self):
        return [*super()._merge_get_fields(), "market_request_id"]

    def action_market_request(self):
        """Open the marketplace request of the lead; make one where there is none.

        :return: action
        :rtype: dict
        """
        self.ensure_one()
        self._market_create_request()
        return {
            "type": "ir.actions.act_window",
            "res_model": "lead.market.request",
            "res_id": self.market_request_id.id,
            "view_mode": "form",
        }

    def _market_create_request(self):
        """Draft a request for each lead that has none."""
        for lead in self.filtered(lambda lead: not lead.market_request_id):
            lead.market_request_id = self.env["lead.market.request"].create(
                lead._prepare_market_request_vals()
            )

    def _market_enter(self):
        """Give leads with a request what each of them has.

        A token, for the customer's page, and a call to make. And no enrichment:
        customers agree that workshops get their contact, nobody else, but Odoo's *Lead
        Enrichment* installs itself with the CRM and sends addresses out.
        """
        for lead in self.filtered(lambda lead: not lead.market_token):
            lead.market_token = str(uuid.uuid4())
            lead._market_schedule_call()
        if "iap_enrich_done" in self._fields:
            self.write({"iap_enrich_done": True})

    def _market_schedule_call(self):
        """Ask the operator to call the customer (single record).

        Without a mail: no page waits for the mail server.
        """
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_call",
            summary=self.env._("Verify the marketplace request by phone"),
            user_id=(self._market_get_operator() or self.env.user).id,
        )

    def _prepare_market_request_vals(self):
        """Return the first values of the lead's request (single record).

        The title is not taken from the lead: it often holds the customer's name.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "company_id": (self.company_id or self.env.company).id,
            "contact_mode": self.market_contact_mode,
            "city": self.city,
            "region_id": self.state_id.id,
            "user_id": self.user_id.id or self.env.uid,
        }

    def _market_after_call(self, call):
        """Hook: a talk with the customer was logged (single record).

        The call is off the operator's list; who did not answer is called tomorrow.

        :param call: `lead.market.call` record
        """
        self.activity_feedback(["mail.mail_activity_data_call"], feedback=call.note)
        if call.result == "no_answer":
            self.activity_schedule(
                "mail.mail_activity_data_call",
                fields.Date.add(fields.Date.context_today(self), days=1),
                summary=self.env._("Did not answer: call again"),
                user_id=call.user_id.id,
            )
        if self.market_request_id:
            self.market_request_id._log("call", data={"result": call.result})

    def _market_erase(self):
        """Forget who customers are; the keys of phone and address stay, sealed."""
        for lead in self.with_context(tracking_disable=True):
            keys = {name: lead[name] for name in KEY_FIELDS}
            # Alone, and first: a contact that is emptied would empty the partner's.
            lead.partner_id = False
            lead.write(
                {
                    **dict.fromkeys(ERASED_FIELDS, False),
                    "name": lead.market_request_id.number,
                    **{name: seal(lead.env, key) for name, key in keys.items() if key},
                }
            )
            lead.market_call_ids._erase_notes()
            lead.message_unsubscribe(
                lead.message_partner_ids.filtered("partner_share").ids
            )
            for model, name in (
                # Those that are done keep what was said.
                ("mail.activity", "res_model"),
                ("mail.message", "model"),
                ("ir.attachment", "res_model"),
            ):
                lead.env[model].with_context(active_test=False).search(
                    [(name, "=", lead._name), ("res_id", "=", lead.id)]
                ).unlink()

    def _get_market_contact(self):
        """Return what a workshop gets to know when it opens the contact.

        An e-mail-only customer's phone never leaves the lead.

        :rtype: dict
        """
        self.ensure_one()
        by_phone = self.market_contact_mode == "phone_email"
        return {
            "customer_name": self.contact_name or self.partner_name or False,
            "customer_email": self.email_from or False,
            "customer_phone": by_phone and self.phone or False,
        }

    def _get_market_duplicates(self):
        """Return other leads on the marketplace with the same phone or e-mail address.

        Odoo's own search gives up at 21 hits and does not compare phones.

        :rtype: recordset of `crm.lead`
        """
        self.ensure_one()
        domains = [
            [(name, "in", [self[name], seal(self.env, self[name])])]
            for name in KEY_FIELDS
            if self[name]
        ]
        if not domains:
            return self.browse()
        return self.with_context(active_test=False).search(
            Domain("id", "!=", self.id)
            & Domain("market_request_id", "!=", False)
            & Domain.OR(domains),
            limit=80,
        )
