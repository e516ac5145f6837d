from email.message import EmailMessage
from email.utils import getaddresses

from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCommon

from .common_portal import MarketPortalCase

CUSTOMER = "vera.customer@private.example"


class TakeCase(MarketPortalCase):
    def setUp(self):
        super().setUp()
        self.request = self._create_published_request()
        self.take = self._open(self.request, self.granite_user).sudo()
        self.url = f"/my/market/take/{self.take.id}"


@tagged("post_install", "-at_install")
class TestTake(TakeCase):
    """The page of an opened contact, and the folder."""

    # === WHOSE ===

    def test_only_the_own_workshop(self):
        self.assertIn("Vera Customer", self._text(self._get(self.url)))
        self._log_in(self.marble_user)
        self.assertNotIn("Vera", self._text(self._get(self.url)))
        forms = {
            "important": {"important": "1"},
            "read": {},
            "note": {"note": "x"},
            "archive": {"reason": "lost"},
            "talk": {"summary": "x"},
            "send": {"subject": "x", "body": "x"},
            "order": {"contract_no": "1", "planned_finish_date": "2030-01-01"},
        }
        for name, data in forms.items():
            with self.subTest(name):
                self.assertEqual(self._post(f"{self.url}/{name}", **data), "/my/market")
        self.assertFalse(self.take.important or self.take.note or self.take.order_ids)
        self.assertEqual(self.take.state, "in_work")
        self.assertFalse(self.take._get_conversation())

    def test_terminated_reads_until_all_is_settled(self):
        """Contacts of customers are for nobody's eyes who needs them no more."""
        self.take._archive_take("lost")
        self.granite.with_user(self.manager)._set_state("terminated", "Resale")
        pages = ("/my/market", "/my/market/work", "/my/market/statement", self.url)
        for page in pages:
            text = self._text(self._get(page))
            self.assertIn("Everything is settled", text, page)
            self.assertIn("operator@market.example", text, page)
        self.take.state = "in_work"
        for page in pages:
            self.assertNotIn("Everything is settled", self._text(self._get(page)), page)
        order = self._declare(self.take, self.granite_user).with_user(self.operator)
        self.assertIn("Vera Customer", self._text(self._get(self.url)))
        order.action_confirm()
        self.assertIn("Vera Customer", self._text(self._get(self.url)))
        order.accrual_ids.sudo().settled_on = "2026-05-01 10:00:00"
        for page in pages:
            self.assertIn("Everything is settled", self._text(self._get(page)), page)

    def test_unknown_takes(self):
        for take_id in (0, 99999999, 2**31):
            response = self.url_open(
                f"/my/market/take/{take_id}", allow_redirects=False
            )
            self.assertIn(response.status_code, (303, 404), take_id)

    def test_terms_are_those_of_the_opening(self):
        self.rule.percent = 30
        text = self._text(self._get(self.url))
        self.assertIn("10 % of the order total", text)
        self.assertNotIn("30 %", text)

    def test_terminated_reads_only(self):
        self.granite.with_user(self.manager)._set_state("terminated", "Resale")
        page = self._get(self.url)
        self.assertIn("Vera Customer", self._text(page))
        self.assertFalse(page.xpath("//form[contains(@action, '/send')]"))
        text = self._post_and_read(f"{self.url}/send", subject="Hi", body="Hello")
        self.assertIn("can only read", text)
        self.assertFalse(self.take._get_conversation())
        self.assertIn("Vera Customer", self._text(self._get("/my/market/work")))
        self._post(
            f"{self.url}/order",
            contract_no="C-1",
            work_done_date="2026-01-05",
            amount_gross="500",
            amount_net="400",
        )
        self.assertEqual(self.take.order_ids.amount_gross, 500, "what is owed is owed")

    # === FOLDER ===

    def test_important_first(self):
        second = self._open(
            self._create_published_request(
                self._create_lead(contact_name="Second Customer")
            ),
            self.granite_user,
        )
        self.env.cr.execute(
            "UPDATE lead_market_take SET opened_on = '2030-01-01' WHERE id = %s",
            [second.id],
        )
        self.env.invalidate_all()
        page = self._get("/my/market/work")
        self.assertEqual(self._titles(page), ["Second Customer", "Vera Customer"])
        target = self._post(f"{self.url}/important", important="1", back="work")
        self.assertEqual(target, "/my/market/work")
        page = self._get(target)
        self.assertEqual(self._titles(page), ["Vera Customer", "Second Customer"])
        page = self._get("/my/market/work?state=important")
        self.assertEqual(self._titles(page), ["Vera Customer"])
        self._post(f"{self.url}/important", important="0")
        self.assertFalse(self.take.important)

    def test_folder_is_paged(self):
        takes = self.take
        for number in range(44):
            takes |= self.take.copy(
                {
                    "request_id": self.request.copy({}).id,
                    "opened_on": f"2026-01-01 10:00:{number:02}",
                    "important": number % 3 == 0,
                    "customer_name": f"Buyer {number}",
                }
            )
        seen, url = [], "/my/market/work"
        while url:
            page = self._get(url)
            seen += self._titles(page)
            url = next(iter(page.xpath("//a[@rel='next']/@href")), None)
        self.assertEqual(len(seen), 45)
        self.assertEqual(len(set(seen)), 45)
        self.assertEqual(seen[:2], ["Buyer 42", "Buyer 39"])
        for query in ("after=1-2", "after=x-y-z", "after=1-99999999999999999999-1"):
            self.assertTrue(self._titles(self._get(f"/my/market/work?{query}")), query)

    def test_statements_do_not_grow_with_rows(self):
        def count_sql():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._get("/my/market/work")
            return self.cr.sql_log_count - before

        self._get("/my/market/work")
        few = count_sql()
        for number in range(20):
            request = self.request.copy({"name": f"Stone {number}"})
            self.take.copy({"request_id": request.id, "opened_on": "2026-01-01"})
        self.assertEqual(count_sql(), few)

    def test_is_this_buyer_in_my_folder(self):
        self.take._archive_take("lost")
        for text in (
            "Мария",
            "Maria Ivanova",
            "customer vera",
            "+47 21 00 00 07",
            "21000007",
            CUSTOMER.upper(),
        ):
            with self.subTest(text):
                page = self._get(f"/my/market/work?buyer={text.replace('+', '%2B')}")
                if text == "Мария":
                    self.assertIn("No. Your workshop has opened", self._text(page))
                else:
                    self.assertEqual(self._titles(page), ["Vera Customer"])
        self._log_in(self.marble_user)
        page = self._get("/my/market/work?buyer=Ivanova")
        self.assertIn("No. Your workshop has opened", self._text(page))

    def test_buyer_whose_name_was_heard_wrong(self):
        for text, found in (
            ("Ivonova", True),
            ("Marija Ivanova", True),
            ("Petrova Maria", False),
            ("Smirnova", False),
        ):
            with self.subTest(text):
                page = self._get(f"/my/market/work?buyer={text}")
                self.assertEqual("Yes, it may be." in self._text(page), found)
        self._log_in(self.marble_user)
        page = self._get("/my/market/work?buyer=Ivonova")
        self.assertIn("No. Your workshop has opened", self._text(page))

    # === TOOLS ===

    def test_archive(self):
        text = self._post_and_read(f"{self.url}/archive", reason="lost")
        self.assertIn("the order is still to be declared", text)
        self.assertEqual(
            (self.take.state, self.take.outcome_reason), ("archived", "lost")
        )
        self.assertEqual(self._titles(self._get("/my/market/work")), [])
        page = self._get("/my/market/work?state=archived")
        self.assertEqual(self._titles(page), ["Vera Customer"])
        self._post(f"{self.url}/archive", undo="1")
        self.assertEqual(self.take.state, "in_work")

    def test_archive_wants_a_reason(self):
        for reason in ("", "bored"):
            text = self._post_and_read(f"{self.url}/archive", reason=reason)
            self.assertIn("choose a reason", text)
        self.assertEqual(self.take.state, "in_work")

    def test_note(self):
        self._post(f"{self.url}/note", note="Calls <b>back</b>\x00 on Friday")
        self.assertEqual(self.take.note, "Calls <b>back</b> on Friday")
        self.assertNotIn(b"<b>back", self.url_open(self.url).content)

    def test_talk_leads_to_the_letter(self):
        target = self._post(
            f"{self.url}/talk", summary="Wants the <i>second</i> shape", important="1"
        )
        self.assertTrue(self.take.important)
        self.assertIn("?talk=", target)
        page = self._get(target.partition("#")[0])
        letter = page.xpath("//textarea[@name='body']")[0].text_content()
        self.assertIn("Dear Vera Customer", letter)
        self.assertIn("Wants the <i>second</i> shape", letter)
        self.assertIn("On the phone", self._text(page))
        self.assertFalse(self.take.first_offer_on, "a talk is no offer in writing")
        self._log_in(self.marble_user)
        other = self._open(self.request, self.marble_user)
        page = self._get(f"/my/market/take/{other.id}?{target.split('?')[1]}")
        self.assertNotIn("second", self._text(page))


