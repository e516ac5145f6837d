import io

from PIL import Image

from odoo.tests import tagged

from .common import OfferHttpCase


@tagged("post_install", "-at_install")
class TestFeedbackPage(OfferHttpCase):
    """Feedback from the customer, and the manager's answer."""

    def _send_feedback(self, order, files=(), **fields):
        page = self._parse(self.url_open(self._url(order, "/offer/feedback")))
        form = self._read_form(page, "o_offer_feedback") | fields
        files = [("attachments", file) for file in files]
        response = self._send_form(order, form, "/offer/feedback", files=files or None)
        self.assertEqual(response.status_code, 303, response.text[:300])
        return self._follow(response)

    def _get_feedback(self, order):
        return order.message_ids.filtered("is_offer_feedback")

    def _picture(self, kind="PNG", size=(3, 3)):
        data = io.BytesIO()
        Image.new("RGB", size).save(data, kind)
        return data.getvalue()

    def test_feedback_reaches_every_manager_once(self):
        manager = self.other_salesman
        manager.email = "other@seller.example"
        order = self._create_sent_offer(
            offer_manager_ids=[self.salesman.id, manager.id]
        )
        line = order.order_line[1]
        self.authenticate("offer_portal", "offer_portal")
        page = self._send_feedback(order, body="Is it vegan?\n\n😀", line_id=line.id)
        self.assertIn("Thank you for your feedback", self._text(page))
        message = self._get_feedback(order)
        self.assertEqual(message.author_id, self.contact)
        self.assertEqual(message.offer_line_id, line)
        self.assertEqual(
            message.notified_partner_ids, (self.salesman | manager).partner_id
        )
        mails = (
            self.env["mail.mail"].sudo().search([("mail_message_id", "=", message.id)])
        )
        self.assertEqual(
            mails.recipient_ids, (self.salesman | manager).partner_id, "one copy each"
        )
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        # it stays on the page, at its line, with its author
        row = self._get_page(order).xpath(f"//*[@id='offer_line_{line.id}']/..")[0]
        self.assertIn("Is it vegan?", row.text_content())
        self.assertIn("Kari Contact", row.text_content())

    def test_line_breaks_stay(self):
        """On the page and in the mails, for what either side writes."""
        order = self._create_sent_offer()
        self.authenticate("offer_portal", "offer_portal")
        self._send_feedback(order, body="Hello,\n\nis it vegan?\n<b>Kari</b>")
        self.env["sale.offer.feedback.reply"].with_user(self.salesman).create(
            {"message_id": self._get_feedback(order).id, "body": "Hello,\nit is."}
        ).action_send()
        question, answer = self._get_feedback(order).sorted("id")
        self.assertEqual(question.body.count("<br"), 3)
        self.assertEqual(answer.body.count("<br"), 1)
        self.assertNotIn("<b>", question.body)
        remarks = self._get_page(order).xpath(
            "//*[@id='o_offer_feedback_panel']"
            "//*[contains(@class, 'o_offer_remark_body')]"
        )
        self.assertEqual(
            {len(remark.xpath(".//br")) for remark in remarks}, {1, 3}, "as written"
        )

    def test_attachments_are_kept_and_downloadable(self):
        order = self._create_sent_offer()
        self.authenticate("offer_portal", "offer_portal")
        picture = self._picture()
        self._send_feedback(
            order, body="See the plan", files=[("../../plan.png", picture, "image/png")]
        )
        attachment = self._get_feedback(order).attachment_ids
        self.assertEqual((attachment.name, attachment.raw), ("plan.png", picture))
        link = self._get_page(order).xpath("//a[contains(., 'plan.png')]/@href")[0]
        self.assertEqual(self.url_open(link).content, picture)
        self.authenticate(None, None)
        self.assertNotEqual(self.url_open(link).content, picture)

    def test_bad_feedback_is_shown_again(self):
        order = self._create_sent_offer()
        other = self._create_sent_offer()
        self.authenticate("offer_portal", "offer_portal")
        html_file = b"<html><script>alert(1)</script></html>"
        cases = [
            ({"body": "   "}, (), "Please write"),
            ({"body": "x" * 10001}, (), "too long"),
            ({"body": "a", "line_id": str(other.order_line[0].id)}, (), "out of date"),
            ({"body": "a", "line_id": "1 OR 1=1"}, (), "out of date"),
            ({"body": "a", "idempotency_key": ""}, (), "out of date"),
            ({"body": "a"}, [("a.html", html_file, "text/html")], "can't be attached"),
            ({"body": "a"}, [("a.png", html_file, "image/png")], "can't be attached"),
            ({"body": "a"}, [("a.txt", html_file, "text/plain")], "can't be attached"),
            ({"body": "a"}, [("a.png", b"", "image/png")], "is empty"),
            (
                {"body": "a"},
                [(f"{n}.png", self._picture(), "image/png") for n in range(6)],
                "at most 5",
            ),
        ]
        for fields, files, message in cases:
            page = self._send_feedback(order, files, **fields)
            self.assertIn(message, page.text_content())
            body = page.xpath("//textarea[@name='body']")[0].text or ""
            self.assertEqual(body.strip(), fields["body"].strip())
        self.assertFalse(self._get_feedback(order))

    def test_markup_is_text(self):
        order = self._create_sent_offer()
        self.authenticate("offer_portal", "offer_portal")
        self._send_feedback(order, body="<script>alert(1)</script><b>bold</b>")
        page = self._get_page(order)
        remarks = page.xpath("//*[contains(@class, 'o_offer_remark_body')]")
        self.assertIn("<b>bold</b>", remarks[0].text_content())
        self.assertFalse(remarks[0].xpath(".//script | .//b"))

    def test_visitor_never_speaks_as_the_customer(self):
        order = self._create_sent_offer()
        self.authenticate(None, None)
        link = {"access_token": order.access_token}
        page = self._parse(self.url_open(self._url(order, "/offer/feedback", **link)))
        form = self._read_form(page, "o_offer_feedback")
        form |= {"body": "Hello", "name": "Per", "email": "per@x.example"}
        self._send_form(order, form, "/offer/feedback")
        message = self._get_feedback(order)
        self.assertNotEqual(message.author_id, self.contact)
        self.assertIn("Per (per@x.example, not logged in)", message.body)

    def test_same_form_twice_is_one_message(self):
        order = self._create_sent_offer()
        self.authenticate("offer_portal", "offer_portal")
        page = self._parse(self.url_open(self._url(order, "/offer/feedback")))
        form = self._read_form(page, "o_offer_feedback") | {"body": "Once"}
        for _press in range(3):
            page = self._follow(self._send_form(order, form, "/offer/feedback"))
            self.assertIn("Thank you", self._text(page))
        self.assertEqual(len(self._get_feedback(order)), 1)

    def test_manager_answers_at_the_line(self):
        order = self._create_sent_offer()
        line = order.order_line[1]
        self.authenticate("offer_portal", "offer_portal")
        self._send_feedback(order, body="Is it vegan?", line_id=line.id)
        order_of_manager = order.with_user(self.salesman)
        self.assertEqual(order_of_manager.offer_feedback_unread_count, 1)
        order_of_manager.action_open_offer_feedback()
        self.assertEqual(order_of_manager.offer_feedback_unread_count, 0)
        wizard = (
            self.env["sale.offer.feedback.reply"]
            .with_user(self.salesman)
            .create({"message_id": self._get_feedback(order).id, "body": "Yes, it is."})
        )
        wizard.action_send()
        row = self._get_page(order).xpath(f"//*[@id='offer_line_{line.id}']/..")[0]
        self.assertIn("Yes, it is.", row.text_content())
        answer = self._get_feedback(order).sorted("id")[-1]
        self.assertEqual(answer.notified_partner_ids, self.contact)

    def test_feedback_survives_its_line(self):
        order = self._create_sent_offer()
        self.authenticate("offer_portal", "offer_portal")
        line = order.order_line[2]
        self._send_feedback(order, body="Too early", line_id=line.id)
        line.unlink()
        self.assertIn("Too early", self._get_page(order).text_content())

    def test_too_many_posts(self):
        order = self._create_sent_offer()
        self.authenticate("offer_portal", "offer_portal")
        for _number in range(60):
            self.env["portal.throttle"]._hit("offer_post", f"127.0.0.1|{order.id}", 600)
        page = self._send_feedback(order, body="Once more")
        self.assertIn("Too many messages", page.text_content())
        self.assertFalse(self._get_feedback(order))
