from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.offerdesk_test_support.http_case import RouteCase
from odoo.addons.offerdesk_test_support.rpc import RpcMixin

from .common import OfferCommon

ORDER_FIELDS = ("margin", "margin_percent", "amount_cost", "markup_percent")
LINE_FIELDS = ("purchase_price", "margin", "margin_percent")


@tagged("post_install", "-at_install")
class TestSecurityCost(RpcMixin, RouteCase, OfferCommon):
    """Costs and margins are the seller's own business."""

    fingerprint_modules = ("sale", "crm_offer_calculation")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order(cls.window, cls.door)
        cls.order.action_quotation_sent()
        cls.env.flush_all()

    def test_customer_reads_nothing(self):
        self.become("offer_portal")
        answer = self.call("sale.order", "read", self.order.ids, ["amount_total"])
        self.assertEqual(answer.result[0]["amount_total"], 700)
        for model, ids, names in (
            ("sale.order", self.order.ids, ORDER_FIELDS),
            ("sale.order.line", self.order.order_line.ids, LINE_FIELDS),
        ):
            known = self.call(model, "fields_get").result
            for name in names:
                with self.subTest(model=model, field=name):
                    self.assertNotIn(name, known)
                    self.assertDenied(self.call(model, "read", ids, [name]))

    def test_customer_guesses_nothing(self):
        """Not by searching, sorting or grouping either, nor by a way around."""
        self.become("offer_portal")
        for model, paths in (
            ("sale.order", ORDER_FIELDS),
            ("sale.order", [f"order_line.{name}" for name in LINE_FIELDS]),
            ("sale.order.line", LINE_FIELDS),
            ("sale.order.line", [f"order_id.{name}" for name in ORDER_FIELDS]),
        ):
            for path in paths:
                with self.subTest(model=model, path=path):
                    for domain in ([(path, ">", 1)], [(path, "<", 1)]):
                        answer = self.call(model, "search_count", domain)
                        self.assertDenied(answer)
        for model, names in (
            ("sale.order", ORDER_FIELDS),
            ("sale.order.line", LINE_FIELDS),
        ):
            for name in names:
                with self.subTest(model=model, name=name):
                    for args in (
                        [[], [name], ["__count"]],
                        [[], [], [f"{name}:sum"]],
                    ):
                        self.assertDenied(
                            self.call(model, "formatted_read_group", *args)
                        )
                    self.assertDenied(
                        self.call(model, "search_read", [], ["id"], order=name)
                    )

    def test_customer_still_sees_the_order(self):
        self.become("offer_portal")
        answer = self.send_raw("GET", f"/my/orders/{self.order.id}")
        self.assertEqual(answer.status, 200)
        self.assertIn("700.00", answer.text)
        self.assertNotIn("420.00", answer.text)

    def test_seller_sees_figures(self):
        order = self.order.with_user(self.seller)
        self.assertEqual(order.amount_cost, 420)
        self.assertEqual(order.margin, 280)
        self.assertEqual(order.margin_percent, 0.4)
        self.assertAlmostEqual(order.markup_percent, 2 / 3)

    def test_no_markup_without_cost(self):
        """What costs nothing has no markup, not one of nought percent."""
        self.window.standard_price = 0
        order = self._create_order(self.window).with_user(self.seller)
        self.assertEqual(order.amount_cost, 0)
        self.assertFalse(order.markup_percent)
        self.assertEqual(order.margin, 200)

    def test_setting_keeps_costs_from_employees(self):
        settings = self.env["res.config.settings"].create({})
        self.assertTrue(settings.group_see_cost)
        settings.group_see_cost = False
        settings.execute()
        order = self.order.with_user(self.seller)
        for name in ORDER_FIELDS:
            with self.assertRaises(AccessError):
                order.read([name])
        with self.assertRaises(AccessError):
            order.order_line.read(["purchase_price"])
        report = self.env["sale.report"].with_user(self.seller)
        with self.assertRaises(AccessError):
            report.formatted_read_group([], [], ["margin:sum"])
        with Form(order) as form:
            form.client_order_ref = "Order 7"
            with form.order_line.new() as line:
                line.product_id = self.glazing
        self.assertEqual(order.client_order_ref, "Order 7")
        self.assertEqual(self.order.with_user(self.manager).amount_cost, 470)

    def test_seller_by_name_sees_costs(self):
        """The right can be given to one person when it is taken from the rest."""
        settings = self.env["res.config.settings"].create({})
        settings.group_see_cost = False
        settings.execute()
        self.seller.group_ids += self.env.ref("crm_offer_calculation.group_see_cost")
        self.assertEqual(self.order.with_user(self.seller).margin, 280)
        with self.assertRaises(AccessError):
            self.order.with_user(self.other_seller).read(["margin"])
