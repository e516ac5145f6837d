import math

import psycopg2.errors

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools.misc import mute_logger

DECLARED_DATES = ("contract_date", "planned_finish_date", "work_done_date")
DECLARED_AMOUNTS = ("amount_gross", "amount_net", "excluded_amount")
AGREED_FIELDS = (*DECLARED_AMOUNTS, "currency_id", "excluded_reason")
# More is a slip of the keyboard.
MOST_AMOUNT = 1e12
MOST_CONTRACT_SIGNS = 64


class LeadMarketOrder(models.Model):
    """What workshops say about their orders, and what others say about them.

    All of it is private: the portal calls it after it has checked whose the take is.
    """

    _inherit = "lead.market.order"

    # === THE WORKSHOP ===

    @api.model
    def _declare(self, take, vals, user):
        """Take down what a workshop says about an order: signed, or done.

        The same contract is the same order, however often it is sent. An order that
        somebody suspected is answered by this. Without ``work_done_date`` it is
        announced, and due after ``planned_finish_date``.

        :param take: `lead.market.take` of the workshop, checked by the caller
        :param dict vals: ``contract_no`` and any of ``contract_date``,
            ``planned_finish_date``, ``work_done_date``, ``amount_gross``,
            ``amount_net``, ``currency_id``, ``excluded_amount`` and
            ``excluded_reason``; dates and numbers may be text
        :param user: `res.users` who declares
        :return: the order, as superuser
        :rtype: recordset
        :raise UserError: with a sentence for the workshop
        """
        # sudo: workshops write nothing themselves; the take is theirs
        take_sudo = take.sudo()
        declared = self.sudo()._clean_declared(take_sudo, vals)
        declared["declared_by_id"] = user.id
        order = self.sudo()._find_declared(take_sudo, declared["contract_no"])
        if order:
            order._update_declared(declared)
        else:
            # sudo: see above
            order = self.sudo()._create_declared(take_sudo, declared)
            order._log("order_declared", amount=order.amount_gross)
        if take_sudo.state != "contracted":
            take_sudo._touch(state="contracted", outcome_reason=False)
        return order

    def _accept_suspicion(self):
        """Declare a suspected order just as it was suspected (single record).

        :raise UserError: when it is not suspected, or something is missing
        """
        self.ensure_one()
        self._check_suspected()
        if not self.work_done_date or self._get_total() <= 0:
            raise UserError(
                self.env._(
                    "Please declare the order with its total and the day on which the "
                    "work was done."
                )
            )
        # sudo: see `_declare`
        order_sudo = self.sudo()
        order_sudo.write({"decision": "declared"})
        order_sudo._stamp_declared()
        order_sudo._log("order_declared", amount=order_sudo.amount_gross)

    def _contest(self, reason):
        """Say that a suspicion or what the operator entered is wrong (single record).

        :param str reason: what the workshop says
        :raise UserError: without a reason, or when it is too late for that
        """
        self.ensure_one()
        if not (reason or "").strip():
            raise UserError(self.env._("Please say why."))
        if self.state not in ("suspected", "declared", "confirmed", "accrued"):
            raise UserError(
                self._with_operator(self.env._("This order is settled already."))
            )
        # sudo: see `_declare`
        self.sudo().write({"dispute_reason": reason.strip()})
        self.sudo()._set_decision("disputed")

    # === OTHERS ===

    @api.model
    def _suspect(self, take, source, note, **vals):
        """Note that a contact may have become an order that nobody declared.

        Good faith is presumed: the workshop is asked, and a person decides.

        :param take: `lead.market.take`
        :param str source: ``operator`` or ``customer``
        :param str note: what makes one think so; the workshop does not read it
        :param vals: what is known of the order, for instance ``work_done_date``
        :return: the new order, or the one that is there already, as superuser
        :rtype: recordset
        """
        # sudo: a customer or an operator writes into the workshop's zone
        orders_sudo = take.sudo().order_ids
        if known := orders_sudo.filtered(lambda o: o.decision != "cancelled"):
            known[0]._log("order_suspected", note=note)
            return known[0]
        order = self.sudo().create(
            {
                "take_id": take.id,
                "currency_id": take.company_id.currency_id.id,
                **vals,
                "decision": "suspected",
                "suspected_on": fields.Datetime.now(),
                "source": source,
                "note": note,
            }
        )
        order._log("order_suspected", note=note)
        order._send_question()
        return order

    # === CHECKS ===

    def _check_suspected(self):
        if self.state != "suspected":
            raise UserError(self.env._("This order is declared already."))

    @api.model
    def _clean_declared(self, take, vals):
        """Return declared values as they may be stored.

        :param take: `lead.market.take`
        :param dict vals: see `_declare`; other keys are left out
        :rtype: dict
        :raise UserError: naming what is wrong
        """
        clean = {"contract_no": self._clean_contract_no(vals.get("contract_no"))}
        for name in DECLARED_DATES:
            clean[name] = self._clean_date(name, vals.get(name))
        for name in DECLARED_AMOUNTS:
            clean[name] = self._clean_amount(name, vals.get(name))
        clean["currency_id"] = self._clean_currency(take, vals.get("currency_id"))
        clean["excluded_reason"] = (
            clean["excluded_amount"] and (vals.get("excluded_reason") or "").strip()
        ) or False
        # A record that is not stored: the terms and rules are those of the model.
        order = self.new({**clean, "take_id": take.id})
        order._check_declared_dates()
        order._check_declared_amounts()
        return clean

    @api.model
    def _clean_contract_no(self, text):
        number = " ".join(str(text or "").split())
        if not number:
            raise UserError(self.env._("Please give the number of your contract."))
        if len(number) > MOST_CONTRACT_SIGNS:
            raise UserError(self.env._("The number of the contract is too long."))
        return number

    @api.model
    def _clean_date(self, name, value):
        try:
            date = fields.Date.to_date(value or False) or False
        except (TypeError, ValueError):
            date = None
        # The days of the first and the last years can't be reckoned with.
        if date is None or (date and not 1900 <= date.year < 2200):
            raise UserError(self.env._("%s is not a date.", self._get_label(name)))
        return date

    @api.model
    def _clean_amount(self, name, value):
        try:
            amount = float(value or 0)
        except (TypeError, ValueError):
            amount = math.nan
        if not 0 <= amount < MOST_AMOUNT:
            raise UserError(self.env._("%s is not an amount.", self._get_label(name)))
        return amount

    @api.model
    def _clean_currency(self, take, value):
        if not value:
            return take.company_id.currency_id.id
        currency = self.env["res.currency"].search(
            [("id", "=", int(value) if str(value).isdigit() else 0)]
        )
        if not currency:
            raise UserError(self.env._("This currency is not in use here."))
        return currency.id

    @api.model
    def _get_label(self, name):
        return self._fields[name].get_description(self.env, ["string"])["string"]

    def _check_declared_dates(self):
        today = self.company_id._get_market_today()
        if not (self.work_done_date or self.planned_finish_date):
            raise UserError(
                self.env._(
                    "Please give the day on which the work was done, or on which it is "
                    "planned to be."
                )
            )
        if self.work_done_date and self.work_done_date > today:
            raise UserError(
                self.env._(
                    "This day is still to come. Please give it as the planned finish."
                )
            )
        if self.contract_date and self.contract_date > today:
            raise UserError(self.env._("The contract can't be of a day to come."))
        if not self._is_attributable(self.contract_date or self.work_done_date):
            raise UserError(self._get_window_error())

    def _check_declared_amounts(self):
        if self.work_done_date and self.amount_gross <= 0:
            raise UserError(self.env._("Please give the total of the order."))
        if self.work_done_date and self._get_total() <= 0:
            raise UserError(self.env._("Please give the total without taxes."))
        self._check_amounts()
        self._check_excluded()

    # === STORING ===

    @api.model
    def _find_declared(self, take, contract_no):
        """Return the order that a declaration is about, or none.

        :rtype: recordset
        """
        orders = take.order_ids.filtered(lambda o: o.decision != "cancelled")
        same = orders.filtered(lambda o: o.contract_no == contract_no)
        return same or orders.filtered(lambda o: not o.contract_no)[:1]

    @api.model
    def _create_declared(self, take, declared):
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return self.create(
                    {
                        **declared,
                        "take_id": take.id,
                        "decision": "declared",
                        "source": "workshop",
                        "duplicate_of_id": self._find_duplicate(take, declared).id,
                    }
                )
        except psycopg2.errors.UniqueViolation as error:
            # Sent twice at once: this transaction is played again and finds it.
            raise ConcurrencyError(self.env._("Declared at this moment")) from error

    @api.model
    def _find_duplicate(self, take, declared):
        """Return an order of the same contract under another opened contact.

        :rtype: recordset
        """
        return self.search(
            [
                ("workshop_partner_id", "=", take.workshop_partner_id.id),
                ("contract_no", "=", declared["contract_no"]),
                ("take_id", "!=", take.id),
                ("decision", "!=", "cancelled"),
                ("duplicate_of_id", "=", False),
            ],
            order="id",
            limit=1,
        )

    def _update_declared(self, declared):
        """Store a declaration of an order that is known (single record).

        :param dict declared: see `_clean_declared`
        :raise UserError: when the order is in the ledger and would change
        """
        self.ensure_one()
        changed = self._get_changed(declared)
        if not changed and self.decision != "suspected":
            return
        if self.accrual_ids:
            raise UserError(
                self._with_operator(
                    self.env._(
                        "The commission of this order is booked already. The operator "
                        "corrects it."
                    )
                )
            )
        decision = "declared"
        if self.decision == "confirmed" and changed.isdisjoint(AGREED_FIELDS):
            # The amounts were confirmed; only the work was still to be done.
            decision = "confirmed"
        # A new date has reminders of its own.
        level = 0 if changed.intersection(DECLARED_DATES) else self.reminder_level
        # Who declares what was disputed settles it, until the operator has looked.
        note = {"note": self.dispute_reason} if self.dispute_reason else {}
        self.write(
            {
                **declared,
                "decision": decision,
                "dispute_reason": False,
                "reminder_level": level,
            }
        )
        self._log("order_declared", amount=self.amount_gross, **note)

    def _get_changed(self, declared):
        """Return which declared values differ from what is stored.

        :rtype: set[str]
        """
        stored = {name: self[name] for name in declared}
        stored["currency_id"] = self.currency_id.id
        stored.pop("declared_by_id")
        changed = {name for name, value in stored.items() if value != declared[name]}
        same_money = {
            name
            for name in changed.intersection(DECLARED_AMOUNTS)
            if self.currency_id.compare_amounts(stored[name], declared[name]) == 0
        }
        return changed - same_money

    def _with_operator(self, text):
        """Return a sentence with the operator's contact, as in every conflict.

        :rtype: str
        """
        # sudo: a company's e-mail address for the public
        company_sudo = self.company_id.sudo()
        contact = company_sudo.market_contact_email or company_sudo.email
        if not contact:
            return text
        return self.env._(
            "%(text)s You reach the operator at %(contact)s.",
            text=text,
            contact=contact,
        )
