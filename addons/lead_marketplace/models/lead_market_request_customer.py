from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq

from ..contact_detector import find_contacts
from .lead_market_request_publish import PUBLIC_TEXTS

OUTCOMES = [
    ("workshop", "One of the workshops"),
    ("other", "Somebody else"),
    ("nobody", "Nobody yet"),
]
# What the operator has to know of when it changes after the talk on the phone.
CONTACT = ("contact_name", "email_from", "phone", "market_contact_mode")


class LeadMarketRequest(models.Model):
    """What the customer sees and does, on a page that a link in a mail opens."""

    _inherit = "lead.market.request"

    outcome = fields.Selection(
        OUTCOMES,
        string="Who Did It",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="What the customer said about who did the work.",
    )
    outcome_take_id = fields.Many2one(
        "lead.market.take",
        string="Done By",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    outcome_on = fields.Datetime(
        string="Told On", readonly=True, copy=False, groups="base.group_user"
    )

    # === ACCESS ===

    @api.model
    def _find_by_link(self, number, token):
        """Return the request that a customer's link leads to, as superuser.

        Numbers that exist are answered like those that don't.

        :param str number: number in the address
        :param token: cleaned token, or None
        :return: one request, or none
        :rtype: recordset
        """
        # sudo: the token decides
        request_sudo = self.sudo().search([("number", "=", number)], limit=1)
        expected = request_sudo.lead_ids[:1].market_token
        if not consteq(expected or "", token or "-"):
            return request_sudo.browse()
        return request_sudo

    def _get_customer_link(self):
        """Return the address of the customer's page (single record).

        :rtype: str
        """
        return self._get_lead()._market_get_link()

    # === READING ===

    def _get_neutral_title(self):
        """Return a title that names nobody (single record).

        :rtype: str
        """
        self.ensure_one()
        parts = [self.category_id.name, self.city or self.region_id.name]
        return ", ".join(part for part in parts if part)

    def _get_for_whom_label(self):
        """Return what the category calls the person that the work is for.

        :rtype: str
        """
        return self.category_id.for_whom_label or self.env._("For whom is it?")

    def _get_customer_steps(self):
        """Return how far a request has come (single record).

        :return: for each step its ``label`` and ``state``: done, current or open
        :rtype: list[dict]
        """
        self.ensure_one()
        labels = [
            self.env._("Received"),
            self.env._("Verified"),
            self.env._("Published"),
            self.env._("Offers"),
            self.env._("Done"),
        ]
        reached = self._get_customer_step()
        return [
            {
                "label": label,
                "state": "done"
                if number < reached
                else "current"
                if number == reached
                else "open",
            }
            for number, label in enumerate(labels)
        ]

    def _get_customer_step(self):
        takes = self.take_ids
        if self.state == "closed":
            # Every step is behind a fulfilled request; others stopped on the way.
            if self.close_reason == "fulfilled":
                return 5
            return 3 if takes else 2 if self.published_on else 0
        if self.state in ("published", "paused"):
            return 3 if takes else 2
        return 1 if self.state == "verified" else 0

    def _get_reviewable_takes(self):
        """Return the takes whose workshop the customer may review (single record).

        :rtype: recordset
        """
        self.ensure_one()
        return self.take_ids.sorted("opened_on")

    def _is_correctable(self):
        """Return whether the customer may still change the request (single record).

        :rtype: bool
        """
        self.ensure_one()
        return self.state != "closed"

    # === WRITING ===

    def _customer_correct(self, sent):
        """Change a request as its customer wants it (single record).

        After publishing, a text that shows a contact is refused, also where the
        operator had accepted another one.

        :param CustomerRequest sent: checked answers
        :raise UserError: with sentences for the customer; nothing is changed then
        """
        self.ensure_one()
        self._check_correctable()
        vals = sent.prepare_request_vals()
        # It goes with the contact.
        vals.pop("contact_mode")
        if self.published_on:
            # Workshops chose by it, and it decides on the commission.
            vals.pop("category_id")
        changed = {
            name: value
            for name, value in vals.items()
            if self._fields[name].convert_to_write(self[name], self) != value
        }
        if changed:
            self._customer_write(changed)
        self._customer_correct_contact(sent)

    def _check_correctable(self):
        if not self._is_correctable():
            raise UserError(
                self.env._("This request is closed and can't be changed any more.")
            )

    def _customer_write(self, vals):
        if self.published_on and (hints := self._get_new_hints(vals)):
            raise UserError(
                self.env._(
                    "%(excerpts)s looks like a contact. Please leave contacts out of "
                    "the texts: workshops that want to make you an offer receive "
                    "yours anyway.",
                    excerpts=", ".join(f"“{hint}”" for hint in hints),
                )
            )
        self.write(vals)
        self._log("corrected", data={"fields": sorted(vals)})

    def _get_new_hints(self, vals):
        """Return what in new texts looks like a contact, and was not accepted before.

        :param dict vals: new values of the request
        :rtype: list[str]
        """

        def find(values):
            return [
                excerpt
                for name in PUBLIC_TEXTS
                for _kind, excerpt in find_contacts(values.get(name))
            ]

        known = set(find({name: self[name] for name in PUBLIC_TEXTS}))
        return [excerpt for excerpt in find(vals) if excerpt not in known]

    def _customer_correct_contact(self, sent):
        lead = self._get_lead()
        vals = {
            name: value
            for name, value in sent.prepare_contact_vals().items()
            if (lead[name] or "") != value
        }
        if not lead.market_consent_date and sent.consent:
            vals.update(
                market_consent_date=fields.Datetime.now(),
                market_consent_version=self.company_id.market_consent_version,
            )
        if not vals:
            return
        lead.write(vals)
        if any(name in vals for name in CONTACT):
            self._tell_operator(self.env._("The customer changed the contact"), vals)
        if "email_from" in vals:
            lead._market_send("lead_marketplace.mail_template_request_received")

    def _tell_operator(self, summary, vals):
        """Have the operator look at what a customer changed (single record)."""
        lead = self._get_lead()
        labels = [
            lead._fields[name].get_description(self.env)["string"]
            for name in CONTACT
            if name in vals
        ]
        note = self.env._(
            "Changed: %(fields)s. Is the number verified? Workshops that opened the "
            "contact before have the old one until you refresh it.",
            fields=", ".join(labels),
        )
        if operator := lead._market_get_operator():
            lead.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                note=note,
                user_id=operator.id,
            )

    def _customer_withdraw(self):
        """Take a request back; a second time it changes nothing (single record)."""
        self.ensure_one()
        self._close("withdrawn")

    def _customer_done(self, who, take=None, date=False, amount=0.0):
        """Note who did the work, as the customer says (single record).

        From the memo: what the customer says is a hint that a person follows; the
        workshop is presumed to act in good faith.

        :param str who: value of ``outcome``
        :param take: `lead.market.take` of the request, for a workshop
        :param date: day on which the work was finished, if it is known
        :param float amount: what it cost, if that is known
        """
        self.ensure_one()
        take = take or self.env["lead.market.take"]
        if take and take.request_id != self:
            raise UserError(self.env._("This workshop did not open your request."))
        self.write(
            {
                "outcome": who,
                "outcome_take_id": take.id,
                "outcome_on": fields.Datetime.now(),
            }
        )
        self._log("outcome", take_id=take.id, data={"who": who})
        if who != "nobody":
            self._close("fulfilled")
        if take:
            self._suspect_order(take, date, amount)

    def _suspect_order(self, take, date, amount):
        """Ask the workshop about an order that it has not declared as done.

        One that it announced keeps what it said; it is only asked about.
        """
        known = take.order_ids.filtered(lambda o: o.decision != "cancelled")
        if known:
            known.filtered(lambda o: o._is_announced())._doubt()
            return
        vals = {"work_done_date": date} if date else {}
        if amount:
            vals["amount_gross"] = amount
        self.env["lead.market.order"]._suspect(
            take,
            "customer",
            self.env._("The customer said that this workshop did the work."),
            **vals,
        )

    # === NOTICES ===

    def _after_publish(self):
        res = super()._after_publish()
        self._get_lead()._market_send(
            "lead_marketplace.mail_template_request_published"
        )
        return res

    def _close(self, reason):
        expired = self.filtered(lambda r: reason == "expired" and r.state != "closed")
        res = super()._close(reason)
        for request in expired:
            if lead := request._get_lead():
                lead._market_send("lead_marketplace.mail_template_request_expired")
        return res
