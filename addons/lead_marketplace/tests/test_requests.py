import io
from datetime import timedelta

from lxml import html
from PIL import Image

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import MarketCommon


@tagged("post_install", "-at_install")
class TestRequests(MarketCommon):
    """How an operator gets a request from a customer's words to the workshops."""

    def _assertPublishRefused(self, request, reason):
        with self.assertRaisesRegex(UserError, reason):
            request.action_publish()
        self.assertEqual(request.state, "draft")

    # === BEFORE PUBLISHING ===

    def test_nothing_is_published_without_a_talk(self):
        request = self._create_request()
        self._assertPublishRefused(request, "by phone yet")
        for result in ("no_answer", "wrong_number", "refused"):
            self._log_call(request, result=result)
        self._assertPublishRefused(request, "by phone yet")
        self._log_call(request, intent_confirmed=False)
        self._log_call(request, for_whom_confirmed=False)
        self._assertPublishRefused(request, "by phone yet")
        self._log_call(request)
        request.action_publish()
        self.assertEqual(request.state, "published")

    def test_what_is_missing_is_said(self):
        request = self._create_request(self._create_lead(market_consent_date=False))
        self._log_call(request)
        self._assertPublishRefused(request, "has not agreed")
        request.consent_date = fields.Datetime.now()
        self.assertEqual(
            request._get_lead().market_consent_version,
            self.company.market_consent_version,
        )
        for name, value, sentence in (
            ("category_id", False, "Choose a category"),
            ("region_id", False, "Choose a region"),
            ("name", False, "Give the request a title"),
            ("description", False, "Describe what"),
            ("for_whom", False, "Say for whom"),
        ):
            with self.subTest(name):
                before = request[name]
                request[name] = value
                self.assertIn(sentence, request.problems)
                self._assertPublishRefused(request, sentence)
                request[name] = before
        request.write({"for_whom": False, "for_whom_not_stated": True})
        request.action_publish()
        self.assertEqual(request.state, "published")

    def test_contacts_in_the_text_stop_it(self):
        request = self._create_request(description="Call me: +47 21 00 00 07")
        self._log_call(request)
        self._assertPublishRefused(request, "21 00 00 07.*looks like a contact")
        request.description = "The stone of 1200 x 600 x 80 mm"
        request.action_publish()
        with self.assertRaisesRegex(UserError, "looks like a contact"):
            request.description = "Write to vera@private.example"
        request.description = "A stone and a vase"
        self.assertEqual(request.description, "A stone and a vase")

    def test_hint_can_be_overruled_with_a_reason(self):
        request = self._create_request(description="Engraving: 12345 67890")
        self._log_call(request)
        self._assertPublishRefused(request, "looks like a contact")
        request.override_reason = "The number of the grave"
        request.action_publish()
        self.assertEqual(request.state, "published")

    def test_form_of_the_operator(self):
        """A request that came by phone is written into one form."""
        Request = self.env["lead.market.request"].with_user(self.operator)
        with Form(Request) as form:
            form.name = "Granite memorial"
            form.category_id = self.memorials
            form.region_id = self.region
            form.description = "Grey granite."
            form.for_whom = "Ivanova Maria"
            form.customer_name = "Vera Customer"
            form.customer_phone = "+47 21 00 00 07"
            form.customer_email = "vera@private.example"
            form.consent_date = fields.Datetime.now()
        request = form.record
        lead = request._get_lead()
        self.assertEqual(len(lead), 1)
        self.assertTrue(lead.market_token, "the customer gets a page, too")
        self.assertEqual(lead.phone, "+47 21 00 00 07")
        self._log_call(request)
        request.action_publish()
        self.assertEqual(request.state, "published")

    def test_operator_hears_that_nobody_shall_call(self):
        """What is agreed on the phone holds for the contact, wherever it is entered."""
        request = self._create_request().with_user(self.operator)
        with Form(request) as form:
            form.contact_mode = "email_only"
        self._log_call(request)
        request.action_publish()
        self.assertFalse(self._open(request, self.granite_user).sudo().customer_phone)

        request = self._create_published_request()
        request.lead_ids.with_user(self.operator).market_contact_mode = "email_only"
        self.assertEqual(request.contact_mode, "email_only")
        events = self.env["lead.market.event"].search([("request_id", "=", request.id)])
        self.assertIn("contact_changed", events.mapped("kind"))

    def test_calls_are_on_the_list(self):
        request = self._create_request(self._create_lead(user_id=self.operator.id))
        lead = request._get_lead()
        (activity,) = lead.activity_ids
        self.assertEqual(activity.user_id, self.operator)
        with freeze_time("2026-05-04 10:00:00"):
            self._log_call(request, result="no_answer")
        (activity,) = lead.activity_ids
        self.assertEqual(activity.date_deadline.isoformat(), "2026-05-05")
        self._log_call(request)
        self.assertFalse(lead.activity_ids)

    def test_no_service_outside_learns_of_customers(self):
        """Odoo's lead enrichment, where it is installed, leaves them out."""
        lead = self._create_lead()
        if "iap_enrich_done" not in lead._fields:
            self.assertNotIn("crm_iap_enrich", self.env.registry._init_modules)
            return
        self.assertFalse(lead.iap_enrich_done)
        lead.action_market_request()
        self.assertTrue(lead.iap_enrich_done)
        request = self.env["lead.market.request"].create({"name": "A stone"})
        self.assertTrue(self._create_lead(market_request_id=request.id).iap_enrich_done)

    def test_logged_calls_stay(self):
        call = self._log_call(self._create_request()).with_user(self.manager)
        with self.assertRaises(UserError):
            call.note = "He did not say that."
        with self.assertRaises(UserError):
            call.unlink()

    def test_photos_lose_what_cameras_write(self):
        request = self._create_request()
        picture = io.BytesIO()
        exif = Image.Exif()
        exif[0x010E] = "Vera Customer, +47 21 00 00 07"
        Image.new("RGB", (40, 30), "grey").save(picture, "JPEG", exif=exif)
        self.env["ir.attachment"].create(
            {
                "name": "vera_customer_at_home.jpg",
                "raw": picture.getvalue(),
                "res_model": "crm.lead",
                "res_id": request._get_lead().id,
            }
        )
        self._log_call(request)
        request.action_publish()
        (photo,) = request.photo_ids
        self.assertNotIn("vera", photo.name)
        self.assertNotIn(b"Vera", photo.raw)
        self.assertEqual(Image.open(io.BytesIO(photo.raw)).size, (40, 30))

    def test_photo_with_a_contact_is_removed(self):
        """Who verifies sees what would be shown, and takes out what must not be."""
        request = self._create_request().with_user(self.operator)
        for color in ("grey", "red"):
            picture = io.BytesIO()
            Image.new("RGB", (40, 30), color).save(picture, "PNG")
            self.env["ir.attachment"].create(
                {
                    "name": f"{color}.png",
                    "raw": picture.getvalue(),
                    "res_model": "crm.lead",
                    "res_id": request._get_lead().id,
                }
            )
        self.assertEqual(len(request.customer_picture_ids), 2)
        self._log_call(request)
        request.action_verify()
        with Form(request) as form:
            # The latest one comes first.
            form.photo_ids.remove(index=0)
        request.action_publish()
        (photo,) = request.photo_ids
        self.assertTrue(photo.name.startswith(f"{request.number}-1."))
        self.assertEqual(len(request.customer_picture_ids), 2)

    # === AFTER PUBLISHING ===

    def test_for_whom_is_shown_as_the_company_decides(self):
        request = self._create_published_request()
        workshop = request.with_user(self.granite_user).sudo(False)
        self.assertEqual(workshop.for_whom_shown, "Ivanova Maria")
        self.company.market_for_whom = "match"
        self.assertFalse(workshop.for_whom_shown)
        with self.assertRaises(AccessError):
            workshop.read(["for_whom"])

    def test_pause_and_close(self):
        request = self._create_published_request()
        request.action_pause()
        self.assertEqual(request.state, "paused")
        request.action_resume()
        request.with_context(market_close_reason="withdrawn").action_close()
        self.assertEqual(request.close_reason, "withdrawn")
        request.action_reopen()
        self.assertEqual((request.state, request.close_reason), ("draft", False))

    def test_expiry(self):
        self.company.market_expire_days = 30
        request = self._create_published_request()
        other = self._create_published_request(self._create_lead())
        other.expires_on = request.expires_on + timedelta(days=10)
        cron = self.env.ref("lead_marketplace.ir_cron_market_expire")
        with (
            freeze_time(request.expires_on + timedelta(days=1)),
            self.enter_registry_test_mode(),
        ):
            cron.method_direct_trigger()
        self.assertEqual((request.state, request.close_reason), ("closed", "expired"))
        self.assertEqual(other.state, "published")

    def test_what_was_opened_stays(self):
        request = self._create_published_request()
        take = self._open(request, self.granite_user)
        manager = request.with_user(self.manager)
        with self.assertRaises(UserError):
            manager.unlink()
        with self.assertRaises(UserError):
            request._get_lead().with_user(self.manager).sudo().unlink()
        with self.assertRaises(UserError):
            take.sudo().unlink()

    def test_new_contact_reaches_workshops_by_decision(self):
        request = self._create_published_request()
        take = self._open(request, self.granite_user)
        request.customer_phone = "+47 22 22 22 22"
        self.assertEqual(take.customer_phone, "+47 21 00 00 07")
        with self.assertRaises(AccessError):
            take.action_refresh_contact()
        take.with_user(self.operator).action_refresh_contact()
        self.assertEqual(take.customer_phone, "+47 22 22 22 22")
        kinds = self.env["lead.market.event"].search([("take_id", "=", take.id)])
        self.assertIn("contact_refreshed", kinds.mapped("kind"))

    def test_events_are_for_good(self):
        request = self._create_published_request()
        event = self.env["lead.market.event"].search([("request_id", "=", request.id)])
        self.assertIn("published", event.mapped("kind"))
        for user in (self.operator, self.manager):
            with self.assertRaises(UserError):
                event[0].with_user(user).kind = "nothing"
            with self.assertRaises(UserError):
                event[0].with_user(user).unlink()
        with self.assertRaises(UserError):
            event[0].kind = "nothing"


