from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common_portal import MarketPortalCase


@tagged("post_install", "-at_install")
class TestWeekly(MarketPortalCase):
    """A mail a week about what waits, to one workshop each."""

    def _run_cron(self):
        self.env.ref("lead_marketplace.ir_cron_market_weekly").method_direct_trigger()
        self.env.invalidate_all()

    def _mails(self, user):
        return self.env["mail.mail"].search(
            [
                ("model", "=", "lead.market.workshop"),
                ("recipient_ids", "in", user.partner_id.ids),
                ("subject", "like", "what waits"),
            ]
        )

    def _next_week(self):
        workshops = self.env["lead.market.workshop"].search([])
        workshops.weekly_on = fields.Datetime.now() - timedelta(days=7)

    def test_nothing_waits(self):
        self._run_cron()
        self.assertFalse(self._mails(self.granite_user))

    def test_what_waits(self):
        """Contacts in work, orders near the last day, and what is not paid."""
        today = fields.Date.today()
        for number, days in (("near", 0), ("far", 60)):
            take = self._open(self._create_published_request(), self.granite_user)
            self._declare(
                take,
                self.granite_user,
                contract_no=f"G-{number}",
                work_done_date=False,
                planned_finish_date=today + timedelta(days=days),
            )
        work = self._open(self._create_published_request(), self.granite_user).sudo()
        work._set_important(True)
        order = self._win(self.granite_user, contract_no="G-billed").sudo()
        order.accrual_ids.with_user(self.accountant).action_invoice()
        move = order.accrual_ids.move_id
        move.action_post()
        self._run_cron()
        mail = self._mails(self.granite_user)
        self.assertEqual(len(mail), 1)
        body = mail.body_html
        self.assertIn("G-near", body)
        self.assertNotIn("G-far", body)
        self.assertIn(move.name, body)
        self.assertIn("important: 1", " ".join(body.split()))
        for secret in ("Vera", "private.example", "Ivanova", "marble"):
            self.assertNotIn(secret, body)
        self.assertEqual(mail.recipient_ids, self.granite_user.partner_id)
        self.assertFalse(mail.email_to or mail.email_cc)
        self.assertFalse(self._mails(self.marble_user))

    def test_paid_is_not_named(self):
        order = self._win(self.granite_user).sudo()
        order.accrual_ids.with_user(self.accountant).action_invoice()
        move = order.accrual_ids.move_id
        move.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({})._create_payments()
        self._run_cron()
        self.assertFalse(self._mails(self.granite_user))

    def test_once_a_week(self):
        self._open(self._create_published_request(), self.granite_user)
        self._run_cron()
        self._run_cron()
        self.assertEqual(len(self._mails(self.granite_user)), 1)
        self._next_week()
        self._run_cron()
        self.assertEqual(len(self._mails(self.granite_user)), 2)

    def test_in_the_language_of_the_workshop(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"].search(
            [("name", "=", "lead_marketplace")]
        )._update_translations(["fr_FR"])
        self.granite.partner_id.lang = "fr_FR"
        self._open(self._create_published_request(), self.granite_user)
        self._run_cron()
        mail = self.env["mail.mail"].search(
            [("recipient_ids", "in", self.granite_user.partner_id.ids)]
        )
        self.assertIn("ce qui vous attend cette semaine", str(mail.mapped("subject")))

    def test_switched_off_on_the_page(self):
        self._open(self._create_published_request(), self.granite_user)
        self._post("/my/market/notices", wants_digest="1")
        self.assertEqual(
            (self.granite.wants_digest, self.granite.wants_weekly), (True, False)
        )
        self._run_cron()
        self.assertFalse(self._mails(self.granite_user))
        self._post("/my/market/notices", wants_weekly="1")
        self._run_cron()
        self.assertEqual(len(self._mails(self.granite_user)), 1)

    def test_who_works_here_no_more_gets_none(self):
        self._open(self._create_published_request(), self.granite_user)
        self.granite.with_user(self.manager)._set_state("terminated", "Contacts sold.")
        self._run_cron()
        self.assertFalse(self._mails(self.granite_user))
