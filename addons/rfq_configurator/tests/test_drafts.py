from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common_page import PageCase

ODD = ["", "0", "-1", "1e309", "NaN", "²", "9" * 40, "1_000", "a\x00b", "A" * 20_000]


@tagged("post_install", "-at_install")
class TestDrafts(PageCase):
    """Configurations that customers save before they send them."""

    def setUp(self):
        super().setUp()
        self.authenticate("rfq_portal", "rfq_portal")

    def save(self, **values):
        """Press the button that saves, and return the newest draft."""
        answer = self.send(save="1", **values)
        self.assertEqual(answer.status_code, 303, answer.text[-500:])
        self.assertIn("notice=saved", answer.headers["Location"])
        return self.requests()[:1]

    def hidden(self, page, name):
        return page.xpath(f"//input[@name='{name}']/@value")

    def test_saved_and_sent_later(self):
        saved = self.save(p_width="1800", message="With round corners", quantity="3")
        self.assertEqual(saved.state, "draft")
        self.assertEqual(saved.partner_id, self.contact)
        self.assertFalse(saved.submitted_on)
        # Nobody is told of it.
        self.assertFalse(saved.activity_ids)
        self.assertFalse(self.env["mail.mail"].search([("res_id", "=", saved.id)]))
        page, _answer = self.get("/my/rfqs")
        self.assertIn(f"{saved.name} Table Saved, not sent", self.text(page))
        page, _answer = self.get(f"/my/rfqs/{saved.id}?notice=saved")
        text = self.text(page)
        self.assertIn("Your configuration is saved. Nobody was told of it yet.", text)
        self.assertIn("instead of", text)
        (link,) = page.xpath("//a[normalize-space()='Go on']/@href")
        page, _answer = self.get(link)
        self.assertEqual(self.hidden(page, "p_width"), ["1800"])
        self.assertEqual(self.hidden(page, "quantity"), ["3"])
        self.assertEqual(
            page.xpath("//textarea[@name='message']/text()"), ["With round corners"]
        )
        answer = self.send(
            saved=self.hidden(page, "saved")[0], p_width="1900", quantity="3"
        )
        self.assertIn(f"/my/rfqs/{saved.id}?", answer.headers["Location"])
        self.assertEqual(self.requests(), saved)
        self.assertEqual(saved.state, "submitted")
        self.assertTrue(saved.submitted_on)
        self.assertEqual(saved.values["width"], "1900")
        self.assertTrue(saved.activity_ids)
        width = saved.value_ids.filtered(lambda one: one.code == "width")
        self.assertEqual(width.text, "1,900")

    def test_saved_again(self):
        saved = self.save(p_width="1800")
        again = self.save(p_width="1700", saved=str(saved.id))
        self.assertEqual(again, saved)
        self.assertEqual(saved.values["width"], "1700")
        self.assertEqual(len(self.requests()), 1)

    def test_pressed_twice(self):
        form = self.form(save="1", p_width="1800")
        for _time in range(2):
            self.post(f"{self.url}/submit", form)
        self.assertEqual(len(self.requests()), 1)
        # The form that was saved is sent.
        self.post(f"{self.url}/submit", {**form, "save": ""})
        self.assertEqual(self.requests().state, "submitted")
        # It comes late: what was sent stays sent.
        self.post(f"{self.url}/submit", form)
        self.assertEqual(self.requests().state, "submitted")

    def test_what_is_not_possible_yet(self):
        saved = self.save(p_width="2100", p_leg_size="50")
        page, _answer = self.get(f"/my/rfqs/{saved.id}")
        self.assertIn("2,100", self.text(page))
        answer = self.send(saved=str(saved.id), p_width="2100", p_leg_size="50")
        self.assertEqual(answer.status_code, 422)
        self.assertEqual(saved.state, "draft")

    def test_odd_input(self):
        """It is kept as far as it makes sense, or refused with a sentence."""
        for name in ("quantity", "requested_date", "target_price", "p_width", "saved"):
            for junk in ODD:
                with self.subTest(name=name, junk=junk[:20]):
                    answer = self.send(save="1", **{name: junk})
                    self.assertIn(answer.status_code, (303, 422))

    def test_invited_customer_without_login(self):
        self.authenticate(None, None)
        self.get(f"{self.url}?token={self.access.token}")
        saved = self.save(p_width="1800")
        self.assertEqual(saved.partner_id, self.contact)
        page, _answer = self.get(f"{self.url}?saved={saved.id}")
        self.assertEqual(self.hidden(page, "saved"), [str(saved.id)])

    def test_guests_have_no_drafts(self):
        self.authenticate(None, None)
        page, _answer = self.get(self.url)
        self.assertFalse(page.xpath("//button[@name='save']"))
        answer = self.send(save="1")
        self.assertEqual(answer.status_code, 200)
        self.assertFalse(self.requests())

    def test_drafts_of_somebody_else(self):
        saved = self.save(p_width="1800")
        sent = self._send({"width": 1800})
        self.authenticate("rfq_stranger", "rfq_stranger")
        odd = ("", "x", "-1", "0", "99999999999999999999", "1e3")
        for number in (saved.id, sent.id, *odd):
            with self.subTest(number=number):
                page, answer = self.get(f"{self.url}?saved={number}")
                self.assertEqual(answer.status_code, 200)
                self.assertFalse(self.hidden(page, "saved"))
        self.save(p_width="1700", saved=str(saved.id))
        self.assertEqual(saved.partner_id, self.contact)
        self.assertEqual(saved.values["width"], "1800")
        answer = self.send(p_width="1700", saved=str(saved.id))
        self.assertNotIn(f"/my/rfqs/{saved.id}?", answer.headers["Location"])
        self.assertEqual(saved.state, "draft")

    def test_key_of_somebody_else(self):
        form = self.form(save="1", p_width="1800")
        self.post(f"{self.url}/submit", form)
        saved = self.requests()
        self.authenticate("rfq_stranger", "rfq_stranger")
        for save in ("1", ""):
            answer = self.post(f"{self.url}/submit", {**form, "save": save})
            self.assertEqual(answer.status_code, 422)
        self.assertEqual(self.requests(), saved)
        self.assertEqual(saved.state, "draft")
        self.assertEqual(saved.partner_id, self.contact)

    def test_no_proposal(self):
        """What a customer saved is not ours to propose, so it can't be accepted."""
        saved = self.save()
        answer = self.post(f"/my/rfqs/{saved.id}/accept")
        self.assertEqual(answer.status_code, 422)
        self.assertEqual(saved.state, "draft")

    def test_deleted(self):
        saved = self.save(p_width="1800")
        self.post(f"/my/rfqs/{saved.id}/cancel")
        self.assertTrue(saved.purged_on)
        self.assertFalse(saved.values)
        page, _answer = self.get("/my/rfqs")
        self.assertNotIn(saved.name, self.text(page))

    def test_ends_with_its_time(self):
        saved = self.save(p_width="1800")
        today = fields.Date.today()
        self.assertEqual(saved.purge_after, today + timedelta(days=30))
        self.company.rfq_retention_days = 7
        saved._redate()
        self.assertEqual(saved.purge_after, today + timedelta(days=7))
        saved.purge_after = today
        self.env["rfq.request"]._gc_rfq_requests()
        self.assertFalse(saved.values)
        self.assertTrue(saved.purged_on)

    def test_new_version_meanwhile(self):
        saved = self.save(p_width="1800")
        design = self.design.with_user(self.manager)
        design.parameter_ids.filtered(lambda one: one.code == "width").help = "New"
        design.action_publish()
        page, _answer = self.get(f"{self.url}?saved={saved.id}")
        answer = self.send(saved=str(saved.id), p_width="1800")
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(saved.version_id, design.current_version_id)
