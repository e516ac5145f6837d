from odoo import api, fields, models
from odoo.exceptions import UserError

from ..contact_detector import find_contacts

PUBLIC_TEXTS = ("name", "description", "for_whom", "city")


class LeadMarketRequest(models.Model):
    """What operators do about a request: verified, published, paused, closed.

    Nothing is published that nobody has talked about with the customer, and no text
    that shows a contact.
    """

    _inherit = "lead.market.request"

    override_reason = fields.Char(
        string="Published In Spite Of Hints",
        groups="base.group_user",
        copy=False,
        help="Why a text that looks like a contact is none.",
    )
    problems = fields.Text(
        string="Before Publishing",
        compute="_compute_problems",
        groups="base.group_user",
    )

    @api.depends(
        "name",
        "description",
        "city",
        "for_whom",
        "for_whom_not_stated",
        "category_id",
        "region_id",
        "override_reason",
        "lead_ids.market_call_ids",
        "lead_ids.market_consent_date",
        "lead_ids.email_from",
        "lead_ids.phone",
    )
    def _compute_problems(self):
        for request in self:
            request.problems = "\n".join(request._get_publication_problems())

    def write(self, vals):
        res = super().write(vals)
        if any(name in vals for name in PUBLIC_TEXTS):
            self.filtered(lambda r: r.state == "published")._recheck_texts()
        return res

    # === STATES ===

    def action_verify(self):
        """Set requests as verified.

        :raise UserError: naming what is missing
        """
        self._check_operator()
        for request in self.filtered(lambda r: r.state == "draft"):
            request._check_publication()
            request._set_state("verified")
            request._log("verified")
            request._after_verify()

    def action_publish(self):
        """Show requests to the workshops, those that are not verified as well.

        :raise UserError: naming what is missing
        """
        self.action_verify()
        for request in self.filtered(lambda r: r.state == "verified"):
            request._check_publication()
            request._set_state(**request._prepare_publish_vals())
            request._log("published")
            request._after_publish()

    def action_pause(self):
        """Take requests off the list for a while."""
        self._check_operator()
        for request in self.filtered(lambda r: r.state == "published"):
            request._set_state("paused")
            request._log("paused")

    def action_resume(self):
        """Put paused requests back on the list."""
        self._check_operator()
        for request in self.filtered(lambda r: r.state == "paused"):
            request._check_publication()
            request._set_state("published")
            request._log("resumed")

    def action_close(self):
        """Close requests for the reason in the context (``market_close_reason``)."""
        self._check_operator()
        reason = self.env.context.get("market_close_reason") or "fulfilled"
        self._close(reason)

    def action_reopen(self):
        """Have closed requests verified anew."""
        self._check_operator()
        for request in self.filtered(lambda r: r.state == "closed"):
            request._set_state("draft", close_reason=False)
            request._log("reopened")

    def _check_operator(self):
        # Public methods can be called by anybody who is logged in.
        self.check_access("write")

    def _close(self, reason):
        """Close requests. Contacts that were opened stay opened, and liable.

        :param str reason: value of ``close_reason``
        """
        for request in self.filtered(lambda r: r.state != "closed"):
            request._set_state("closed", close_reason=reason)
            request._log("closed", data={"reason": reason})

    # === PUBLISHING ===

    def _prepare_publish_vals(self):
        """Return what publishing writes (single record).

        :rtype: dict
        """
        self.ensure_one()
        return {"state": "published", "published_on": fields.Datetime.now()}

    def _after_verify(self):
        """Hook: the request may be published from now on (single record)."""

    def _after_publish(self):
        """Hook: the request was published (single record)."""

    def _check_publication(self):
        problems = self._get_publication_problems()
        if problems:
            raise UserError("\n".join(problems))

    def _get_publication_problems(self):
        """Return what keeps a request from being published (single record).

        :return: sentences for the operator
        :rtype: list[str]
        """
        self.ensure_one()
        lead = self.lead_ids[:1]
        checks = [
            (self.name, self.env._("Give the request a title.")),
            (self.description, self.env._("Describe what the customer wants.")),
            (self.category_id, self.env._("Choose a category.")),
            (self.region_id, self.env._("Choose a region.")),
            (
                self.for_whom or self.for_whom_not_stated,
                self.env._("Say for whom it is, or that this is not stated."),
            ),
            (lead, self.env._("The request has no customer.")),
            (lead.email_from, self.env._("The customer's e-mail address is missing.")),
            (
                lead.phone,
                self.env._(
                    "The customer's phone number is missing: every request is verified "
                    "by phone."
                ),
            ),
            (
                lead.market_consent_date,
                self.env._("The customer has not agreed to be contacted by workshops."),
            ),
            (
                any(call._proves_intent() for call in lead.market_call_ids),
                self.env._(
                    "Nobody has confirmed the request with the customer by phone yet."
                ),
            ),
        ]
        problems = [sentence for holds, sentence in checks if not holds]
        if not self.override_reason:
            problems += self._get_contact_hints()
        return problems

    def _get_contact_hints(self):
        """Return what in the public texts looks like a contact (single record).

        :return: sentences for the operator
        :rtype: list[str]
        """
        self.ensure_one()
        return [
            self.env._(
                "“%(excerpt)s” in %(field)s looks like a contact.",
                excerpt=excerpt,
                field=self._fields[name].get_description(self.env)["string"],
            )
            for name in PUBLIC_TEXTS
            for _kind, excerpt in find_contacts(self[name])
        ]

    def _recheck_texts(self):
        """Refuse an edit of a published request that would show a contact."""
        for request in self:
            hints = request._get_contact_hints()
            if hints and not request.override_reason:
                raise UserError("\n".join(hints))
            request._log("edited")
