import base64
import io
import re
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from lxml import html
from PIL import Image

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from odoo.addons.base_offerdesk.arabic_text import shape_arabic
from odoo.addons.base_offerdesk.models import ir_actions_report
from odoo.addons.base_offerdesk.tests.common import (
    RENDERER_FAULTS,
    RENDERER_HANG,
    RendererMixin,
    pdf_text,
)
from odoo.addons.sale_offer_reply.offer_reply import OfferIdentity

from .common import OfferCommon

ACTIVITY = "sale_offer_reply.mail_activity_type_offer_document"


class DocumentCase(RendererMixin, OfferCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Leave out what other data has waiting.
        cls.env["sale.offer.history"].search([]).write(
            {"pdf_state": "error", "mail_state": "none"}
        )
        cls.env["mail.mail"].search([]).write({"state": "cancel"})
        cls.known_orders = cls.env["sale.order"].search([])

    def _run_job(self):
        """Run the job that makes documents, as the scheduler does."""
        job = self.env.ref("sale_offer_reply.ir_cron_offer_documents")
        with self.enter_registry_test_mode():
            job.method_direct_trigger()
        self.env.invalidate_all()

    def _pass_time(self, history):
        """Let the pause before the next attempt pass."""
        history.write({"next_attempt": fields.Datetime.now() - timedelta(seconds=1)})


@tagged("post_install", "-at_install")
class TestDocument(DocumentCase):
    """The document says what was answered, and needs nothing but itself."""

    def _make(self, history):
        """Return the text of the PDF of a history row."""
        return pdf_text(history._render_pdf())

    def _assert_self_contained(self, page):
        """Check that a renderer has nothing to fetch and no script to run."""
        tree = html.fromstring(str(page))
        self.assertFalse(tree.xpath("//script | //link | //iframe | //@onload"))
        for source in tree.xpath("//@src | //@srcset | //@background"):
            self.assertTrue(source.startswith("data:"), source)
        self.assertNotIn("url(", str(page))
        self.assertNotIn("@import", str(page))

    # === CONTENT ===

    def test_reply(self):
        order = self._create_sent_offer(
            note="<p>Payment within 14 days.</p>", client_order_ref="F-1"
        )
        room, dinner, bus = order.order_line
        dinner.offer_terms = "<p>Tell us about allergies.</p>"
        history = self._reply(
            order,
            {room: "yes", dinner: "unsure", bus: "no"},
            comments={dinner.id: "How many vegetarians?\n12!"},
            message="We are looking forward to it.",
            accept_terms=True,
        )
        text = self._make(history)
        for expected in (
            order.name,
            self.company.name,
            "Fjord Conference",
            "Kari Contact",
            "logged in",
            "Double room",
            "Three-course dinner",
            "Bus transfer",
            "How many vegetarians?",
            "12!",
            "We are looking forward to it.",
            "Payment within 14 days.",
            "Tell us about allergies.",
            history.terms_checkbox,
            history.terms_sha256,
        ):
            self.assertIn(expected, text)
        for name, answer in (
            ("Double room", "Yes"),
            ("Three-course dinner", "Unsure"),
            ("Bus transfer", "No"),
        ):
            self.assertRegex(text, rf"{name} .*\b{answer}\n")
        self.assertRegex(text, r"Your order in total, taxes included +\$ ?448\.00")

    def test_sent_version(self):
        order = self._create_sent_offer(validity_date="2099-12-31")
        text = self._make(order.offer_history_ids)
        self.assertIn(f"Offer {order.name}", text)
        self.assertIn("Version 1", text)
        self.assertIn("12/31/2099", text)
        self.assertIn("Sofie Seller", text)
        self.assertNotRegex(text, r"\b(Yes|Unsure|Answer)\b")

    def test_version_sent_after_a_reply(self):
        """The next version asks anew: it shows no answers, and nothing crossed out."""
        order = self._create_sent_offer()
        self._reply(order, "no", comments={order.order_line[0].id: "Too dear"})
        order._offer_record("sent", order._get_offer_manager_identity())
        history = order.offer_history_ids.filtered(lambda h: h.number == 2)
        page = html.fromstring(str(history._render_html()))
        self.assertFalse(page.xpath("//tr[contains(@class, ' no ')]"))
        self.assertNotIn("Too dear", page.text_content())

    def test_on_behalf(self):
        order = self._create_sent_offer()
        identity = OfferIdentity(
            partner=self.salesman.partner_id,
            user=self.salesman,
            verified="login",
            on_behalf=True,
        )
        text = self._make(self._reply(order, "yes", identity=identity))
        self.assertIn("Answered on behalf of the customer by Sofie Seller", text)

    def test_unverified_visitor(self):
        order = self._create_sent_offer()
        identity = OfferIdentity(name="Nobody Knows", email="nobody@anywhere.example")
        text = self._make(self._reply(order, "yes", identity=identity))
        self.assertIn("Nobody Knows", text)
        self.assertIn("<nobody@anywhere.example>", text)
        self.assertIn("not verified", text)

    def test_declined(self):
        order = self._create_sent_offer()
        order.with_user(self.salesman)._offer_decline("The date does not suit.")
        history = order.offer_history_ids.filtered(lambda h: h.kind == "declined")
        text = self._make(history)
        self.assertIn("Declined offer", text)
        self.assertIn("The date does not suit.", text)

    def test_combo_section_discount_and_note(self):
        combo = self._create_combo()
        order = self._create_sent_offer(
            [
                {"display_type": "line_section", "name": "Evening"},
                {"product_id": combo.id, "product_uom_qty": 3},
                {"product_id": self.bus.id, "product_uom_qty": 2.5, "discount": 12.5},
                {"display_type": "line_note", "name": "All times are local."},
            ]
        )
        parent = self._line(order, combo)
        order.order_line = [
            Command.create(
                {
                    "product_id": self.dinner.id,
                    "product_uom_qty": 3,
                    "combo_item_id": combo.combo_ids.combo_item_ids.id,
                    "linked_line_id": parent.id,
                    "sequence": parent.sequence,
                }
            )
        ]
        text = self._make(self._reply(order, "yes"))
        self.assertRegex(text, r"Evening\n")
        self.assertRegex(text, r"Menu of the day .*Yes\n")
        self.assertRegex(text, r"Three-course dinner +3 Units\n")
        self.assertRegex(text, r"Bus transfer +2\.50 Units +300\.00 +12\.50? %")
        self.assertIn("All times are local.", text)

    def _create_combo(self):
        combo = self.env["product.combo"].create(
            {
                "name": "Dinner",
                "combo_item_ids": [Command.create({"product_id": self.dinner.id})],
            }
        )
        return self.env["product.product"].create(
            {
                "name": "Menu of the day",
                "type": "combo",
                "list_price": 40,
                "combo_ids": [Command.set(combo.ids)],
            }
        )

    def test_letters(self):
        """Letters of all Europe stay text; Arabic stays inside its column."""
        names = ["Żółć i śliwki", "Ærlig blåbærøl", "Обед на двоих", "ארוחת ערב"]
        products = [self._create_product(name, 10, self.tax_a) for name in names]
        arabic = self._create_product("عشاء من ثلاثة أطباق", 10, self.tax_a)
        order = self._create_sent_offer(
            [(product, 1) for product in products] + [(arabic, 1)]
        )
        text = self._make(order.offer_history_ids)
        for name in names[:3]:
            self.assertIn(name, text)
        # Right-to-left text comes out with marks of direction around it.
        self.assertIn("ארוחת", text)
        self.assertIn(shape_arabic("ثلاثة"), text)

    def test_foreign_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id}
        )
        order = self._create_sent_offer(pricelist_id=pricelist.id)
        text = self._make(order.offer_history_ids)
        self.assertRegex(text, r"Currency +EUR")
        self.assertIn("€", text)

    def test_long_offer(self):
        """Nothing is lost or torn apart over several pages, and they are numbered."""
        lines = []
        for number in range(60):
            if number % 7 == 0:
                lines.append({"display_type": "line_section", "name": f"Part {number}"})
            product = self._create_product(f"Item {number:02}", 10, self.tax_a)
            lines.append(
                {"product_id": product.id, "name": f"Item {number:02}\nmore about it"}
            )
        history = self._create_sent_offer(lines).offer_history_ids
        pdf = history._render_pdf()
        pages = pdf_text(pdf).rstrip("\f").split("\f")
        self.assertGreaterEqual(len(pages), 3)
        for number in range(60):
            self.assertEqual(sum(f"Item {number:02}" in page for page in pages), 1)
        for number, page in enumerate(pages, start=1):
            self.assertRegex(page, rf"{history.order_name} +{number} / {len(pages)}")
            lines = [line.strip() for line in page.splitlines() if line.strip()]
            # the last line is the page number
            self.assertNotRegex(lines[-2], r"^Part \d+$", "a heading was left alone")
            self.assertNotEqual(lines[0], "more about it", "a line was torn apart")

    def test_one_page_has_no_number(self):
        order = self._create_sent_offer([(self.bus, 1)])
        pdf = order.offer_history_ids._render_pdf()
        self.assertEqual(len(PdfFileReader(io.BytesIO(pdf)).pages), 1)
        self.assertNotIn("1 / 1", pdf_text(pdf))

    # === SELF-CONTAINED ===

    def test_fetches_nothing(self):
        image = io.BytesIO()
        Image.new("RGB", (60, 20), "#0b7285").save(image, "PNG")
        self.company.logo = base64.b64encode(image.getvalue())
        self.company.report_footer = '<p>Foot<img src="http://192.0.2.1/f.png"/></p>'
        order = self._create_sent_offer(
            note='<p>Terms <img src="http://192.0.2.1/x.png" alt="of ours"/></p>'
            '<p style="background-image: url(http://192.0.2.1/y.png)">apply.</p>'
        )
        page = order.offer_history_ids._render_html()
        self._assert_self_contained(page)
        self.assertIn("data:image/png", page)
        self.assertIn("of ours", page)
        # The report's own server can't be reached, and nobody notices.
        self.env["ir.config_parameter"].set_param("report.url", "http://127.0.0.1:9")
        text = self._make(order.offer_history_ids)
        self.assertIn("Terms of ours", text)
        self.assertIn("apply.", text)
        self.assertIn("Foot", text)

    def test_no_logo(self):
        self.company.logo = False
        page = self._create_sent_offer().offer_history_ids._render_html()
        self._assert_self_contained(page)
        self.assertFalse(html.fromstring(str(page)).xpath("//img"))

    def test_broken_logo(self):
        """An image that can't be read costs the logo, not the document."""
        history = self._create_sent_offer().offer_history_ids
        with patch.object(type(self.company), "logo", b"bm90IGFuIGltYWdl"):
            self.assertFalse(history._get_document_logo(self.company))

    def test_markup_stays_text(self):
        evil = '<script>alert(1)</script><img src=x onerror="alert(2)">'
        order = self._create_sent_offer()
        order.order_line[0].name = evil
        history = self._reply(
            order,
            "yes",
            comments={order.order_line[1].id: evil},
            message=evil,
            identity=OfferIdentity(name=evil, email=evil),
        )
        page = history._render_html()
        self._assert_self_contained(page)
        self.assertFalse(html.fromstring(str(page)).xpath("//@onerror"))

    # === LANGUAGE ===

    def test_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("nb_NO")
        self.contact.lang = "nb_NO"
        view = self.env.ref("sale_offer_reply.report_offer_reply_head")
        view.update_field_translations(
            "arch_db",
            {"nb_NO": {"Confirmation of your answers": "Bekreftelse på dine svar"}},
        )
        history = self._reply(self._create_sent_offer(), "yes")
        self.assertEqual(history.lang, "nb_NO")
        text = pdf_text(history.with_context(lang="en_US")._render_pdf())
        self.assertIn("Bekreftelse på dine svar", text)
        self.assertRegex(text, r"1[\s\u00a0]409,00")

    # === PRINTING ===

    def test_print_several(self):
        """The print menu serves stored documents and makes the others, one by one."""
        orders = self._create_sent_offer() | self._create_sent_offer()
        histories = orders.offer_history_ids
        histories[0]._make_pdf()
        report = self.env["ir.actions.report"].with_user(self.salesman)
        pdf, kind = report.with_context(force_report_rendering=True)._render_qweb_pdf(
            "sale_offer_reply.action_report_offer_reply", histories.ids
        )
        self.assertEqual(kind, "pdf")
        text = pdf_text(pdf)
        for order in orders:
            self.assertIn(order.name, text)
        page, kind = report._render_qweb_html(
            "sale_offer_reply.action_report_offer_reply", histories.ids
        )
        self.assertEqual(kind, "html")
        self.assertEqual(page.count(b"<!DOCTYPE html>"), 2)


