from contextlib import contextmanager

from odoo.fields import Date, Datetime
from odoo.sql_db import db_connect
from odoo.tests import tagged

from odoo.addons.lead_marketplace.tests.common import MarketCommon
from odoo.addons.queue_job.controllers.main import RunJobController
from odoo.addons.queue_job.job import Job
from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID


class Killed(Exception):
    """Stands for a worker that ended before it committed."""


@tagged("post_install", "-at_install")
class TestMarketJobs(MarketCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The invoices and mails of these tests are the only ones.
        cls.env["lead.market.accrual"].search([]).settled_on = "2020-01-01"
        others = cls.env["lead.market.workshop"].search([])
        (others - cls.granite - cls.marble).write(
            {"wants_digest": False, "wants_weekly": False}
        )
        cls.orders = cls._win(cls.granite_user) + cls._win(cls.marble_user)
        cls.entries = cls.orders.accrual_ids

    @contextmanager
    def _runner(self):
        """Have a job runner on this database, as far as others can see."""
        with db_connect(self.env.cr.dbname).cursor() as cr:
            cr.execute("SELECT pg_advisory_lock(%s)", [PG_ADVISORY_LOCK_ID])
            try:
                yield
            finally:
                cr.execute("SELECT pg_advisory_unlock(%s)", [PG_ADVISORY_LOCK_ID])

    def _run_cron(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(f"lead_marketplace.{name}").method_direct_trigger()
        self.env.invalidate_all()

    def _get_jobs(self, method):
        """Return the jobs of a method that nobody has begun."""
        return self.env["queue.job"].search(
            [("method_name", "=", method), ("state", "=", "pending")], order="id"
        )

    def _perform(self, method):
        """Do the jobs of a method as a worker does."""
        for record in self._get_jobs(method):
            job = Job.load(self.env, record.uuid)
            RunJobController._try_perform_job(self.env, job)
        self.env.invalidate_all()

    def _check_invoiced_once(self):
        """Check that each entry is on one line of one invoice."""
        lines = self.entries.invoice_line_id
        self.assertEqual(len(lines), len(self.entries))
        journal = self.company._get_market_journal()
        moves = self.env["account.move"].search([("journal_id", "=", journal.id)])
        self.assertEqual(moves.invoice_line_ids, lines)

    def _get_last_run(self):
        return self.env["lead.market.invoice.run"].search([], limit=1)

    # === INVOICES ===

    def test_cron_works_without_a_runner(self):
        self._run_cron("ir_cron_market_invoice")
        self.assertFalse(self._get_jobs("_job_invoice"))
        self._check_invoiced_once()

    def test_jobs_do_the_same(self):
        with self._runner():
            self._run_cron("ir_cron_market_invoice")
        self.assertFalse(self.entries.move_id)
        self.assertEqual(
            self._get_jobs("_job_invoice").channel, "root.lead_marketplace"
        )
        self._perform("_job_invoice")
        self._check_invoiced_once()
        run = self._get_last_run()
        self.assertEqual(run.state, "running")
        self._perform("_job_finish")
        self.assertEqual((run.state, run.created_count), ("done", 2))

    def test_a_chunk_is_queued_once(self):
        with self._runner():
            self._run_cron("ir_cron_market_invoice")
            self._run_cron("ir_cron_market_invoice")
        self.assertEqual(len(self._get_jobs("_job_invoice")), 1)

    def test_what_the_button_has_invoiced_a_job_leaves_alone(self):
        with self._runner():
            self._run_cron("ir_cron_market_invoice")
        self.entries[0].with_user(self.accountant).action_invoice()
        self._perform("_job_invoice")
        self._check_invoiced_once()

    def test_killed_job_is_done_again(self):
        with self._runner():
            self._run_cron("ir_cron_market_invoice")
        record = self._get_jobs("_job_invoice")
        with self.assertRaises(Killed), self.env.cr.savepoint():
            Job.load(self.env, record.uuid).perform()
            self.env.flush_all()
            raise Killed
        self.env.invalidate_all()
        self.assertFalse(self.entries.move_id)
        self._perform("_job_invoice")
        self._check_invoiced_once()

    def test_job_that_was_done_and_not_noted_makes_nothing(self):
        with self._runner():
            self._run_cron("ir_cron_market_invoice")
        record = self._get_jobs("_job_invoice")
        Job.load(self.env, record.uuid).perform()
        self.env.flush_all()
        self.assertEqual(record.state, "pending")
        self._perform("_job_invoice")
        self._check_invoiced_once()
        self._run_cron("ir_cron_market_invoice")
        self._check_invoiced_once()

    def test_one_workshop_does_not_stop_the_rest(self):
        """Its currency is out of use, so that its invoice can't be posted."""
        self.company.market_post_invoices = True
        euro = self.env.ref("base.EUR")
        euro.active = True
        _slate, slate_user = self._create_workshop(
            "slate", "Slate Ltd", currency_id=euro.id, wants_digest=False
        )
        broken = self._win(slate_user)
        euro.active = False
        with self._runner():
            self._run_cron("ir_cron_market_invoice")
        self._perform("_job_invoice")
        self._perform("_job_finish")
        self._check_invoiced_once()
        self.assertFalse(broken.accrual_ids.move_id)
        run = self._get_last_run()
        self.assertEqual((run.created_count, run.skipped_count), (2, 1))
        self.assertEqual(run.state, "done")

    # === MAILS ===

    def _count_digests(self):
        return self.env["mail.mail"].search_count(
            [("model", "=", "lead.market.workshop")]
        )

    def test_daily_mail_is_sent_once(self):
        (self.granite + self.marble).digest_on = False
        before = self._count_digests()
        with self._runner():
            self._run_cron("ir_cron_market_digest")
            self.assertEqual(self._count_digests(), before)
            self._run_cron("ir_cron_market_digest")
        self.assertEqual(len(self._get_jobs("_job_digest")), 1)
        self._perform("_job_digest")
        sent = self._count_digests()
        self.assertEqual(sent, before + 2)
        self._run_cron("ir_cron_market_digest")
        self.assertEqual(self._count_digests(), sent)

    # === QUESTIONS ===

    def _ask_about(self, *takes):
        """Let nothing be heard of contacts for long enough, nor of any other one."""
        Take = self.env["lead.market.take"]
        Take.search([]).write({"checkin_silent": 9, "survey_due_on": False})
        self.env["lead.market.order"].search([]).survey_on = Datetime.now()
        long_ago = Datetime.subtract(Datetime.now(), days=400)
        for take in takes:
            take.write(
                {
                    "opened_on": long_ago,
                    "last_activity_on": long_ago,
                    "checkin_silent": 0,
                    "survey_due_on": Datetime.subtract(Datetime.now(), days=1),
                }
            )

    def _count_mails(self, subject):
        return self.env["mail.mail"].search_count([("subject", "like", subject)])

    def _check_asked_once(self, cron, method, subject, jobs):
        """Check that a question is put once, whatever comes in between.

        :param str cron: XML id of the scheduled action
        :param str method: name of the jobs' method
        :param str subject: part of the subject of the mails
        :param int jobs: how many jobs there are
        """
        before = self._count_mails(subject)
        with self._runner():
            for _again in range(2):
                self._run_cron(cron)
        self.assertEqual(self._count_mails(subject), before)
        records = self._get_jobs(method)
        self.assertEqual(len(records), jobs)
        with self.assertRaises(Killed), self.env.cr.savepoint():
            Job.load(self.env, records[0].uuid).perform()
            self.env.flush_all()
            raise Killed
        self.env.invalidate_all()
        self.assertEqual(self._count_mails(subject), before)
        self._perform(method)
        asked = self._count_mails(subject) - before
        # Done, and not noted: the same once more, and the scheduler after it.
        Job.load(self.env, records[0].uuid).perform()
        self._run_cron(cron)
        self.assertEqual(self._count_mails(subject), before + asked)
        return asked

    def test_weekly_mail_is_sent_once(self):
        for user in (self.granite_user, self.marble_user):
            self._open(self._create_published_request(), user)
        sent = self._check_asked_once(
            "ir_cron_market_weekly", "_job_weekly", "what waits for you", jobs=1
        )
        self.assertEqual(sent, 2, "one mail for each workshop")

    def test_workshops_are_asked_once(self):
        takes = [
            self._open(self._create_published_request(), user).sudo()
            for user in (self.granite_user, self.granite_user, self.marble_user)
        ]
        self._ask_about(*takes)
        asked = self._check_asked_once(
            "ir_cron_market_checkin", "_job_checkin", "how does it stand", jobs=1
        )
        self.assertEqual(asked, 2, "one mail for each workshop")
        self.assertEqual([take.checkin_silent for take in takes], [1, 1, 1])

    def test_customers_are_asked_once(self):
        request = self._create_published_request()
        takes = [
            self._open(request, user).sudo()
            for user in (self.granite_user, self.marble_user)
        ]
        self._ask_about(*takes)
        asked = self._check_asked_once(
            "ir_cron_market_survey", "_job_survey", "Who did the work", jobs=1
        )
        self.assertEqual(asked, 1)
        self.assertFalse(any(take.survey_due_on for take in takes))

    # === DEADLINES ===

    def _suspect(self, user):
        """Return an order whose last day to be declared is today."""
        take = self._open(self._create_published_request(), user)
        today = self.company._get_market_today()
        done = Date.subtract(today, days=self.company.market_declare_days)
        order = self.env["lead.market.order"]._suspect(
            take, "customer", "Says that it is done", work_done_date=done
        )
        self.assertEqual(order.deadline_date, today)
        return order

    def _remind_of_nothing_else(self):
        self.env["lead.market.order"].search([]).reminder_level = 2

    def test_reminded_once(self):
        self._remind_of_nothing_else()
        orders = self._suspect(self.granite_user) + self._suspect(self.marble_user)
        sent = self._check_asked_once(
            "ir_cron_market_deadlines", "_job_deadlines", "Please declare", jobs=1
        )
        self.assertEqual(sent, 2)
        self.assertEqual(orders.mapped("reminder_level"), [2, 2])

    def test_reminded_without_a_runner(self):
        self._remind_of_nothing_else()
        self._suspect(self.granite_user)
        before = self._count_mails("Please declare")
        self._run_cron("ir_cron_market_deadlines")
        self.assertEqual(self._count_mails("Please declare"), before + 1)

    # === WITHOUT ===

    def test_questions_without_a_runner(self):
        take = self._open(self._create_published_request(), self.granite_user).sudo()
        self._ask_about(take)
        for cron, subject in (
            ("ir_cron_market_checkin", "how does it stand"),
            ("ir_cron_market_survey", "Who did the work"),
        ):
            before = self._count_mails(subject)
            self._run_cron(cron)
            self.assertEqual(self._count_mails(subject), before + 1)
