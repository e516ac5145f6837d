import os
from collections import Counter
from datetime import timedelta
from email import message_from_string
from urllib.parse import parse_qs, urlsplit

from freezegun import freeze_time
from lxml import html

from odoo import fields
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.base_offerdesk.tests.common import (
    QUEUE,
    MailFaultMixin,
    MailFaultTests,
    pdf_text,
)
from odoo.addons.sale_offer_reply.offer_reply import OfferIdentity

from .test_document import DocumentCase

REMINDERS = "sale_offer_reply.ir_cron_offer_reminders"
# How many offers are answered while the mail server fails.
REPLIES = int(os.environ.get("OFFERDESK_FAULT_REPLIES") or 1)


class MailCase(MailFaultMixin, DocumentCase):
    def setUp(self):
        super().setUp()
        self._forget_mails()

    def _new_mails(self):
        """Return the mails about offers that were made since the last forgetting."""
        mails = self.env["mail.mail"].search([("is_resent", "=", True)])
        return (mails - self.known_mails).filtered(
            lambda mail: mail.res_id not in self.known_orders._ids
        )

    def _mail_to(self, partner):
        mail = self._new_mails().filtered(lambda mail: partner in mail.recipient_ids)
        self.assertEqual(len(mail), 1, f"one mail to {partner.name}")
        return mail

    def _forget_mails(self):
        self.known_mails = self.env["mail.mail"].search([])

    def _remind(self, day):
        """Run the daily job on a day and return the mails that it made."""
        self._forget_mails()
        with freeze_time(day), self.enter_registry_test_mode():
            self.env.ref(REMINDERS).method_direct_trigger()
        self.env.invalidate_all()
        return self._new_mails()

    def _read_button(self, mail):
        """Return the text of the button in a mail and the parameters of its link."""
        links = html.fromstring(mail.body_html).xpath(
            "//a[contains(@href, '/mail/view')]"
        )
        self.assertEqual(len(links), 1)
        query = parse_qs(urlsplit(links[0].get("href")).query)
        return links[0].text_content().strip(), {
            name: values[0] for name, values in query.items()
        }


