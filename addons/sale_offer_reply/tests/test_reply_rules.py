from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sale_offer_reply.offer_reply import OfferReplyError

from .common import OfferCommon


@tagged("post_install", "-at_install")
class TestReplyRules(OfferCommon):
    """What a reply does to the order: quantities, amounts, states."""

    def _assert_refused(self, order, code, answers="yes", **vals):
        before = order.order_line.mapped("offer_answer")
        with self.assertRaises(OfferReplyError) as caught:
            self._reply(order, answers, **vals)
        self.assertEqual(caught.exception.code, code)
        self.assertEqual(order.order_line.mapped("offer_answer"), before)
        self.assertFalse(order.offer_history_ids.filtered(lambda h: h.kind == "reply"))
        return caught.exception

    # === NOTHING TO ANSWER ===

    def test_nothing_to_answer(self):
        """Empty offers, texts only and deliveries only can't be answered."""
        note = {"display_type": "line_note", "name": "Only a note"}
        section = {"display_type": "line_section", "name": "Only a section"}
        for lines in ([], [note], [section, note]):
            order = self._create_sent_offer(lines)
            self.assertFalse(order._offer_can_be_answered())
            self._assert_refused(order, "closed", {})

    def test_only_discount_line(self):
        product = self._create_product("Discount", 0, self.tax_a)
        self.company.sale_discount_product_id = product
        order = self._create_sent_offer([(product, 1)])
        self.assertFalse(order._offer_can_be_answered())

    # === STATES ===

    def test_states_that_refuse(self):
        draft = self._create_offer()
        self._assert_refused(
            draft, "closed", dict.fromkeys(draft.order_line.ids, "yes")
        )
        cancelled = self._create_sent_offer()
        answers = self._all(cancelled, "yes")
        cancelled._action_cancel()
        self._assert_refused(cancelled, "closed", answers)
        confirmed = self._create_sent_offer()
        answers = self._all(confirmed, "yes")
        confirmed.with_user(self.salesman).action_confirm()
        self._assert_refused(confirmed, "closed", answers)

    def test_expiry(self):
        """The last day still counts, the day after does not."""
        order = self._create_sent_offer(validity_date=fields.Date.today())
        self.assertTrue(order._offer_can_be_answered())
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            order.invalidate_recordset(["is_expired"])
            self._assert_refused(order, "closed", self._all(order, "yes"))
        with self.assertRaisesRegex(UserError, "expired"):
            order.validity_date = fields.Date.today() - timedelta(days=1)
            order.with_user(self.salesman).action_quotation_send()

    # === ANSWERS ===

    def test_wrong_answers_change_nothing(self):
        order = self._create_sent_offer()
        other = self._create_sent_offer()
        room, dinner, bus = order.order_line
        good = self._all(order, "yes")
        missing = {room: "yes", dinner: "no"}
        error = self._assert_refused(order, "invalid", missing)
        self.assertEqual(set(error.lines), {bus.id})
        self._assert_refused(order, "invalid", good | {other.order_line[0].id: "yes"})
        self._assert_refused(order, "invalid", good | {room.id: "maybe"})
        self._assert_refused(order, "invalid", good | {99_999_999: "yes"})
        order.offer_allow_unsure = False
        self._assert_refused(order, "invalid", good | {room.id: "unsure"})
        error = self._assert_refused(
            order, "invalid", good, comments={room.id: "x" * 2001}
        )
        self.assertIn(room.id, error.lines)
        self._assert_refused(order, "invalid", good, message="x" * 10001)

    def test_unpublished_and_removed_lines_are_foreign(self):
        order = self._create_sent_offer()
        answers = self._all(order, "yes")
        order.order_line[2].offer_published = False
        self._assert_refused(order, "invalid", answers)
        order.order_line[1].unlink()
        self._assert_refused(order, "invalid", answers)

    def test_terms_must_be_accepted_to_say_yes(self):
        order = self._create_sent_offer(note="<p>Pay in 10 days.</p>")
        self._assert_refused(order, "invalid", "yes")
        self._reply(order, "no")
        self.assertEqual(order.offer_status, "no")
        history = self._reply(order, "yes", accept_terms=True)
        self.assertTrue(history.terms_accepted)
        self.assertIn("Pay in 10 days.", history.terms_html)
        self.assertEqual(order.state, "sale")

    def test_terms_of_a_line_that_is_not_taken(self):
        self.bus.offer_terms = "<p>No smoking.</p>"
        order = self._create_sent_offer()
        room, dinner, bus = order.order_line
        self.assertIn("No smoking", bus.offer_terms)
        self._reply(order, {room: "yes", dinner: "yes", bus: "no"})
        self.assertEqual(order.state, "sale")

    def test_stale_pages(self):
        order = self._create_sent_offer()
        revision = order.offer_revision
        order.order_line[0].name = "Another room"
        self._assert_refused(order, "stale", revision=revision)
        self._assert_refused(order, "stale", last_history_id=12345)

    def test_every_edit_of_the_seller_makes_pages_stale(self):
        order = self._create_sent_offer()
        line = order.order_line[0]
        edits = [
            lambda: line.write({"price_unit": 90}),
            lambda: line.write({"offer_terms": "<p>New</p>"}),
            lambda: line.write({"offer_published": False}),
            lambda: order.write({"note": "<p>Other terms</p>"}),
            lambda: order.write(
                {
                    "order_line": [
                        Command.create({"product_id": self.bus.id}),
                        Command.update(line.id, {"discount": 5}),
                    ]
                }
            ),
            lambda: order.order_line[-1].unlink(),
            lambda: order.action_update_prices(),
            lambda: order.action_update_taxes(),
        ]
        for edit in edits:
            before = order.offer_revision
            edit()
            self.assertGreater(order.offer_revision, before)

    def test_edit_of_the_whole_form_counts_once(self):
        order = self._create_sent_offer()
        before = order.offer_revision
        order.write(
            {
                "order_line": [
                    Command.update(line.id, {"price_unit": 1})
                    for line in order.order_line
                ]
            }
        )
        self.assertEqual(order.offer_revision, before + 1)

    # === OUTCOMES ===

    def test_all_yes(self):
        order = self._create_sent_offer()
        total = order.amount_total
        self._reply(order, "yes")
        self.assertEqual((order.state, order.offer_status), ("sale", "accepted"))
        self.assertEqual(order.amount_total, total)

    def test_all_no_waits_for_the_manager(self):
        """Nothing is confirmed, the offer keeps its worth, the manager is told."""
        order = self._create_sent_offer()
        total = order.amount_total
        self._reply(order, "no")
        self.assertEqual((order.state, order.offer_status), ("sent", "no"))
        self.assertEqual(order.amount_total, total)
        self.assertEqual(order.activity_ids.user_id, self.salesman)
        with self.assertRaisesRegex(UserError, "took no line"):
            order.with_user(self.salesman).action_confirm()

    def test_only_unsure(self):
        order = self._create_sent_offer()
        room, dinner, bus = order.order_line
        self._reply(order, {room: "no", dinner: "unsure", bus: "no"})
        self.assertEqual((order.state, order.offer_status), ("sent", "unsure"))

    def test_reply_may_be_changed_until_confirmation(self):
        order = self._create_sent_offer(require_signature=True)
        room, dinner, bus = order.order_line
        self._reply(order, {room: "yes", dinner: "no", bus: "no"})
        self.assertEqual((order.state, order.offer_status), ("sent", "to_sign"))
        self._reply(order, {room: "no", dinner: "yes", bus: "no"})
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [0, 10, 0])
        self._reply(order, "no")
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [4, 10, 1])
        replies = order.offer_history_ids.filtered(lambda h: h.kind == "reply")
        self.assertEqual(sorted(replies.mapped("number")), [1, 2, 3])

    def test_unsure_is_answered_after_confirmation(self):
        order = self._create_sent_offer()
        room, dinner, bus = order.order_line
        dinner.write({"price_unit": 44, "discount": 10})
        self._reply(order, {room: "yes", dinner: "unsure", bus: "no"})
        self.assertTrue(order.offer_has_unsure)
        self.assertEqual(order._get_offer_pending_lines(), dinner)
        self._reply(order, {dinner: "yes"})
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [4, 10, 0])
        self.assertEqual((dinner.price_unit, dinner.discount), (44, 10))
        self.assertFalse(order.offer_has_unsure)
        self.assertFalse(order._offer_can_be_answered())

    def test_lines_stay_closed_once_invoiced(self):
        order = self._create_sent_offer()
        self._reply(order, "yes")
        order._create_invoices()
        order.order_line[0].price_unit = 1
        self.assertFalse(order._offer_can_be_answered())

    def test_locked_order_is_closed(self):
        order = self._create_sent_offer()
        room, dinner, bus = order.order_line
        self._reply(order, {room: "yes", dinner: "unsure", bus: "no"})
        order.action_lock()
        self.assertFalse(order._offer_can_be_answered())

    # === THE SELLER CHANGES THE OFFER ===

    def test_only_changed_lines_reopen(self):
        order = self._create_sent_offer(require_signature=True)
        room, dinner, bus = order.order_line
        self._reply(order, {room: "yes", dinner: "no", bus: "yes"})
        dinner.with_user(self.salesman).price_unit = 40
        self.assertEqual(
            order.order_line.mapped("offer_line_status"), ["yes", "changed", "yes"]
        )
        self.assertEqual(order.offer_status, "waiting")
        self.assertEqual(dinner.product_uom_qty, 10, "offered anew with its quantity")
        self.assertEqual(dinner.price_unit, 40)
        self.assertFalse(order._has_to_be_signed())
        self._reply(order, "yes")
        self.assertTrue(order._has_to_be_signed())

    def test_changing_back_restores_the_answer(self):
        order = self._create_sent_offer(require_signature=True)
        self._reply(order, "yes")
        line = order.order_line[0]
        line.price_unit = 1
        line.price_unit = 100
        self.assertEqual(line.offer_line_status, "yes")

    def test_change_after_confirmation_reopens_only_that_line(self):
        order = self._create_sent_offer()
        self._reply(order, "yes")
        order.order_line[1].with_user(self.salesman).price_unit = 60
        self.assertEqual(order._get_offer_pending_lines(), order.order_line[1])
        self._reply(order, {order.order_line[1]: "no"})
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [4, 0, 1])

    def test_new_line_is_open(self):
        order = self._create_sent_offer(require_signature=True)
        self._reply(order, "yes")
        order.order_line = [Command.create({"product_id": self.bus.id})]
        self.assertEqual(order.order_line[-1].offer_line_status, "open")
        self.assertEqual(order.offer_open_count, 1)

    def test_unpublished_line_costs_nothing(self):
        order = self._create_sent_offer()
        total = order.amount_total
        bus = order.order_line[2]
        bus.offer_published = False
        self.assertEqual(bus.product_uom_qty, 0)
        self.assertEqual(order.amount_total, total - 336)
        self.assertNotIn(bus, order._get_order_lines_to_report())
        bus.offer_published = True
        self.assertEqual(order.amount_total, total)

    def test_section_is_hidden_with_its_lines(self):
        order = self._create_sent_offer(
            [
                {"display_type": "line_section", "name": "Hidden part"},
                (self.room, 2),
                {"display_type": "line_section", "name": "Shown part"},
                (self.bus, 1),
            ]
        )
        order.order_line[0].offer_published = False
        self.assertEqual(order._get_order_lines_to_report(), order.order_line[2:])
        self.assertEqual(order.offer_open_count, 1)

    def test_seller_confirms_what_was_answered(self):
        order = self._create_sent_offer(require_signature=True)
        room, dinner, bus = order.order_line
        self._reply(order, {room: "yes", dinner: "no", bus: "unsure"})
        order.with_user(self.salesman).action_confirm()
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [4, 0, 0])

    def test_copy_has_no_answers(self):
        order = self._create_sent_offer()
        room, dinner, bus = order.order_line
        self._reply(order, {room: "yes", dinner: "no", bus: "no"})
        copy = order.copy()
        self.assertEqual(copy.order_line.mapped("product_uom_qty"), [4, 10, 1])
        self.assertEqual(copy.order_line.mapped("offer_answer"), [False] * 3)
        self.assertFalse(copy.offer_history_ids)
        self.assertEqual(copy.offer_status, "draft")

    # === LINES THAT BELONG TOGETHER ===

    def test_option_is_taken_by_yes(self):
        lines = [
            (self.room, 1),
            {"display_type": "line_section", "name": "Options", "is_optional": True},
            (self.bus, 0),
            (self.dinner, 0),
        ]
        order = self._create_sent_offer(lines)
        room, _section, bus, dinner = order.order_line
        self.assertFalse(bus._can_be_edited_on_portal())
        self._reply(order, {room: "yes", bus: "yes", dinner: "no"})
        self.assertEqual((bus.product_uom_qty, dinner.product_uom_qty), (1, 0))
        self.assertEqual(bus.offer_line_status, "yes")

    def test_section_without_composition_is_answered_as_one(self):
        order = self._create_sent_offer(
            [
                (self.room, 1),
                {
                    "display_type": "line_section",
                    "name": "Package",
                    "collapse_composition": True,
                },
                (self.bus, 2),
                (self.dinner, 3),
            ]
        )
        room, package, bus, dinner = order.order_line
        self.assertEqual(order._get_offer_pending_lines(), room | package)
        totals = order._get_offer_totals({room.id: "yes", package.id: "no"})
        self.assertEqual(totals["no"]["untaxed"], 750)
        self._reply(order, {room: "yes", package: "no"})
        self.assertEqual((bus | dinner).mapped("product_uom_qty"), [0, 0])
        self.assertEqual(order.amount_untaxed, 100)

    def test_change_inside_a_package_reopens_it(self):
        order = self._create_sent_offer(
            [
                {
                    "display_type": "line_section",
                    "name": "Package",
                    "collapse_composition": True,
                },
                (self.bus, 2),
            ],
            require_signature=True,
        )
        self._reply(order, "yes")
        order.order_line[1].price_unit = 1
        self.assertEqual(order.order_line[0].offer_line_status, "changed")

    def test_combo_is_answered_as_one(self):
        order = self._create_combo_offer()
        parent, *children = order.order_line
        self.assertEqual(order._get_offer_pending_lines(), parent)
        total = order.amount_total
        self.assertEqual(order._get_offer_totals()["open"]["total"], total)
        order.order_line = [
            Command.create({"product_id": self.bus.id, "product_uom_qty": 1})
        ]
        bus = order.order_line[-1]
        self._reply(order, {parent: "no", bus: "yes"})
        self.assertEqual([line.product_uom_qty for line in children], [0, 0])
        self.assertEqual(order.amount_untaxed, 300)

    def _create_combo_offer(self):
        combos = self.env["product.combo"].create(
            [
                {
                    "name": name,
                    "combo_item_ids": [Command.create({"product_id": product.id})],
                }
                for name, product in (("Night", self.room), ("Meal", self.dinner))
            ]
        )
        package = self._create_product(
            "Package",
            140,
            self.tax_a,
            type="combo",
            combo_ids=[Command.set(combos.ids)],
        )
        order = self._create_offer([(package, 2)])
        parent = order.order_line
        order.order_line = [
            Command.create(
                {
                    "product_id": combo.combo_item_ids.product_id.id,
                    "product_uom_qty": 2,
                    "combo_item_id": combo.combo_item_ids.id,
                    "linked_line_id": parent.id,
                }
            )
            for combo in combos
        ]
        return self._send(order)

    # === PRICES AND TAXES ===

    def test_price_by_quantity_survives(self):
        """A refused line does not get the price of quantity 0."""
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Volume",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "3_global",
                            "compute_price": "percentage",
                            "percent_price": 20,
                            "min_quantity": 5,
                        }
                    )
                ],
            }
        )
        order = self._create_sent_offer(pricelist_id=pricelist.id)
        dinner = order.order_line[1]
        price = (dinner.price_unit, dinner.discount)
        self.assertEqual(dinner._get_discounted_price(), 40)
        room, dinner, bus = order.order_line
        self._reply(order, {room: "yes", dinner: "unsure", bus: "no"})
        self.assertEqual((dinner.price_unit, dinner.discount), price)
        self._reply(order, {dinner: "yes"})
        self.assertEqual((dinner.price_unit, dinner.discount), price)

    def test_totals_add_up(self):
        """The amounts by answer make the order's total, whatever the rounding."""
        included = self._create_tax(
            "VAT incl.", 25, price_include_override="tax_included"
        )
        fixed = self._create_tax("Fee", 2, amount_type="fixed")
        odd = self._create_product("Odd price", 33.33, included)
        fee = self._create_product("With fee", 9.99, fixed)
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            order = self._create_sent_offer([(odd, 3), (fee, 7), (self.dinner, 1.5)])
            ids = order.order_line.ids
            totals = order._get_offer_totals(
                dict(zip(ids, ("yes", "unsure", "no"), strict=True))
            )
            self.assertAlmostEqual(
                sum(row["total"] for row in totals.values()), order.amount_total, 2
            )
            self._reply(order, dict(zip(ids, ("yes", "unsure", "no"), strict=True)))
            self.assertAlmostEqual(order.amount_total, totals["yes"]["total"], 2)

    def test_percent_discount_follows(self):
        order = self._create_offer([(self.room, 1), (self.dinner, 2)])
        self._add_discount(order, discount_type="so_discount", discount_percentage=0.1)
        self._send(order)
        self.assertEqual(order.amount_untaxed, 180)
        room, dinner = order._get_offer_pending_lines()
        self._reply(order, {room: "yes", dinner: "no"})
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.amount_untaxed, 90)
        self.assertEqual(order.amount_total, 100.8)

    def test_percent_discount_follows_after_confirmation(self):
        order = self._create_offer([(self.room, 1), (self.dinner, 2)])
        self._add_discount(order, discount_type="so_discount", discount_percentage=0.1)
        self._send(order)
        room, dinner = order._get_offer_pending_lines()
        self._reply(order, {room: "yes", dinner: "unsure"})
        self._reply(order, {dinner: "yes"})
        self.assertEqual(order.amount_untaxed, 180)

    def test_fixed_discount_needs_a_person(self):
        order = self._create_offer([(self.room, 1), (self.dinner, 2)])
        self._add_discount(order, discount_type="amount", discount_amount=30)
        self._send(order)
        room, dinner = order._get_offer_pending_lines()
        self._reply(order, {room: "yes", dinner: "no"})
        self.assertEqual((order.state, order.offer_status), ("sent", "to_check"))
        self.assertEqual(order.activity_ids.user_id, self.salesman)
        order.with_user(self.salesman).action_offer_release()
        self.assertEqual(order.state, "sale")

    def _add_discount(self, order, **vals):
        wizard = self.env["sale.order.discount"].create(
            {"sale_order_id": order.id, **vals}
        )
        wizard.action_apply_discount()

    # === CONFIRMATION ===

    def test_signature_and_payment_wait_for_the_reply(self):
        order = self._create_sent_offer(
            require_signature=True, require_payment=True, prepayment_percent=0.3
        )
        self.assertFalse(order._has_to_be_signed() or order._has_to_be_paid())
        room, dinner, bus = order.order_line
        self._reply(order, {room: "yes", dinner: "no", bus: "no"})
        self.assertEqual(order.state, "sent")
        self.assertTrue(order._has_to_be_signed() and order._has_to_be_paid())
        self.assertAlmostEqual(order._get_prepayment_required_amount(), 134.4)

    def test_failed_confirmation_keeps_the_reply(self):
        """Whatever confirming runs into, the customer's answers stay."""
        order = self._create_sent_offer()
        room, dinner, bus = order.order_line
        order.order_line = [
            Command.create(
                {"name": "No product", "price_unit": 5, "product_uom_qty": 1}
            )
        ]
        self._reply(order, self._all(order, "yes"))
        self.assertEqual((order.state, order.offer_status), ("sent", "to_check"))
        self.assertEqual(set(order.order_line.mapped("offer_answer")), {"yes"})
        self.assertIn("missing a product", order.activity_ids.note)

    def test_line_not_taken_counts_as_option(self):
        """`sale_project` makes nothing of options that were not taken."""
        order = self._create_sent_offer()
        room, dinner, bus = order.order_line
        self._reply(order, {room: "yes", dinner: "unsure", bus: "no"})
        self.assertEqual(
            [line._is_line_optional() for line in order.order_line], [False, True, True]
        )

    def test_same_form_twice_is_one_reply(self):
        order = self._create_sent_offer()
        reply = self._prepare_reply(order, "yes")
        first = order._offer_reply(reply, self._identity())
        self.assertEqual(order._offer_reply(reply, self._identity()), first)
        reply.message = "something else"
        with self.assertRaises(OfferReplyError) as caught:
            order._offer_reply(reply, self._identity())
        self.assertEqual(caught.exception.code, "repeated")