@tagged("post_install", "-at_install")
class TestDocumentFaults(DocumentCase):
    """No fault of the renderer loses an answer or a mail."""

    def _assert_fails(self, expected):
        """Reply while the renderer is out of order; the answers are safe.

        :param str expected: regular expression for the error that is noted
        :return: the history row of the reply
        """
        order = self._create_sent_offer()
        history = self._reply(order, "yes")
        self.assertEqual(order.state, "sale")
        self._run_job()
        self.assertEqual(history.pdf_state, "pending")
        self.assertEqual(history.pdf_attempts, 1)
        self.assertEqual(history.mail_state, "pending")
        self.assertRegex(history.pdf_error, expected)
        self.assertGreater(history.next_attempt, fields.Datetime.now())
        self.assertEqual(order.state, "sale")
        return history

    def _mails(self, history):
        return self.env["mail.mail"].search(
            [
                ("is_resent", "=", True),
                ("model", "=", "sale.order"),
                ("res_id", "=", history.order_id.id),
            ]
        )

    def test_faults(self):
        for name, script in RENDERER_FAULTS.items():
            with self.subTest(fault=name):
                self._put_renderer(script)
                history = self._assert_fails("wkhtmltopdf failed|returned no document")
                self._repair_renderer()
                self._pass_time(history)
                self._run_job()
                self.assertEqual(history.pdf_state, "done")
                self.assertEqual(history.mail_state, "posted")
                self.assertIn(history.order_name, pdf_text(history._get_pdf_content()))

    def test_missing(self):
        self._put_renderer()
        history = self._assert_fails("could not be started")
        self._repair_renderer()
        self._pass_time(history)
        self._run_job()
        self.assertEqual(history.pdf_state, "done")

    def test_hanging(self):
        """A renderer that hangs is ended, with everything that it started."""
        script = self._put_renderer(RENDERER_HANG)
        self.patch(ir_actions_report, "RENDER_SECONDS", 1)
        self._assert_fails("did not finish within 1 seconds")
        self._assert_ended(script)

    def test_slow_failures_do_not_hold_up_mails(self):
        """After ten minutes the mails go, whatever becomes of the document."""
        self._put_renderer(RENDERER_FAULTS["crash"])
        history = self._assert_fails("wkhtmltopdf failed")
        with freeze_time(fields.Datetime.now() + timedelta(minutes=11)):
            self._run_job()
        self.assertEqual(history.pdf_attempts, 2)
        self.assertEqual(history.mail_state, "posted")

    def test_mails_wait_for_three_attempts(self):
        """Then they go without the document, which follows when it can be made."""
        self._put_renderer(RENDERER_FAULTS["crash"])
        history = self._assert_fails("wkhtmltopdf failed")
        order = history.order_id
        for _attempt in range(2):
            self.assertFalse(self._mails(history))
            self.assertFalse(order.activity_search([ACTIVITY]))
            self._pass_time(history)
            self._run_job()
        self.assertEqual(history.pdf_attempts, 3)
        self.assertEqual(history.mail_state, "posted")
        mails = self._mails(history)
        self.assertEqual(mails.recipient_ids, self.contact | self.salesman.partner_id)
        self.assertFalse(mails.attachment_ids)
        to_customer = mails.filtered(lambda m: m.recipient_ids == self.contact)
        self.assertIn("follows on your offer page", to_customer.body_html)
        # The managers are told once, however long it lasts.
        self.assertEqual(order.activity_search([ACTIVITY]).user_id, self.salesman)
        self._pass_time(history)
        self._run_job()
        self.assertEqual(history.pdf_attempts, 4)
        self.assertEqual(len(order.activity_search([ACTIVITY])), 1)
        self.assertEqual(self._mails(history), mails)
        self._repair_renderer()
        self._pass_time(history)
        self._run_job()
        self.assertEqual(history.pdf_state, "done")
        self.assertFalse(history.pdf_error)
        self.assertFalse(order.activity_search([ACTIVITY]))
        self.assertEqual(self._mails(history), mails, "no mail goes twice")

    def test_given_up_after_a_day(self):
        """Then a person presses the button."""
        self._put_renderer(RENDERER_FAULTS["garbage"])
        history = self._create_sent_offer().offer_history_ids
        history.write({"pdf_attempts": 25})
        self._run_job()
        self.assertEqual(history.pdf_state, "error")
        self._pass_time(history)
        self._run_job()
        self.assertEqual(history.pdf_attempts, 26)
        self._repair_renderer()
        history.with_user(self.salesman).action_retry_pdf()
        self._run_job()
        self.assertEqual(history.pdf_state, "done")

    def test_failed_document_stops_no_other(self):
        """Each document is tried, and each failure is noted."""
        self._put_renderer(RENDERER_FAULTS["crash"])
        orders = self._create_sent_offer() | self._create_sent_offer()
        histories = orders.offer_history_ids
        self._run_job()
        self.assertEqual(histories.mapped("pdf_attempts"), [1, 1])
        for history in histories:
            self.assertIn("wkhtmltopdf failed", history.pdf_error)

    def test_one_failure_stops_no_other(self):
        """A row whose mails can't be made holds up nothing, and is tried again."""
        broken = self._reply(self._create_sent_offer(), "yes")
        fine = self._reply(self._create_sent_offer(), "yes")
        template = self.env.ref("sale_offer_reply.mail_template_offer_reply_customer")
        body = template.body_html
        template.body_html = f'<t t-if="object.id == {broken.id}" t-out="1 / 0"/>{body}'
        with mute_logger(
            "odoo.addons.sale_offer_reply.models.sale_offer_history",
            "odoo.addons.mail.models.mail_render_mixin",
        ):
            self._run_job()
        self.assertEqual(fine.mail_state, "posted")
        self.assertEqual(broken.mail_state, "pending")
        self.assertEqual(broken.pdf_state, "done")
        self.assertFalse(self._mails(broken))
        template.body_html = body
        self._pass_time(broken)
        self._run_job()
        self.assertEqual(broken.mail_state, "posted")
        self.assertEqual(broken.pdf_attempts, 1)

    def test_rendering_in_a_request_leaves_no_trace(self):
        """Printing by hand fails with a sentence; the job's count stays."""
        self._put_renderer()
        history = self._create_sent_offer().offer_history_ids
        with self.assertRaisesRegex(Exception, "wkhtmltopdf could not be started"):
            history.with_user(self.salesman)._get_pdf_content()
        self.assertEqual(history.pdf_attempts, 0)
        self.assertFalse(re.search("Traceback", history.pdf_error or ""))
