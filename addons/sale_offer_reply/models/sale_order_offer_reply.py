import logging

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, groupby, is_html_empty

from ..offer_reply import MAX_COMMENT, MAX_FEEDBACK, OfferIdentity, OfferReplyError
from .sale_order_line import OFFER_ANSWERS

_logger = logging.getLogger(__name__)


class SaleOrder(models.Model):
    """The customer's reply: check everything, write, record, lead on."""

    _inherit = "sale.order"

    def _offer_reply(self, reply, identity):
        """Take a customer's reply (single record).

        The whole reply is one transaction. Documents and mails follow in a job, so
        that no failure of theirs can lose an answer.

        :param OfferReply reply: what the customer said
        :param OfferIdentity identity: who said it
        :return: the `sale.offer.history` row of this reply; when the same form was sent
            before, the row of that time
        :raise OfferReplyError: when it can't be taken; nothing is written then
        """
        self.ensure_one()
        if repeated := self._offer_find_repeated(reply):
            return repeated
        self._offer_wait_for_turn(reply)
        return self._offer_take_reply(reply, identity)

    def _offer_take_reply(self, reply, identity):
        """Check a reply and let it take effect, once it is its turn (single record).

        :param OfferReply reply: what the customer said
        :param OfferIdentity identity: who said it
        :return: the `sale.offer.history` row of this reply
        :raise OfferReplyError: when it can't be taken; nothing is written then
        """
        self._offer_check_reply(reply)
        lines = {line.id: line for line in self._get_offer_pending_lines()}
        self._offer_write_answers(
            {
                lines[line_id]: (answer, reply.comments.get(line_id))
                for line_id, answer in reply.answers.items()
            },
            identity,
        )
        history = self._offer_record(
            "on_behalf" if identity.on_behalf else "reply",
            identity,
            message=reply.message,
            terms_accepted=reply.accept_terms,
            terms_checkbox=reply.accept_terms
            and self.company_id.with_context(
                lang=self._get_lang()
            )._get_offer_terms_checkbox(),
            idempotency_key=reply.key,
            payload_sha256=reply.payload_digest(),
        )
        # From here on it is the seller's side: notes and activities in its language.
        order = self.with_context(lang=self._get_offer_seller_lang())
        order._offer_log_reply(history, identity)
        order._offer_lead_on()
        return history

    def _get_offer_seller_lang(self):
        """Return the language in which the seller's side hears of a reply.

        :rtype: str
        """
        self.ensure_one()
        return self._get_offer_managers()[:1].lang or self.company_id.partner_id.lang

    # === CHECKS ===

    def _offer_find_repeated(self, reply):
        """Return the history row of an earlier sending of the same form.

        :raise OfferReplyError: when the form was sent before with other answers
        """
        # sudo: customers have no access to the history; only this order's is read
        history = (
            self.env["sale.offer.history"]
            .sudo()
            .search(
                [("order_id", "=", self.id), ("idempotency_key", "=", reply.key)],
                limit=1,
            )
        )
        if history:
            self._offer_check_repeated(reply, history.payload_sha256)
        return history

    def _offer_check_repeated(self, reply, digest):
        """Check that a form which was sent before says the same again.

        :param str digest: fingerprint of what it said before
        :raise OfferReplyError: when it says something else now
        """
        if reply.payload_digest() != digest:
            raise OfferReplyError(
                "repeated",
                [
                    self.env._(
                        "This form was sent before with other answers. "
                        "Please check your answers and send them again."
                    )
                ],
            )

    def _offer_wait_for_turn(self, reply):
        """Let replies to one offer pass one by one.

        Our snapshot is older than the lock, so what another reply wrote meanwhile is
        looked up on a cursor of its own. Without it the database would refuse our
        write and Odoo would repeat the whole request after a pause.

        :raise OfferReplyError: when another reply came first
        """
        self.env.cr.execute(
            SQL("SELECT pg_advisory_xact_lock(%s, %s)", 7_305_001, self.id)
        )
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    """
                    SELECT max(id),
                           max(payload_sha256) FILTER (WHERE idempotency_key = %s),
                           (SELECT offer_revision FROM sale_order WHERE id = %s)
                    FROM sale_offer_history
                    WHERE order_id = %s AND kind IN ('reply', 'on_behalf')
                    """,
                    reply.key,
                    self.id,
                    self.id,
                )
            )
            last_id, digest, revision = cr.fetchone()
        if digest:
            self._offer_check_repeated(reply, digest)
            raise OfferReplyError("done")
        if (last_id or 0) > self._get_offer_last_reply_id() or (
            revision or 0
        ) > self.offer_revision:
            raise OfferReplyError("stale", [self._get_offer_stale_message()])

    def _get_offer_stale_message(self):
        return self.env._(
            "The offer was changed or answered while you had it open. Your answers to "
            "the lines that stayed the same are kept below. Please check the marked "
            "lines and send again."
        )

    def _offer_check_reply(self, reply):
        """Check a reply against the offer.

        :raise OfferReplyError: with a message for each thing that is wrong
        """
        lines = self._get_offer_pending_lines()
        if not lines or not self._offer_takes_replies():
            raise OfferReplyError("closed", [self._get_offer_closed_message()])
        if (
            reply.revision != self.offer_revision
            or reply.last_history_id != self._get_offer_last_reply_id()
        ):
            raise OfferReplyError("stale", [self._get_offer_stale_message()])
        errors = self._offer_check_answers(reply, lines)
        messages = []
        if reply.answers.keys() - set(lines.ids):
            messages.append(self.env._("An answer belongs to no line of this offer."))
        if missing := len(errors.get("missing", ())):
            messages.append(
                self.env._("%(count)s lines have no answer yet.", count=missing)
                if missing > 1
                else self.env._("One line has no answer yet.")
            )
        if len(reply.message) > MAX_FEEDBACK:
            messages.append(
                self.env._(
                    "Your message is too long: %(length)s characters, at most %(max)s "
                    "are possible.",
                    length=len(reply.message),
                    max=MAX_FEEDBACK,
                )
            )
        if self._offer_must_accept_terms(reply, lines) and not reply.accept_terms:
            messages.append(
                self.env._("Please accept the terms and conditions to say yes.")
            )
        if messages or errors["lines"]:
            raise OfferReplyError("invalid", messages, errors["lines"])

    def _offer_check_answers(self, reply, lines):
        """Return what is wrong with the answers, line by line.

        :param OfferReply reply: what the customer said
        :param lines: lines that must be answered
        :return: ``missing`` (ids) and ``lines`` (id → message)
        :rtype: dict
        """
        allowed = self._get_offer_allowed_answers()
        missing, messages = [], {}
        for line in lines:
            answer = reply.answers.get(line.id)
            comment = reply.comments.get(line.id) or ""
            if not answer:
                missing.append(line.id)
                messages[line.id] = self.env._("Please answer this line.")
            elif answer not in allowed:
                messages[line.id] = self.env._("This answer is not possible here.")
            elif len(comment) > MAX_COMMENT:
                messages[line.id] = self.env._(
                    "The comment is too long: %(length)s characters, at most %(max)s "
                    "are possible.",
                    length=len(comment),
                    max=MAX_COMMENT,
                )
        return {"missing": missing, "lines": messages}

    def _get_offer_allowed_answers(self):
        """Return the answers that this offer accepts, in the order shown.

        :rtype: list
        """
        self.ensure_one()
        return [
            answer
            for answer, _label in OFFER_ANSWERS
            if answer != "unsure" or self.offer_allow_unsure
        ]

    def _offer_must_accept_terms(self, reply, lines):
        """Return whether the reply says yes to something that has terms.

        :rtype: bool
        """
        taken = lines.filtered(lambda line: reply.answers.get(line.id) == "yes")
        return bool(taken) and self._has_offer_terms(taken)

    def _has_offer_terms(self, lines):
        """Return whether the order or one of `lines` has terms to accept.

        :rtype: bool
        """
        self.ensure_one()
        texts = [self._get_offer_terms()] + lines._get_offer_answered_lines().mapped(
            "offer_terms"
        )
        return any(text and not is_html_empty(text) for text in texts)

    def _get_offer_closed_message(self):
        """Return why the offer can't be answered.

        :rtype: str
        """
        self.ensure_one()
        if self.state == "cancel":
            return self.env._(
                "This offer was cancelled and can't be answered any more."
            )
        if self.state == "sale":
            return self.env._("This offer is confirmed, nothing is left to answer.")
        if self.state == "sent" and self.is_expired:
            return self.env._(
                "This offer has expired. Please ask us to extend it; your answers are "
                "kept on this page."
            )
        return self.env._("This offer can't be answered now.")

    def _get_offer_last_reply_id(self):
        """Return the id of the newest reply's history row, 0 when there is none.

        :rtype: int
        """
        self.ensure_one()
        # sudo: customers have no access to the history; only an id leaves here
        return (
            self.env["sale.offer.history"]
            .sudo()
            .search(
                [("order_id", "=", self.id), ("kind", "in", ("reply", "on_behalf"))],
                order="id desc",
                limit=1,
            )
            .id
            or 0
        )

    # === WRITING ===

    def _offer_write_answers(self, answers, identity):
        """Write answers and bring quantities and discounts in line with them.

        :param dict answers: line record → (answer, comment)
        :param OfferIdentity identity: who answers
        """
        self.ensure_one()
        order = self.with_context(offer_own_write=True)
        now = fields.Datetime.now()
        # Neither which lines are asked nor what they offer changes by answering, so
        # both is read before: each write makes Odoo compute what depends on it anew.
        offer_lines = order._get_offer_lines()
        for line, (_answer, comment) in answers.items():
            line.with_env(order.env).write(
                {
                    "offer_answer_digest": line._get_offer_digest(),
                    "offer_comment": (comment or "").strip() or False,
                }
            )
        by_answer = groupby(answers, key=lambda line: answers[line][0])
        for answer, group in by_answer:
            lines = order.env["sale.order.line"].union(*group)
            lines._get_offer_answered_lines().write({"offer_answer": answer})
            lines.write(
                {
                    "offer_answer_date": now,
                    "offer_answer_by_id": identity.partner.id
                    if identity.partner
                    else False,
                }
            )
        order._offer_apply_quantities(offer_lines)
        order.write(
            {
                "offer_replied_date": now,
                "offer_reminder_date": False,
                "offer_to_check": order._offer_needs_check(),
            }
        )

    def _offer_needs_check(self):
        """Return whether a person has to look before the order may go on.

        :rtype: bool
        """
        self.ensure_one()
        return self.state == "sent" and self._has_offer_fixed_discount()

    def _offer_apply_quantities(self, lines, confirming=False):
        """Order what was answered Yes, and nothing else.

        While no line is taken the offer stays as it was made: nothing is ordered, and
        the seller still sees what it is worth.

        :param lines: the lines that the offer asks about
        :param bool confirming: the order is being confirmed; what was refused goes out
            even if nothing was taken, what was not answered stays in
        """
        self.ensure_one()
        taken = lines.filtered(lambda line: line.offer_answer == "yes")
        refused = lines.filtered(lambda line: line.offer_answer in ("unsure", "no"))
        if taken or confirming or self.state == "sale":
            refused._get_offer_answered_lines()._offer_hold()
        else:
            refused._get_offer_answered_lines().filtered("offer_qty")._offer_release()
        taken._get_offer_answered_lines().filtered(
            lambda line: not line.product_uom_qty
        )._offer_release()
        self._offer_update_percent_discounts()

    def _offer_record(self, kind, identity, **extra):
        """Freeze the offer in its history.

        :param str kind: see `sale.offer.history`
        :param OfferIdentity identity: who acts
        :param extra: further values of the row
        :return: the new `sale.offer.history` record
        """
        self.ensure_one()
        # sudo: nobody may create history, so that every row comes from here
        History = self.env["sale.offer.history"].sudo()
        mails = "pending" if kind in ("reply", "on_behalf") else "none"
        vals = History._prepare_history_vals(
            self, kind, identity, mail_state=mails, **extra
        )
        if self.offer_replied_date:
            # Computed a moment ago, together with the amounts of each line.
            self.with_context(offer_own_write=True).offer_totals = vals["totals"]
        history = History.create(vals)
        History._trigger_job()
        return history

    def _get_offer_history_lines(self):
        """Return the lines that the customer sees, as they are frozen.

        :rtype: recordset of `sale.order.line`
        """
        self.ensure_one()
        return self.order_line.filtered(
            lambda line: line.offer_published
            and not line.is_downpayment
            and not (
                line.parent_id.collapse_composition
                or line.parent_id.parent_id.collapse_composition
            )
        )

    # === WHAT FOLLOWS ===

    def _offer_log_reply(self, history, identity):
        """Note in the order's chatter, for the seller, who answered what.

        :param history: `sale.offer.history` row of the reply
        :param OfferIdentity identity: who answered
        """
        self.ensure_one()
        name = identity.display_name()
        if identity.verified == "typed":
            name = self.env._("%(name)s (not logged in)", name=name)
        self.message_post(
            body=self.env._(
                "%(name)s answered: %(yes)s yes, %(unsure)s unsure, %(no)s no.",
                name=name,
                yes=self.offer_yes_count,
                unsure=self.offer_unsure_count,
                no=self.offer_no_count,
            ),
            author_id=(identity.partner or self.env.user.partner_id).id,
            message_type="notification",
            subtype_xmlid="mail.mt_note",
        )

    def _offer_lead_on(self):
        """Confirm what was taken, or leave the next step to whom it belongs to."""
        self.ensure_one()
        if self.offer_status == "no":
            self._offer_activity(
                self.env._("The customer answered No to everything"),
                self.env._("Make another offer, or mark this one as declined."),
            )
        elif self.offer_status == "to_check":
            self._offer_activity(
                self.env._("Check the discount of an accepted offer"),
                self.env._(
                    "The offer has a fixed discount, which can't be divided among the "
                    "accepted lines by itself. Correct it and release the order."
                ),
            )
        elif (
            self.offer_status == "to_sign"
            and not self._has_to_be_signed()
            and not self._has_to_be_paid()
        ):
            self._offer_try_confirm()

    def _offer_try_confirm(self):
        """Confirm the order; keep the reply whatever the confirmation runs into."""
        try:
            with self.env.cr.savepoint():
                self.with_context(offer_defer_mails=True).action_confirm()
                self.env.flush_all()
        except UserError as error:
            self.invalidate_recordset()
            _logger.info("%s was accepted but not confirmed: %s", self.name, error)
            self.with_context(offer_own_write=True).write({"offer_to_check": True})
            self._offer_activity(
                self.env._("An accepted offer could not be confirmed"), str(error)
            )

    def _offer_activity(
        self, summary, note, activity_type="mail.mail_activity_data_todo"
    ):
        """Ask the managers to do something.

        :param str summary: what is to be done
        :param str note: why
        :param str activity_type: XML id of the activity type
        """
        self.ensure_one()
        for manager in self._get_offer_managers():
            self.activity_schedule(
                activity_type, summary=summary, note=note, user_id=manager.id
            )

    def _get_offer_manager_identity(self):
        """Return the identity of the user who acts in the backend.

        :rtype: OfferIdentity
        """
        user = self.env.user
        return OfferIdentity(
            partner=user.partner_id, user=user, verified="login", on_behalf=True
        )
