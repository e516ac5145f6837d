import base64
import hashlib
import logging
import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import get_lang, is_html_empty, plaintext2html

_logger = logging.getLogger(__name__)

HISTORY_KIND = [
    ("sent", "Sent"),
    ("reply", "Reply"),
    ("on_behalf", "Reply on behalf"),
    ("declined", "Declined"),
]
ACTIVITY_TYPE = "sale_offer_reply.mail_activity_type_offer_document"
# Minutes to wait after each failed attempt; the last one repeats.
PDF_RETRY_MINUTES = (1, 5, 15, 60)
# After so many failures the mails go out without the document.
PDF_ATTEMPTS_BEFORE_MAIL = 3
# Nor do they wait longer than this, however few attempts there was time for.
PDF_PATIENCE_MINUTES = 10
# A day of attempts, then the document waits for a person to press the button.
PDF_ATTEMPTS_MAX = 26
# Documents made in one run of the job; the rest follows in the next.
JOB_BATCH = 100
# What the job writes on a row; everything else is frozen.
JOB_FIELDS = {
    "pdf",
    "pdf_state",
    "pdf_attempts",
    "pdf_error",
    "mail_state",
    "next_attempt",
}


class SaleOfferHistory(models.Model):
    _name = "sale.offer.history"
    _description = "Offer History"
    _inherit = ["offerdesk.document.mixin"]
    _order = "id desc"
    _check_company_auto = True

    order_id = fields.Many2one(
        "sale.order", required=True, ondelete="restrict", index=True, check_company=True
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    kind = fields.Selection(HISTORY_KIND, required=True)
    number = fields.Integer(required=True)
    revision = fields.Integer(help="Revision of the offer that was sent or answered.")
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    lang = fields.Char()
    currency_id = fields.Many2one("res.currency", required=True)
    # who
    user_id = fields.Many2one("res.users")
    partner_id = fields.Many2one("res.partner", string="By")
    partner_verified = fields.Selection(
        [
            ("login", "Logged in"),
            ("hash", "Personal link"),
            ("typed", "Name typed by the visitor"),
        ],
        string="Identified by",
    )
    name_typed = fields.Char(string="Typed Name")
    email_typed = fields.Char(string="Typed Email")
    ip = fields.Char(string="IP Address")
    user_agent = fields.Char(string="Browser")
    recipient_ids = fields.Many2many("res.partner", string="Recipients")
    # what
    order_name = fields.Char(string="Order Reference")
    customer_name = fields.Char(string="Customer")
    customer_address = fields.Text()
    validity_date = fields.Date(string="Valid until")
    line_ids = fields.One2many("sale.offer.history.line", "history_id")
    amount_untaxed = fields.Monetary(string="Untaxed Amount")
    amount_tax = fields.Monetary(string="Taxes")
    amount_total = fields.Monetary(string="Total")
    totals = fields.Json(help="Amounts by answer, as they were.")
    terms_html = fields.Html(string="Terms")
    terms_sha256 = fields.Char(string="Fingerprint of the Terms")
    terms_accepted = fields.Boolean()
    terms_checkbox = fields.Char(string="Accepted Text")
    message = fields.Text()
    idempotency_key = fields.Char()
    payload_sha256 = fields.Char()
    # document and mails
    pdf = fields.Binary(string="PDF", attachment=True)
    pdf_filename = fields.Char(compute="_compute_pdf_filename")
    pdf_state = fields.Selection(
        [("pending", "In preparation"), ("done", "Ready"), ("error", "Failed")],
        required=True,
        default="pending",
    )
    pdf_attempts = fields.Integer()
    pdf_error = fields.Text(string="Last Error")
    mail_state = fields.Selection(
        [("none", "No mail"), ("pending", "Waiting"), ("posted", "Handed over")],
        required=True,
        default="none",
    )
    next_attempt = fields.Datetime(default=fields.Datetime.now)

    _number_unique = models.UniqueIndex(
        "(order_id, kind, number)", "This version of the offer exists already."
    )
    _idempotency_unique = models.UniqueIndex(
        "(order_id, idempotency_key) WHERE idempotency_key IS NOT NULL",
        "This reply was received already.",
    )
    _pending_idx = models.Index(
        "(next_attempt) WHERE pdf_state = 'pending' OR mail_state = 'pending'"
    )

    @api.depends("kind", "number", "order_name")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for history in self:
            history.display_name = (
                f"{history.order_name} – {kinds.get(history.kind)} {history.number}"
            )

    @api.depends("display_name")
    def _compute_pdf_filename(self):
        for history in self:
            lang = get_lang(self.env, history.lang).code
            name = history.with_context(lang=lang).display_name
            history.pdf_filename = re.sub(r"[^\w.]+", "-", name).strip("-") + ".pdf"

    def write(self, vals):
        if not vals.keys() <= JOB_FIELDS or (
            "pdf" in vals and any(history.pdf_state == "done" for history in self)
        ):
            raise UserError(self.env._("The history of an offer can't be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("The history of an offer can't be deleted."))

    # === FREEZING ===

    @api.model
    def _prepare_history_vals(self, order, kind, identity, **extra):
        """Return the values that freeze the offer as it stands.

        :param order: `sale.order` record
        :param str kind: one of HISTORY_KIND
        :param OfferIdentity identity: who acts
        :param extra: further values, they win
        :rtype: dict
        """
        order = order.with_context(lang=order._get_lang())
        lines = order._get_offer_history_lines()
        base_lines = (lines | order._get_offer_lines())._prepare_offer_base_lines()
        totals = order._get_offer_totals(base_lines=base_lines)
        line_vals = [
            self._prepare_history_line_vals(line, sequence, base_lines)
            for sequence, line in enumerate(lines)
        ]
        terms = order._get_offer_terms()
        amounts = self._get_history_amounts(order, kind, totals)
        return {
            "order_id": order.id,
            "kind": kind,
            "number": self._get_next_number(order, kind),
            "revision": order.offer_revision,
            "lang": order._get_lang(),
            "currency_id": order.currency_id.id,
            **identity.history_vals(),
            "order_name": order.name,
            "customer_name": order.partner_id.display_name,
            "customer_address": self._get_address_text(order.partner_id),
            "validity_date": order.validity_date,
            "amount_untaxed": amounts["untaxed"],
            "amount_tax": amounts["tax"],
            "amount_total": amounts["total"],
            "totals": totals,
            "terms_html": terms,
            "terms_sha256": self._get_terms_digest(
                [terms] + [vals["terms_html"] for vals in line_vals]
            ),
            "line_ids": [fields.Command.create(vals) for vals in line_vals],
            **extra,
        }

    @api.model
    def _get_next_number(self, orders, kind):
        """Return the number of the next version, the same for several orders.

        :param orders: `sale.order` records
        :param str kind: of `sale.offer.history`
        :rtype: int
        """
        ((last,),) = self._read_group(
            [("order_id", "in", orders.ids), ("kind", "=", kind)],
            aggregates=["number:max"],
        )
        return (last or 0) + 1

    @api.model
    def _get_history_amounts(self, order, kind, totals):
        """Return what the document says the customer has to pay.

        A reply comes to what was taken, everything else to what is offered; both with
        the lines that follow from others, like a discount or the delivery.

        :param order: `sale.order` record
        :param str kind: one of HISTORY_KIND
        :param dict totals: amounts by answer
        :rtype: dict
        """
        if kind not in ("reply", "on_behalf"):
            side_lines = order.order_line.filtered(
                lambda line: not line.display_type and line._is_offer_side_line()
            )
            return order._get_offer_amounts(order._get_offer_lines() | side_lines)
        taken = totals["yes"]["count"]
        return {
            "untaxed": order.amount_untaxed if taken else 0.0,
            "tax": order.amount_tax if taken else 0.0,
            "total": order.amount_total if taken else 0.0,
        }

    @api.model
    def _prepare_history_line_vals(self, line, sequence, base_lines):
        """Return the values that freeze one order line.

        :param line: `sale.order.line` record
        :param int sequence: position in the offer
        :param dict base_lines: see `_prepare_offer_base_lines`
        :rtype: dict
        """
        vals = {
            "sequence": sequence,
            "sale_line_id": line.id,
            "display_type": line.display_type,
            "name": line.name or line.product_id.display_name or "",
            "terms_html": line.offer_published and line.offer_terms,
        }
        if line.offer_answer:
            vals |= {
                "answer": line.offer_answer,
                "answer_by": line.offer_answer_by_id.name,
                "answer_date": line.offer_answer_date,
                "comment": line.offer_comment,
            }
        if line.display_type and not line.collapse_composition:
            return vals
        quantity = 1.0 if line.display_type else line._get_offer_quantity()
        totals = line._get_offer_line_totals(base_lines)
        return vals | {
            "product_ref": line.product_id.default_code,
            "quantity": quantity,
            "uom_name": line.product_uom_id.name,
            "price_unit": totals["untaxed"] if line.display_type else line.price_unit,
            "discount": line.discount,
            "tax_labels": ", ".join(
                tax.tax_label or tax.name
                for tax in line._get_offer_answered_lines().tax_ids
            ),
            "subtotal": totals["untaxed"],
            "total": totals["total"],
            "is_side_line": not line.display_type
            and not line.offer_line_status
            and line._is_offer_side_line(),
            "is_detail": bool(line.combo_item_id),
        }

    @api.model
    def _get_terms_digest(self, texts):
        """Return the fingerprint of all terms that were shown.

        :param list texts: terms as HTML, may be empty
        :rtype: str
        """
        content = "\n".join(str(text) for text in texts if not is_html_empty(text))
        return hashlib.sha256(content.encode()).hexdigest()

    # === ACTIONS ===

    def action_download_pdf(self):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "target": "download",
            "url": f"/my/orders/{self.order_id.id}/offer/history/{self.id}",
        }

    def action_retry_pdf(self):
        """Make the document again after it failed."""
        self.check_access("read")
        self.order_id.check_access("write")
        # sudo: nobody may write a history; only the state of its document is reset
        self.sudo().filtered(lambda history: history.pdf_state != "done").write(
            {
                "pdf_state": "pending",
                "pdf_attempts": 0,
                "next_attempt": fields.Datetime.now(),
            }
        )
        self._trigger_job()

    # === JOB ===

    @api.model
    def _trigger_job(self, at=None):
        # sudo: whoever makes a version may have its document made
        self.env.ref("sale_offer_reply.ir_cron_offer_documents").sudo()._trigger(at)

    @api.model
    def _cron_process_documents(self):
        """Make the documents that are due and hand the mails over.

        Every row is a transaction of its own, and its attempt is counted and committed
        before it starts: neither a failure nor a killed worker stops the others or
        repeats without end.
        """
        due = [
            "|",
            ("pdf_state", "=", "pending"),
            ("mail_state", "=", "pending"),
            ("next_attempt", "<=", fields.Datetime.now()),
        ]
        rows = self.search(due, order="next_attempt, id", limit=JOB_BATCH)
        ids = rows.ids
        # Mails that waited long enough go first, since a renderer may be slow to fail.
        overdue_ids = rows.filtered(lambda row: row._should_hand_over_mails()).ids
        commit_progress = self.env["ir.cron"]._commit_progress
        commit_progress(remaining=self.search_count(due))
        for history_id in overdue_ids:
            self.browse(history_id).try_lock_for_update()._process_mails()
            commit_progress()
        for history_id in ids:
            history = self.browse(history_id).try_lock_for_update()
            if history.filtered_domain(due):
                history._count_attempt()
                commit_progress()
                # The commit gave the lock back; somebody may have come in between.
                history = history.try_lock_for_update()
                history._process_document()
                history._process_mails()
            if not commit_progress(1):
                break

    def _count_attempt(self):
        self.ensure_one()
        wait = PDF_RETRY_MINUTES[min(self.pdf_attempts, len(PDF_RETRY_MINUTES) - 1)]
        self.write(
            {
                "pdf_attempts": self.pdf_attempts + (self.pdf_state == "pending"),
                "next_attempt": fields.Datetime.now() + timedelta(minutes=wait),
            }
        )

    def _process_document(self):
        """Make the documents of `self` that are missing."""
        for history in self:
            if history.pdf_state == "pending":
                history._make_pdf()

    def _process_mails(self):
        """Post the mails of `self` that need not wait any longer."""
        for history in self:
            if history._should_hand_over_mails():
                history._hand_over_mails()

    def _make_pdf(self):
        """Make the document; on failure plan the next attempt."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                pdf = self._render_pdf()
        # Whatever the renderer does, the reply lives on.
        except Exception as error:
            self._note_pdf_failure(str(error) or type(error).__name__)
            return
        self.write(
            {
                "pdf": base64.b64encode(pdf),
                "pdf_state": "done",
                "pdf_error": False,
            }
        )
        self._close_pdf_activity()

    def _note_pdf_failure(self, error):
        self.ensure_one()
        _logger.info("Document of %s failed: %s", self.display_name, error)
        given_up = self.pdf_attempts >= PDF_ATTEMPTS_MAX
        self.write(
            {"pdf_error": error, "pdf_state": "error" if given_up else "pending"}
        )
        if not given_up:
            self._trigger_job(self.next_attempt)
        if self.pdf_attempts == PDF_ATTEMPTS_BEFORE_MAIL:
            self._open_pdf_activity(error)

    def _open_pdf_activity(self, error):
        """Tell the managers once that a document of the order can't be made."""
        if not self.order_id.activity_search([ACTIVITY_TYPE]):
            self.order_id._offer_activity(
                self.env._(
                    "The PDF of %(document)s could not be made",
                    document=self.display_name,
                ),
                plaintext2html(error),
                activity_type=ACTIVITY_TYPE,
            )

    def _close_pdf_activity(self):
        """Close the activity when no document of the order is missing any more."""
        order = self.order_id
        waiting = order.offer_history_ids.filtered(
            lambda history: history.pdf_state != "done"
            and history.pdf_attempts >= PDF_ATTEMPTS_BEFORE_MAIL
        )
        if not waiting:
            order.activity_feedback([ACTIVITY_TYPE])

    def _should_hand_over_mails(self):
        """Return whether the mails go out now: with the document, or after it failed.

        :rtype: bool
        """
        self.ensure_one()
        return self.mail_state == "pending" and (
            self.pdf_state != "pending"
            or self.pdf_attempts >= PDF_ATTEMPTS_BEFORE_MAIL
            or self.date
            < fields.Datetime.now() - timedelta(minutes=PDF_PATIENCE_MINUTES)
        )

    def _hand_over_mails(self):
        """Post the confirmation mails; the next run tries again where that fails."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self.order_id._offer_post_confirmation(self)
                self.write({"mail_state": "posted"})
        # One broken template must not hold up the mails of all other offers.
        except Exception:
            _logger.exception("The mails of %s could not be posted", self.display_name)
