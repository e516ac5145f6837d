from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.http import request

from odoo.addons.order_request.customer_order import CustomerLine


class SaleOrder(models.Model):
    _inherit = "sale.order"

    website_visitor_id = fields.Many2one(
        comodel_name="website.visitor",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="website.group_website_designer",
        help="Whose cart it was, so that visits without an order can be told.",
    )

    def _is_made_by_customer(self):
        # Carts are created by OdooBot; an offer to a request is the seller's answer.
        return super()._is_made_by_customer() or bool(
            self.website_id and not self.order_request_id
        )

    def _is_gate_open_to_user(self):
        # The shop's payments run as OdooBot; a cart tells who is shopping.
        return super()._is_gate_open_to_user() or bool(
            request
            and request.env.user._is_internal()
            and getattr(request, "cart", None) == self
        )

    def _get_gate_partner(self):
        partner = super()._get_gate_partner()
        # sudo: customers can't read which user visitors are. They share one contact;
        # `_is_anonymous_cart` asks the same, but only while a page is being served.
        visitor_sudo = self.website_id.sudo().user_id.partner_id
        return partner.browse() if partner == visitor_sudo else partner

    def _get_gate_policy(self, product):
        order_sudo = self.sudo()  # sudo: customers can't read who is in charge of what
        if (
            not self.website_id
            or order_sudo.user_id
            or product.with_env(order_sudo.env).order_request_user_id
        ):
            return super()._get_gate_policy(product)
        # A cart gets its seller when it is confirmed; until then it is the same one.
        seller_sudo = (
            order_sudo.website_id.salesperson_id
            or order_sudo.partner_id.user_id
            or order_sudo.partner_id.parent_id.user_id
        )
        return self.env["order.request.policy"]._find(
            self.company_id, seller_sudo, self.team_id
        )

    def _hold(self, reason=None):
        result = super()._hold(reason)
        # sudo: payments and customers cause it. A draft of the shop would come back as
        # somebody's cart, and be reminded of.
        drafts_sudo = self.sudo().filtered(
            lambda order: order.website_id and order.state == "draft"
        )
        drafts_sudo.with_context(tracking_disable=True).action_quotation_sent()
        return result

    # === CHECKOUT ===

    def _cart_add(self, *args, **kwargs):
        result = super()._cart_add(*args, **kwargs)
        # sudo: customers can't read visitors, not even themselves
        order_sudo = self.sudo()
        if not order_sudo.website_visitor_id:
            order_sudo.website_visitor_id = self.env[
                "website.visitor"
            ]._get_visitor_from_request()
        return result

    def _is_cart_ready(self):
        # A gated cart is ready: its button leads to the request.
        return super()._is_cart_ready() and not self._is_shop_closed()

    def _check_cart_is_ready_to_be_paid(self):
        if self._is_gated():
            raise ValidationError(self._describe_gate())
        return super()._check_cart_is_ready_to_be_paid()

    def _is_shop_closed(self):
        """Return whether the cart can neither be ordered nor asked for (single record
        or none).

        :rtype: bool
        """
        if not self or not self._is_gated():
            return False
        return self.sudo().gate_check["outcome"] == "closed"  # sudo: see `_is_gated`

    def _get_shop_gate_text(self):
        """Return to the customer why the cart can't be ordered now, and until when
        (single record or none).

        :rtype: str
        """
        return self._describe_gate() if self and self._is_gated() else ""

    def _get_shop_away_message(self):
        """Return what the seller says about being away (single record).

        :rtype: str
        """
        self.ensure_one()
        # sudo: see `_is_gated`
        if self.sudo().gate_check["reason"] != "away":
            return ""
        policies = self._get_request_policies()
        return next(filter(None, (one._get_away_message() for one in policies)), "")

    # === REQUEST ===

    def _get_request_policies(self):
        """Return the policies of what needs a request (single record).

        :rtype: recordset of `order.request.policy`, as superuser
        """
        policies = self.env["order.request.policy"]
        for product in self._get_request_lines().product_id.product_tmpl_id:
            policies |= self._get_gate_policy(product)
        return policies

    def _get_request_lines(self, everything=False):
        """Return the lines that leave the cart with a request, as they are in the cart
        (single record).

        :param bool everything: all of the cart, not only what needs a request
        :rtype: recordset of `sale.order.line`
        """
        self.ensure_one()
        lines = self._get_gate_lines()
        if not everything:
            services = set(self.sudo().gate_check["services"])  # sudo: see `_is_gated`
            lines = lines.filtered(
                lambda line: line.product_id.product_tmpl_id.id in services
            )
        # Combos stay whole, and what was added to a service goes with it.
        lines |= lines.filtered("combo_item_id").linked_line_id
        while added := lines.linked_line_ids - lines:
            lines |= added
        return lines & self.order_line

    def _may_order_rest(self):
        """Return whether the customer may order now what needs no request (single
        record).

        :rtype: bool
        """
        has_rest = self._get_gate_lines() - self._get_request_lines()
        policies = self._get_request_policies()
        return bool(has_rest) and all(one.mixed_cart == "choice" for one in policies)

    def _send_as_request(self, sent, answers, everything):
        """Turn the cart, or what needs a request in it, into a request (single
        record).

        :param sent: `order_request.customer_order.CustomerOrder`, without lines
        :param dict answers: (question, answer) pairs by `product.template`
        :param bool everything: whether the rest goes along
        :return: the request
        :rtype: recordset
        """
        self.ensure_one()
        lines = self._get_request_lines(everything)
        sent.pricelist = self.pricelist_id
        sent.lines = self._prepare_request_lines(lines, answers)
        order_request = self.env["order.request"]._submit_from_customer(
            sent,
            self.partner_id,
            self.company_id,
            self.gate_check["reason"],
            "website",
        )
        # sudo: see `_cart_add`
        order_request.sudo().website_visitor_id = self.sudo().website_visitor_id
        if everything:
            # What came along, like delivery, goes as well.
            lines = self.order_line
        lines.unlink()
        self._verify_cart_after_update()
        return order_request

    def _prepare_request_lines(self, lines, answers):
        """Return lines of the cart as those of a request (single record).

        :param lines: `sale.order.line` records
        :param dict answers: (question, answer) pairs by `product.template`
        :rtype: list of `CustomerLine`
        """
        gated, left = self._get_request_lines(), dict(answers)
        return [
            CustomerLine(
                product=line.product_id,
                quantity=line.product_uom_qty,
                shown_price=line._get_displayed_unit_price(),
                price_unit=line.price_unit * (1 - line.discount / 100),
                is_gated=line in gated,
                # Once for a service that is in the cart twice.
                answers=left.pop(line.product_id.product_tmpl_id, []),
            )
            for line in lines
        ]
