from datetime import timedelta

from freezegun import freeze_time
from lxml import html

from odoo import fields
from odoo.tests import tagged

from odoo.addons.base_offerdesk.controllers.guard import WRONG_TOKENS_PER_MINUTE

from .common import MarketCommon
from .common_customer import MarketCustomerCase
from .common_portal import MarketPortalCase

OPENED = "2026-05-01 09:00:00"


@tagged("post_install", "-at_install")
class TestCheckin(MarketCommon):
    """Workshops are asked how it stands; silence only lowers their figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.market_checkin_days = 30
        # What a demo has opened is not in the way.
        cls.env["lead.market.take"].search([]).write({"checkin_silent": 9})
        cls.cron = cls.env.ref("lead_marketplace.ir_cron_market_checkin")
        cls.take = cls._open_at(OPENED)

    @classmethod
    def _open_at(cls, moment, user=None, **vals):
        with freeze_time(moment):
            request = cls._create_published_request(**vals)
            return cls._open(request, user or cls.granite_user).sudo()

    def _run_cron(self, moment):
        with freeze_time(moment), self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def _mails(self, workshop=None):
        return self.env["mail.mail"].search(
            [
                ("model", "=", "lead.market.workshop"),
                ("res_id", "=", (workshop or self.granite).id),
                ("subject", "like", "how does it stand"),
            ]
        )

    def test_once_for_a_period(self):
        self._run_cron("2026-05-31 08:00:00")
        self.assertFalse(self._mails(), "the thirty days are not over")
        for _again in range(2):
            self._run_cron("2026-05-31 10:00:00")
        mail = self._mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.recipient_ids, self.granite_user.partner_id)
        links = html.fromstring(mail.body_html).xpath("//a/@href")
        person = self.granite_user.partner_id
        for answer in ("talking", "contracted", "lost"):
            self.assertIn(self.take._get_checkin_link(person, answer), links)
        for secret in ("Vera", "private.example", "21 00 00 07", "Ivanova"):
            self.assertNotIn(secret, mail.body_html)
        self._run_cron("2026-07-01 10:00:00")
        self.assertEqual(len(self._mails()), 2)

    def test_one_mail_for_all_contacts_of_a_workshop(self):
        self._open_at(OPENED, name="A fence")
        self._open_at(OPENED, self.marble_user, name="A bench")
        self._run_cron("2026-06-02 10:00:00")
        mail = self._mails()
        self.assertEqual(len(mail), 1)
        self.assertIn("A fence", mail.body_html)
        self.assertNotIn("A bench", mail.body_html)
        self.assertEqual(len(self._mails(self.marble)), 1)

    def test_everybody_gets_links_of_their_own(self):
        colleague = self._create_workshop_user(
            "market_colleague", self.granite.partner_id
        )
        self._run_cron("2026-06-02 10:00:00")
        people = self.granite_user.partner_id + colleague.partner_id
        mails = self._mails()
        self.assertEqual(len(mails), 2)
        for person in people:
            mail = mails.filtered(lambda m, person=person: m.recipient_ids == person)
            for other in people:
                token = self.take._get_checkin_token(other.id)
                self.assertEqual(token in mail.body_html, other == person)
        self.assertEqual(self.take.checkin_silent, 1, "asked once, though by two mails")

    def test_important_ones_twice_as_often(self):
        with freeze_time(OPENED):
            self.take._set_important(True)
        self._run_cron("2026-05-16 10:00:00")
        self.assertEqual(len(self._mails()), 1)

    def test_ends_by_itself(self):
        """Archived and ordered contacts are clear; work of any kind is an answer."""
        lost, won, alive = (self._open_at(OPENED) for _number in range(3))
        with freeze_time("2026-05-20 09:00:00"):
            self.take._answer_checkin("talking", {}, self.granite_user)
            lost._archive_take("lost")
            self._declare(
                won,
                self.granite_user,
                work_done_date=False,
                planned_finish_date="2026-09-01",
            )
            alive._send_letter(self.granite_user, "Offer", "A stone")
        self._run_cron("2026-06-10 10:00:00")
        self.assertFalse(self._mails())
        self._run_cron("2026-06-20 10:00:00")
        self.assertEqual(len(self._mails()), 1)
        self.assertFalse(lost.checkin_on or won.checkin_on)
        self.assertTrue(self.take.checkin_on and alive.checkin_on)

    def test_a_cancelled_order_is_none(self):
        with freeze_time(OPENED):
            order = self._declare(
                self.take,
                self.granite_user,
                work_done_date=False,
                planned_finish_date="2026-09-01",
            )
        self.assertFalse(self.take.next_checkin_on)
        order.with_user(self.operator).action_cancel()
        self.assertTrue(self.take.next_checkin_on)

    def test_not_without_end(self):
        for month in range(6, 13):
            self._run_cron(f"2026-{month:02}-05 10:00:00")
        self.assertEqual(len(self._mails()), 3)

    def test_switched_off(self):
        self.company.market_checkin_days = 0
        self._run_cron("2026-08-01 10:00:00")
        self.assertFalse(self._mails())

    def test_terminated_workshop(self):
        self.granite.with_user(self.manager)._set_state("terminated", "Resale")
        self._run_cron("2026-08-01 10:00:00")
        self.assertFalse(self._mails())
        self.assertFalse(self.take.checkin_silent, "it may not answer")

    def test_silence_lowers_rank_and_quota(self):
        others = [self._open_at(OPENED) for _number in range(5)]
        self._run_cron("2026-06-02 10:00:00")

        def figures(moment):
            with freeze_time(moment):
                # The mean of all is that of the night before.
                self.granite._update_figures()
                self.granite._update_figures()
            return self.granite.score, self.granite._get_quota()

        self.company.market_daily_quota = 30
        before = figures("2026-06-05 10:00:00")
        self.assertEqual(before[1], 30, "there is a week to answer in")
        after = figures("2026-06-12 10:00:00")
        self.assertLess(after[0], before[0])
        self.assertEqual(after[1], 10)
        self.assertEqual(self.granite.silent_count, 6)
        # The customer writes: that is no answer of the workshop.
        self.take.message_post(
            body="Hello?",
            email_from="vera.customer@private.example",
            author_id=False,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(figures("2026-06-12 10:00:00"), after)
        for take in self.take.browse().concat(self.take, *others):
            take._answer_checkin("talking", {}, self.granite_user)
        self.assertEqual(figures("2026-06-12 10:00:00"), before)
        # What a person has decided stands.
        self.granite.daily_quota = 12
        self.assertEqual(self.granite._get_quota(), 12)


@tagged("post_install", "-at_install")
class TestCheckinPage(MarketPortalCase):
    def setUp(self):
        super().setUp()
        self.take = self._open(
            self._create_published_request(), self.granite_user
        ).sudo()
        now = fields.Datetime.now()
        self.take.write({"checkin_on": now - timedelta(days=1), "checkin_silent": 1})
        self.url = f"/my/market/take/{self.take.id}/checkin"

    def test_links_change_nothing(self):
        """Mail scanners follow links."""
        self.env.invalidate_all()
        before = self.take.read()
        for answer in ("talking", "contracted", "lost", "x", ""):
            page = self._get(f"{self.url}?answer={answer}")
            opened = page.xpath("//details[@open]//input[@name='answer']/@value")
            known = answer in ("talking", "contracted", "lost")
            self.assertEqual(opened, [answer] if known else [])
        self.env.invalidate_all()
        self.assertEqual(self.take.read(), before)

    def test_asked_is_shown(self):
        overview = self._text(self._get("/my/market"))
        self.assertIn("We asked how it stands", overview)
        self.assertIn("Vera", self._text(self._get("/my/market/work?state=asked")))
        page = self._get(f"/my/market/take/{self.take.id}")
        self.assertIn("We asked you how it stands here", self._text(page))

    def test_talking(self):
        text = self._post_and_read(self.url, answer="talking")
        self.assertIn("Thank you", text)
        self.assertNotIn("We asked you", text)
        self.assertEqual(self.take.checkin_silent, 0)
        self.assertNotIn("We asked", self._text(self._get("/my/market")))

    def test_contracted(self):
        finish = fields.Date.today() + timedelta(days=40)
        target = self._post(
            self.url,
            answer="contracted",
            contract_no="C-9",
            planned_finish_date=str(finish),
        )
        self.assertIn("Days to do so: 5", self._text(self._get(target)))
        order = self.take.order_ids
        self.assertEqual(order.planned_finish_date, finish)
        self.assertEqual((order.contract_no, order.declared_on), ("C-9", False))
        self.assertEqual(self.take.state, "contracted")
        self.assertFalse(self.take.next_checkin_on)

    def test_contracted_refused(self):
        target = self._post(self.url, answer="contracted", contract_no="C-9")
        page = self._get(target)
        self.assertIn("planned to be", self._text(page))
        self.assertEqual(page.xpath("//input[@name='contract_no']/@value"), ["C-9"])
        self.assertFalse(self.take.order_ids)

    def test_lost(self):
        text = self._post_and_read(self.url, answer="lost", reason="no_answer")
        self.assertIn("Archived", text)
        self.assertEqual(self.take.state, "archived")
        self.assertEqual(self.take.outcome_reason, "no_answer")

    def test_others(self):
        self._log_in(self.marble_user)
        self.assertNotIn("Vera", self._text(self._get(self.url)))
        self._post(self.url, answer="lost", reason="lost")
        self.assertEqual(self.take.state, "in_work")


@tagged("post_install", "-at_install")
class TestCheckinLink(MarketCustomerCase):
    """A link in the mail is enough to answer; only the button of its page does so."""

    def setUp(self):
        super().setUp()
        self.take = self._open(
            self._create_published_request(), self.granite_user
        ).sudo()
        now = fields.Datetime.now()
        self.take.write({"checkin_on": now - timedelta(days=1), "checkin_silent": 1})
        self.url = self._link_of(self.granite_user)

    def _link_of(self, user, take=None):
        link = (take or self.take)._get_checkin_link(user.partner_id)
        return link.removeprefix(self.take.get_base_url())

    def _last_event(self):
        return self.env["lead.market.event"].search(
            [("take_id", "=", self.take.id)], limit=1
        )

    def test_following_it_changes_nothing(self):
        self.env.invalidate_all()
        before = self.take.read()
        for answer in ("talking", "contracted", "lost", "x", ""):
            page = self._get(f"{self.url}&answer={answer}")
            opened = page.xpath("//details[@open]//input[@name='answer']/@value")
            known = answer in ("talking", "contracted", "lost")
            self.assertEqual(opened, [answer] if known else [])
            self.assertEqual(self.response.headers["Cache-Control"], "no-store")
        self.env.invalidate_all()
        self.assertEqual(self.take.read(), before)

    def test_shows_nobody(self):
        """Mails are passed on: the page names the request, not the customer."""
        page = self._get(self.url)
        self.assertIn(self.take.request_id.number, self._text(page))
        for secret in ("Vera", "private.example", "21 00 00 07", "Ivanova"):
            self.assertNotIn(secret, self.response.text)

    def test_talking(self):
        text = self._text(self._post(self.url, {"answer": "talking"}))
        self.assertIn("we have your answer", text)
        self.assertEqual(self.take.checkin_silent, 0)
        event = self._last_event()
        self.assertEqual(event.kind, "checkin_answered")
        self.assertEqual(
            event.data,
            {"answer": "talking", "link_of": self.granite_user.partner_id.id},
        )
        self.assertNotEqual(event.user_id, self.granite_user, "nobody has logged in")

    def test_contracted(self):
        finish = str(fields.Date.today() + timedelta(days=40))
        answer = {"answer": "contracted", "contract_no": "C-9"}
        page = self._post(self.url, answer)
        self.assertEqual(self.status, 422)
        self.assertIn("planned to be", self._text(page))
        self.assertEqual(page.xpath("//input[@name='contract_no']/@value"), ["C-9"])
        self.assertFalse(self.take.order_ids)
        for _again in range(2):
            text = self._text(
                self._post(self.url, {**answer, "planned_finish_date": finish})
            )
            self.assertIn("declare the order when the work is done", text)
        order = self.take.order_ids
        self.assertEqual(str(order.planned_finish_date), finish)
        self.assertEqual((order.contract_no, order.declared_on), ("C-9", False))
        self.assertFalse(order.declared_by_id)

    def test_lost(self):
        text = self._text(self._post(self.url, {"answer": "lost", "reason": "lost"}))
        self.assertIn("still to be declared", text)
        self.assertEqual(self.take.outcome_reason, "lost")
        self._post(self.url, {"answer": "talking"})
        self.assertEqual(self.take.state, "archived", "one question, one answer")

    def test_bad_answers(self):
        for sent in (
            {},
            {"answer": "x"},
            {"answer": "lost"},
            {"answer": "lost", "reason": "x"},
            {"answer": "contracted", "planned_finish_date": "31.12.2026"},
        ):
            with self.subTest(sent):
                self._post(self.url, sent)
                self.assertEqual(self.status, 422)
        self.assertEqual(self.take.checkin_silent, 1)
        self.assertFalse(self.take.order_ids)

    def test_links_that_lead_nowhere(self):
        """Of somebody who left, of another contact, of a workshop that is out."""
        other = self._open(self._create_published_request(), self.marble_user).sudo()
        other.checkin_silent = 1
        query = self.url.partition("?")[2]
        addresses = [
            f"/market/checkin/{other.id}?{query}",
            self._link_of(self.granite_user, other),
            self._link_of(self.marble_user),
            self.url.replace("access_token=", "access_token=0"),
            self.url.partition("&")[0],
            f"/market/checkin/{self.take.id}",
            "/market/checkin/999999999",
        ]
        for address in addresses:
            with self.subTest(address):
                self._post(address, {"answer": "talking"})
                self.assertEqual(self.status, 404)
                self.env["portal.throttle"].search([]).unlink()
        self.assertEqual((self.take.checkin_silent, other.checkin_silent), (1, 1))

    def test_who_left_has_no_link(self):
        self._create_workshop_user("market_colleague", self.granite.partner_id)
        self.granite_user.partner_id.parent_id = False
        self._get(self.url)
        self.assertEqual(self.status, 404)

    def test_terminated_workshop(self):
        self.granite.with_user(self.manager)._set_state("terminated", "Resale")
        self._post(self.url, {"answer": "talking"})
        self.assertEqual(self.status, 404)
        self.assertEqual(self.take.checkin_silent, 1)

    def test_guessing(self):
        wrong = self.url.replace("access_token=", "access_token=0")
        for _number in range(WRONG_TOKENS_PER_MINUTE):
            self._get(wrong)
            self.assertEqual(self.status, 404)
        self._get(self.url)
        self.assertEqual(self.status, 429)
