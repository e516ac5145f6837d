import psycopg2.errors

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools.misc import mute_logger

from ..match_key import email_key

MOST_REPLY = 3000


class LeadMarketReview(models.Model):
    """What a customer says about a workshop that had opened the contact.

    Deliberately not Odoo's ratings: portal users can rate themselves with those. Here
    only the customer's link writes, and a person reads before anybody else does.
    """

    _name = "lead.market.review"
    _description = "Review of a Workshop"
    _inherit = ["lead.market.guarded"]
    _order = "published_on desc, id desc"
    # The words are the customer's and the workshop's; the operator decides on them.
    _guarded_fields = frozenset(
        {
            *("take_id", "rating", "text", "author_name", "reply", "replied_on"),
            *("state", "is_verified", "published_on", "conflict"),
            *("workshop_id", "workshop_partner_id", "company_id"),
        }
    )

    take_id = fields.Many2one(
        "lead.market.take",
        string="Opened Contact",
        required=True,
        readonly=True,
        ondelete="restrict",
        groups="base.group_user",
    )
    workshop_id = fields.Many2one(
        "lead.market.workshop",
        related="take_id.workshop_id",
        store=True,
        precompute=True,
        string="Workshop Profile",
        groups="base.group_user",
    )
    # Own columns, so that the rules of access need no join.
    workshop_partner_id = fields.Many2one(
        related="take_id.workshop_partner_id",
        store=True,
        precompute=True,
        string="Workshop",
    )
    company_id = fields.Many2one(
        related="take_id.company_id", store=True, precompute=True
    )
    rating = fields.Integer(string="Stars", required=True, aggregator="avg")
    text = fields.Text(required=True)
    author_name = fields.Char(
        string="Signed", help="As the customer wants to be named in public."
    )
    state = fields.Selection(
        [
            ("draft", "To check"),
            ("published", "Published"),
            ("rejected", "Rejected"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    is_verified = fields.Boolean(
        string="Verified",
        compute="_compute_is_verified",
        store=True,
        help="The workshop had an order from this customer. Only verified reviews "
        "stand on the public page.",
    )
    published_on = fields.Datetime(readonly=True, copy=False)
    reject_reason = fields.Char(
        groups="base.group_user", help="Kept in the history of the workshop."
    )
    conflict = fields.Char(
        string="Looks Odd",
        readonly=True,
        groups="base.group_user",
        help="Why the review may not come from a customer.",
    )
    reply = fields.Text(string="Workshop's Reply", readonly=True)
    replied_on = fields.Datetime(readonly=True)

    _take_uniq = models.UniqueIndex("(take_id)", "This workshop was reviewed before.")
    _rating_range = models.Constraint(
        "CHECK (rating BETWEEN 1 AND 5)", "A review has one to five stars."
    )
    _page_idx = models.Index(
        "(workshop_partner_id, published_on DESC, id DESC) "
        "WHERE state = 'published' AND is_verified"
    )
    _workshop_idx = models.Index("(workshop_id, state)")

    # === COMPUTE ===

    @api.depends("take_id.order_ids.decision")
    def _compute_is_verified(self):
        for review in self:
            review.is_verified = any(
                order.decision not in ("suspected", "cancelled")
                for order in review.take_id.order_ids
            )

    @api.depends("workshop_partner_id", "rating")
    def _compute_display_name(self):
        for review in self:
            review.display_name = f"{review.workshop_partner_id.name} · {review.rating}"

    # === BUSINESS ===

    def action_publish(self):
        """Show reviews in public, as far as they are verified."""
        self._check_operator()
        for review in self.filtered(lambda r: r.state != "published"):
            # sudo: nobody enters a state; the right to decide was checked
            review.sudo().write(
                {
                    "state": "published",
                    "published_on": review.published_on or fields.Datetime.now(),
                }
            )
            review._log("review_published")
        self.workshop_id._update_figures()

    def action_reject(self):
        """Keep reviews from being shown, for the reason on each.

        From the memo: the operator collects and publishes reviews. A bad one is no
        reason to hide it.

        :raise UserError: without a reason
        """
        self._check_operator()
        if any(not (review.reject_reason or "").strip() for review in self):
            raise UserError(self.env._("Please write down why it is not shown."))
        # sudo: see `action_publish`
        self.sudo().state = "rejected"
        for review in self:
            review._log("review_rejected", reason=review.reject_reason)
        self.workshop_id._update_figures()

    def action_reset(self):
        """Check reviews once more."""
        self._check_operator()
        # sudo: see `action_publish`
        self.sudo().state = "draft"
        for review in self:
            review._log("review_reset")
        self.workshop_id._update_figures()

    def _check_operator(self):
        # Public methods can be called by anybody who is logged in.
        self.check_access("write")

    @api.model
    def _submit(self, take, rating, text, author_name=""):
        """Store a customer's review, or change the one that is there.

        Only called for a customer who came by the link of the request.

        :param take: `lead.market.take` of the customer's request
        :param int rating: one to five
        :param str text: plain text
        :param str author_name: as to be shown, may be empty
        :return: the review, as superuser
        :rtype: recordset
        """
        # sudo: customers have no login; the token was checked
        review_sudo = self.sudo().search([("take_id", "=", take.id)], limit=1)
        vals = {"rating": rating, "text": text, "author_name": author_name or False}
        if not review_sudo:
            review_sudo = self.sudo()._create_once({"take_id": take.id, **vals})
        elif any((review_sudo[name] or False) != vals[name] for name in vals):
            was_public = review_sudo.state == "published"
            review_sudo.write({**vals, "state": "draft"})
            if was_public:
                review_sudo.workshop_id._update_figures()
        else:
            return review_sudo
        review_sudo.conflict = review_sudo._get_conflict()
        review_sudo._log("review_sent", rating=rating)
        return review_sudo

    @api.model
    def _create_once(self, vals):
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return self.create(vals)
        except psycopg2.errors.UniqueViolation as error:
            # Sent twice at the same moment: played again, the first one is found.
            raise ConcurrencyError(self.env._("Sent at this moment")) from error

    def _get_conflict(self):
        """Return why a review may come from the workshop itself, or False.

        :rtype: str | bool
        """
        self.ensure_one()
        lead = self.take_id.request_id._get_lead()
        company = self.workshop_partner_id
        people = company | self.env["res.partner"].with_context(
            active_test=False
        ).search([("commercial_partner_id", "=", company.id)])
        own = {email_key(partner.email) for partner in people} | {
            email_key(user.login) for user in people.user_ids
        }
        if email_key(lead.email_from) in own - {""}:
            return self.env._("The customer's e-mail address is the workshop's own.")
        return False

    def _set_reply(self, text):
        """Store the workshop's reply (single record); an empty text takes it back.

        :param str text: plain text
        """
        self.ensure_one()
        self.write(
            {
                "reply": text or False,
                "replied_on": fields.Datetime.now() if text else False,
            }
        )
        self._log("review_replied")

    def _get_public_domain(self, partners):
        """Return which reviews everybody may read.

        :param partners: commercial partners of workshops
        :rtype: list
        """
        return [
            ("workshop_partner_id", "in", partners.ids),
            ("state", "=", "published"),
            ("is_verified", "=", True),
        ]

    def _log(self, kind, **data):
        self.ensure_one()
        return self.take_id._log(kind, data={"review": self.id, **data})
