from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MarketCommon


@tagged("post_install", "-at_install")
class TestMarketAccrual(MarketCommon):
    def test_confirmed_work_is_booked(self):
        order = self._win(self.granite_user)
        entry = order.accrual_ids
        self.assertEqual(order.state, "accrued")
        self.assertEqual(
            (entry.kind, entry.base_amount, entry.percent_applied, entry.amount),
            ("commission", 1000, 10, 100),
        )
        self.assertEqual(entry.state, "confirmed")
        self.assertTrue(entry.is_invoiceable)
        self.assertEqual(entry.idem_key, f"{order.id}:commission:1")

    def test_confirming_twice_books_once(self):
        order = self._win(self.granite_user)
        order.action_confirm()
        self.assertEqual(len(order.accrual_ids), 1)

    def test_correction_is_another_entry(self):
        order = self._win(self.granite_user)
        order.amount_gross = 900
        order.amount_gross = 1300
        self.assertEqual(
            order.accrual_ids.sorted("id").mapped("amount"), [100, -10, 40]
        )
        self.assertEqual(
            order.accrual_ids.sorted("id").mapped("idem_key"),
            [
                f"{order.id}:commission:1",
                f"{order.id}:adjustment:2",
                f"{order.id}:adjustment:3",
            ],
        )
        self.assertEqual(order.commission, 130)

    def test_correction_without_effect_is_none(self):
        """A capped commission stays what it is; what it is taken of is booked."""
        self.rule.maximum = 50
        order = self._win(self.granite_user)
        order.amount_gross = 2000
        self.assertEqual(order.commission, 50)
        self.assertEqual(sum(order.accrual_ids.mapped("base_amount")), 2000)
        self.assertEqual(
            order.accrual_ids.sorted("id").mapped("state"), ["confirmed", "settled"]
        )
        order.work_done_date = order.work_done_date
        self.assertEqual(len(order.accrual_ids), 2)

    def test_cancelled_order_is_booked_back(self):
        order = self._win(self.granite_user).with_user(self.manager)
        order.action_cancel()
        entries = order.accrual_ids.sorted("id")
        self.assertEqual(entries.mapped("kind"), ["commission", "reversal"])
        self.assertEqual(entries.mapped("amount"), [100, -100])
        self.assertEqual(order.state, "cancelled")

    def test_nothing_owed_is_settled(self):
        self.rule.percent = 0
        order = self._win(self.granite_user)
        self.assertEqual(order.accrual_ids.state, "settled")
        self.assertEqual(order.state, "paid")

    def test_rate_of_the_day_of_the_work(self):
        """The order's currency becomes the workshop's, at the rate of that day."""
        euro = self.env.ref("base.EUR")
        krone = self.env.ref("base.NOK")
        (euro + krone).active = True
        self.env["res.currency.rate"].search([]).unlink()
        self.env["res.currency.rate"].create(
            [
                {"currency_id": currency.id, "name": day, "rate": rate}
                for currency, day, rate in (
                    (euro, "2026-01-01", 0.5),
                    (krone, "2026-01-01", 10),
                    (euro, "2026-02-01", 0.8),
                )
            ]
        )
        self.granite.currency_id = krone
        order = self._win(
            self.granite_user,
            currency_id=euro.id,
            work_done_date="2026-01-20",
        )
        entry = order.accrual_ids
        self.assertEqual(entry.currency_id, krone)
        # 1,000 euro are 2,000 dollars, a tenth of it 200 dollars or 2,000 kroner
        self.assertEqual((entry.base_amount, entry.amount), (20000, 2000))
        self.assertEqual(entry.rate, 20)
        self.assertEqual(str(entry.rate_date), "2026-01-20")
        order.work_done_date = "2026-02-02"
        self.assertEqual(order.commission, 1250)

    def test_brackets_are_in_the_currency_of_the_terms(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].search([]).unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": "2026-01-01", "rate": 0.5}
        )
        self._set_brackets(self.rule, "whole", [(0, 10), (1500, 5)])
        order = self._win(self.granite_user, currency_id=euro.id)
        self.assertEqual(order.commission, 100)
        self.assertEqual(order.accrual_ids.percent_applied, 5)

    def test_nobody_writes_the_ledger(self):
        order = self._win(self.granite_user)
        entry = order.accrual_ids
        users = (self.granite_user, self.operator, self.manager, self.accountant)
        for user in users:
            as_user = entry.with_user(user)
            with self.subTest(user.login):
                self.assertEqual(as_user.amount, 100)
                with self.assertRaises(AccessError):
                    as_user.invoice_line_id = False
                with self.assertRaises(AccessError):
                    as_user.copy()
                with self.assertRaises(AccessError):
                    as_user.unlink()
        with self.assertRaisesRegex(UserError, "Correct its order"):
            entry.sudo().write({"amount": 1})
        with self.assertRaisesRegex(UserError, "Cancel its order"):
            entry.sudo().unlink()

    def test_a_workshop_reads_its_own_entries(self):
        entry = self._win(self.granite_user).accrual_ids
        Accrual = self.env["lead.market.accrual"]
        self.assertEqual(Accrual.with_user(self.granite_user).search([]), entry)
        self.assertFalse(Accrual.with_user(self.marble_user).search([]))
        with self.assertRaises(AccessError):
            entry.with_user(self.granite_user).read(["invoice_line_id"])

    def test_statement(self):
        """Both sides read the same, and no customer is in it."""
        order = self._win(self.granite_user, contract_no="=1+1")
        order.amount_gross = 900
        Accrual = self.env["lead.market.accrual"]
        rows = self.granite._get_statement_rows()
        self.assertEqual([row["amount"] for row in rows], [100, -10])
        self.assertFalse(self.marble._get_statement_rows())
        self.assertFalse(self.granite._get_statement_rows(date_from=date(2999, 1, 1)))
        self.assertFalse(self.granite._get_statement_rows(date_to=date(1999, 1, 1)))
        text = Accrual._get_statement_csv(rows).decode("utf-8-sig")
        self.assertEqual(len(text.splitlines()), 3)
        self.assertIn("100.00,USD,To invoice", text)
        for secret in ("Vera", "private.example", "21 00 00 07", "Ivanova"):
            self.assertNotIn(secret, text)

    def test_spreadsheets_take_nothing_for_a_formula(self):
        Accrual = self.env["lead.market.accrual"]
        self.assertEqual(Accrual._escape_formula("=1+1"), "'=1+1")
        self.assertEqual(Accrual._escape_formula("K7 =1"), "K7 =1")
