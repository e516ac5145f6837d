from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_portal import MarketPortalCase

OPENED, CLOSED = "2021-01-04 09:00:00", "2021-03-01 09:00:00"
BEFORE, AFTER = "2024-02-28 09:00:00", "2024-03-02 09:00:00"
SECRETS = ("Vera", "private.example", "21 00 00 07", "Ivanova", "2-B")


@tagged("post_install", "-at_install")
class TestErasure(MarketPortalCase):
    """Three years after a request was closed, nobody finds out whom it was of."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.market_retention_months = 36
        with freeze_time(OPENED):
            lead = cls._create_lead(street="Fjord Street 2-B", description="For Maria")
            cls.lead = lead
            cls.request = cls._create_request(lead)
            cls._log_call(cls.request, note="Vera would rather be called at noon.")
            cls.request.action_publish()
            cls.take = cls._open(cls.request, cls.granite_user).sudo()
            cls.take._touch(note="Ivanova wants it in May: +47 21 00 00 07")
            cls.take._send_letter(
                cls.granite_user,
                "Offer for Vera",
                "Dear Vera Customer,\n\nthe stone is 4200, set up in May.",
                [("offer.txt", b"For Vera Customer")],
            )
            cls.take.message_post(
                body="Thanks, I am Vera. Call me: 21000007",
                email_from="Vera <vera.customer@private.example>",
                author_id=False,
                message_type="email",
                subtype_xmlid="mail.mt_comment",
            )

    def _close(self):
        with freeze_time(CLOSED):
            self.request.with_context(market_close_reason="fulfilled").action_close()
            self.env.flush_all()

    def _run_cron(self, moment):
        cron = self.env.ref("lead_marketplace.ir_cron_market_erase")
        # An HttpCase keeps the cron in its own transaction already.
        with freeze_time(moment):
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _events(self):
        return self.env["lead.market.event"].search(
            [("request_id", "=", self.request.id), ("kind", "=", "erased")]
        )

    def _read_all(self):
        """Return all that the operator may read of the request, as one text."""
        as_operator = [
            record.with_user(self.operator)
            for record in (
                self.lead,
                self.request,
                self.take,
                self.lead.market_call_ids,
            )
        ]
        texts = [str(record.read()) for record in as_operator]
        threads = self.env["mail.message"].search(
            [
                ("model", "in", ("crm.lead", "lead.market.take")),
                ("res_id", "in", (self.lead.id, self.take.id)),
            ]
        )
        texts += [str(threads.read()), str(threads.notification_ids.read())]
        activities = self.env["mail.activity"].with_context(active_test=False)
        on_lead = [("res_model", "=", "crm.lead"), ("res_id", "=", self.lead.id)]
        texts.append(str(activities.search(on_lead).read()))
        texts.append(str(threads.attachment_ids.mapped("raw")))
        return " ".join(texts)

    def test_nobody_reads_who_it_was(self):
        self.assertIn("called at noon", self._read_all())
        self._close()
        self._run_cron(BEFORE)
        for secret in SECRETS:
            self.assertIn(secret, self._read_all(), "kept until the last day")
        self._run_cron(AFTER)
        known = self._read_all()
        for secret in (*SECRETS, "21000007", "called at noon"):
            self.assertNotIn(secret, known)
        page = self._text(self._get(f"/my/market/take/{self.take.id}"))
        for secret in (*SECRETS, "21000007"):
            self.assertNotIn(secret, page)
        self.assertIn("The customer's personal data was erased on", page)
        self.assertIn("the stone is 4200, set up in May.", page)

    def test_customer_link_is_dead(self):
        url = f"/market/request/{self.request.number}"
        token = self.lead.market_token
        self._close()
        self._get(f"{url}?access_token={token}")
        self._run_cron(AFTER)
        self._get(f"{url}?access_token={token}", 404)
        self._get(f"{url}?access_token=", 404)

    def test_buyer_is_still_found_in_the_folder(self):
        self._close()
        self._run_cron(AFTER)
        for text, found in (
            ("Maria Ivanova", True),
            ("customer vera", True),
            ("%2B47 21 00 00 07", True),
            ("21000007", True),
            ("vera.customer@private.example", True),
            ("Ivan", False),
            ("21000008", False),
        ):
            with self.subTest(text):
                page = self._text(self._get(f"/my/market/work?buyer={text}"))
                self.assertEqual("Yes, it may be." in page, found)
        self._log_in(self.marble_user)
        page = self._text(self._get("/my/market/work?buyer=Maria Ivanova"))
        self.assertIn("No. Your workshop has opened", page)

    def test_another_request_of_the_customer_is_recognized(self):
        self._close()
        self._run_cron(AFTER)
        for vals in (
            {"phone": "+47 (21) 00 00 07", "email_from": "new@private.example"},
            {"phone": "+47 22 11 11 11"},
        ):
            again = self._create_request(self._create_lead(**vals))
            self.assertEqual(again._get_likely_duplicates(), self.request)
        self._log_call(again)
        again.action_publish()
        page = self._text(self._get(f"/my/market/request/{again.number}"))
        self.assertIn("for the same person", page)

    def test_liability_stays(self):
        """An order that comes up years later owes what was agreed on at opening."""
        self._close()
        self._run_cron(AFTER)
        self.rule.percent = 25
        order = self._declare(self.take, self.granite_user).with_user(self.operator)
        order.action_confirm()
        self.assertEqual(order.commission, 100)

    def test_not_while_an_order_is_unsettled(self):
        with freeze_time(CLOSED):
            order = self._declare(self.take, self.granite_user, work_done_date=CLOSED)
            order = order.with_user(self.operator)
        self._close()
        order.dispute_reason = "They say that it was another customer."
        states = []
        for action in ("action_dispute", "action_confirm"):
            states.append(order.state)
            self._run_cron(AFTER)
            self.assertFalse(self.request.erased_on, order.state)
            getattr(order, action)()
        order.sudo().accrual_ids.with_user(self.accountant).action_invoice()
        for state in ("invoiced", "invoiced"):
            self.assertEqual(order.state, state)
            self._run_cron(AFTER)
            self.assertFalse(self.request.erased_on, state)
            order.sudo().accrual_ids.move_id.filtered(
                lambda m: m.state == "draft"
            ).with_user(self.accountant).action_post()
        self.assertEqual(states, ["declared", "disputed"])
        move = order.sudo().accrual_ids.move_id.with_user(self.accountant)
        self.env["account.payment.register"].with_user(self.accountant).with_context(
            active_model="account.move", active_ids=move.ids
        ).create({})._create_payments()
        self.assertEqual(order.state, "paid")
        self._run_cron(AFTER)
        self.assertTrue(self.request.erased_on)
        self.assertEqual(order.commission, 100)

    def test_not_while_somebody_works_on_it(self):
        self._close()
        with freeze_time("2023-01-01 09:00:00"):
            self.take._set_important(True)
        self._run_cron(AFTER)
        self.assertFalse(self.request.erased_on)
        self._run_cron("2026-01-02 09:00:00")
        self.assertTrue(self.request.erased_on)

    def test_never(self):
        self._close()
        self.company.market_retention_months = 0
        self._run_cron(AFTER)
        self.assertFalse(self.request.erased_on)

    def test_open_requests_are_kept(self):
        self._run_cron(AFTER)
        self.assertFalse(self.request.erased_on)

    def test_once(self):
        self._close()
        self._run_cron(AFTER)
        keys = sorted(self.take.key_ids.mapped("key"))
        self.assertEqual(len(self._events()), 1)
        self._run_cron("2024-06-01 09:00:00")
        self.request._erase_personal_data()
        self.assertEqual(len(self._events()), 1)
        self.assertEqual(sorted(self.take.key_ids.mapped("key")), keys)
        self.assertTrue(self.lead.market_phone_key.startswith("#"))

    def test_nothing_brings_it_back(self):
        self._close()
        self._run_cron(AFTER)
        with self.assertRaisesRegex(UserError, "was erased"):
            self.request.with_user(self.operator).action_reopen()
        with self.assertRaisesRegex(UserError, "was erased"):
            self.take.with_user(self.operator).action_refresh_contact()
        self.lead.with_user(self.operator).priority = "2"
        self.assertTrue(self.lead.market_email_key.startswith("#"))
