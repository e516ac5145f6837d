from datetime import timedelta

from odoo import Command
from odoo.tests import TransactionCase, new_test_user


class OfferCommon(TransactionCase):
    """A maker of windows and doors, and the builder who asks for some.

    Not built on `BaseCommon`: that silences mails and tracking.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        if "offer_reply_default" in cls.company._fields:
            # Offers are signed here, not answered line by line.
            cls.company.offer_reply_default = False
        if "order.request.policy" in cls.env:
            cls.env["order.request.policy"].search([]).unlink()
        cls.company.write({"portal_confirmation_sign": True})
        cls.seller = cls._create_user(
            "offer_seller", "sales_team.group_sale_salesman", "Sofie Seller"
        )
        cls.other_seller = cls._create_user(
            "offer_other_seller", "sales_team.group_sale_salesman", "Otto Other"
        )
        cls.manager = cls._create_user(
            "offer_manager", "sales_team.group_sale_manager", "Mira Manager"
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Builder Blum", "is_company": True, "email": "blum@c.example"}
        )
        cls.portal_user = cls._create_user(
            "offer_portal", "base.group_portal", "Bea Blum"
        )
        cls.portal_user.partner_id.parent_id = cls.customer
        cls.stranger_user = cls._create_user(
            "offer_stranger", "base.group_portal", "Sam Stranger"
        )
        cls.window = cls._create_product("Window", 200, 120)
        cls.door = cls._create_product("Door", 500, 300)
        cls.glazing = cls._create_product("Triple glazing", 100, 50)

    @classmethod
    def _create_user(cls, login, groups, name):
        return new_test_user(
            cls.env, login, groups=groups, name=name, email=f"{login}@offer.example"
        )

    @classmethod
    def _create_product(cls, name, price, cost, **vals):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "list_price": price,
                "standard_price": cost,
                "taxes_id": [Command.clear()],
                **vals,
            }
        )

    @classmethod
    def _create_order(cls, *products, partner=None, **vals):
        return cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.portal_user.partner_id).id,
                "user_id": cls.seller.id,
                "order_line": [
                    Command.create({"product_id": product.id}) for product in products
                ],
                **vals,
            }
        )

    # === OFFERS ===

    @classmethod
    def _create_lead(cls, user=None, **vals):
        """Return a deal as its salesperson sees it."""
        user = user or cls.seller
        return (
            cls.env["crm.lead"]
            .with_user(user)
            .create(
                {
                    "name": "Windows for a house",
                    "type": "opportunity",
                    "partner_id": cls.portal_user.partner_id.id,
                    "user_id": user.id,
                    **vals,
                }
            )
        )

    @classmethod
    def _create_offer(cls, *variants, lead=None):
        """Return an offer as its salesperson sees it.

        :param variants: lists of products, one for each variant
        """
        lead = lead or cls._create_lead()
        offer = cls.env["crm.offer"].browse(lead.action_new_offer()["res_id"])
        offer = offer.with_env(lead.env)
        for number, products in enumerate(variants):
            order = offer.variant_ids if not number else offer._add_variant()
            order.order_line = [
                Command.create({"product_id": product.id}) for product in products
            ]
        cls.env.flush_all()
        return offer

    @classmethod
    def _send(cls, offer):
        """Have had all variants sent an hour ago, without a mail."""
        offer.variant_ids.filtered(
            lambda order: order.state == "draft"
        ).action_quotation_sent()
        offer.sent_on = cls.env.cr.now() - timedelta(hours=1)

    def _variant(self, offer, label):
        return offer.variant_ids.filtered(lambda order: order.variant_label == label)