@tagged("post_install", "-at_install")
class TestConfirmationMails(MailCase):
    """Both sides get the confirmation, each in its own words."""

    def test_both_sides(self):
        order = self._create_sent_offer()
        self._forget_mails()
        room, dinner, bus = order.order_line
        history = self._reply(
            order,
            {room: "yes", dinner: "unsure", bus: "no"},
            comments={bus.id: "We walk."},
            message="See you <b>soon</b>.",
        )
        self.assertFalse(self._new_mails(), "nothing is sent before the job runs")
        self._run_job()
        customer, manager = (
            self._mail_to(self.contact),
            self._mail_to(self.salesman.partner_id),
        )
        self.assertEqual(self._new_mails(), customer | manager)
        for mail in (customer, manager):
            self.assertEqual(mail.state, "outgoing")
            self.assertTrue(mail.is_resent)
            self.assertEqual(mail.attachment_ids.mapped("name"), [history.pdf_filename])
            self.assertEqual(mail.attachment_ids.mimetype, "application/pdf")
            self.assertIn(order.name, pdf_text(mail.attachment_ids.raw))
            self.assertIn("448.00", mail.body_html)
        self.assertEqual(history.pdf_filename, f"{order.name}-Reply-1.pdf")
        self.assertEqual(customer.email_from, self.salesman.email_formatted)
        self.assertIn("Your order is confirmed", customer.body_html)
        self.assertIn("you can answer it later", customer.body_html)
        self.assertIn("attached document", customer.body_html)
        self.assertNotIn("We walk.", customer.body_html)
        self.assertIn("Kari Contact", manager.body_html)
        self.assertIn("We walk.", manager.body_html)
        self.assertIn("See you &lt;b&gt;soon&lt;/b&gt;.", manager.body_html)
        self.assertIn("The order is confirmed.", manager.body_html)

    def test_next_step(self):
        """The mails say what comes next."""
        cases = [
            ("no", {}, "We get back to you soon", "Everything was refused"),
            ("unsure", {}, "We get back to you soon", "is undecided"),
            ("yes", {"require_signature": True}, "One step is left", "sign or pay"),
        ]
        for answer, vals, to_customer, to_manager in cases:
            with self.subTest(answer=answer):
                order = self._create_sent_offer(**vals)
                self._forget_mails()
                self._reply(order, answer)
                self._run_job()
                self.assertIn(to_customer, self._mail_to(self.contact).body_html)
                self.assertIn(
                    to_manager, self._mail_to(self.salesman.partner_id).body_html
                )

    def test_changed_since(self):
        """A change between reply and mail is not passed over."""
        order = self._create_sent_offer()
        self._forget_mails()
        self._reply(order, "unsure")
        order.order_line[0].price_unit = 1
        self._run_job()
        self.assertIn("changed since", self._mail_to(self.contact).body_html)

    def test_mails_leave_at_once(self):
        """The queue is woken up; the hourly run is not waited for."""
        order = self._create_sent_offer()
        self._reply(order, "yes")
        queue = self.env.ref(QUEUE)
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", queue.id)])
        self._run_job()
        new = (
            self.env["ir.cron.trigger"].search([("cron_id", "=", queue.id)]) - triggers
        )
        self.assertTrue(new)
        self.assertLessEqual(min(new.mapped("call_at")), fields.Datetime.now())

    def test_visible_to_the_customer_only_what_is_theirs(self):
        order = self._create_sent_offer()
        self._reply(order, "yes")
        self._run_job()
        public = order.website_message_ids.filtered(
            lambda message: not message.is_internal
        )
        self.assertIn("Thank you for your answers", public.mapped("subject")[0])
        self.assertFalse(public.filtered(lambda m: "What now?" in (m.body or "")))

    def test_manager_who_reads_in_odoo(self):
        self.salesman.notification_type = "inbox"
        order = self._create_sent_offer()
        self._forget_mails()
        self._reply(order, "yes")
        self._run_job()
        self.assertTrue(self._mail_to(self.salesman.partner_id).attachment_ids)

    def test_follower_is_not_mailed_twice(self):
        order = self._create_sent_offer()
        order.message_subscribe(self.salesman.partner_id.ids)
        self._forget_mails()
        self._reply(order, "yes")
        self._run_job()
        self._mail_to(self.salesman.partner_id)

    def test_typed_visitor_gets_no_mail(self):
        """Anybody could type any address; the contacts of the offer are told."""
        order = self._create_sent_offer()
        self._forget_mails()
        self._reply(
            order,
            "yes",
            identity=OfferIdentity(name="Nobody", email="victim@anywhere.example"),
        )
        self._run_job()
        mails = self._new_mails()
        self.assertEqual(mails.recipient_ids, self.contact | self.salesman.partner_id)
        self.assertFalse(any(mail.email_to or mail.email_cc for mail in mails))
        self.assertNotIn(
            "victim@anywhere.example", self._mail_to(self.contact).body_html
        )
        self.assertIn("not verified", self._mail_to(self.salesman.partner_id).body_html)

    def test_colleague_who_answered_gets_the_confirmation(self):
        order = self._create_sent_offer()
        colleague = self.colleague_user.partner_id
        self._forget_mails()
        self._reply(order, "yes", identity=self._identity(colleague))
        self._run_job()
        self._mail_to(self.contact)
        _title, link = self._read_button(self._mail_to(colleague))
        self.assertEqual(link["hash"], order._sign_token(colleague.id))

    def test_on_behalf(self):
        """Then only the managers get a mail."""
        order = self._create_sent_offer()
        self._forget_mails()
        self._reply(
            order,
            "yes",
            identity=OfferIdentity(
                partner=self.salesman.partner_id,
                user=self.salesman,
                verified="login",
                on_behalf=True,
            ),
        )
        self._run_job()
        mails = self._new_mails()
        self.assertEqual(mails.recipient_ids, self.salesman.partner_id)
        self.assertIn("on behalf of the customer", mails.body_html)

    def test_no_manager(self):
        """An offer of nobody: the customer is answered by the company."""
        self.company.email = "hello@seller.example"
        order = self._create_offer(user_id=False)
        order.action_quotation_sent()
        order.offer_manager_ids = False
        self._forget_mails()
        self._reply(order, "yes")
        self._run_job()
        self.assertEqual(self._new_mails().recipient_ids, self.contact)
        self.assertIn("hello@seller.example", self._new_mails().email_from)

    def test_deleted_template(self):
        self.env.ref("sale_offer_reply.mail_template_offer_reply_customer").unlink()
        order = self._create_sent_offer()
        self._forget_mails()
        history = self._reply(order, "yes")
        self._run_job()
        self.assertEqual(history.mail_state, "posted")
        self.assertEqual(self._new_mails().recipient_ids, self.salesman.partner_id)

    # === LANGUAGES ===

    def test_languages(self):
        """The customer reads French, one manager Norwegian, another English."""
        for code in ("fr_FR", "nb_NO"):
            self.env["res.lang"]._activate_lang(code)
        subjects = {
            "mail_template_offer_reply_customer": (
                "fr_FR",
                "Merci : {{ object.order_name }}",
            ),
            "mail_template_offer_reply_manager": (
                "nb_NO",
                "Svar: {{ object.order_name }}",
            ),
        }
        for name, (code, subject) in subjects.items():
            template = self.env.ref(f"sale_offer_reply.{name}")
            template.with_context(lang=code).subject = subject
        self.contact.lang = "fr_FR"
        self.salesman.lang = "nb_NO"
        order = self._create_offer()
        order.offer_manager_ids |= self.other_salesman
        self._send(order)
        self._forget_mails()
        self._reply(order, "yes")
        self._run_job()
        expected = {
            self.contact: ("fr_FR", f"Merci : {order.name}"),
            self.salesman.partner_id: ("nb_NO", f"Svar: {order.name}"),
            self.other_salesman.partner_id: (
                "en_US",
                f"Answers to offer {order.name}: {order.partner_id.display_name}",
            ),
        }
        for partner, (code, subject) in expected.items():
            mail = self._mail_to(partner)
            self.assertEqual(mail.subject, subject)
            self.assertEqual(html.fromstring(mail.body_html).get("lang"), code)
        text = html.fromstring(self._mail_to(self.contact).body_html).text_content()
        self.assertRegex(text, "1[\\s\u00a0\u202f]409,00")

    def test_language_that_is_not_active(self):
        self.contact.lang = False
        self.env["res.lang"]._activate_lang("fr_FR")
        order = self._create_sent_offer()
        self.contact.lang = "fr_FR"
        self.env["res.lang"]._lang_get("fr_FR")
        history = self._reply(order, "yes")
        self.contact.lang = "en_US"
        self.env["res.lang"].search([("code", "=", "fr_FR")]).active = False
        self._run_job()
        self.assertEqual(history.mail_state, "posted")


