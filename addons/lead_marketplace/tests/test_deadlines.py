from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MarketCommon


@tagged("post_install", "-at_install")
class TestMarketDeadlines(MarketCommon):
    """Five days to declare, counted as the company in Oslo counts them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("lead_marketplace.ir_cron_market_deadlines")
        with freeze_time("2026-05-01 09:00:00"):
            cls.take = cls._open(cls._create_published_request(), cls.granite_user)

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()

    def _suspect(self, **vals):
        return self.env["lead.market.order"]._suspect(
            self.take, "customer", "Says that it is done", **vals
        )

    def _announce(self, day):
        return self._declare(
            self.take,
            self.granite_user,
            work_done_date=False,
            planned_finish_date=day,
        ).sudo()

    def _mails(self, record):
        return self.env["mail.mail"].search(
            [("model", "=", record._name), ("res_id", "=", record.id)], order="id"
        )

    def _incidents(self, order):
        return self.env["lead.market.incident"].search([("order_id", "=", order.id)])

    # === LATE ===

    def test_last_minute_of_the_last_day(self):
        """The fifth day ends at midnight in Oslo, 22:00 UTC in summer."""
        for moment, contract, is_late in (
            ("2026-05-15 21:59:00", "C-1", False),
            ("2026-05-15 22:01:00", "C-2", True),
        ):
            with self.subTest(moment), freeze_time(moment):
                order = self._declare(
                    self.take,
                    self.granite_user,
                    contract_no=contract,
                    work_done_date="2026-05-10",
                )
                self.assertEqual(str(order.deadline_date), "2026-05-15")
                self.assertEqual(order.is_late, is_late)

    def test_across_the_change_of_the_clock(self):
        """Summer time ended on 25 October: the days count, not the hours."""
        for moment, contract, is_late in (
            ("2026-10-27 22:59:00", "C-1", False),
            ("2026-10-27 23:01:00", "C-2", True),
        ):
            with self.subTest(moment), freeze_time(moment):
                order = self._declare(
                    self.take,
                    self.granite_user,
                    contract_no=contract,
                    work_done_date="2026-10-22",
                )
                self.assertEqual(order.is_late, is_late)

    def test_late_declaration_has_an_incident_for_a_person(self):
        """Nothing follows by itself, and the workshop does not see a draft."""
        with freeze_time("2026-05-20 09:00:00"):
            order = self._declare(
                self.take, self.granite_user, work_done_date="2026-05-10"
            )
            incident = self._incidents(order)
            self.assertEqual((incident.kind, incident.state), ("late", "draft"))
            self.assertEqual(self.granite.state, "active")
            self._run_cron()
        self.assertEqual(self._incidents(order), incident)
        Incident = self.env["lead.market.incident"].with_user(self.granite_user)
        self.assertFalse(Incident.search([]))

    @freeze_time("2026-05-20 09:00:00")
    def test_confirmed_incident_reaches_the_workshop(self):
        order = self._declare(self.take, self.granite_user, work_done_date="2026-05-10")
        incident = self._incidents(order).with_user(self.operator)
        incident.action_confirm()
        mail = self._mails(incident)
        self.assertEqual(mail.recipient_ids, self.granite_user.partner_id)
        self.assertIn("was to be declared until", mail.body_html)
        Incident = self.env["lead.market.incident"]
        self.assertEqual(Incident.with_user(self.granite_user).search([]), incident)
        self.assertFalse(Incident.with_user(self.marble_user).search([]))
        with self.assertRaisesRegex(UserError, "decided already"):
            incident.action_dismiss()

    @freeze_time("2026-05-20 09:00:00")
    def test_dismissed_incident_stays_inside(self):
        order = self._declare(self.take, self.granite_user, work_done_date="2026-05-10")
        incident = self._incidents(order).with_user(self.operator)
        incident.action_dismiss()
        self.assertFalse(self._mails(incident))
        Incident = self.env["lead.market.incident"].with_user(self.granite_user)
        self.assertFalse(Incident.search([]))

    def test_incident_needs_a_reason(self):
        incident = (
            self.env["lead.market.incident"]
            .with_user(self.operator)
            .create({"workshop_id": self.granite.id, "kind": "resale"})
        )
        with self.assertRaisesRegex(UserError, "give a reason"):
            incident.action_confirm()
        incident.reason = "A contact of ours was called by others."
        incident.action_confirm()
        for action in ("action_confirm", "action_dismiss"):
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(incident.with_user(self.granite_user), action)()

    # === REMINDERS ===

    def test_reminded_before_the_last_day_and_on_it(self):
        with freeze_time("2026-05-10 09:00:00"):
            order = self._suspect(work_done_date="2026-05-10")
        counts = []
        for day in range(11, 18):
            with freeze_time(f"2026-05-{day} 09:00:00"):
                self._run_cron()
                self._run_cron()
                counts.append(len(self._mails(order)))
        # the question, then reminders on the 13th and the 15th
        self.assertEqual(counts, [1, 1, 2, 2, 3, 3, 3])
        reminder = self._mails(order)[-1]
        self.assertEqual(reminder.recipient_ids, self.granite_user.partner_id)
        self.assertIn("05/15/2026", reminder.subject)
        self.assertEqual(reminder.state, "outgoing")
        self.assertIn(f"/my/market/take/{self.take.id}", reminder.body_html)
        for secret in ("Vera", "private.example", "Ivanova"):
            self.assertNotIn(secret, reminder.body_html)

    def test_in_the_language_of_the_workshop(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.granite.partner_id.lang = "fr_FR"
        with freeze_time("2026-05-13 09:00:00"):
            order = self._suspect(work_done_date="2026-05-10")
            self._run_cron()
        self.assertIn("15/05/2026", self._mails(order)[-1].subject)

    def test_declared_work_is_not_reminded_of(self):
        with freeze_time("2026-05-11 09:00:00"):
            order = self._declare(
                self.take, self.granite_user, work_done_date="2026-05-10"
            )
        with freeze_time("2026-05-15 09:00:00"):
            self._run_cron()
        self.assertFalse(self._mails(order))

    def test_first_reminder_on_the_last_day_is_the_only_one(self):
        with freeze_time("2026-05-15 09:00:00"):
            order = self._suspect(work_done_date="2026-05-10")
            self._run_cron()
            self._run_cron()
        self.assertEqual(len(self._mails(order)), 2)

    # === THE MOMENT ===

    def _moments(self):
        self.env.flush_all()
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)])
        return [str(moment) for moment in triggers.sorted("call_at").mapped("call_at")]

    @freeze_time("2026-05-10 09:00:00")
    def test_clock_looks_as_soon_as_the_last_day_is_over(self):
        """The day ends at midnight in Oslo, and orders of a day share the moment."""
        self.assertEqual(self._moments(), [])
        order = self._suspect(work_done_date="2026-05-10")
        self.assertEqual(self._moments(), ["2026-05-15 22:00:00"])
        other = self._create_published_request()
        take = self._open(other, self.marble_user)
        for day in ("2026-05-10", "2026-10-20"):
            self._declare(
                take,
                self.marble_user,
                work_done_date=False,
                planned_finish_date=day,
            )
        self.assertEqual(
            self._moments(), ["2026-05-15 22:00:00", "2026-10-25 23:00:00"]
        )
        order.work_done_date = "2026-05-08"
        self.assertEqual(self._moments()[0], "2026-05-13 22:00:00")

    @freeze_time("2026-05-20 09:00:00")
    def test_nothing_to_look_at(self):
        self._suspect()
        self._declare(self.take, self.granite_user, work_done_date="2026-05-19")
        self.assertEqual(self._moments(), [])

    # === NOT DECLARED ===

    def test_undeclared_work_has_an_incident_after_the_last_day(self):
        with freeze_time("2026-05-10 09:00:00"):
            order = self._suspect(work_done_date="2026-05-10")
        with freeze_time("2026-05-15 21:30:00"):
            self._run_cron()
            self.assertFalse(self._incidents(order))
        with freeze_time("2026-05-15 22:30:00"):
            self._run_cron()
            self._run_cron()
        self.assertEqual(self._incidents(order).kind, "late")
        self.assertFalse(order.accrual_ids)

    def test_contested_work_has_none(self):
        with freeze_time("2026-05-10 09:00:00"):
            order = self._suspect(work_done_date="2026-05-10")
            order._contest("They went to somebody else.")
        with freeze_time("2026-06-01 09:00:00"):
            self._run_cron()
        self.assertFalse(self._incidents(order))
        self.assertEqual(order.state, "disputed")

    def test_unanswered_question_has_an_incident(self):
        with freeze_time("2026-05-10 09:00:00"):
            order = self._suspect()
        with freeze_time("2026-05-15 08:00:00"):
            self._run_cron()
            self.assertFalse(self._incidents(order))
        with freeze_time("2026-05-15 10:00:00"):
            self._run_cron()
        self.assertEqual(self._incidents(order).kind, "undeclared")

    # === PLANNED ===

    def test_planned_work_is_asked_about(self):
        """The plan passed, nobody said anything: a question, not an accusation."""
        with freeze_time("2026-05-02 09:00:00"):
            order = self._announce("2026-05-10")
        with freeze_time("2026-05-15 09:00:00"):
            self._run_cron()
            self.assertEqual(order.state, "declared")
        with freeze_time("2026-05-16 09:00:00"):
            self._run_cron()
        self.assertEqual(order.state, "suspected")
        self.assertFalse(self._incidents(order))
        self.assertIn("Is it done?", self._mails(order)[-1].body_html)

    def test_new_plan_answers_the_question(self):
        with freeze_time("2026-05-02 09:00:00"):
            order = self._announce("2026-05-10")
        with freeze_time("2026-05-16 09:00:00"):
            self._run_cron()
            self._announce("2026-06-10")
            self.assertEqual(order.state, "declared")
            asked = len(self._mails(order))
        with freeze_time("2026-06-13 09:00:00"):
            self._run_cron()
        self.assertEqual(len(self._mails(order)), asked + 1)

    def test_finished_in_time_after_all(self):
        """The plan was missed, the days to declare count from the real end."""
        with freeze_time("2026-05-02 09:00:00"):
            self._announce("2026-05-10")
        with freeze_time("2026-05-16 09:00:00"):
            self._run_cron()
            order = self._declare(
                self.take, self.granite_user, work_done_date="2026-05-14"
            )
        self.assertFalse(order.is_late)
        self.assertEqual(order.state, "declared")
