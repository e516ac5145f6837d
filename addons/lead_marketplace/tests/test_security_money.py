import os
from decimal import ROUND_HALF_UP, Decimal
from functools import partial

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import MarketCommon

# Each is a story of several steps, so there are few when nobody waits for the night.
EXAMPLES = int(os.environ.get("OFFERDESK_PROPERTY_EXAMPLES") or 12)
STEPS_OF_A_STORY = 10
CENT = Decimal("0.01")
PERCENT = 10
# What a state leads to by one step of a person, the accountant or the bank. Nothing is
# invoiced that was not accrued, and a cancelled order stays cancelled.
STEPS = {
    "declared": {"accrued", "disputed", "cancelled"},
    "accrued": {"invoiced", "paid", "disputed", "cancelled"},
    "invoiced": {"paid", "accrued", "disputed", "cancelled"},
    "paid": {"accrued", "invoiced", "disputed", "cancelled"},
    # The workshop may settle it by declaring something else, before it is booked.
    "disputed": {"declared", "accrued", "invoiced", "paid", "cancelled"},
    "cancelled": set(),
}

amounts = st.integers(100, 5_000_000).map(lambda cents: cents / 100)


@tagged("post_install", "-at_install")
class TestSecurityMoney(MarketCommon):
    """Whatever people do in whatever order, the books agree with what is owed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["lead.market.accrual"].search([]).settled_on = "2020-01-01"
        cls.company.market_post_invoices = True
        cls.company._get_market_journal()
        cls.takes = [
            cls._open(cls._create_published_request(cls._create_lead()), user)
            for user in (cls.granite_user, cls.granite_user, cls.marble_user)
        ]
        cls.env.flush_all()

    def test_ledger(self):
        run_state_machine_as_test(
            partial(LedgerMachine, self),
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS_OF_A_STORY,
                derandomize=True,
                database=None,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )


class LedgerMachine(RuleBasedStateMachine):
    """Take, declare, confirm, adjust, dispute, cancel, invoice, pay, refund."""

    def __init__(self, case):
        super().__init__()
        self.case = case
        self.env = case.env
        self.savepoint = case.env.cr.savepoint()
        self.orders = case.env["lead.market.order"]
        self.states = {}

    def teardown(self):
        self.savepoint.close()
        self.env.invalidate_all(flush=False)

    def _try(self, action):
        """Do what may be refused; a refusal changes nothing."""
        try:
            with self.env.cr.savepoint():
                action()
        except UserError:
            self.env.invalidate_all(flush=False)

    def _pick(self, number):
        return self.orders[number % len(self.orders)]

    @property
    def accruals(self):
        return self.orders.accrual_ids

    # === STEPS ===

    @rule(number=st.integers(0, 2), amount=amounts, contract=st.sampled_from("AB"))
    def declare(self, number, amount, contract):
        take = self.case.takes[number]
        self._try(
            lambda: self.case._declare(
                take,
                take.sudo().opened_by_id,
                contract_no=contract,
                amount_gross=amount,
                amount_net=amount,
            )
        )
        takes = [take.id for take in self.case.takes]
        self.orders = self.env["lead.market.order"].search([("take_id", "in", takes)])

    @precondition(lambda self: self.orders)
    @rule(number=st.integers(0, 5))
    def confirm(self, number):
        order = self._pick(number).with_user(self.case.operator)
        self._try(order.action_confirm)

    @precondition(lambda self: self.orders)
    @rule(number=st.integers(0, 5), amount=amounts)
    def adjust(self, number, amount):
        order = self._pick(number).with_user(self.case.operator)
        self._try(lambda: order.write({"amount_gross": amount, "amount_net": amount}))

    @precondition(lambda self: self.orders)
    @rule(number=st.integers(0, 5))
    def contest(self, number):
        order = self._pick(number)
        self._try(lambda: order._contest("Not ours"))

    @precondition(lambda self: self.orders)
    @rule(number=st.integers(0, 5))
    def cancel(self, number):
        self._try(self._pick(number).with_user(self.case.manager).action_cancel)

    @precondition(lambda self: self.accruals)
    @rule()
    def invoice(self):
        self.accruals.with_user(self.case.accountant).action_invoice()

    @precondition(lambda self: self.accruals.move_id)
    @rule()
    def pay(self):
        moves = self.accruals.move_id.filtered(
            lambda m: m.state == "posted" and m.payment_state == "not_paid"
        )
        for move in moves[:1]:
            self.env["account.payment.register"].with_user(
                self.case.accountant
            ).with_context(active_model="account.move", active_ids=move.ids).create(
                {}
            )._create_payments()

    @precondition(lambda self: self.accruals.move_id)
    @rule()
    def refund(self):
        """Credit an invoice in full, and let its entries be invoiced again."""
        moves = self.accruals.move_id.filtered(
            lambda m: m.move_type == "out_invoice" and m.payment_state == "not_paid"
        )
        for move in moves[:1]:
            move._reverse_moves([{}], cancel=True)
            self._try(
                self.accruals.filtered(lambda a, move=move: a.move_id == move)
                .with_user(self.case.accountant)
                .action_release
            )

    # === WHAT ALWAYS HOLDS ===

    @invariant()
    def ledger_is_what_is_owed(self):
        self.env.flush_all()
        self.env.invalidate_all()
        for order in self.orders:
            booked = sum(
                (Decimal(str(a.amount)) for a in order.accrual_ids), Decimal(0)
            )
            self.case.assertEqual(
                booked.quantize(CENT), Decimal(str(order.commission)).quantize(CENT)
            )
            self.case.assertEqual(booked.quantize(CENT), self._get_owed(order))

    def _get_owed(self, order):
        """Return the commission, worked out in another way than the addon's."""
        if order.state in ("declared", "cancelled") or not order.accrual_ids:
            self.case.assertFalse(
                order.state in ("accrued", "invoiced", "paid"), "booked, or not owed"
            )
            return Decimal(0).quantize(CENT)
        owed = Decimal(str(order.amount_gross)) * PERCENT / 100
        return owed.quantize(CENT, ROUND_HALF_UP)

    @invariant()
    def no_step_is_left_out(self):
        for order in self.orders:
            before = self.states.get(order.id, "declared")
            self.case.assertIn(order.state, {before, *STEPS[before]}, before)
            self.states[order.id] = order.state

    @invariant()
    def books_agree(self):
        accruals = self.accruals
        self.case.assertEqual(len(set(accruals.mapped("idem_key"))), len(accruals))
        for move in accruals.move_id.filtered(lambda m: m.state != "cancel"):
            lines = move.line_ids
            self.case.assertEqual(round(sum(lines.mapped("balance")), 2), 0)
            sign = -1 if move.move_type == "out_refund" else 1
            entries = accruals.filtered(lambda a, move=move: a.move_id == move)
            self.case.assertEqual(
                round(sum(entries.mapped("amount")), 2),
                round(sign * move.amount_untaxed, 2),
            )
            self.case.assertLessEqual(entries.invoice_line_id, move.invoice_line_ids)
