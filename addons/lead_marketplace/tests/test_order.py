from freezegun import freeze_time
from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import MarketCommon


@tagged("post_install", "-at_install")
class TestMarketOrder(MarketCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.request = cls._create_published_request()
        cls.take = cls._open(cls.request, cls.granite_user)

    # === DECLARING ===

    def test_declared_order_is_the_workshops(self):
        """What a workshop declares, it reads; another one does not."""
        order = self._declare(self.take, self.granite_user)
        self.assertEqual(order.state, "declared")
        self.assertEqual(order.workshop_partner_id, self.granite.partner_id)
        self.assertFalse(order.is_late)
        Order = self.env["lead.market.order"]
        self.assertIn(order, Order.with_user(self.granite_user).search([]))
        self.assertFalse(Order.with_user(self.marble_user).search([]))
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models"):
            order.with_user(self.marble_user).read(["amount_gross"])

    def test_workshop_does_not_see_the_office(self):
        """Who suspected and what the operator notes stays inside."""
        order = self._declare(self.take, self.granite_user)
        for name in ("note", "source", "decision", "duplicate_of_id", "workshop_id"):
            with self.subTest(name), self.assertRaises(AccessError):
                order.read([name])

    def test_workshop_writes_nothing_by_itself(self):
        order = self._declare(self.take, self.granite_user)
        for action in ("action_confirm", "action_dispute", "action_cancel"):
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(order, action)()
        with self.assertRaises(AccessError):
            order.write({"amount_gross": 1})
        with self.assertRaises(AccessError):
            order.create({"take_id": self.take.id})

    def test_declaring_twice_is_one_order(self):
        order = self._declare(self.take, self.granite_user)
        again = self._declare(self.take, self.granite_user, contract_no=" C-1 ")
        self.assertEqual(order, again)
        self.assertEqual(len(self.take.order_ids), 1)

    def test_another_contract_is_another_order(self):
        """The stele now, the fence next year."""
        self._declare(self.take, self.granite_user)
        self._declare(self.take, self.granite_user, contract_no="C-2")
        self.assertEqual(len(self.take.order_ids), 2)

    def test_numbers_may_come_as_text(self):
        order = self._declare(
            self.take,
            self.granite_user,
            work_done_date="2026-01-02",
            contract_date="2026-01-01",
            amount_gross="1200.50",
            amount_net="1000",
            currency_id=str(self.company.currency_id.id),
        )
        self.assertEqual(order.amount_gross, 1200.50)
        self.assertEqual(str(order.work_done_date), "2026-01-02")

    @freeze_time("2026-05-10 12:00:00")
    def test_refused_with_a_sentence(self):
        """Each mistake has its own answer, and none is stored."""
        self.rule.base = "net"
        take = self._open(self._create_published_request(), self.marble_user)
        cases = [
            ({"contract_no": " "}, "number of your contract"),
            ({"contract_no": "9" * 65}, "too long"),
            ({"work_done_date": "yesterday"}, "is not a date"),
            ({"work_done_date": "2026-05-11"}, "still to come"),
            ({"contract_date": "2026-05-11"}, "of a day to come"),
            ({"work_done_date": False}, "on which the work was done"),
            ({"amount_gross": "much"}, "is not an amount"),
            ({"amount_gross": "nan"}, "is not an amount"),
            ({"amount_gross": -1}, "is not an amount"),
            ({"amount_gross": 1e15}, "is not an amount"),
            ({"amount_gross": 0, "amount_net": 0}, "total of the order"),
            ({"amount_net": 0}, "total without taxes"),
            ({"amount_net": 1001}, "more than the total"),
            ({"currency_id": "999999"}, "not in use"),
            ({"currency_id": "x"}, "not in use"),
            (
                {"excluded_amount": 10, "excluded_reason": "Beer"},
                "Nothing may be left out",
            ),
        ]
        for vals, sentence in cases:
            with self.subTest(vals), self.assertRaisesRegex(UserError, sentence):
                self._declare(take, self.marble_user, **vals)
        self.assertFalse(take.order_ids)

    def test_only_agreed_things_are_left_out(self):
        self.rule.exclusions = "Delivery\n\nCemetery fee"
        take = self._open(self._create_published_request(), self.marble_user)
        with self.assertRaisesRegex(UserError, "Delivery, Cemetery fee"):
            self._declare(
                take, self.marble_user, excluded_amount=10, excluded_reason="Beer"
            )
        with self.assertRaisesRegex(UserError, "more than the total"):
            self._declare(
                take, self.marble_user, excluded_amount=1001, excluded_reason="Delivery"
            )
        order = self._declare(
            take, self.marble_user, excluded_amount=200, excluded_reason="Delivery"
        ).with_user(self.operator)
        order.action_confirm()
        self.assertEqual(order.commission, 80)

    # === WHAT COUNTS ===

    def test_take_and_request_state_end_nothing(self):
        """Opened and done: it is owed, whatever became of the request or the take."""
        self.take.sudo()._archive_take("own_customer")
        self.request.with_context(market_close_reason="withdrawn").action_close()
        self.granite.with_user(self.manager)._set_state("terminated", "Settled badly")
        order = self._declare(self.take, self.granite_user).with_user(self.operator)
        order.action_confirm()
        self.assertEqual(order.commission, 100)

    def test_customer_of_before_is_flagged_and_owed(self):
        order = self._declare(
            self.take, self.granite_user, contract_date="2020-01-01"
        ).with_user(self.operator)
        self.assertTrue(order.predates_opening)
        order.action_confirm()
        self.assertEqual(order.commission, 100)

    def test_window_of_attribution(self):
        """With a window, an order of later owes nothing; what was agreed counts."""
        self.company.market_attribution_months = 12
        with freeze_time("2025-01-10 12:00:00"):
            bound = self._open(self._create_published_request(), self.marble_user)
        self.company.market_attribution_months = 0
        with freeze_time("2025-01-10 12:00:00"):
            free = self._open(self._create_published_request(), self.marble_user)
        done = {"work_done_date": "2026-02-01"}
        with self.assertRaisesRegex(UserError, "owes no commission"):
            self._declare(bound, self.marble_user, contract_date="2026-01-11", **done)
        self._declare(bound, self.marble_user, contract_date="2026-01-10", **done)
        self._declare(free, self.marble_user, contract_date="2026-01-11", **done)

    def test_one_contract_for_two_requests_owes_once(self):
        """A customer asked twice and the workshop opened both: one commission."""
        first = self._declare(self.take, self.granite_user).with_user(self.operator)
        other = self._open(self._create_published_request(), self.granite_user)
        second = self._declare(other, self.granite_user).with_user(self.operator)
        self.assertEqual(second.duplicate_of_id, first)
        first.action_confirm()
        with self.assertRaisesRegex(UserError, "the same contract"):
            second.action_confirm()
        second.action_cancel()
        self.assertEqual(first.commission + second.commission, 100)

    # === ANNOUNCED, THEN DONE ===

    def test_announced_order_owes_when_it_is_done(self):
        order = self._declare(
            self.take,
            self.granite_user,
            work_done_date=False,
            planned_finish_date="2026-12-01",
        ).with_user(self.operator)
        order.action_confirm()
        self.assertEqual(order.state, "confirmed")
        self.assertFalse(order.declared_on)
        self.assertFalse(order.commission)
        self._declare(self.take, self.granite_user, planned_finish_date="2026-12-01")
        self.assertEqual(order.state, "accrued")
        self.assertTrue(order.declared_on)
        self.assertEqual(order.commission, 100)

    def test_other_amounts_are_confirmed_anew(self):
        order = self._declare(
            self.take,
            self.granite_user,
            work_done_date=False,
            planned_finish_date="2026-12-01",
        ).with_user(self.operator)
        order.action_confirm()
        self._declare(self.take, self.granite_user, amount_gross=1500)
        self.assertEqual(order.state, "declared")

    def test_booked_order_is_corrected_by_the_operator(self):
        order = self._win(self.marble_user)
        with self.assertRaisesRegex(UserError, "operator@market.example"):
            self._declare(
                order.take_id.with_user(self.marble_user),
                self.marble_user,
                amount_gross=900,
            )

    # === SUSPICION ===

    def test_suspicion_is_asked_about_once(self):
        Order = self.env["lead.market.order"]
        order = Order._suspect(self.take, "customer", "Says that they did it")
        again = Order._suspect(self.take, "customer", "Says it again")
        self.assertEqual(order, again)
        self.assertEqual(order.state, "suspected")
        mails = self.env["mail.mail"].search([("model", "=", "lead.market.order")])
        self.assertEqual(
            mails.filtered(lambda m: m.res_id == order.id).recipient_ids,
            self.granite_user.partner_id,
        )

    def test_operator_asks_from_the_contact(self):
        action = self.take.with_user(self.operator).action_suspect_order()
        order = self.env["lead.market.order"].browse(action["res_id"])
        self.assertEqual((order.state, order.source), ("suspected", "operator"))
        for user in (self.granite_user, self.accountant):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.take.with_user(user).action_suspect_order()

    def test_declaring_answers_a_suspicion(self):
        order = self.env["lead.market.order"]._suspect(self.take, "customer", "Hm")
        self._declare(self.take, self.granite_user)
        self.assertEqual(order.state, "declared")
        self.assertEqual(order.contract_no, "C-1")

    def test_suspicion_is_accepted_as_it_is(self):
        order = self.env["lead.market.order"]._suspect(
            self.take,
            "customer",
            "Done",
            work_done_date="2026-01-02",
            amount_gross=500,
        )
        order.with_user(self.granite_user).sudo(False)._accept_suspicion()
        self.assertEqual(order.state, "declared")
        with self.assertRaisesRegex(UserError, "declared already"):
            order._accept_suspicion()

    def test_suspicion_without_a_total_is_not_accepted(self):
        order = self.env["lead.market.order"]._suspect(self.take, "customer", "Hm")
        with self.assertRaisesRegex(UserError, "with its total"):
            order.with_user(self.granite_user).sudo(False)._accept_suspicion()

    def test_contested_suspicion_waits_for_a_person(self):
        order = self.env["lead.market.order"]._suspect(self.take, "customer", "Hm")
        as_workshop = order.with_user(self.granite_user).sudo(False)
        with self.assertRaisesRegex(UserError, "say why"):
            as_workshop._contest(" ")
        as_workshop._contest("They bought a vase from us.")
        self.assertEqual(order.state, "disputed")
        order.with_user(self.operator).action_cancel()
        self.assertEqual(order.state, "cancelled")
        self.assertFalse(order.accrual_ids)

    def test_declaring_settles_a_dispute(self):
        """The operator still looks at it; what was disputed is in the history."""
        order = self._declare(self.take, self.granite_user, amount_gross=1000)
        order = order.with_user(self.operator)
        order.dispute_reason = "The customer says 2,000."
        order.action_dispute()
        again = self._declare(self.take, self.granite_user, amount_gross=2000)
        self.assertEqual(again, order)
        self.assertEqual((order.state, order.dispute_reason), ("declared", False))
        event = self.env["lead.market.event"].search(
            [("take_id", "=", self.take.id)], order="id desc", limit=1
        )
        self.assertEqual(event.data["note"], "The customer says 2,000.")
        self.assertFalse(order.accrual_ids)
        order.action_confirm()
        self.assertEqual(order.commission, 200)

    def test_cancelled_order_makes_room(self):
        order = self._declare(self.take, self.granite_user).with_user(self.operator)
        order.action_cancel()
        self.assertNotEqual(order, self._declare(self.take, self.granite_user))

    # === THE OPERATOR ===

    def test_dispute_needs_a_reason(self):
        order = self._declare(self.take, self.granite_user).with_user(self.operator)
        with self.assertRaisesRegex(UserError, "what the disagreement is"):
            order.action_dispute()
        order.dispute_reason = "The customer says 2,000."
        order.action_dispute()
        self.assertEqual(order.state, "disputed")
        order.action_confirm()
        self.assertEqual(order.state, "accrued")
        self.assertFalse(order.dispute_reason)

    def test_cancelled_order_stays_so(self):
        order = self._declare(self.take, self.granite_user).with_user(self.operator)
        order.action_cancel()
        for action in ("action_confirm", "action_dispute"):
            with self.subTest(action), self.assertRaisesRegex(UserError, "cancelled"):
                getattr(order, action)()

    def test_only_a_manager_cancels_what_is_owed(self):
        order = self._win(self.marble_user)
        for user, is_shown in ((self.operator, False), (self.manager, True)):
            arch = order.with_user(user).get_view(view_type="form")["arch"]
            buttons = etree.fromstring(arch).xpath("//button[@name='action_cancel']")
            conditions = {button.get("invisible") for button in buttons}
            self.assertEqual(
                "not accrual_ids or state == 'cancelled'" in conditions, is_shown
            )
        with self.assertRaisesRegex(UserError, "Only a manager"):
            order.action_cancel()
        order.with_user(self.manager).action_cancel()
        self.assertEqual(order.state, "cancelled")
        self.assertEqual(order.commission, 0)

    def test_operator_enters_what_was_told_by_phone(self):
        """Everybody reads it; the days to declare were kept by the call."""
        form = Form(self.env["lead.market.order"].with_user(self.operator))
        form.take_id = self.take.with_user(self.operator)
        form.contract_no = "T-1"
        form.work_done_date = "2026-01-02"
        form.amount_gross = 500
        order = form.save()
        self.assertEqual(order.state, "declared")
        self.assertEqual(order.declared_by_id, self.operator)
        self.assertEqual(
            order.with_user(self.granite_user).read(["amount_gross"])[0][
                "amount_gross"
            ],
            500,
        )

    def test_found_by_the_number_of_the_request(self):
        """It is what people read out on the phone."""
        order = self._declare(self.take, self.granite_user)
        for record in (self.take, order):
            found = record.with_user(self.operator).name_search(self.request.number)
            self.assertEqual([id_ for id_, _name in found], record.ids)

    def test_orders_are_history(self):
        order = self._declare(self.take, self.granite_user)
        with self.assertRaisesRegex(UserError, "part of the history"):
            order.sudo().unlink()
