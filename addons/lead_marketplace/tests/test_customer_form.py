from datetime import timedelta
from uuid import uuid4

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_customer import PIXEL, MarketCustomerCase

URL = "/market/request"


@tagged("post_install", "-at_install")
class TestCustomerForm(MarketCustomerCase):
    def _send(self, files=None, **changes):
        return self._post(URL, self._form(**changes), files=files)

    def _count(self):
        return self.env["lead.market.request"].search_count([])

    # === SENDING ===

    def test_request_arrives(self):
        """What a visitor sends is a draft for the operator, and a private lead."""
        page = self._send()
        self.assertIn("your request has arrived", self._text(page))
        lead = self._last_lead()
        self.assertRecordValues(
            lead,
            [
                {
                    "contact_name": "Vera Customer",
                    "email_from": "vera.customer@private.example",
                    "phone": "+47 21 00 00 07",
                    "market_contact_mode": "phone_email",
                    "market_consent_version": self.company.market_consent_version,
                    "company_id": self.company.id,
                    "type": "lead",
                }
            ],
        )
        self.assertTrue(lead.market_consent_date)
        request = lead.market_request_id
        self.assertRecordValues(
            request,
            [
                {
                    "state": "draft",
                    "category_id": self.memorials.id,
                    "region_id": self.region.id,
                    "city": "Vardal",
                    "segment": "premium",
                    "budget": 25000,
                    "for_whom": "Ivanova Maria",
                    "contact_mode": "phone_email",
                }
            ],
        )
        self.assertIn(f"{URL}/{request.number}?", self.response.url)

    def test_nothing_of_the_customer_shows(self):
        """Neither who created the request nor its title or the lead's names them."""
        self._send()
        lead = self._last_lead()
        request = lead.market_request_id
        for record in (lead, request):
            self.assertEqual(record.create_uid, self.env.ref("base.user_root"))
        for text in (lead.name, request.name, request.number):
            for private in ("Vera", "Customer", "21 00", "Ivanova"):
                self.assertNotIn(private, text)

    def test_form_is_rendered_without_scripts(self):
        """Every question has a label, and the form works as plain HTML."""
        page = self._get(URL)
        form = page.xpath("//form[@data-captcha='lead_market_request']")[0]
        self.assertEqual(form.get("method"), "post")
        for field in form.xpath(
            ".//input[not(@type='hidden')] | .//select | .//textarea"
        ):
            label = form.xpath(f".//label[@for='{field.get('id')}']")
            self.assertTrue(label, field.get("name"))
        names = {field.get("name") for field in form.xpath(".//*[@name]")}
        self.assertLessEqual({*self._form(), "photos", "csrf_token"}, names)
        self.assertIn("I agree that my request is published", self._text(page))
        self.company.market_consent = "Yes, workshops may write to me."
        page = self._get(URL)
        self.assertIn("Yes, workshops may write to me.", self._text(page))

    def test_category_names_for_whom(self):
        self.memorials.for_whom_label = "Name on the stele"
        page = self._get(f"{URL}?category={self.memorials.id}")
        label = self._text(page, "//label[@for='field_for_whom']")
        self.assertEqual(label, "Name on the stele")
        page = self._get(URL)
        label = self._text(page, "//label[@for='field_for_whom']")
        self.assertEqual(label, "For whom is it?")

    def test_for_whom_can_stay_unstated(self):
        self._send(for_whom="Ivanova", for_whom_not_stated="1")
        request = self._last_lead().market_request_id
        self.assertTrue(request.for_whom_not_stated)
        self.assertFalse(request.for_whom)

    def test_link_is_mailed_to_the_customer_alone(self):
        self._send()
        lead = self._last_lead()
        mail = self._mails_to("vera.customer@private.example")
        self.assertEqual(len(mail), 1)
        self.assertTrue(mail.is_resent)
        self.assertFalse(mail.recipient_ids)
        self.assertIn(lead.market_token, mail.body_html)
        self.assertIn(lead.market_request_id.number, mail.subject)

    def test_team_of_the_marketplace_gets_it(self):
        self.env["crm.team"].search([]).market_intake = False
        team = self.env["crm.team"].create(
            {"name": "Intake", "market_intake": True, "user_id": self.operator.id}
        )
        self._send()
        lead = self._last_lead()
        self.assertEqual(lead.team_id, team)
        self.assertEqual(lead.market_request_id.user_id, self.operator)

    def test_call_is_on_the_operators_list(self):
        self.env["crm.team"].search([]).market_intake = False
        self.env["crm.team"].create(
            {"name": "Intake", "market_intake": True, "user_id": self.operator.id}
        )
        self._send()
        request = self._last_lead().market_request_id
        call = self._last_lead().activity_ids
        self.assertEqual(
            call.activity_type_id, self.env.ref("mail.mail_activity_data_call")
        )
        self.assertEqual(call.user_id, self.operator)
        day = call.date_deadline
        request = request.with_user(self.operator)
        self.assertEqual(request.next_call_date, day)
        self._log_call(request, result="no_answer")
        self.assertEqual(request.last_call_result, "no_answer")
        self.assertEqual(request.next_call_date, day + timedelta(days=1))

    # === TWICE ===

    def test_sent_twice_is_one_request(self):
        """A second click leads to the page of the first."""
        key = str(uuid4())
        self._send(idempotency_key=key)
        first, count = self.response.url, self._count()
        self._send(idempotency_key=key)
        self.assertEqual(self.response.url, first)
        self.assertEqual(self._count(), count)
        self.assertEqual(len(self._mails_to("vera.customer@private.example")), 1)

    # === MISTAKES ===

    def test_mistakes_are_shown_where_they_are(self):
        count = self._count()
        cases = {
            "description": "short",
            "for_whom": " ",
            "category_id": "999999999",
            "region_id": str(self.env.ref("base.state_us_1").id),
            "budget": "a lot",
            "name": "",
            "email": "vera@",
            "phone": "12",
            "contact_mode": "pigeon",
            "consent": "",
        }
        for name, wrong in cases.items():
            with self.subTest(name):
                page = self._send(**{name: wrong})
                self.assertEqual(self.status, 422)
                self.assertTrue(page.xpath(f"//*[@id='error_{name}']"))
                self.assertEqual(len(page.xpath("//*[starts-with(@id, 'error_')]")), 1)
                self.assertTrue(page.xpath(f"//*[@id='field_{name}']"))
        self.assertEqual(self._count(), count)

    def test_everything_typed_is_kept(self):
        page = self._send(email="", contact_mode="email_only", for_whom="O'Ärå <b>")
        kept = {
            "description": "A stele of dark granite with a portrait, about 1 m high.",
            "for_whom": "O'Ärå <b>",
            "city": "Vardal",
            "budget": "25 000",
            "name": "Vera Customer",
            "phone": "+47 21 00 00 07",
        }
        for name, value in kept.items():
            field = page.xpath(f"//*[@name='{name}']")[0]
            self.assertEqual((field.get("value") or field.text), value)
        for name, value in (
            ("category_id", str(self.memorials.id)),
            ("region_id", str(self.region.id)),
        ):
            chosen = page.xpath(f"//select[@name='{name}']/option[@selected]")
            self.assertEqual([option.get("value") for option in chosen], [value])
        for name, value in (("segment", "premium"), ("contact_mode", "email_only")):
            chosen = page.xpath(f"//input[@name='{name}'][@checked]")
            self.assertEqual([radio.get("value") for radio in chosen], [value])
        self.assertTrue(page.xpath("//input[@name='consent'][@checked]"))

    def test_amounts_as_people_write_them(self):
        for typed, amount in (
            ("", 0),
            ("1.500", 1500),
            ("1,500.50", 1500.5),
            ("1.500,50", 1500.5),
            ("12,5", 12.5),
        ):
            with self.subTest(typed):
                self._send(budget=typed)
                self.assertEqual(self.status, 200)
                self.assertEqual(self._last_lead().market_request_id.budget, amount)

    # === PHOTOS ===

    def test_photos_stay_with_the_lead(self):
        """As they came, and out of reach of workshops."""
        self._send(files=[("photos", ("Ivanova.png", PIXEL, "image/png"))])
        lead = self._last_lead()
        photo = self.env["ir.attachment"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)]
        )
        self.assertEqual(photo.raw, PIXEL)
        self.assertFalse(photo.public)
        self.assertFalse(lead.market_request_id.photo_ids)

    def test_refused_photos_are_asked_for_again(self):
        page = self._send(files=[("photos", ("photo.png", b"no picture", "image/png"))])
        self.assertEqual(self.status, 422)
        text = self._text(page)
        self.assertIn("photo.png can't be attached", text)
        self.assertIn("choose your photos again", text)

    # === LIMITS ===

    def test_one_address_sends_only_so_many(self):
        for _count in range(30):
            self.env["portal.throttle"]._hit("market_request", "127.0.0.1", 3600)
        count = self._count()
        page = self._send()
        self.assertIn("Too many requests", self._text(page))
        self.assertEqual(self._count(), count)

    def test_without_token_of_the_form_nothing_is_stored(self):
        count = self._count()
        with mute_logger("odoo.http"):
            response = self.url_open(URL, data=self._form())
        self.assertEqual(response.status_code, 400)
        self.assertEqual(self._count(), count)
