import base64

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import Form, tagged

from .common import MarketCommon


@tagged("post_install", "-at_install")
class TestMarketInvoicing(MarketCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The invoices of these tests are the only ones.
        cls.env["lead.market.accrual"].search([]).settled_on = "2020-01-01"
        cls.journal = cls.company._get_market_journal()
        cls.cron = cls.env.ref("lead_marketplace.ir_cron_market_invoice")

    def _invoice(self, orders, user=None):
        """Return the invoices that the accountant's button makes of orders."""
        entries = orders.accrual_ids.with_user(user or self.accountant)
        action = entries.action_invoice()
        run = self.env["lead.market.invoice.run"].browse(action["res_id"])
        return run.with_user(user or self.accountant).line_ids.move_id

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        return self.env["lead.market.invoice.run"].search([], limit=1)

    def _pay(self, move):
        return (
            self.env["account.payment.register"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({})
            ._create_payments()
        )

    # === WHAT IS ON AN INVOICE ===

    def test_accountant_invoices_a_workshop(self):
        orders = self._win(self.granite_user) + self._win(
            self.granite_user, contract_no="C-2", amount_gross=2000
        )
        move = self._invoice(orders)
        self.assertRecordValues(
            move,
            [
                {
                    "move_type": "out_invoice",
                    "state": "draft",
                    "partner_id": self.granite.partner_id.id,
                    "journal_id": self.journal.id,
                    "amount_untaxed": 300,
                }
            ],
        )
        self.assertEqual(self.journal.code, "COMM")
        self.assertEqual(move.invoice_line_ids.mapped("price_unit"), [100, 200])
        for order, line in zip(orders, move.invoice_line_ids, strict=True):
            self.assertEqual(order.accrual_ids.invoice_line_id, line)
            self.assertIn(order.display_name, line.name)
        self.assertEqual(set(orders.mapped("state")), {"invoiced"})

    def test_no_customer_on_an_invoice(self):
        move = self._invoice(self._win(self.granite_user))
        text = " ".join(move.invoice_line_ids.mapped("name")) + (move.ref or "")
        for secret in ("Vera", "private.example", "21 00 00 07", "Ivanova"):
            self.assertNotIn(secret, text)

    def test_billed_to_the_invoice_address(self):
        address = self.env["res.partner"].create(
            {
                "name": "Books",
                "type": "invoice",
                "parent_id": self.granite.partner_id.id,
            }
        )
        move = self._invoice(self._win(self.granite_user))
        self.assertEqual(move.partner_id, address)
        self.assertEqual(move.commercial_partner_id, self.granite.partner_id)

    def test_category_names_product_and_analytic_account(self):
        plan = self.env["account.analytic.plan"].create({"name": "Trades"})
        self.memorials.analytic_account_id = self.env[
            "account.analytic.account"
        ].create({"name": "Stone", "plan_id": plan.id})
        self.memorials.product_id = self.env["product.product"].create(
            {"name": "Memorial commission", "type": "service"}
        )
        line = self._invoice(self._win(self.granite_user)).invoice_line_ids
        self.assertEqual(line.product_id, self.memorials.product_id)
        self.assertEqual(
            line.analytic_distribution,
            {str(self.memorials.analytic_account_id.id): 100},
        )

    def test_each_workshop_and_currency_has_an_invoice(self):
        self.env.ref("base.EUR").active = True
        orders = self._win(self.granite_user) + self._win(self.marble_user)
        self.granite.currency_id = self.env.ref("base.EUR")
        orders += self._win(self.granite_user, contract_no="C-2")
        moves = self._invoice(orders)
        self.assertEqual(len(moves), 3)
        self.assertEqual(
            set(moves.mapped(lambda m: (m.partner_id, m.currency_id.name))),
            {
                (self.granite.partner_id, "USD"),
                (self.granite.partner_id, "EUR"),
                (self.marble.partner_id, "USD"),
            },
        )

    def test_many_entries_are_added_up_with_a_statement(self):
        self.company.market_lines_max = 2
        orders = sum(
            (
                self._win(self.granite_user, contract_no=f"C-{number}")
                for number in range(3)
            ),
            self.env["lead.market.order"],
        )
        self.rule.percent = 5
        orders += self._win(self.granite_user, contract_no="C-9")
        move = self._invoice(orders)
        self.assertEqual(sorted(move.invoice_line_ids.mapped("price_unit")), [50, 300])
        for line in move.invoice_line_ids:
            entries = orders.accrual_ids.filtered(
                lambda e, line=line: e.invoice_line_id == line
            )
            self.assertEqual(sum(entries.mapped("amount")), line.price_unit)
        statement = self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", move.id)]
        )
        self.assertEqual(statement.name, "Statement.csv")
        text = base64.b64decode(statement.datas).decode("utf-8-sig")
        self.assertEqual(len(text.splitlines()), 5)
        self.assertNotIn("Vera", text)

    def test_brackets_are_added_up_as_one(self):
        self.company.market_lines_max = 1
        self._set_brackets(self.rule, "marginal", [(0, 10), (1000, 5)])
        orders = self._win(self.granite_user, amount_gross=2000) + self._win(
            self.granite_user, contract_no="C-2", amount_gross=3000
        )
        move = self._invoice(orders)
        self.assertEqual(move.invoice_line_ids.price_unit, 350)

    def test_posted_when_the_company_says_so(self):
        self.company.market_post_invoices = True
        move = self._invoice(self._win(self.granite_user))
        self.assertEqual(move.state, "posted")

    def test_workshops_are_read_at_once(self):
        """What six invoices need costs no more statements than that of one."""
        Accrual = self.env["lead.market.accrual"]
        take = self._win(self.granite_user).take_id.sudo()
        for number in range(6):
            partner = self.granite.partner_id.copy({"name": f"Quarry {number}"})
            workshop = self.granite.copy({"partner_id": partner.id})
            own = {"workshop_id": workshop.id, "workshop_partner_id": partner.id}
            order = self.env["lead.market.order"].create(
                {
                    "take_id": take.copy(own).id,
                    "work_done_date": "2026-01-02",
                    "amount_gross": 100,
                }
            )
            order.with_user(self.operator).action_confirm()
        [keys] = Accrual._get_chunks()
        self.assertEqual(len(keys), 7)
        counts = []
        for chosen in (keys[:1], keys[1:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            for group in Accrual._lock_due(chosen, Domain.TRUE).values():
                group._prepare_move_vals(group._get_bundles())
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    # === ONCE ===

    def test_again_makes_nothing(self):
        order = self._win(self.granite_user)
        first = self._invoice(order)
        self.assertTrue(first)
        self.assertFalse(self._invoice(order))
        self._run_cron()
        self.assertEqual(order.accrual_ids.move_id, first)
        self.assertEqual(
            self.env["account.move"].search_count(
                [
                    ("journal_id", "=", self.journal.id),
                    ("commercial_partner_id", "=", self.granite.partner_id.id),
                ]
            ),
            1,
        )

    def test_disputed_orders_wait(self):
        order = self._win(self.granite_user)
        order.dispute_reason = "The customer says 500."
        order.action_dispute()
        self.assertFalse(order.accrual_ids.is_invoiceable)
        self.assertFalse(self._invoice(order))
        order.action_confirm()
        self.assertTrue(self._invoice(order))

    def test_deleted_line_is_due_again(self):
        order = self._win(self.granite_user)
        move = self._invoice(order)
        move.invoice_line_ids.unlink()
        self.assertEqual(order.state, "accrued")
        self.assertTrue(order.accrual_ids.is_invoiceable)
        self.assertNotEqual(self._invoice(order), move)

    def test_deleted_draft_is_due_again(self):
        order = self._win(self.granite_user)
        self._invoice(order).unlink()
        self.assertEqual(order.accrual_ids.state, "confirmed")

    def test_cancelled_invoice_is_due_again_and_stays_cancelled(self):
        order = self._win(self.granite_user)
        first = self._invoice(order)
        first.button_cancel()
        self.assertEqual(order.state, "accrued")
        first.button_draft()
        self.assertEqual(order.state, "invoiced")
        first.button_cancel()
        second = self._invoice(order)
        self.assertTrue(second)
        with self.assertRaisesRegex(UserError, "on another invoice now"):
            first.button_draft()

    # === CORRECTIONS ===

    def test_correction_is_on_the_next_invoice(self):
        order = self._win(self.granite_user)
        first = self._invoice(order)
        first.action_post()
        order.amount_gross = 800
        more = self._win(self.granite_user, contract_no="C-2")
        move = self._invoice(order + more)
        self.assertEqual(move.move_type, "out_invoice")
        self.assertEqual(move.amount_untaxed, 80)
        self.assertEqual(first.amount_untaxed, 100)

    def test_less_than_nothing_is_a_credit_note(self):
        order = self._win(self.granite_user)
        first = self._invoice(order)
        first.action_post()
        self._pay(first)
        self.assertEqual(order.state, "paid")
        order.write({"amount_gross": 600, "amount_net": 500})
        self.assertEqual(order.state, "accrued")
        credit_note = self._invoice(order)
        self.assertEqual(credit_note.move_type, "out_refund")
        self.assertEqual(credit_note.amount_untaxed, 40)
        self.assertEqual(credit_note.reversed_entry_id, first)
        credit_note.action_post()
        self.assertEqual(credit_note.state, "posted")

    def test_cancelled_order_is_credited(self):
        order = self._win(self.granite_user)
        self._invoice(order).action_post()
        order.with_user(self.manager).action_cancel()
        credit_note = self._invoice(order)
        self.assertEqual(credit_note.move_type, "out_refund")
        self.assertEqual(credit_note.amount_untaxed, 100)
        self.assertEqual(
            credit_note.invoice_line_ids.name, f"Reversal: {order.display_name}"
        )

    def test_what_adds_up_to_nothing_is_set_off(self):
        order = self._win(self.granite_user)
        order.with_user(self.manager).action_cancel()
        self.assertFalse(self._invoice(order))
        self.assertEqual(set(order.accrual_ids.mapped("state")), {"settled"})
        run = self.env["lead.market.invoice.run"].search([], limit=1)
        self.assertEqual(run.line_ids.result, "settled")

    def test_credited_by_hand_is_invoiced_again_by_decision(self):
        order = self._win(self.granite_user)
        move = self._invoice(order)
        move.action_post()
        entry = order.accrual_ids.with_user(self.accountant)
        self.assertFalse(entry.is_credited, "there is no button")
        with self.assertRaisesRegex(UserError, "credited in full"):
            entry.action_release()
        move._reverse_moves([{}], cancel=True)
        self.assertTrue(entry.is_credited)
        self.assertEqual(move.payment_state, "reversed")
        self.assertFalse(self._invoice(order))
        entry.action_release()
        self.assertEqual(entry.state, "confirmed")
        self.assertTrue(self._invoice(order))

    # === PAYMENT ===

    def test_payment_reaches_the_order(self):
        order = self._win(self.granite_user)
        move = self._invoice(order)
        move.action_post()
        self.assertEqual(order.state, "invoiced")
        payment = self._pay(move)
        self.assertEqual(order.state, "paid")
        payment.action_cancel()
        self.assertEqual(order.state, "invoiced")

    def test_part_of_a_payment_is_none(self):
        order = self._win(self.granite_user)
        move = self._invoice(order)
        move.action_post()
        wizard = Form(
            self.env["account.payment.register"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=move.ids)
        )
        wizard.amount = 10
        wizard.save()._create_payments()
        self.assertEqual(order.state, "invoiced")

    # === WHO ===

    def test_only_accountants_invoice(self):
        order = self._win(self.granite_user)
        for user in (self.granite_user, self.operator, self.manager):
            entry = order.accrual_ids.with_user(user)
            for action in ("action_invoice", "action_release"):
                with (
                    self.subTest(user=user.login, action=action),
                    self.assertRaises(AccessError),
                ):
                    getattr(entry, action)()

    def test_entry_is_named_after_its_order(self):
        order = self._win(self.granite_user)
        self.assertEqual(
            order.accrual_ids.with_user(self.accountant).display_name,
            f"Commission {order.display_name}",
        )

    def test_runs_are_the_accountants(self):
        self._invoice(self._win(self.granite_user))
        run = self.env["lead.market.invoice.run"].search([], limit=1)
        self.assertEqual(run.with_user(self.accountant).created_count, 1)
        for user in (self.granite_user, self.operator):
            with self.subTest(user.login), self.assertRaises(AccessError):
                run.with_user(user).read(["state"])
        with self.assertRaises(AccessError):
            run.with_user(self.accountant).write({"state": "running"})

    # === THE CRON ===

    def test_cron_invoices_and_reports(self):
        orders = self._win(self.granite_user) + self._win(self.marble_user)
        run = self._run_cron()
        self.assertEqual(run.state, "done")
        self.assertTrue(run.is_scheduled)
        self.assertEqual(run.created_count, 2)
        self.assertEqual(set(orders.mapped("state")), {"invoiced"})
        self.assertEqual(self._run_cron(), run)

    def test_one_workshop_does_not_stop_the_rest(self):
        """Its currency is out of use, so that its invoice can't be posted."""
        self.company.market_post_invoices = True
        euro = self.env.ref("base.EUR")
        euro.active = True
        slate, slate_user = self._create_workshop(
            "slate", "Slate Ltd", currency_id=euro.id
        )
        broken = self._win(slate_user)
        orders = self._win(self.granite_user) + self._win(self.marble_user)
        euro.active = False
        run = self._run_cron()
        self.assertEqual(set(orders.mapped("state")), {"invoiced"})
        self.assertEqual((run.state, run.created_count), ("done", 2))
        skipped = run.line_ids.filtered(lambda line: line.result == "skipped")
        self.assertEqual(skipped.workshop_partner_id, slate.partner_id)
        self.assertIn("inactive currency", skipped.reason)
        self.assertEqual(broken.state, "accrued")
        self.assertFalse(broken.accrual_ids.move_id)

    def test_button_skips_the_workshop_that_fails(self):
        self.company.market_post_invoices = True
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.granite.currency_id = euro
        orders = self._win(self.granite_user) + self._win(self.marble_user)
        euro.active = False
        move = self._invoice(orders)
        self.assertEqual(move.partner_id, self.marble.partner_id)
        run = self.env["lead.market.invoice.run"].search([], limit=1)
        self.assertEqual(run.skipped_count, 1)

    def test_stopped_run_goes_on(self):
        """What a run has tried it leaves alone; the rest is still to come."""
        self._win(self.granite_user)
        Run = self.env["lead.market.invoice.run"]
        stopped = Run._start(scheduled=True)
        stopped._report(
            [
                {
                    "company_id": self.company.id,
                    "workshop_partner_id": self.granite.partner_id.id,
                    "currency_id": self.company.currency_id.id,
                    "result": "skipped",
                    "reason": "Tried before.",
                }
            ]
        )
        self._win(self.marble_user)
        self.assertEqual(self._run_cron(), stopped)
        self.assertEqual(stopped.state, "done")
        self.assertEqual(stopped.created_count, 1)
        next_run = self._run_cron()
        self.assertNotEqual(next_run, stopped)
        self.assertEqual(next_run.created_count, 1)
