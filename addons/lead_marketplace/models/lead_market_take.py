from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..match_key import email_key, name_keys, partial_keys, phone_key
from ..personal_data import seal, seals_of_typed

# Of two words, as PostgreSQL counts it: "ivonova" and "ivanova" have 0.45.
LEAST_SIMILARITY = 0.4

CONTACT_GROUPS = "lead_marketplace.group_operator,lead_marketplace.group_workshop"


class LeadMarketTake(models.Model):
    """A contact that a workshop has opened, with the terms as they were then.

    What the workshop learned is copied: it stays as it was, and no relation leads to
    the lead. The take's state is the workshop's own order in its folder; it never ends
    what the workshop owes.
    """

    _name = "lead.market.take"
    _description = "Opened Contact"
    _inherit = ["mail.thread"]
    _order = "important desc, opened_on desc, id desc"
    _rec_names_search = ["request_id.number", "request_id.name"]

    request_id = fields.Many2one(
        "lead.market.request",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    workshop_id = fields.Many2one(
        "lead.market.workshop",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    workshop_partner_id = fields.Many2one(
        "res.partner", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    opened_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    opened_on = fields.Datetime(required=True, readonly=True)
    opened_ip = fields.Char(
        string="IP Address", readonly=True, groups="base.group_user"
    )
    exclusive_until = fields.Datetime(readonly=True)
    state = fields.Selection(
        [
            ("in_work", "In work"),
            ("offered", "Offer sent"),
            ("contracted", "Contract signed"),
            ("archived", "Archived"),
        ],
        required=True,
        default="in_work",
    )
    outcome_reason = fields.Selection(
        [
            ("lost", "Went to somebody else"),
            ("not_competitive", "Not our kind of work"),
            ("own_customer", "Was our customer before"),
            ("no_answer", "Does not answer"),
        ],
        string="Why Archived",
    )
    important = fields.Boolean(
        help="More likely than others to become an order: a good talk, a planned visit."
    )
    note = fields.Text(
        groups=CONTACT_GROUPS,
        help="Your own note. Nobody else reads it but the operator.",
    )
    last_activity_on = fields.Datetime(readonly=True)
    first_offer_on = fields.Datetime(readonly=True)

    customer_name = fields.Char(readonly=True, groups=CONTACT_GROUPS)
    customer_email = fields.Char(readonly=True, groups=CONTACT_GROUPS)
    customer_phone = fields.Char(readonly=True, groups=CONTACT_GROUPS)
    for_whom = fields.Char(readonly=True, groups=CONTACT_GROUPS)
    key_ids = fields.One2many(
        "lead.market.take.key", "take_id", groups="base.group_user"
    )

    # The terms at the time of opening; a later price list never applies backwards.
    rule_id = fields.Many2one(
        "lead.market.rule", readonly=True, groups="base.group_user"
    )
    terms = fields.Json(string="Terms (data)", readonly=True, groups="base.group_user")
    terms_text = fields.Text(string="Terms", readonly=True)

    order_ids = fields.One2many("lead.market.order", "take_id")

    _request_workshop_uniq = models.UniqueIndex(
        "(request_id, workshop_partner_id)", "This contact was opened before."
    )
    _folder_idx = models.Index(
        "(workshop_partner_id, state, important DESC, opened_on DESC, id DESC)"
    )
    # Of the quota, and of the ledger.
    _opened_idx = models.Index("(workshop_partner_id, opened_on DESC, id DESC)")

    @api.depends("request_id")
    def _compute_display_name(self):
        for take in self:
            # sudo: the number of a request is no secret to who opened its contact
            request = take.request_id.sudo()
            take.display_name = f"{request.number} {request.name or ''}".strip()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_opened(self):
        raise UserError(
            self.env._("An opened contact can't be deleted: it may owe a commission.")
        )

    # === ACCESS ===

    @api.model
    def _hides_contact(self):
        """Return whether the user reads takes, but not who the customers are.

        Accountants do: so they read no letters either, nor the files in them.

        :rtype: bool
        """
        return (
            not self.env.su
            and self.browse().has_access("read")
            and not self.env.user.has_groups(CONTACT_GROUPS)
        )

    # === FOLDER ===

    @api.model
    def _get_keyset_domain(self, important, opened_on, take_id):
        """Return what comes after a take in the order of the folder.

        :rtype: Domain
        """
        return fields.Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "(%s, %s, %s) < (%s, %s, %s)",
                SQL.identifier(alias, "important"),
                SQL.identifier(alias, "opened_on"),
                SQL.identifier(alias, "id"),
                important,
                opened_on,
                take_id,
            )
        )

    def _set_important(self, important):
        """Mark takes, or take the mark away.

        :param bool important: the new value
        """
        self.filtered(lambda t: t.important != important)._touch(important=important)

    def _archive_take(self, reason):
        """Put takes away. What is owed for them stays owed.

        :param str reason: value of ``outcome_reason``
        """
        self._touch(state="archived", outcome_reason=reason)
        for take in self:
            take._log("archived", data={"reason": reason})

    def _unarchive_take(self):
        """Take up the work again."""
        self._touch(state="in_work", outcome_reason=False)

    def _touch(self, **vals):
        self.write({"last_activity_on": fields.Datetime.now(), **vals})

    def _create_keys(self):
        """Store the keys under which the buyer is found at contract time."""
        self.env["lead.market.take.key"].create(
            [
                {
                    "take_id": take.id,
                    "workshop_partner_id": take.workshop_partner_id.id,
                    "key": key,
                }
                for take in self
                for key in take._get_keys()
            ]
        )

    def _get_keys(self):
        """Return the keys of one take: names, phone, e-mail.

        :rtype: list[str]
        """
        self.ensure_one()
        keys = [
            *name_keys(self.for_whom),
            *name_keys(self.customer_name),
            phone_key(self.customer_phone),
            email_key(self.customer_email),
        ]
        return list(dict.fromkeys(key for key in keys if key))

    @api.model
    def _find_buyer(self, partner, text, limit=20):
        """Return the workshop's takes that a buyer may belong to.

        From the memo: at each contract, find out whether a request of this customer is
        in the folder. Archived takes count, and parts of a name do.

        :param partner: commercial partner of the workshop
        :param str text: a name, a phone number or an e-mail address
        :param int limit: most takes to return
        :rtype: recordset
        """
        phone = phone_key(text)
        # One of both may have been written without the code of the country.
        keys = [phone[-length:] for length in range(7, len(phone) + 1)]
        words = [word for key in name_keys(text) for word in key.split()]
        Key = self.env["lead.market.take.key"]
        email = email_key(text)
        typed = [key for key in (*name_keys(text), phone, email) if key]
        sealed = [one for key in typed for one in seals_of_typed(self.env, key)]
        domain = fields.Domain("key", "in", [*keys, *sealed, email or False])
        if phone:
            domain |= fields.Domain("key", "=like", f"%{phone}")
        if words:
            domain |= fields.Domain.AND(
                fields.Domain("key", "=like", f"{word}%")
                | fields.Domain("key", "=like", f"% {word}%")
                for word in words
            )
        own = fields.Domain("workshop_partner_id", "=", partner.id)
        found = Key.search(own & domain, limit=limit * 4)
        if not found and words:
            found = Key.search(own & self._get_alike_domain(words), limit=limit * 4)
        return found.take_id[:limit]

    @api.model
    def _get_alike_domain(self, words):
        """Return the keys of names that are nearly the same: a letter was heard wrong.

        Only used within a workshop's own keys: no index finds them.

        :param list words: of a name
        :rtype: Domain
        """
        if not self.env.registry.has_trigram:
            return fields.Domain.FALSE
        return fields.Domain.AND(
            fields.Domain.custom(
                to_sql=lambda _model, alias, _query, word=word: SQL(
                    "strict_word_similarity(%s, %s) >= %s",
                    word,
                    SQL.identifier(alias, "key"),
                    LEAST_SIMILARITY,
                )
            )
            for word in words
        )

    def action_refresh_contact(self):
        """Copy the customer's present contact to takes, by an operator's decision.

        :raise AccessError: for others than operators
        """
        self.request_id.check_access("write")
        # sudo: nobody writes takes directly; the operator's right was checked
        self.sudo()._refresh_contact()

    @api.model
    def _find_same_person(self, partner, text):
        """Return the workshop's takes for a person of the same name.

        :param partner: commercial partner of the workshop
        :param str text: for whom a request is
        :rtype: recordset
        """
        keys = [part for key in name_keys(text) for part in partial_keys(key)]
        if not keys:
            return self.browse()
        return (
            self.env["lead.market.take.key"]
            .search(
                [
                    ("workshop_partner_id", "=", partner.id),
                    ("key", "in", [*keys, *(seal(self.env, key) for key in keys)]),
                ],
                limit=10,
            )
            .take_id
        )

    def _refresh_contact(self):
        """Copy the customer's present contact, and log it."""
        for take in self:
            lead = take.request_id._get_lead()
            take.write(lead._get_market_contact())
            take.key_ids.unlink()
            take._create_keys()
            take._log("contact_refreshed")

    def _log(self, kind, **vals):
        self.ensure_one()
        return self.env["lead.market.event"]._log(
            kind,
            self.company_id,
            take_id=self.id,
            request_id=self.request_id.id,
            workshop_id=self.workshop_id.id,
            **vals,
        )
