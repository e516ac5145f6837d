import json
import re
import uuid
import zlib
from functools import cache, partial

from markupsafe import Markup, escape

from odoo import models
from odoo.tools import float_compare, format_amount, formatLang, is_html_empty

from .sale_order_line import OFFER_ANSWERS

# What a page remembers of each line that it showed.
SEEN_VALUES = ("quantity", "price_unit", "discount", "amount", "text")
# What stands for a line's own texts in the template of its answer.
PLACEHOLDER = re.compile(r"\[\[(\w+)\]\]")


class SaleOrder(models.Model):
    """What the customer's page shows of an offer."""

    _inherit = "sale.order"

    def _prepare_offer_page_values(self, identity, draft=None):
        """Return what the portal templates show (single record).

        Called with the record of `_document_check_access`, so as superuser.

        :param OfferIdentity identity: who looks
        :param dict draft: a reply that was refused before, see `reply_draft`
        :rtype: dict
        """
        self.ensure_one()
        draft = draft or {}
        pending = self.order_line[:0]
        if self._offer_takes_replies():
            pending = self._get_offer_pending_lines()
        can_answer = bool(pending)
        replies = self._get_offer_replies()
        feedback = self._get_offer_feedback()
        return {
            "can_answer": can_answer,
            "closed_message": not can_answer and self._get_offer_closed_message(),
            "lines": self._prepare_offer_lines(pending, replies[:1], feedback, draft),
            "line_count": len(pending),
            "answers": self._get_offer_answer_labels(),
            "allowed": self._get_offer_allowed_answers(),
            "revision": self.offer_revision,
            "last_history_id": replies[:1].id or 0,
            "key": str(uuid.uuid4()),
            "seen": json.dumps(
                {
                    line.id: [
                        line.offer_qty or line.product_uom_qty,
                        line.price_unit,
                        line.discount,
                        line.offer_amount,
                        line._get_offer_text_sum(),
                    ]
                    for line in pending
                }
            ),
            "totals": self._prepare_offer_totals(),
            "has_terms": bool(pending) and self._has_offer_terms(pending),
            "checkbox": self.company_id._get_offer_terms_checkbox(),
            "draft": draft,
            "removed": self._get_offer_removed_message(pending, draft),
            "replies": replies,
            "feedback": feedback,
            "identity": identity,
            "anonymous": not identity.partner,
        }

    def _get_offer_answer_labels(self):
        """Return the answers with their translated names.

        :rtype: dict
        """
        field = self.env["sale.order.line"]._fields["offer_answer"]
        return dict(field._description_selection(self.env))

    def _get_offer_replies(self):
        """Return the replies so far, newest first.

        :rtype: recordset of `sale.offer.history`
        """
        # sudo: customers have no access to the history; the caller checked the order
        History = self.env["sale.offer.history"].sudo()
        if not self.offer_replied_date:
            return History
        return History.search(
            [("order_id", "=", self.id), ("kind", "in", ("reply", "on_behalf"))],
            order="id desc",
            limit=20,
        )

    def _prepare_offer_lines(self, pending, last_reply, feedback, draft):
        """Return what the page shows below each line.

        :param pending: lines that the reply has to answer
        :param last_reply: `sale.offer.history` row of the last reply, may be empty
        :param feedback: `mail.message` records
        :param dict draft: a refused reply
        :return: line id → values
        :rtype: dict
        """
        answers = draft.get("answers", {})
        comments = draft.get("comments", {})
        errors = draft.get("lines", {})
        remarks = feedback.filtered("offer_line_id").grouped("offer_line_id")
        changes = self._get_offer_changes(pending, last_reply, draft)
        lines = self._get_offer_lines()
        held = lines.filtered("offer_qty")._format_offer_held()
        pending_ids = set(pending._ids)
        values = {}
        for line in lines:
            line_id = line.id
            key = str(line_id)
            status = line.offer_line_status
            change = changes.get(line_id)
            answer = None
            if line_id in pending_ids and not change:
                answer = answers.get(key) or (
                    line.offer_answer if status != "open" else None
                )
            values[line_id] = {
                "id": line_id,
                "pending": line_id in pending_ids,
                "status": status,
                "answer": answer,
                "comment": comments.get(key, line.offer_comment) or "",
                "error": errors.get(key),
                "changes": change,
                "held": held.get(line_id),
                "terms": None if is_html_empty(line.offer_terms) else line.offer_terms,
                "remarks": remarks.get(line),
                "name": line.name,
            }
        self._render_offer_answers(values.values())
        return values

    def _render_offer_answers(self, rows):
        """Add what the customer answers with, or answered, as HTML to each row.

        It is most of what a line adds to the page, and but for a few texts it is the
        same for many lines: rendered line by line, it would take a sixth of the time
        of the whole page.

        :param rows: dicts of `_prepare_offer_lines`
        """
        allowed = self._get_offer_allowed_answers()
        patterns = {}
        for row in rows:
            comment, error = row["comment"], row["error"]
            look = (
                row["pending"],
                row["status"],
                row["answer"],
                not comment,
                not error,
            )
            if look not in patterns:
                html = self.env["ir.qweb"]._render(
                    "sale_offer_reply.offer_line_answer",
                    {"row": row, "allowed": allowed},
                    minimal_qcontext=True,
                )
                patterns[look] = PLACEHOLDER.sub(
                    r"%(\1)s", str(html).replace("%", "%%")
                )
            # markup: rendered by QWeb, and what is filled in is escaped here
            row["answer_html"] = Markup(
                patterns[look]
                % {
                    "id": row["id"],
                    "name": escape(row["name"]),
                    "comment": escape(comment),
                    "error": escape(error),
                }
            )

    # === WHAT CHANGED ===

    def _get_offer_changes(self, pending, last_reply, draft):
        """Return for each changed line what it was and what it is now.

        :param pending: lines that the reply has to answer
        :param last_reply: history row that the changed answers belong to
        :param dict draft: a refused reply with what its page showed
        :return: line id → list of (what, old, new)
        :rtype: dict
        """
        changes = {}
        changed = pending.filtered(lambda line: line.offer_line_status == "changed")
        if changed and last_reply:
            before = last_reply.line_ids.search(
                [
                    ("history_id", "=", last_reply.id),
                    ("sale_line_id", "in", changed.ids),
                ]
            ).grouped("sale_line_id")
            for line in changed:
                old = before.get(line)
                difference = old and line._get_offer_difference(
                    {
                        "name": old.name,
                        "quantity": old.quantity,
                        "price_unit": old.price_unit,
                        "discount": old.discount,
                        "amount": old.subtotal,
                    }
                )
                # Terms, unit or taxes: told without old and new.
                changes[line.id] = difference or [
                    (self.env._("This line was changed"), "", "")
                ]
        if draft.get("code") == "stale":
            changes |= self._get_offer_stale_changes(pending, draft["seen"])
        return changes

    def _get_offer_stale_changes(self, pending, seen):
        changes = {}
        for line in pending:
            old = seen.get(str(line.id))
            if old is None:
                changes[line.id] = [(self.env._("New line"), "", "")]
                continue
            difference = line._get_offer_difference(
                dict(zip(SEEN_VALUES, old, strict=True))
            )
            if difference:
                changes[line.id] = difference
        return changes

    def _get_offer_removed_message(self, pending, draft):
        """Return a sentence when lines that were answered are gone.

        :rtype: str | bool
        """
        if draft.get("code") != "stale":
            return False
        gone = draft["seen"].keys() - {str(line_id) for line_id in pending.ids}
        return bool(gone) and self.env._(
            "%(count)s of the lines that you saw are no longer part of the offer.",
            count=len(gone),
        )

    # === TOTALS ===

    def _prepare_offer_totals(self):
        """Return the amounts by answer, formatted.

        :rtype: list
        """
        totals = self.offer_totals
        if not totals:
            totals = {
                "open": {
                    "count": self.offer_open_count,
                    "untaxed": self.amount_untaxed,
                    "total": self.amount_total,
                }
            }
        return self._format_offer_totals(totals)

    def _format_offer_totals(self, totals):
        """Return amounts by answer as the page shows them.

        :param dict totals: see `_get_offer_totals`
        :return: one dict for each answer, in the order shown
        :rtype: list
        """
        empty = {"count": 0, "untaxed": 0.0, "total": 0.0}
        # Most amounts stand twice, and all of an answer that nobody gave are 0.
        show = cache(partial(format_amount, self.env, currency=self.currency_id))
        labels = self._get_offer_answer_labels()
        rows = []
        for answer in [answer for answer, _label in OFFER_ANSWERS] + ["open"]:
            values = totals.get(answer) or empty
            if (
                answer == "unsure"
                and not self.offer_allow_unsure
                and not values["count"]
            ):
                continue
            rows.append(
                {
                    "answer": answer,
                    "label": labels.get(answer) or self.env._("To answer"),
                    "count": values["count"],
                    "untaxed": show(values["untaxed"]),
                    "total": show(values["total"]),
                }
            )
        return rows


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_offer_difference(self, old):
        """Return what changed in a line, as (what, old, new) for people.

        :param dict old: earlier values
        :rtype: list
        """
        self.ensure_one()
        difference = []
        if "name" in old and old["name"] != self.name:
            difference.append((self.env._("Description"), old["name"], self.name))
        if "text" in old and old["text"] != self._get_offer_text_sum():
            difference.append((self.env._("The description was changed"), "", ""))
        digits = {"quantity": "Product Unit", "price_unit": "Product Price"}
        new = {
            "quantity": self._get_offer_quantity(),
            "price_unit": self.price_unit,
            "discount": self.discount,
            "amount": self.offer_amount,
        }
        labels = {
            "quantity": self.env._("Quantity"),
            "price_unit": self.env._("Unit price"),
            "discount": self.env._("Discount"),
            "amount": self.env._("Amount"),
        }
        if self.display_type:
            new = {"amount": self._get_offer_line_totals()["untaxed"]}
        for name, value in new.items():
            if float_compare(old[name], value, precision_digits=6):
                difference.append(
                    (
                        labels[name],
                        self._format_offer_value(name, old[name], digits.get(name)),
                        self._format_offer_value(name, value, digits.get(name)),
                    )
                )
        return difference

    def _format_offer_held(self):
        """Return what was offered on lines that are not ordered, for people.

        :return: line id → text
        :rtype: dict
        """
        text = self.env._("%(quantity)s %(unit)s, %(amount)s")
        # Few quantities differ, and formatting one takes longer than all the rest.
        show = cache(partial(formatLang, self.env, dp="Product Unit"))
        return {
            line.id: text
            % {
                "quantity": show(line.offer_qty),
                "unit": line.product_uom_id.name,
                "amount": line._format_offer_value("amount", line.offer_amount, None),
            }
            for line in self
        }

    def _get_offer_text_sum(self):
        """Return a number that changes with the texts of the line.

        :rtype: int
        """
        return zlib.crc32(f"{self.name}\n{self.offer_terms or ''}".encode())

    def _format_offer_value(self, name, value, digits):
        if name == "amount":
            return format_amount(self.env, value, self.currency_id)
        text = formatLang(self.env, value, dp=digits or "Discount")
        return f"{text} %" if name == "discount" else text