@tagged("post_install", "-at_install")
class TestDuplicates(MarketCommon):
    """The same customer twice: the operator looks at both, and decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.earlier = cls._create_request(
            cls._create_lead(
                contact_name="Пётр Иванов",
                phone="8 (912) 345-67-89",
                email_from="p@b.example",
            ),
            description="Dark granite, with a portrait.",
            budget=1000,
        )
        cls.request = cls._create_request(
            cls._create_lead(
                contact_name="Иванов Петр",
                phone="+7 912 3456789",
                email_from="petr@b.example",
            ),
            description="Dark granite, with a vase.",
        ).with_user(cls.operator)

    def _compare(self):
        """Return the dialog that the operator gets."""
        action = self.request.action_compare_duplicates()
        Wizard = self.env[action["res_model"]].with_user(self.operator)
        return Form(Wizard.with_context(**action["context"]))

    def _read(self, form):
        """Return the rows that are compared, as words by label."""
        rows = html.fromstring(form.comparison).xpath("//tbody[1]/tr")
        return {
            row.findtext("th"): [
                " ".join(cell.text_content().split()) for cell in row.findall("td")
            ]
            for row in rows
        }

    def test_found_by_the_phone(self):
        """Odoo's own search misses phones, and gives up at 22 of a kind."""
        for number in range(25):
            self._create_request(
                self._create_lead(
                    phone="+7 912 3456789", email_from=f"other{number}@b.example"
                )
            )
        self._create_lead(phone="+7 912 3456789", name="On no marketplace")
        self.assertEqual(self.request.duplicate_count, 26)
        self.assertEqual(self._compare().candidate_count, 26)

    def test_side_by_side(self):
        """What is the same is told by its meaning, what differs word by word."""
        form = self._compare()
        self.assertEqual(form.other_id, self.earlier)
        rows = self._read(form)
        self.assertEqual(
            rows["Customer Phone"], ["+7 912 3456789", "8 (912) 345-67-89", "same"]
        )
        self.assertEqual(rows["Customer Name"], ["Иванов Петр", "Пётр Иванов", "same"])
        self.assertEqual(
            rows["Customer Email"], ["petr@b.example", "p@b.example", "differs"]
        )
        self.assertEqual(rows["Budget"][0], "–")
        self.assertNotIn("Segment", rows, "neither says it")
        marked = html.fromstring(form.comparison).xpath("//mark/text()")
        self.assertIn("vase.", marked)
        self.assertIn("portrait.", marked)
        self.assertNotIn("granite", "".join(marked))

    def test_texts_are_no_markup(self):
        self.request.description = "<b>Dark</b> granite"
        form = self._compare()
        self.assertFalse(html.fromstring(form.comparison).xpath("//b"))
        self.assertIn("<b>Dark</b> granite", self._read(form)["Description"][0])

    def test_reasons_in_the_language_of_the_operator(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        duplicate = self.env.ref(
            "lead_marketplace.selection__lead_market_request__close_reason__duplicate"
        )
        duplicate.with_context(lang="ru_RU").name = "Дубликат"
        window = self.env["lead.market.request.close"].with_context(lang="ru_RU")
        fields = window.with_user(self.operator).fields_get(["reason"], ["selection"])
        reasons = dict(fields["reason"]["selection"])
        self.assertEqual(reasons["duplicate"], "Дубликат")

    def test_is_a_duplicate(self):
        self._compare().save().action_duplicate()
        self.assertEqual(self.request.state, "closed")
        self.assertEqual(self.request.close_reason, "duplicate")
        self.assertEqual(self.request.duplicate_of_id, self.earlier)
        self.assertEqual(self.earlier.state, "draft")
        # The one that stays does not ask about the one that was closed.
        self.assertFalse(self.earlier.with_user(self.operator).duplicate_count)

    def test_is_no_duplicate(self):
        """Neither of the two is suspected again, and the next one is shown."""
        third = self._create_request(self._create_lead(phone="+7 912 3456789"))
        wizard = self._compare().save()
        first = wizard.other_id
        action = wizard.action_distinct()
        (second,) = (self.earlier + third) - first
        self.assertEqual(action["context"]["default_other_id"], second.id)
        action = self._compare().save().action_distinct()
        self.assertEqual(action["type"], "ir.actions.act_window_close")
        self.assertFalse(self.request.duplicate_count)
        self.assertEqual(self.request.state, "draft")
        for other in (self.earlier, third):
            self.assertEqual(other.with_user(self.operator).duplicate_count, 1)

    def test_decided_meanwhile(self):
        wizard = self._compare().save()
        self.request._set_distinct(self.earlier)
        with self.assertRaisesRegex(UserError, "decided about these two"):
            wizard.action_duplicate()
        self.assertEqual(self.request.state, "draft")

    def test_only_operators_compare(self):
        wizard = self._compare().save()
        for user in (self.granite_user, self.accountant):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    wizard.with_user(user).action_duplicate()
                with self.assertRaises(AccessError):
                    wizard.with_user(user).read(["comparison"])
                with self.assertRaises(AccessError):
                    self.request.with_user(user).action_compare_duplicates()


@tagged("post_install", "-at_install")
class TestWorkshops(MarketCommon):
    """A workshop's standing is a person's decision."""

    def test_only_managers_end_cooperation(self):
        workshop = self.granite.with_user(self.operator)
        for state in ("restricted", "terminated"):
            with self.assertRaisesRegex(UserError, "Only a manager"):
                workshop._set_state(state, "Never declares")
        workshop = self.granite.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "reason"):
            workshop._set_state("terminated", "  ")
        workshop._set_state("terminated", "Sold contacts")
        self.assertIn("Sold contacts", "".join(workshop.message_ids.mapped("body")))
        with self.assertRaisesRegex(UserError, "manager reinstates"):
            workshop.action_activate()

    def test_accountants_are_offered_no_decision(self):
        for user, buttons in ((self.operator, 2), (self.accountant, 0)):
            form = self.granite.with_user(user).get_view(view_type="form")["arch"]
            labels = html.fromstring(form).xpath("//header/button/@string")
            found = {"Activate", "Change Standing"}.intersection(labels)
            self.assertEqual(len(found), buttons, user.login)
            self.assertIn("Statement", labels)

    def test_people_see_requests_as_long_as_they_may(self):
        request = self._create_published_request()
        colleague = self._create_workshop_user(
            "market_colleague", self.granite.partner_id, "base.group_portal"
        )
        Request = self.env["lead.market.request"]
        with self.assertRaises(AccessError):
            Request.with_user(colleague).search([])
        self.granite.with_user(self.manager).action_activate()
        self.assertIn(request, Request.with_user(colleague).search([]))
        self.granite.with_user(self.manager)._set_state("terminated", "Sold contacts")
        with self.assertRaises(AccessError):
            Request.with_user(self.granite_user).search([])

    def test_fit(self):
        self.granite.write(
            {
                "serves_premium": False,
                "category_ids": self.fences.ids,
                "region_ids": self.region.ids,
            }
        )
        request = self._create_published_request(segment="premium")
        for workshop, misfits in (
            (self.granite, ["segment", "category"]),
            (self.marble, []),
        ):
            self.assertEqual(workshop._get_misfits(request), {request.id: misfits})

    def test_own_customers(self):
        request = self._create_published_request(for_whom="Иванова Мария и Иванов Пётр")
        other = self._create_published_request(self._create_lead(), for_whom="Berg Ola")
        Own = self.env["lead.market.own.customer"]
        self.assertEqual(
            Own._add_names(self.granite, ["Пётр ИВАНОВ", "Петр Иванов"]), 1
        )
        requests = request + other
        self.assertEqual(self.granite._get_own_matches(requests), {request.id})
        self.assertEqual(self.marble._get_own_matches(requests), set())


@tagged("post_install", "-at_install")
class TestInsiders(MarketCommon):
    """A customer who is of a partner workshop is no secret to the operator."""

    def _find_workshops(self, **vals):
        request = self._create_request(self._create_lead(**vals))
        return request.with_user(self.operator).customer_workshop_ids

    def test_employee(self):
        """By an address of a colleague's, or by the phone of the office."""
        self.granite.partner_id.phone = "+47 21 00 00 99"
        by_mail = self._find_workshops(email_from="Market_Granite@workshop.example")
        by_phone = self._find_workshops(phone="0047 21000099")
        self.assertEqual(by_mail, self.granite)
        self.assertEqual(by_phone, self.granite)

    def test_customer(self):
        self.assertFalse(self._find_workshops())
        self.assertFalse(self._find_workshops(email_from=False, phone=False))
