from ast import literal_eval
from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import MarketCommon


@tagged("post_install", "-at_install")
class TestFigures(MarketCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.requests = cls.env["lead.market.request"]
        for number in range(4):
            cls.requests |= cls._create_published_request(
                cls._create_lead(email_from=f"customer{number}@private.example")
            )

    def _count(self):
        self.env["lead.market.workshop"].search([]).figures_on = False
        cron = self.env.ref("lead_marketplace.ir_cron_market_figures")
        cron.method_direct_trigger()
        self.env.invalidate_all()

    def _review(self, take, rating):
        review = self.env["lead.market.review"]._submit(take, rating, "So it was. " * 3)
        review.with_user(self.operator).action_publish()

    def test_paid_on_time(self):
        """The day of the payment counts, whether or not it has an entry."""
        for contract, paid_after in (("C-1", 0), ("C-2", 40)):
            order = self._win(self.granite_user, contract_no=contract).sudo()
            order.accrual_ids.with_user(self.accountant).action_invoice()
            move = order.accrual_ids.move_id
            due = fields.Date.today() - timedelta(days=50)
            move.write({"invoice_date": due, "invoice_payment_term_id": False})
            move.invoice_date_due = due
            move.action_post()
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=move.ids
            ).create(
                {"payment_date": due + timedelta(days=paid_after)}
            )._create_payments()
            self.assertIn(move.payment_state, ("paid", "in_payment"))
        self.granite._update_figures()
        self.assertEqual(self.granite.paid_on_time_rate, 0.5)

    def test_counted_at_night(self):
        takes = [self._open(request, self.granite_user) for request in self.requests]
        self._declare(takes[0], self.granite_user)
        takes[1].sudo().first_offer_on = takes[1].opened_on + timedelta(hours=6)
        self._open(self.requests[0], self.marble_user)
        self._count()
        self.assertRecordValues(
            self.granite,
            [
                {
                    "take_count": 4,
                    "order_count": 1,
                    "conversion": 0.25,
                    "on_time_rate": 1.0,
                    "first_reply_hours": 6.0,
                    "rating_count": 0,
                }
            ],
        )
        self.assertEqual(self.marble.take_count, 1)
        self.assertGreater(self.granite.score, self.marble.score)

    def test_late_declaration_counts(self):
        take = self._open(self.requests[0], self.granite_user)
        done = fields.Date.today() - timedelta(days=30)
        self._declare(take, self.granite_user, work_done_date=done)
        take = self._open(self.requests[0], self.marble_user)
        self._declare(take, self.marble_user)
        self._count()
        self.assertEqual(self.granite.on_time_rate, 0)
        self.assertEqual(self.marble.on_time_rate, 1)
        self.assertLess(self.granite.score, self.marble.score)
        self.assertGreater(self.granite.score, 0)

    def _overview(self, user):
        """Return what the workshop reads about its results."""
        self.authenticate(user.login, user.login)
        page = html.fromstring(self.url_open("/my/market").content)
        (section,) = page.xpath("//section[@aria-labelledby='market_statistics_title']")
        return " ".join(section.text_content().split())

    def _off_target(self):
        """Return whom a manager finds by the filter *Below a Target*."""
        view = self.env["lead.market.workshop"].get_views([(False, "search")])
        arch = html.fromstring(view["views"]["search"]["arch"])
        (domain,) = arch.xpath("//filter[@name='off_target']/@domain")
        Workshop = self.env["lead.market.workshop"].with_user(self.manager)
        return Workshop.search(literal_eval(domain)) & (self.granite + self.marble)

    def test_punctuality_has_targets(self):
        """Three of four on time is enough; two of three is not."""
        self.assertFalse(self._off_target(), "nothing is known yet")
        self.assertNotIn("Declared on time", self._overview(self.granite_user))
        late = fields.Date.today() - timedelta(days=30)
        dates = [late, fields.Date.today(), fields.Date.today(), fields.Date.today()]
        for user, count in ((self.granite_user, 4), (self.marble_user, 3)):
            for number in range(count):
                self._win(
                    user,
                    self.requests[number],
                    contract_no=f"C-{number}",
                    work_done_date=dates[number],
                )
        self._count()
        self.assertEqual(self._off_target(), self.marble)
        self.assertIn(
            "Declared on time 75% On target Target: 75 %",
            self._overview(self.granite_user),
        )
        self.assertIn("67% Below target Target: 75 %", self._overview(self.marble_user))
        self.assertEqual(self.marble.state, "active", "nothing follows by itself")
        self.company.market_on_time_target = 80
        self.assertEqual(self._off_target(), self.granite + self.marble)

    def test_late_payment_is_below_the_target(self):
        order = self._win(self.granite_user, self.requests[0]).sudo()
        order.accrual_ids.with_user(self.accountant).action_invoice()
        move = order.accrual_ids.move_id
        due = fields.Date.today() - timedelta(days=5)
        move.write({"invoice_date": due, "invoice_payment_term_id": False})
        move.invoice_date_due = due
        move.action_post()
        self._count()
        self.assertEqual(self._off_target(), self.granite)
        self.assertIn(
            "Paid on time 0% Below target Target: 95 %",
            self._overview(self.granite_user),
        )

    def test_suspicion_is_no_order(self):
        take = self._open(self.requests[0], self.granite_user)
        self.env["lead.market.order"].with_user(self.operator)._suspect(
            take.with_user(self.operator), "operator", "A hint."
        )
        self._count()
        self.assertEqual(self.granite.order_count, 0)

    def test_one_bad_review_does_not_ruin(self):
        """Until there are more, the mean of all workshops counts along."""
        for request in self.requests:
            take = self._open(request, self.marble_user)
            self._declare(take, self.marble_user)
            self._review(take, 5)
        take = self._open(self.requests[0], self.granite_user)
        self._declare(take, self.granite_user)
        self._review(take, 1)
        self._count()
        self.assertEqual(self.granite.rating_count, 1)
        self.assertGreater(self.granite.rating, 3)
        self.assertLess(self.granite.rating, self.marble.rating)

    def test_as_many_queries_for_many_workshops(self):
        one = self.granite
        many = one | self.marble
        for number in range(18):
            many |= self._create_workshop(f"w{number}", f"Workshop {number}")[0]
        many._update_figures()
        self.env.invalidate_all()
        self.env.flush_all()
        queries = self.env.cr.sql_log_count
        one._update_figures()
        self.env.flush_all()
        for_one = self.env.cr.sql_log_count - queries
        self.env.invalidate_all()
        queries = self.env.cr.sql_log_count
        many._update_figures()
        self.env.flush_all()
        self.assertLessEqual(self.env.cr.sql_log_count - queries, for_one + 2)

    # === DAILY MAIL ===

    def _send_digests(self):
        cron = self.env.ref("lead_marketplace.ir_cron_market_digest")
        cron.method_direct_trigger()
        self.env.invalidate_all()

    def _digests(self, user):
        return self.env["mail.mail"].search(
            [
                ("recipient_ids", "in", user.partner_id.ids),
                ("subject", "like", "New requests"),
            ]
        )

    def test_daily_mail_names_what_fits(self):
        self.granite.category_ids = self.memorials
        self.marble.category_ids = self.fences
        opened = self.requests[0]
        self._open(opened, self.granite_user)
        self._send_digests()
        mail = self._digests(self.granite_user)
        self.assertEqual(len(mail), 1)
        self.assertNotIn(opened.number, mail.body_html)
        for request in self.requests[1:]:
            self.assertIn(request.number, mail.body_html)
        self.assertNotIn("private.example", mail.body_html)
        self.assertEqual(mail.recipient_ids, self.granite_user.partner_id)
        self.assertFalse(self._digests(self.marble_user))

    def test_daily_mail_comes_once(self):
        self._send_digests()
        self._send_digests()
        self.assertEqual(len(self._digests(self.granite_user)), 1)

    def test_daily_mail_can_be_switched_off(self):
        self.granite.wants_digest = False
        self._send_digests()
        self.assertFalse(self._digests(self.granite_user))
