from freezegun import freeze_time

from odoo.tests import tagged

from .common_customer import MarketCustomerCase


@tagged("post_install", "-at_install")
class TestSurvey(MarketCustomerCase):
    """The customer is asked who did the work: on two occasions, once on each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.market_survey_months = 6
        cls.cron = cls.env.ref("lead_marketplace.ir_cron_market_survey")
        # What a demo has opened and announced is not in the way.
        cls.env["lead.market.take"].search([]).write({"survey_due_on": False})
        cls.env["lead.market.order"].search([]).write({"survey_on": "2020-01-01"})
        with freeze_time("2026-01-10 09:00:00"):
            cls.request = cls._create_published_request()
            cls.take = cls._open(cls.request, cls.granite_user).sudo()
        with freeze_time("2026-01-20 09:00:00"):
            cls._open(cls.request, cls.marble_user)

    def _run_cron(self, moment):
        # An HttpCase keeps the cron in its own transaction already.
        with freeze_time(moment):
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def _mails(self):
        mails = self._mails_to("vera.customer@private.example")
        return mails.filtered(lambda mail: "Who did the work" in mail.subject)

    def _announce(self, day="2026-03-01"):
        with freeze_time("2026-01-25 09:00:00"):
            return self._declare(
                self.take,
                self.granite_user,
                work_done_date=False,
                planned_finish_date=day,
            ).sudo()

    def test_months_after_opening(self):
        self._run_cron("2026-07-10 08:00:00")
        self.assertFalse(self._mails())
        for moment in ("2026-07-10 10:00:00", "2026-07-25 10:00:00"):
            self._run_cron(moment)
        mail = self._mails()
        self.assertEqual(len(mail), 1, "two workshops opened it: one mail")
        self.assertIn(self._link(self.request), mail.body_html)
        self.assertFalse(mail.recipient_ids)
        self.assertNotIn("Granite", mail.body_html)

    def test_planned_finish(self):
        self._announce()
        self._run_cron("2026-02-28 10:00:00")
        self.assertFalse(self._mails())
        for moment in ("2026-03-01 10:00:00", "2026-03-20 10:00:00"):
            self._run_cron(moment)
        self.assertEqual(len(self._mails()), 1)
        self._run_cron("2026-08-01 10:00:00")
        self.assertEqual(len(self._mails()), 1, "who did not answer is left alone")

    def test_not_yet_is_asked_once_more(self):
        self._announce()
        self._run_cron("2026-03-01 10:00:00")
        self._post(self._link(self.request, "/done"), {"who": "nobody"})
        for moment in ("2026-08-01 10:00:00", "2026-12-01 10:00:00"):
            self._run_cron(moment)
        self.assertEqual(len(self._mails()), 2)

    def test_not_asked(self):
        def told():
            self.request.sudo()._customer_done("other")

        def withdrawn():
            self.request._customer_withdraw()

        def no_consent():
            self.request._get_lead().market_consent_date = False

        def unsubscribed():
            self.env["mail.blacklist"]._add("vera.customer@private.example")

        def no_address():
            self.request._get_lead().email_from = False

        for change in (told, withdrawn, no_consent, unsubscribed, no_address):
            with self.subTest(change.__name__), self.cr.savepoint() as savepoint:
                self._announce()
                change()
                self._run_cron("2026-08-01 10:00:00")
                self.assertFalse(self._mails())
                savepoint.rollback()
                self.env.invalidate_all()

    def test_declared_work_is_not_asked_about(self):
        self._announce()
        self._declare(self.take, self.granite_user, contract_no="C-1")
        self._run_cron("2026-03-01 10:00:00")
        self.assertFalse(self._mails())

    def test_switched_off(self):
        self._announce()
        self.company.market_survey_months = 0
        self._run_cron("2026-08-01 10:00:00")
        self.assertFalse(self._mails())

    def test_answer_that_nobody_declared(self):
        """The customer names a workshop that is silent: it is asked."""
        self._run_cron("2026-07-11 10:00:00")
        page = self._get(self._link(self.request))
        self.assertIn("Who did the work", self._text(page))
        self._post(self._link(self.request, "/done"), {"who": f"take_{self.take.id}"})
        self.assertEqual(self.status, 200)
        order = self.take.order_ids
        self.assertEqual((order.state, order.source), ("suspected", "customer"))

    def test_answer_to_what_was_announced(self):
        """The workshop said that it would be done, the customer that it is."""
        order = self._announce("2026-12-31")
        self._post(self._link(self.request, "/done"), {"who": f"take_{self.take.id}"})
        self.env.invalidate_all()
        self.assertEqual(self.take.order_ids, order)
        self.assertEqual(order.state, "suspected")
        self.assertEqual(str(order.planned_finish_date), "2026-12-31")
