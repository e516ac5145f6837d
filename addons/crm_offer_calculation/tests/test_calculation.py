from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import OfferCommon


@tagged("post_install", "-at_install")
class TestCalculation(OfferCommon):
    """Prices by a target, and costs that are looked at before they change."""

    def setUp(self):
        super().setUp()
        self.order = self._create_order(self.window, self.door).with_user(self.seller)
        self.env.flush_all()

    def _target(self, order=None, **values):
        """Fill in the window as the salesperson does, and return it."""
        action = (order or self.order).action_set_prices()
        wizard = self.env[action["res_model"]].with_user(self.seller)
        form = Form(wizard.with_context(**action["context"]))
        for name, value in values.items():
            form[name] = value
        return form.save()

    def _create_tax(self, name, amount, included=False, **vals):
        return self.env["account.tax"].create(
            {
                "name": name,
                "amount": amount,
                "price_include_override": "tax_included"
                if included
                else "tax_excluded",
                **vals,
            }
        )

    def test_margin(self):
        wizard = self._target(target="margin", percent=25)
        self.assertEqual(wizard.line_ids.mapped("new_price_unit"), [160, 400])
        self.assertEqual(wizard.new_net, 560)
        self.assertEqual(wizard.new_margin_percent, 0.25)
        self.assertEqual(self.order.amount_untaxed, 700)
        wizard.action_apply()
        self.assertEqual(self.order.amount_untaxed, 560)
        self.assertEqual(self.order.margin_percent, 0.25)

    def test_markup(self):
        self._target(target="markup", percent=50).action_apply()
        self.assertEqual(self.order.order_line.mapped("price_unit"), [180, 450])
        self.assertEqual(self.order.markup_percent, 0.5)

    def test_starts_from_present_prices(self):
        """Who opens the window and changes nothing changes no total."""
        self.order.order_line[1].price_unit = 550
        wizard = self._target()
        self.assertAlmostEqual(wizard.percent, 44)
        self.assertEqual(wizard.new_net, 750)
        self.assertAlmostEqual(self._target(target="markup").percent, 100 * 330 / 420)
        wizard = self._target(target="net")
        self.assertEqual(wizard.amount, 750)
        self.assertEqual(wizard.line_ids.mapped("new_price_unit"), [200, 550])

    def test_no_net_total(self):
        """An emptied field gives nothing away."""
        wizard = self._target(target="net", amount=0)
        self.assertIn("Please enter", wizard.problem)
        self.assertFalse(wizard.line_ids)
        with self.assertRaisesRegex(UserError, "Please enter"):
            wizard.action_apply()

    def test_names_of_lines(self):
        """Lines of one order are told apart by what they are called."""
        window = self.order.order_line[0]
        window.name = "Window, oak\nWith a lock"
        self.assertEqual(window.with_context(in_order=True).display_name, "Window, oak")

    def test_markup_of_a_line(self):
        """Setting it sets the price; it is settled with the order."""
        window, door = self.order.order_line
        self.assertEqual(round(window.markup_percent, 4), 0.6667)
        window.discount = 10
        window.markup_percent = 0.5
        self.assertEqual(window.price_unit, 200)
        self.assertEqual(window.price_subtotal, 180)
        self.assertEqual(door.price_unit, 500)
        door.purchase_price = 0
        self.assertEqual(door.markup_percent, 0)
        with self.assertRaisesRegex(UserError, "does not follow from its cost"):
            door.markup_percent = 0.5
        self.order.action_confirm()
        with self.assertRaisesRegex(UserError, "confirmed, locked or cancelled"):
            window.markup_percent = 1

    def test_template_with_optional_products(self):
        """They are not taken yet, so that their price has no markup."""
        template = self.env["sale.order.template"].create(
            {
                "name": "Windows",
                "sale_order_template_line_ids": [
                    Command.create({"product_id": self.window.id}),
                    Command.create(
                        {
                            "display_type": "line_section",
                            "name": "Optional",
                            "is_optional": True,
                        }
                    ),
                    Command.create(
                        {"product_id": self.glazing.id, "product_uom_qty": 0}
                    ),
                ],
            }
        )
        self.seller.group_ids += self.env.ref(
            "sale_management.group_sale_order_template"
        )
        orders = self.env["sale.order"].with_user(self.seller)
        with Form(orders, view="sale.view_order_form") as form:
            form.partner_id = self.customer
            form.sale_order_template_id = template
        order = form.save()
        lines = order.order_line.filtered("product_id")
        self.assertEqual(lines.mapped("price_unit"), [200, 100])
        self.assertEqual(lines.mapped("purchase_price"), [120, 50])

    def test_date_of_costs(self):
        """It tells since when a line has its cost."""
        window = self.order.order_line[0]
        with freeze_time("2030-05-06"):
            window.purchase_price = 130
            window.flush_recordset()
        self.assertEqual(str(window.cost_date), "2030-05-06")

    def test_negative_margin(self):
        self._target(target="margin", percent=-20).action_apply()
        self.assertEqual(self.order.order_line.mapped("price_unit"), [100, 250])

    def test_net_total(self):
        self._target(target="net", amount=650).action_apply()
        self.assertEqual(self.order.amount_untaxed, 650)

    def test_rounding_goes_to_the_largest_line(self):
        """Three lines can't each be a third of 100, but together they are 100."""
        order = self._create_order(self.window, self.window, self.window)
        order = order.with_user(self.seller)
        self._target(order, target="net", amount=100).action_apply()
        self.assertEqual(order.amount_untaxed, 100)
        self.assertEqual(
            sorted(order.order_line.mapped("price_unit")), [33.33, 33.33, 33.34]
        )

    def test_discount_and_included_tax(self):
        """The customer pays 23 % on top within the price, and 10 % less."""
        tax = self._create_tax("23 % included", 23, included=True)
        line = self.order.order_line[0]
        line.write({"tax_ids": [Command.set(tax.ids)], "discount": 10})
        self._target(target="margin", percent=40).action_apply()
        self.assertAlmostEqual(line.price_unit, 273.33)
        self.assertAlmostEqual(line.price_subtotal, 200, delta=0.01)
        self.assertAlmostEqual(line.margin_percent, 0.4, delta=0.0001)

    def test_ways_to_round_taxes(self):
        """Of each line or of all together: the total is what was asked for."""
        tax = self._create_tax("23 % included", 23, included=True)
        for method in ("round_per_line", "round_globally"):
            self.env.company.tax_calculation_rounding_method = method
            order = self._create_order(self.window, self.window, self.window)
            order.order_line.tax_ids = tax
            order = order.with_user(self.seller)
            for amount in (100, 777.77, 1234.56):
                with self.subTest(method=method, amount=amount):
                    self._target(order, target="net", amount=amount).action_apply()
                    self.assertAlmostEqual(order.amount_untaxed, amount, delta=0.004)

    def test_two_taxes(self):
        """One within the price, one on top of it."""
        taxes = self._create_tax("8 % included", 8, included=True)
        taxes += self._create_tax("5 % on top", 5)
        line = self.order.order_line[0]
        line.tax_ids = taxes
        self._target(target="markup", percent=100).action_apply()
        self.assertAlmostEqual(line.price_subtotal, 240, delta=0.01)

    def test_other_unit(self):
        """A dozen costs twelve times as much."""
        line = self.order.order_line[0]
        line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.assertEqual(line.purchase_price, 1440)
        self._target(target="markup", percent=50).action_apply()
        self.assertEqual(line.price_unit, 2160)

    def test_currencies_with_other_decimals(self):
        """Three lines come to the total to the last yen, and to the last fils."""
        self.env.ref("product.decimal_price").digits = 3
        currencies = self.env["res.currency"].with_context(active_test=False)
        for code, amount in (("JPY", 1001), ("BHD", 100.001)):
            currency = currencies.search([("name", "=", code)])
            currency.active = True
            pricelist = self.env["product.pricelist"].create(
                {"name": code, "currency_id": currency.id}
            )
            order = self._create_order(
                self.window, self.door, self.glazing, pricelist_id=pricelist.id
            )
            order = order.with_user(self.seller)
            with self.subTest(code):
                wizard = self._target(order, target="net", amount=amount)
                self.assertEqual(wizard.new_net, amount)
                wizard.action_apply()
                self.assertEqual(order.amount_untaxed, amount)

    def test_combo(self):
        """What follows from a combo and its choices keeps its price."""
        combo = self.env["product.combo"].create(
            {
                "name": "Glass",
                "combo_item_ids": [Command.create({"product_id": self.glazing.id})],
            }
        )
        product = self._create_product(
            "Set", 300, 0, type="combo", combo_ids=[Command.link(combo.id)]
        )
        lines = self.env["sale.order.line"].with_user(self.seller)
        parent = lines.create({"order_id": self.order.id, "product_id": product.id})
        item = lines.create(
            {
                "order_id": self.order.id,
                "product_id": self.glazing.id,
                "linked_line_id": parent.id,
                "combo_item_id": combo.combo_item_ids.id,
            }
        )
        prices = (parent + item).mapped("price_unit")
        self.assertEqual(sum(prices), 300)
        wizard = self._target(target="margin", percent=25)
        self.assertEqual(len(wizard.line_ids), 2)
        wizard.action_apply()
        self.assertEqual((parent + item).mapped("price_unit"), prices)
        self.assertEqual(self.order.order_line[0].price_unit, 160)

    def test_early_payment_discount(self):
        """Taxes are less for who pays early; what is sold, and its margin, is not."""
        self.order.order_line.tax_ids = self._create_tax("23 %", 23)
        self.order.payment_term_id = self.env["account.payment.term"].create(
            {
                "name": "2 % within ten days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": "mixed",
            }
        )
        wizard = self._target(target="margin", percent=25)
        self.assertEqual(wizard.new_net, 560)
        wizard.action_apply()
        self.assertEqual(self.order.amount_untaxed, 560)
        self.assertEqual(self.order.margin_percent, 0.25)
        self.assertAlmostEqual(self.order.amount_tax, 560 * 0.98 * 0.23, places=2)

    def test_only_chosen_lines(self):
        wizard = self._target(target="margin", percent=25)
        with Form(wizard) as form:
            form.order_line_ids.remove(id=self.order.order_line[0].id)
        wizard.action_apply()
        self.assertEqual(self.order.order_line.mapped("price_unit"), [200, 400])

    def test_lines_that_stay(self):
        """What costs nothing, sections, and what is given away keep their price."""
        self.glazing.standard_price = 0
        self.order.order_line = [
            Command.create({"display_type": "line_section", "name": "More"}),
            Command.create({"product_id": self.glazing.id}),
            Command.create({"product_id": self.window.id, "discount": 100}),
            Command.create({"product_id": self.window.id, "product_uom_qty": 0}),
        ]
        wizard = self._target(target="margin", percent=25)
        self.assertEqual(len(wizard.line_ids), 2)
        wizard.action_apply()
        self.assertEqual(
            self.order.order_line.mapped("price_unit"), [160, 400, 0, 100, 200, 200]
        )

    def test_impossible_targets(self):
        """The window says so, and nothing is written, by RPC neither."""
        for values, message in (
            ({"target": "margin", "percent": 100}, "below 100 %"),
            ({"target": "markup", "percent": -101}, "below -100 %"),
            ({"target": "net", "amount": -1}, "come to more"),
        ):
            with self.subTest(**values):
                wizard = self._target(**values)
                self.assertIn(message, wizard.problem)
                with self.assertRaisesRegex(UserError, message):
                    wizard.action_apply()
        self.order.order_line.price_unit = 0
        self.assertIn("no price yet", self._target(target="net", amount=5).problem)

    def test_settled_order(self):
        wizard = self._target(target="margin", percent=25)
        self.order.action_confirm()
        for action in (
            self.order.action_set_prices,
            self.order.action_refresh_costs,
            wizard.action_apply,
        ):
            with self.assertRaisesRegex(UserError, "confirmed, locked or cancelled"):
                action()
        self.assertEqual(self.order.amount_untaxed, 700)

    def test_lines_of_another_order(self):
        """Who sends ids of lines by RPC changes no other order."""
        other = self._create_order(self.window)
        wizard = self._target(target="margin", percent=25)
        wizard.order_line_ids += other.order_line
        wizard.action_apply()
        self.assertEqual(other.order_line.price_unit, 200)

    def test_words_of_lines(self):
        """Lines are told apart by what is written on them, not by their order."""
        words = "Window, plastic\nwith a sill of stone"
        self.order.order_line[0].name = words
        self.window.standard_price = 130
        wizard = self._target(target="margin", percent=25)
        self.assertEqual(wizard.line_ids[0].name, words)
        self.assertEqual(self._refresh().line_ids.edit(0).name, words)

    # === COSTS ===

    def _refresh(self):
        action = self.order.action_refresh_costs()
        wizard = self.env[action["res_model"]].with_user(self.seller)
        return Form(wizard.with_context(**action["context"]))

    def test_refresh_costs(self):
        """Old and new are shown before anything is written."""
        self.window.standard_price = 130
        form = self._refresh()
        self.assertEqual(len(form.line_ids), 1)
        with form.line_ids.edit(0) as line:
            self.assertEqual((line.old_cost, line.new_cost), (120, 130))
        wizard = form.save()
        self.assertEqual(self.order.amount_cost, 420)
        wizard.action_apply()
        self.assertEqual(self.order.amount_cost, 430)
        self.assertEqual(self.order.margin, 270)

    def test_cost_by_hand(self):
        """What was agreed with a supplier stays, unless it is ticked as well."""
        window, door = self.order.order_line
        with Form(self.order) as form:
            with form.order_line.edit(1) as line:
                line.purchase_price = 250
        self.assertEqual([window.cost_manual, door.cost_manual], [False, True])
        self.window.standard_price = 130
        self.door.standard_price = 320
        form = self._refresh()
        self.assertEqual(len(form.line_ids), 2)
        form.save().action_apply()
        self.assertEqual(self.order.order_line.mapped("purchase_price"), [130, 250])
        form = self._refresh()
        with form.line_ids.edit(0) as line:
            self.assertTrue(line.is_manual)
            line.is_taken = True
        form.save().action_apply()
        self.assertEqual(self.order.order_line.mapped("purchase_price"), [130, 320])
        self.assertFalse(door.cost_manual)

    def test_keep_some_costs(self):
        self.window.standard_price = 130
        self.door.standard_price = 320
        form = self._refresh()
        with form.line_ids.edit(1) as line:
            line.is_taken = False
        form.save().action_apply()
        self.assertEqual(self.order.order_line.mapped("purchase_price"), [130, 300])

    def test_cost_of_another_product(self):
        """What was entered for one product is nothing to another."""
        with Form(self.order) as form:
            with form.order_line.new() as line:
                line.product_id = self.window
                line.purchase_price = 99
        added = self.order.order_line[2]
        self.assertTrue(added.cost_manual)
        added.product_id = self.door
        self.assertEqual(added.purchase_price, 300)
        self.assertFalse(added.cost_manual)

    def test_no_change(self):
        self.assertEqual(len(self._refresh().line_ids), 0)

    def test_without_right_on_costs(self):
        settings = self.env["res.config.settings"].create({})
        settings.group_see_cost = False
        settings.execute()
        for model in ("sale.order.target", "sale.order.cost.refresh"):
            with self.subTest(model), self.assertRaises(AccessError):
                wizard = self.env[model].with_user(self.seller)
                wizard.create({"order_id": self.order.id}).read(["line_ids"])
