from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.markup import (
    PAYLOADS,
    live_markup,
    markup_in_json,
    missing_text,
    payload_groups,
)

from .common_security import (
    FEEDBACK,
    FEEDBACK_PAGE,
    HISTORY,
    PAGE,
    REPLY,
    OfferSecurityCase,
)

SHORT = 190  # what fits into a name


@tagged("post_install", "-at_install")
class TestSecurityOutput(OfferSecurityCase):
    """What visitors type is text for everybody who reads it, wherever they do."""

    fresh_keys = True

    def test_visitor_input(self):
        groups = payload_groups(SHORT)
        self.assertGreaterEqual(len(PAYLOADS), 30)
        for text, payloads in groups:
            with self.subTest(text), self.undone():
                self._enter(text)
                self._check_customer(payloads)
                self._check_seller(payloads)
                self._check_mails(payloads)

    def _enter(self, text):
        """Fill every field that a visitor has; the first reply is refused."""
        self.become(None)
        fields = REPLY.fields_for(self)
        texts = {
            name: text
            for name in fields
            if name in ("message", "name", "email") or name.startswith("comment_")
        }
        unanswered = f"answer_{self.order.order_line[1].id}"
        refused = {**fields, **texts}
        del refused[unanswered]
        headers = {
            "User-Agent": text.encode("ascii", "ignore").decode().replace("\t", " ")
        }
        answer = self.send(REPLY, refused, headers=headers)
        self.assertEqual(answer.outcome, "303 /my/orders/<id> offer=invalid")
        self.draft_page = self.send(PAGE).text
        answer = self.send(REPLY, {**fields, **texts}, headers=headers)
        self.assertEqual(answer.outcome, REPLY.good)
        feedback = {
            **FEEDBACK.fields_for(self),
            "body": text,
            "name": text,
            "email": text,
        }
        refused = {**feedback, "idempotency_key": "none"}
        self.assertNotEqual(self.send(FEEDBACK, refused).outcome, FEEDBACK.good)
        self.draft_feedback_page = self.send(FEEDBACK_PAGE).text
        self.assertEqual(self.send(FEEDBACK, feedback).outcome, FEEDBACK.good)

    def _check_customer(self, payloads):
        """The customer's pages and the document."""
        reply = self.order.offer_history_ids[:1]
        self.assertEqual(reply.kind, "reply")
        document = HISTORY.path_for(self, history_id=reply.id)
        pages = {
            "page with the refused reply": self.draft_page,
            "page with the refused feedback": self.draft_feedback_page,
            "page": self.send(PAGE).text,
            "feedback page": self.send(FEEDBACK_PAGE).text,
            "document": self.send(HISTORY, path=document).text,
        }
        for name, page in pages.items():
            with self.subTest(name):
                self.assertFalse(live_markup(page))
                self.assertFalse(missing_text(page, payloads))

    def _check_seller(self, payloads):
        """What the backend shows of the conversation."""
        self.become("offer_salesman")
        answer = self.read_chatter(self.order)
        self.assertEqual(answer.outcome, "ok")
        texts = markup_in_json(answer.body)
        self.assertGreater(len(texts), 2)
        for text in texts:
            self.assertFalse(live_markup(text))
        self.assertFalse(missing_text("".join(texts), payloads))

    def _check_mails(self, payloads):
        """The mails to both sides."""
        mails = self.env["mail.mail"].search([])
        self.order._offer_post_confirmation(self.order.offer_history_ids[:1])
        mails = self.env["mail.mail"].search([]) - mails
        self.assertGreaterEqual(len(mails), 2)
        for mail in mails:
            self.assertFalse(live_markup(mail.body_html))
            self.assertNotIn("\n", mail.subject)
        self.assertFalse(
            missing_text("".join(mails.mapped("body_html")), payloads),
            "the mails do not show what was said",
        )

    def test_address_of_the_page(self):
        """What stands in the link comes back as text, if at all."""
        self.become(None)
        good = PAGE.fields_for(self)
        for text, _payloads in payload_groups(SHORT):
            for name in ("offer", "pid", "hash", "message", "error", "warning", "x"):
                with self.subTest(name, text=text):
                    page = self.send(PAGE, {**good, name: text})
                    self.assertEqual(page.status, 200)
                    self.assertFalse(live_markup(page.text))

    def test_seller_input(self):
        """A seller's texts are text on the customer's page; only terms are markup,
        and nothing in them runs."""
        text = " ".join(payload.format(f"zq{n}x") for n, payload in enumerate(PAYLOADS))
        line = self.order.order_line[0]
        with self.undone():
            self.order.with_user(self.salesman).write(
                {
                    "note": text,
                    "order_line": [(1, line.id, {"name": text, "offer_terms": text})],
                }
            )
            self.company.write(
                {
                    "offer_terms_checkbox": text,
                    "offer_portal_message": text,
                    "invoice_terms": text,
                }
            )
            self.become("offer_portal")
            page = self.send(PAGE).text
            self.assertFalse(live_markup(page))
            names = [payload.format(f"zq{n}x") for n, payload in enumerate(PAYLOADS)]
            self.assertFalse(missing_text(page, names))
            self.assertFalse(live_markup(self.send_raw("GET", "/my/offers").text))
            order_sudo = self.order.with_user(self.env.ref("base.user_root"))
            history = order_sudo._offer_record("sent", self._identity())
            document = HISTORY.path_for(self, history_id=history.id)
            self.assertFalse(live_markup(self.send(HISTORY, path=document).text))