@tagged("post_install", "-at_install")
class TestOfferMails(MailCase):
    """The offer goes to each contact with a link of its own."""

    def _send_by_mail(self, order):
        action = order.with_user(self.salesman).action_quotation_send()
        composer = Form(
            self.env["mail.compose.message"]
            .with_user(self.salesman)
            .with_context(**action["context"])
        ).save()
        self._forget_mails()
        composer.action_send_mail()

    def test_personal_links(self):
        contacts = self.contact | self.colleague_user.partner_id
        order = self._create_offer(
            partner_id=self.customer.id,
            offer_contact_ids=[Command.set(contacts.ids)],
            validity_date="2099-12-31",
        )
        self._send_by_mail(order)
        self.assertEqual(self._new_mails().recipient_ids, contacts)
        hashes = set()
        for contact in contacts:
            mail = self._mail_to(contact)
            self.assertEqual(mail.recipient_ids, contact)
            self.assertTrue(mail.is_resent)
            self.assertFalse(mail.attachment_ids)
            self.assertIn("12/31/2099", mail.body_html)
            title, link = self._read_button(mail)
            self.assertEqual(title, "View and answer")
            self.assertEqual(link["pid"], str(contact.id))
            self.assertEqual(link["hash"], order._sign_token(contact.id))
            self.assertEqual(link["access_token"], order.access_token)
            hashes.add(link["hash"])
        self.assertEqual(len(hashes), 2)

    def test_link_for_contact_who_follows(self):
        """A message to the followers has the contact's own link, too."""
        colleague = self.colleague_user.partner_id
        order = self._create_sent_offer(offer_contact_ids=[Command.set(colleague.ids)])
        order.message_subscribe(colleague.ids)
        message = order.with_user(self.salesman).message_post(
            body="By the way",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        mail = message.sudo().mail_ids
        self.assertEqual(mail.recipient_ids, colleague)
        self.assertEqual(
            self._read_button(mail)[1]["hash"], order._sign_token(colleague.id)
        )

    def test_stranger_gets_no_link(self):
        """Somebody whom the seller only put in copy can't answer."""
        stranger = self.stranger_user.partner_id
        order = self._create_offer()
        action = order.with_user(self.salesman).action_quotation_send()
        composer = Form(
            self.env["mail.compose.message"]
            .with_user(self.salesman)
            .with_context(**action["context"])
        ).save()
        composer.partner_ids |= stranger
        self._forget_mails()
        composer.action_send_mail()
        self.assertNotIn("hash=", self._mail_to(stranger).body_html)
        self.assertIn("hash=", self._mail_to(self.contact).body_html)

    def test_customer_outside_the_contacts(self):
        """An offer that is limited to contacts gives the customer itself no link."""
        colleague = self.colleague_user.partner_id
        order = self._create_offer(
            offer_contact_ids=[Command.set(colleague.ids)],
            offer_limit_to_contacts=True,
        )
        self._send_by_mail(order)
        self.assertEqual(self._new_mails().recipient_ids, colleague)
        message = order.with_user(self.salesman).message_post(
            body="For all",
            partner_ids=(self.contact | colleague).ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        for mail in message.sudo().mail_ids:
            has_link = "hash=" in mail.body_html
            self.assertEqual(has_link, mail.recipient_ids == colleague)

    def test_password_hint(self):
        """Only who has no password yet is told to choose one."""
        self.company.offer_access_mode = "login"
        self._send_by_mail(self._create_offer())
        self.assertNotIn("choose a password", self._mail_to(self.contact).body_html)
        newcomer = self.env["res.partner"].create(
            {"name": "New", "parent_id": self.customer.id, "email": "new@c.example"}
        )
        self._send_by_mail(self._create_offer(partner_id=newcomer.id))
        self.assertIn("choose a password", self._mail_to(newcomer).body_html)

    def test_unsure_is_not_offered(self):
        self._send_by_mail(self._create_offer(offer_allow_unsure=False))
        self.assertNotIn("Unsure", self._mail_to(self.contact).body_html)

    def test_proforma_and_plain_quotations_stay_odoos(self):
        template = self.env.ref("sale.email_template_edi_sale")
        plain = self._create_offer(offer_reply_enabled=False)
        self.assertEqual(plain._find_mail_template(), template)
        offer = self._create_offer()
        self.assertEqual(
            offer.with_context(proforma=True)._find_mail_template(),
            self.env.ref("sale.email_template_proforma"),
        )

    def test_title_of_the_button(self):
        order = self._create_sent_offer(require_signature=True)
        self.assertEqual(order._get_offer_button_title(), "View and answer")
        self._reply(order, "yes")
        self.assertIsNone(order._get_offer_button_title(), "signing: Odoo's own")
        order.action_confirm()
        self.assertEqual(order._get_offer_button_title(), "View the offer")


@tagged("post_install", "-at_install")
class TestMailFaults(MailFaultTests, MailCase):
    """A mail server that is down delays the mails, and does nothing else."""

    def _make_documents(self):
        """Let the job run as often as it asks to: it stops after ten seconds."""
        pending = [("pdf_state", "=", "pending"), ("pdf_attempts", "=", 0)]
        for _run in range(REPLIES):
            self._run_job()
            if not self.env["sale.offer.history"].search_count(pending):
                return

    def _run_round(self):
        self._run_job()
        return super()._run_round()

    def _cause_notices(self):
        self._forget_mails()
        self._reply(self._create_sent_offer(), "yes")
        self._make_documents()
        return self._new_mails()

    def _assert_survives(self, fault):
        """Reply, let the mails fail, repair: each arrives, and once."""
        orders = self.env["sale.order"].union(
            *(self._create_sent_offer() for _number in range(REPLIES))
        )
        self._make_documents()
        self._forget_mails()
        with self.mock_smtplib_connection():
            with mute_logger("odoo.addons.mail.models.mail_mail"), fault():
                replies = [self._reply(order, "yes") for order in orders]
                self.assertEqual(set(orders.mapped("state")), {"sale"})
                self._make_documents()
                for history in replies:
                    self.assertEqual(history.mail_state, "posted")
                self._run_queue()
                mails = self._new_mails()
                self.assertEqual(len(mails), 2 * REPLIES)
                self.assertNotIn("sent", mails.mapped("state"))
                self.assertFalse(self.emails)
                # still down in the next round
                self._run_round()
                self.assertFalse(self.emails)
            for _round in range(2):
                self._run_round()
            delivered = [
                (address, message_from_string(mail["message"])["Subject"])
                for mail in self.emails
                for address in mail["smtp_to_list"]
            ]
            self.assertEqual(
                Counter(address for address, _subject in delivered),
                dict.fromkeys((self.contact.email, self.salesman.email), REPLIES),
            )
            # the subject names the offer: none came twice
            self.assertEqual(len(set(delivered)), len(delivered))
            states = mails.exists().mapped("state")
            self.assertFalse(set(states) - {"sent"})
            # nothing is left to be sent again
            self._run_round()
            self.assertEqual(len(self.emails), 2 * REPLIES)
        notifications = self.env["mail.notification"].search(
            [("mail_message_id", "in", orders.message_ids.ids)]
        )
        self.assertFalse(
            notifications.filtered(lambda n: n.notification_status == "exception")
        )


@tagged("post_install", "-at_install")
class TestReminders(MailCase):
    """Customers are reminded in time, once, and not in vain."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.company.offer_expiry_reminder_days = 3
        cls.company.offer_unsure_reminder_days = 7

    def _day(self, days, hour=6):
        return f"{self.today + timedelta(days=days)} {hour:02}:00:00"

    def test_expiry(self):
        order = self._create_sent_offer(validity_date=self.today + timedelta(days=10))
        self.assertFalse(self._remind(self._day(6)))
        mail = self._remind(self._day(7))
        self.assertEqual(mail.recipient_ids, self.contact)
        self.assertIn("valid until", mail.subject)
        self.assertEqual(self._read_button(mail)[0], "View and answer")
        for day in (7, 8, 9, 10, 11):
            self.assertFalse(self._remind(self._day(day)), f"day {day}")
        self.assertEqual(order.state, "sent")

    def test_expiry_today(self):
        self._create_sent_offer(validity_date=self.today)
        self.assertTrue(self._remind(self._day(0)))

    def test_expired(self):
        order = self._create_sent_offer(validity_date=self.today)
        order.validity_date = self.today - timedelta(days=1)
        self.assertFalse(self._remind(self._day(0)))

    def test_extended_offer_is_reminded_again(self):
        order = self._create_sent_offer(validity_date=self.today + timedelta(days=3))
        self.assertTrue(self._remind(self._day(0)))
        order.validity_date = self.today + timedelta(days=20)
        self.assertFalse(self._remind(self._day(16)))
        self.assertTrue(self._remind(self._day(17)))

    def test_what_is_not_reminded(self):
        """Answered, turned off, not sent, cancelled: no reminder before expiry."""
        until = {"validity_date": self.today + timedelta(days=1)}
        self._reply(self._create_sent_offer(**until), "no")
        self._reply(self._create_sent_offer(**until), "yes")
        self._create_offer(**until)
        self._create_sent_offer(**until)._action_cancel()
        self._create_sent_offer(offer_reply_enabled=False, **until)
        self._create_sent_offer(validity_date=False)
        self.assertFalse(self._remind(self._day(0)))

    def test_expiry_of_what_is_to_sign(self):
        order = self._create_sent_offer(
            require_signature=True, validity_date=self.today + timedelta(days=1)
        )
        self._reply(order, "yes")
        self.assertIn("please sign or pay", self._remind(self._day(0)).body_html)

    def test_turned_off(self):
        self.company.offer_expiry_reminder_days = 0
        self.company.offer_unsure_reminder_days = 0
        self._create_sent_offer(validity_date=self.today + timedelta(days=1))
        order = self._create_sent_offer()
        self._reply(order, {order.order_line[0]: "yes", **self._rest(order, "unsure")})
        self.assertFalse(self._remind(self._day(0)))
        self.assertFalse(self._remind(self._day(30)))

    def _rest(self, order, answer):
        return dict.fromkeys(order.order_line[1:], answer)

    def _create_unsure(self):
        order = self._create_sent_offer()
        room, dinner, bus = order.order_line
        with freeze_time(self._day(0, hour=15)):
            self._reply(order, {room: "yes", dinner: "unsure", bus: "no"})
        self.assertEqual(order.state, "sale")
        return order

    def test_unsure(self):
        """Every seven days, until everything is answered."""
        order = self._create_unsure()
        self.assertFalse(self._remind(self._day(6)))
        mail = self._remind(self._day(7))
        self.assertEqual(mail.recipient_ids, self.contact)
        self.assertIn("Three-course dinner", mail.body_html)
        self.assertIn("500.00", mail.body_html)
        self.assertNotIn("Double room", mail.body_html)
        self.assertEqual(self._read_button(mail)[0], "View and answer")
        self.assertFalse(self._remind(self._day(8)))
        self.assertFalse(self._remind(self._day(13)))
        self.assertTrue(self._remind(self._day(14)))
        self._reply(order, "yes")
        self.assertFalse(self._remind(self._day(30)))

    def test_unsure_closed_by_the_manager(self):
        order = self._create_unsure()
        order.with_user(self.salesman).action_offer_close_unsure()
        self.assertFalse(self._remind(self._day(7)))

    def test_unsure_of_a_locked_order(self):
        self._create_unsure().action_lock()
        self.assertFalse(self._remind(self._day(7)))

    def test_each_company_its_days(self):
        other = self.env["res.company"].create(
            {"name": "Sister", "offer_expiry_reminder_days": 1, "email": "s@s.example"}
        )
        user = new_test_user(
            self.env,
            "offer_sister",
            groups="sales_team.group_sale_salesman",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        product = self.env["product.product"].create(
            {"name": "Thing", "type": "service", "taxes_id": False}
        )
        order = (
            self.env["sale.order"]
            .with_company(other)
            .create(
                {
                    "partner_id": self.contact.id,
                    "company_id": other.id,
                    "user_id": user.id,
                    "validity_date": self.today + timedelta(days=3),
                    "order_line": [Command.create({"product_id": product.id})],
                }
            )
        )
        order.action_quotation_sent()
        self.assertFalse(self._remind(self._day(0)))
        mail = self._remind(self._day(2))
        self.assertEqual(mail.recipient_ids, self.contact)
        self.assertIn(user.email_normalized or "s@s.example", mail.email_from)
        self.assertIn("Sister", mail.body_html)

    def test_one_failure_stops_no_other(self):
        until = {"validity_date": self.today + timedelta(days=1)}
        broken, fine = (
            self._create_sent_offer(**until),
            self._create_sent_offer(**until),
        )
        template = self.env.ref("sale_offer_reply.mail_template_offer_expiry")
        template.body_html = (
            f'<t t-if="object.id == {broken.id}" t-out="1 / 0"/>{template.body_html}'
        )
        with mute_logger(
            "odoo.addons.sale_offer_reply.models.sale_order_offer_mail",
            "odoo.addons.mail.models.mail_render_mixin",
        ):
            mails = self._remind(self._day(0))
        self.assertEqual(mails.res_id, fine.id)
        self.assertFalse(broken.offer_reminder_date)
