from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.order_request.tests.common import NIGHT, NOON

from .common import ShopCase


@tagged("post_install", "-at_install")
class TestVisits(ShopCase):
    """What becomes of those who look at a service, as a salesperson sees it."""

    def look_at(self, *products):
        """Open the pages of services as the shop's JavaScript tells Odoo."""
        for product in products:
            with freeze_time(NOON):
                self.call(
                    "/shop/products/recently_viewed_update", {"product_id": product.id}
                )

    def figures(self, user=None, at="2026-06-10", **vals):
        with freeze_time(at):
            figures = (
                self.env["order.request.figures"]
                .with_user(user or self.other_seller)
                .create({"date_from": "2026-06-01", "date_to": "2026-06-30", **vals})
            )
            # Computed now, as the form does.
            figures._compute_figures()
        return figures

    def counts(self, product, **kwargs):
        """Return visitors, those with an order, those with neither."""
        figures = self.figures(product_tmpl_id=product.product_tmpl_id.id, **kwargs)
        return (
            figures.visitors,
            figures.visitors_ordered,
            figures.visitors_without_order,
        )

    def order(self, product):
        with freeze_time(NOON):
            cart = self.add(product)
            cart.action_confirm()
        self.assertEqual(cart.state, "sale")

    def test_who_only_looks(self):
        self.look_at(self.logo, self.logo)
        self.assertEqual(self.counts(self.logo), (1, 0, 1))
        self.assertEqual(self.counts(self.poster), (0, 0, 0))
        self.visit()
        self.look_at(self.logo, self.poster)
        self.assertEqual(self.counts(self.logo), (2, 0, 2))
        self.assertEqual(self.counts(self.poster), (1, 0, 1))
        # Of all services: once for each.
        self.assertEqual(self.figures().visitors, 3)

    def test_a_visitor_who_orders(self):
        self.look_at(self.poster, self.logo)
        self.order(self.poster)
        self.assertEqual(self.counts(self.poster), (1, 1, 0))
        self.assertEqual(self.counts(self.logo), (1, 0, 1))
        self.visit()
        self.look_at(self.poster)
        figures = self.figures(product_tmpl_id=self.poster.product_tmpl_id.id)
        self.assertEqual(figures.visit_conversion, 1 / 2)

    def test_a_visitor_who_asks(self):
        """They did not leave without a word, and count once their offer is accepted."""
        self.look_at(self.logo)
        self.add(self.logo)
        self.send(NIGHT)
        self.assertEqual(self.counts(self.logo), (1, 0, 0))
        self.assertEqual(self.figures().visitors_requested, 1)
        request = self.find_requests()
        with freeze_time(NIGHT):
            self._offer(request).action_confirm()
        self.assertEqual(request.state, "accepted")
        self.assertEqual(self.counts(self.logo), (1, 1, 0))

    def test_a_visitor_who_logs_in(self):
        """What was looked at and put into the cart before is theirs."""
        self.look_at(self.poster)
        self.add(self.poster)
        visitor = self.env["website.visitor"].search([], order="id desc", limit=1)
        known = self.env["website.visitor"].create(
            {
                "access_token": self.portal_user.partner_id.id,
                "website_id": self.website.id,
            }
        )
        cart = self.env["sale.order"].search([("website_visitor_id", "=", visitor.id)])
        self.assertEqual(cart.order_line.product_id, self.poster)
        visitor._merge_visitor(known)
        self.assertEqual(cart.website_visitor_id, known)
        with freeze_time(NOON):
            cart.action_confirm()
        self.assertEqual(self.counts(self.poster), (1, 1, 0))

    def test_customer_who_orders_elsewhere(self):
        """On the portal, after looking at the service in the shop."""
        self.visit("request_portal")
        self.look_at(self.poster)
        with freeze_time(NOON):
            self._place_order(self.poster).action_confirm()
        self.assertEqual(self.counts(self.poster), (1, 1, 0))

    def test_an_order_before_the_period(self):
        self.visit("request_portal")
        with freeze_time("2026-05-20"):
            self._place_order(self.poster).action_confirm()
        self.look_at(self.poster)
        self.assertEqual(self.counts(self.poster), (1, 0, 1))
        self.assertEqual(self.counts(self.poster, date_from="2026-05-01"), (1, 1, 0))

    def test_each_figure_shows_its_rows(self):
        self.look_at(self.logo, self.poster)
        self.order(self.poster)
        figures = self.figures()
        self.assertEqual((figures.visitors, figures.visitors_without_order), (2, 1))
        with freeze_time("2026-06-10"):
            for action, number in (
                (figures.action_show_visitors(), 2),
                (figures.action_show_visitors_ordered(), 1),
                (figures.action_show_visitors_requested(), 0),
                (figures.action_show_visitors_without_order(), 1),
            ):
                rows = self.env[action["res_model"]].with_user(self.other_seller)
                found = rows.search(action["domain"])
                self.assertEqual(len(found), number)
        self.assertEqual(found.product_tmpl_id, self.logo.product_tmpl_id)
        self.assertEqual((found.visit_count, found.ordered_on), (1, False))

    def test_forgotten_visitors(self):
        """What Odoo no longer knows in whole is left out, and the seller is told."""
        self.look_at(self.poster)
        figures = self.figures(at="2026-08-20", date_to="2026-08-20")
        self.assertEqual(str(figures.visits_from), "2026-06-21")
        self.assertEqual(figures.visitors, 0)
        self.env["ir.config_parameter"].set_param("website.visitor.live.days", 90)
        figures = self.figures(at="2026-08-20", date_to="2026-08-20")
        self.assertEqual(str(figures.visits_from), "2026-06-01")
        self.assertEqual(figures.visitors, 1)

    def test_by_seller(self):
        self.logo.product_tmpl_id.order_request_user_id = self.seller
        self.look_at(self.logo, self.poster)
        self.assertEqual(self.figures(user_id=self.seller.id).visitors, 1)
        self.assertEqual(self.figures(user_id=self.manager.id).visitors, 0)

    def test_customers_see_nothing(self):
        with self.assertRaises(AccessError):
            self.env["order.request.visit"].with_user(self.portal_user).search([])

    def test_other_companies_see_nothing(self):
        self.look_at(self.logo)
        rows = self.env["order.request.visit"].with_user(self.other_seller)
        self.assertTrue(rows.search([]))
        company = self.env["res.company"].create({"name": "Other"})
        self.other_seller.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        rows = rows.with_context(allowed_company_ids=company.ids)
        self.assertFalse(rows.search([]))