@tagged("post_install", "-at_install")
class TestTakeMail(MailCommon, TakeCase):
    """Letters and answers: who gets them, and what their headers tell."""

    def _send(self, **vals):
        data = {"subject": "Our offer", "body": "Dear Vera,\n\n42 000 <b>kr</b>"}
        return self._post(f"{self.url}/send", **data | vals)

    def setUp(self):
        super().setUp()
        self.known_mails = self.env["mail.mail"].sudo().search([])

    def _queued(self):
        domain = [("state", "=", "outgoing"), ("id", "not in", self.known_mails.ids)]
        return self.env["mail.mail"].sudo().search(domain)

    def _send_queue(self):
        """Have the new mails sent, and return them as they left."""
        with self.mock_mail_gateway():
            self._queued().send()
        return list(self._mails)

    def _recipients(self, mails):
        return {
            address for mail in mails for _n, address in getaddresses(mail["email_to"])
        }

    def _headers(self, mail):
        """Return all that a sent mail has above its body."""
        return "\n".join(str(value) for value in mail["EmailMessage"].values())

    def _answer(self, mail, text="In June, please.", sender=CUSTOMER, **headers):
        """Answer a mail as its reader or its program does, through the gateway."""
        self.answers = getattr(self, "answers", 0) + 1
        answer = EmailMessage()
        answer["From"] = sender
        answer["To"] = mail["reply_to"]
        answer["Subject"] = "Re: Our offer"
        answer["Message-ID"] = f"<answer-{self.answers}@private.example>"
        answer["References"] = mail["message_id"]
        for name, value in headers.items():
            answer[name.replace("_", "-")] = value
        answer.set_content(f"{text}\n\n> 42 000 kr")
        with self.mock_mail_gateway(), mute_logger("odoo.addons.mail.models"):
            self.env["mail.thread"].sudo().message_process(False, answer.as_string())
        self.env.invalidate_all()

    def test_letter(self):
        self._send()
        self.assertEqual(self.take.state, "offered")
        self.assertTrue(self.take.first_offer_on)
        queued = self._queued()
        self.assertEqual(len(queued), 1, "queued, not sent within the request")
        self.assertTrue(queued.is_resent)
        text = self._text(self._get(self.url))
        self.assertIn("42 000 <b>kr</b>", text)
        mails = self._send_queue()
        self.assertEqual(len(mails), 1)
        mail = mails[0]
        self.assertEqual(self._recipients(mails), {CUSTOMER})
        self.assertEqual(mail["subject"], "Our offer")
        self.assertIn("42 000 &lt;b&gt;kr&lt;/b&gt;", mail["body"])
        self.assertFalse(mail["email_cc"])
        self.assertNotIn("X-Msg-To-Add", mail["headers"])

    def test_sent_once(self):
        """A second click, and the same form sent again much later, add nothing."""
        key = self._get(self.url).xpath("//input[@name='key']/@value")
        self.assertEqual(len(set(key)), 2)
        for body in ("Hello", "Hello", "Hello once more"):
            self._send(body=body, key=key[0])
            self._post(f"{self.url}/talk", summary=body, key=key[1])
        self.assertEqual(len(self.take._get_conversation()), 2)
        self.assertEqual(len(self._queued()), 1)
        self._send(key=self._get(self.url).xpath("//input[@name='key']/@value")[0])
        self.assertEqual(len(self._queued()), 2)

    def test_no_rival_in_any_header(self):
        """Two workshops and the customer: each side knows its own two addresses."""
        rival = self._open(self.request, self.marble_user).sudo()
        rival._send_letter(self.marble_user, "Another offer", "Cheaper")
        self._send()
        mails = self._send_queue()
        self.assertEqual(len(mails), 2)
        for mail in mails:
            headers = self._headers(mail)
            self.assertNotEqual("granite" in headers, "marble" in headers, headers)

    def test_answer_comes_back(self):
        self._open(self.request, self.marble_user)
        self._send()
        mail = self._send_queue()[0]
        self._answer(mail)
        self.assertEqual(self.take.new_message_count, 1)
        text = self._text(self._get(self.url))
        self.assertIn("In June, please.", text)
        self.assertIn("New: 1", self._text(self._get("/my/market/work")))
        notices = self._send_queue()
        self.assertEqual(len(notices), 1)
        self.assertEqual(self._recipients(notices), {self.granite_user.email})
        self.assertNotIn(self.marble_user.email, self._headers(notices[0]))
        self.assertIn(f"/my/market/take/{self.take.id}", notices[0]["body"])
        self.assertEqual(notices[0]["headers"]["Auto-Submitted"], "auto-generated")
        overview = self._text(self._get("/my/market"))
        self.assertIn("Customers who have answered: 1", overview)
        self._post(f"{self.url}/read")
        self.assertFalse(self.take.new_message_count)

    def test_answer_reaches_the_colleagues(self):
        colleague = self._create_workshop_user(
            "market_colleague", self.granite.partner_id
        )
        self._send()
        mail = self._send_queue()[0]
        self._answer(mail)
        notices = self._send_queue()
        self.assertEqual(
            self._recipients(notices), {self.granite_user.email, colleague.email}
        )
        for notice in notices:
            self.assertNotIn("X-Msg-To-Add", notice["headers"], "Odoo adds all to To")

    def test_absence_notes_stay_with_the_operator(self):
        """What a mail program answers is no letter, whichever side it is on."""
        self._send()
        letter = self._send_queue()[0]
        self._answer(letter)
        notice = self._send_queue()[0]
        self._post(f"{self.url}/read")
        before = self.take.read(["state", "first_offer_on", "last_activity_on"])
        known = len(self.take._get_conversation())
        for marks in (
            {"Auto_Submitted": "auto-replied (vacation)"},
            {"Auto_Submitted": "auto-generated"},
            {"Precedence": "auto_reply"},
            {"Precedence": "Bulk"},
            {"X_Autoreply": "yes"},
            {"X_Autorespond": ""},
        ):
            for mail, sender in (
                (letter, CUSTOMER),
                (notice, self.granite_user.email),
            ):
                with self.subTest(marks, sender=sender):
                    self._answer(mail, "I am away until May.", sender, **marks)
                    self.assertFalse(self._queued())
                    note = self.take.message_ids[0]
                    self.assertIn("away until May", note.body)
                    self.assertEqual(note.subtype_id, self.env.ref("mail.mt_note"))
                    self.assertFalse(note.notified_partner_ids)
        self.assertEqual(len(self.take._get_conversation()), known)
        self.assertNotIn("away until May", self._text(self._get(self.url)))
        self.assertFalse(self.take.new_message_count)
        self.assertEqual(
            self.take.read(["state", "first_offer_on", "last_activity_on"]), before
        )

    def test_people_say_that_they_are_no_program(self):
        self._send()
        mail = self._send_queue()[0]
        self._answer(mail, "In May.", Auto_Submitted="no", Precedence="normal")
        self.assertEqual(self.take.new_message_count, 1)
        self.assertEqual(len(self._send_queue()), 1)

    def test_bounce(self):
        """A mail that came back is nobody's letter."""
        self._send()
        mail = self._send_queue()[0]
        self._answer(mail, "No such mailbox", "MAILER-DAEMON@private.example")
        self.assertFalse(self._queued())
        self.assertFalse(self.take.new_message_count)
        self.assertNotIn("No such mailbox", self._text(self._get(self.url)))

    def test_workshop_answers_by_mail(self):
        """Who answers the notice in the mail program writes to the customer."""
        self._send()
        mail = self._send_queue()[0]
        self._answer(mail)
        notice = self._send_queue()[0]
        self._answer(notice, "June it is.", self.granite_user.email)
        letters = self._send_queue()
        self.assertEqual(len(letters), 1)
        self.assertEqual(self._recipients(letters), {CUSTOMER})
        self.assertIn("June it is.", letters[0]["body"])
        self.assertFalse(self.take.new_message_count)

    def test_attachment(self):
        self._post(
            f"{self.url}/send",
            files={"attachments": ("price.txt", b"42 000 kr")},
            subject="Our offer",
            body="See the list",
        )
        message = self.take._get_conversation()
        self.assertEqual(message.attachment_ids.raw, b"42 000 kr")
        url = f"{self.url}/file/{message.attachment_ids.id}"
        self.assertEqual(self.url_open(url).content, b"42 000 kr")
        self._log_in(self.marble_user)
        self.assertEqual(self.url_open(url).status_code, 404)

    def test_refused_letters(self):
        cases = [
            ({"body": " "}, None, "Please write a subject and a letter"),
            ({"subject": ""}, None, "Please write a subject and a letter"),
            ({"body": "x" * 20_001}, None, "The letter is too long"),
            ({}, ("run.html", b"<html><script>"), "can't be attached"),
            ({}, ("a.png", b"<html>"), "can't be attached"),
        ]
        for vals, file, message in cases:
            with self.subTest(message):
                data = {"subject": "Our offer", "body": "My long letter"} | vals
                target = self._post(
                    f"{self.url}/send",
                    files=file and {"attachments": file},
                    **data,
                )
                page = self._get(target.partition("#")[0])
                self.assertIn(message, self._text(page))
                body = page.xpath("//textarea[@name='body']")[0].text_content()
                self.assertEqual(body.strip()[:14], data["body"].strip()[:14])
        self.assertFalse(self.take._get_conversation())
        self.assertFalse(self.take.first_offer_on)

    def test_customer_without_address(self):
        self.take.customer_email = False
        text = self._post_and_read(f"{self.url}/send", subject="Hi", body="Hello")
        self.assertIn("has no e-mail address", text)

    def test_what_was_written_stays(self):
        """Odoo's own route changes no letter, not even the writer's own."""
        self._send(body="42 000")
        message = self.take._get_conversation()
        self.assertEqual(message.author_id, self.granite_user.partner_id)
        for body in ("43 000", ""):
            with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
                self.make_jsonrpc_request(
                    "/mail/message/update_content",
                    {"message_id": message.id, "update_data": {"body": body}},
                )
        self.env.invalidate_all()
        self.assertIn("42 000", message.body)

    def test_no_posting_past_the_page(self):
        """Odoo's own route neither posts nor rates on a take."""
        for data in (
            {
                "body": "x",
                "message_type": "comment",
                "subtype_xmlid": "mail.mt_comment",
            },
            {"body": "x", "rating_value": 5},
        ):
            with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
                self.make_jsonrpc_request(
                    "/mail/message/post",
                    {
                        "thread_model": "lead.market.take",
                        "thread_id": self.take.id,
                        "post_data": data,
                    },
                )
        self.assertFalse(self.take._get_conversation())
