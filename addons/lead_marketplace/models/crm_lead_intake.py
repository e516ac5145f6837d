import psycopg2.errors

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import email_normalize, get_lang, html2plaintext
from odoo.tools.misc import mute_logger

from ..customer_request import MAX_DESCRIPTION


class CrmLead(models.Model):
    """How requests come in: by the public form and by e-mail."""

    _inherit = "crm.lead"

    market_form_key = fields.Char(
        copy=False,
        groups="base.group_user",
        help="Tells a form that was sent twice from two requests.",
    )

    _market_form_key_uniq = models.UniqueIndex(
        "(market_form_key) WHERE market_form_key IS NOT NULL",
        "This form was sent before.",
    )

    # === FORM ===

    @api.model
    def _market_submit(self, company, sent):
        """Store what a visitor sent: a lead and the draft of its request.

        Made by the superuser: who created a request can be read by workshops, and must
        not be its customer. A form that was sent before gives its first lead back.

        :param company: `res.company` whose form it was
        :param CustomerRequest sent: checked answers
        :return: the lead, as superuser
        :rtype: recordset
        """
        # sudo: visitors create nothing themselves; every answer was checked
        Lead = self.with_user(SUPERUSER_ID).with_company(company)
        if sent.key and (
            lead := Lead.with_context(active_test=False).search(
                [("market_form_key", "=", sent.key)], limit=1
            )
        ):
            return lead
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                lead = Lead._market_create(company, sent)
        except psycopg2.errors.UniqueViolation as error:
            # Sent twice at the same moment: played again, the first one is found.
            raise ConcurrencyError(self.env._("Sent at this moment")) from error
        lead._market_attach(sent.files)
        lead.market_request_id._log("received")
        lead._market_send("lead_marketplace.mail_template_request_received")
        return lead

    @api.model
    def _market_create(self, company, sent):
        team = self._market_get_team(company)
        request = self.env["lead.market.request"].create(
            {
                **sent.prepare_request_vals(),
                "company_id": company.id,
                "user_id": team.user_id.id,
            }
        )
        request.name = request._get_neutral_title()
        lang = self.env["res.lang"]._get_data(code=get_lang(self.env).code)
        return self.create(
            {
                **sent.prepare_contact_vals(),
                # The customer's name would show wherever the lead is mentioned.
                "name": self.env._("Marketplace request %s", request.number),
                "type": "lead",
                "company_id": company.id,
                "team_id": team.id,
                "user_id": team.user_id.id,
                "lang_id": lang.id,
                "city": sent.city,
                "state_id": sent.region_id or False,
                "country_id": request.region_id.country_id.id,
                "market_request_id": request.id,
                "market_form_key": sent.key,
                "market_consent_date": fields.Datetime.now(),
                "market_consent_version": company.market_consent_version,
            }
        )

    @api.model
    def _market_get_team(self, company):
        """Return the team that verifies requests, or none.

        :rtype: recordset of `crm.team`
        """
        return self.env["crm.team"].search(
            [
                ("market_intake", "=", True),
                ("company_id", "in", [company.id, False]),
            ],
            order="company_id, sequence, id",
            limit=1,
        )

    def _market_attach(self, files):
        """Keep pictures with the lead as they came: workshops don't see these.

        :param list files: (name, content) pairs
        """
        self.ensure_one()
        self.env["ir.attachment"].create(
            [
                {
                    "name": name,
                    "raw": content,
                    "res_model": self._name,
                    "res_id": self.id,
                }
                for name, content in files
            ]
        )

    # === MAIL ===

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Draft a request from a mail, and tell its sender where to follow it."""
        lead = super().message_new(msg_dict, custom_values=custom_values)
        if lead.market_request_id:
            lead._market_take_mail(msg_dict)
        return lead

    def _market_take_mail(self, msg_dict):
        """Fill in what a mail says (single record).

        Its text is a draft for the operator: a signature with a phone number in it is
        found when the request is to be published.

        :param dict msg_dict: the mail, as Odoo's gateway has read it
        """
        self.ensure_one()
        body = html2plaintext(msg_dict.get("body") or "").strip()
        request = self.market_request_id
        request.description = body[:MAX_DESCRIPTION]
        # The subject of a mail is often a name.
        self.name = self.env._("Marketplace request %s", request.number)
        request._log("received")
        # Two programs would answer each other for ever.
        if not self.env.context.get("mail_is_automatic"):
            self._market_send("lead_marketplace.mail_template_request_received")

    # === NOTICES ===

    def _market_send(self, template):
        """Queue a mail to the customer, to nobody else (single record).

        :param str template: XML id of a `mail.template` for leads
        """
        self.ensure_one()
        # sudo: whoever caused the mail need not read the lead
        lead_sudo = self.sudo()
        if not email_normalize(lead_sudo.email_from or ""):
            return
        self.env.ref(template)._queue_for(lead_sudo)

    def _market_get_link(self):
        """Return the address of the customer's page, token included (single record).

        :rtype: str
        """
        self.ensure_one()
        base = self.get_base_url()
        return (
            f"{base}/market/request/{self.market_request_id.number}"
            f"?access_token={self.market_token}"
        )

    def _market_get_operator(self):
        """Return who looks after a request (single record).

        :return: one internal user, or none
        :rtype: recordset of `res.users`
        """
        self.ensure_one()
        request = self.market_request_id
        users = request.user_id | self.user_id | self.team_id.user_id
        found = users.filtered(
            lambda user: user.active and not user.share and user.id != SUPERUSER_ID
        )
        if not found:
            found = self.env["res.users"].search(
                [
                    (
                        "all_group_ids",
                        "in",
                        self.env.ref("lead_marketplace.group_operator").ids,
                    ),
                    ("company_ids", "in", request.company_id.ids),
                    ("share", "=", False),
                ],
                order="id",
                limit=1,
            )
        return found[:1]
