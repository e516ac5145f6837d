from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_compare

from .crm_offer import MAX_VARIANTS

PAYING_STATES = ("pending", "authorized", "done")


class SaleOrder(models.Model):
    """A quotation that is one variant of an offer."""

    _inherit = "sale.order"

    crm_offer_id = fields.Many2one(
        comodel_name="crm.offer",
        string="Offer",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        groups="base.group_user",
    )
    variant_label = fields.Char(copy=False, groups="base.group_user")
    variant_state = fields.Selection(
        selection=[
            ("offered", "Offered"),
            ("preferred", "Preferred"),
            ("rejected", "Rejected"),
        ],
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="What the customer said about this variant.",
    )
    variant_pitch = fields.Html(
        string="In a Nutshell",
        groups="base.group_user",
        help="What speaks for this variant. The customer reads it above its price.",
    )
    delivery_terms = fields.Char(
        help="Where and how is delivered. The customer reads it in the comparison."
    )
    variant_probability = fields.Float(
        string="Probability (%)",
        copy=False,
        aggregator=None,
        groups="base.group_user",
        help="How likely it is that the customer takes this variant, if any.",
    )
    is_main_variant = fields.Boolean(
        compute="_compute_is_main_variant", store=True, groups="base.group_user"
    )
    variant_closed = fields.Boolean(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Was closed with its offer, or because another variant was accepted.",
    )

    _variant_label_uniq = models.UniqueIndex(
        "(crm_offer_id, variant_label) WHERE crm_offer_id IS NOT NULL",
        "There is another variant with this label.",
    )

    @api.depends("crm_offer_id.main_variant_id")
    def _compute_is_main_variant(self):
        for order in self:
            order.is_main_variant = (
                order.crm_offer_id
                and order.crm_offer_id.main_variant_id == order._origin
            )

    @api.constrains("crm_offer_id", "partner_id", "opportunity_id", "variant_label")
    def _check_variant_offer(self):
        for order in self.filtered("crm_offer_id"):
            offer = order.crm_offer_id
            customer = order.partner_id.commercial_partner_id
            if (
                customer != offer.commercial_partner_id
                or order.opportunity_id != offer.lead_id
            ):
                raise ValidationError(
                    self.env._(
                        "All variants of an offer are for the same deal and customer."
                    )
                )
            if not order.variant_label:
                raise ValidationError(self.env._("A variant needs a label."))

    @api.constrains("crm_offer_id", "state")
    def _check_variant_count(self):
        counts = self.env["sale.order"]._read_group(
            [
                ("crm_offer_id", "in", self.crm_offer_id.ids),
                ("state", "!=", "cancel"),
            ],
            ["crm_offer_id"],
            ["__count"],
        )
        if any(count > MAX_VARIANTS for _offer, count in counts):
            raise ValidationError(
                self.env._(
                    "An offer has at most %(max)s open variants.", max=MAX_VARIANTS
                )
            )

    @api.constrains("crm_offer_id", "variant_probability", "state")
    def _check_variant_probability(self):
        for offer in self.crm_offer_id:
            shares = offer.variant_ids.filtered(
                lambda order: order.state != "cancel"
            ).mapped("variant_probability")
            if any(share < 0 for share in shares) or sum(shares) > 100.001:
                raise ValidationError(
                    self.env._(
                        "The probabilities of the variants of %(offer)s add up to more "
                        "than 100 %%, or one is negative.",
                        offer=offer.name,
                    )
                )

    def action_confirm(self):
        self._check_rivals()
        return super().action_confirm()

    def _action_confirm(self):
        result = super()._action_confirm()
        # sudo: customers confirm by signing and paying
        for order_sudo in self.sudo().filtered("crm_offer_id"):
            order_sudo.crm_offer_id._accept(order_sudo)
        return result

    def _confirmation_error_message(self):
        return (
            super()._confirmation_error_message()
            or self._get_variant_error()
            or self._get_margin_error()
        )

    def _has_to_be_signed(self):
        return super()._has_to_be_signed() and self._is_variant_offered()

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and self._is_variant_offered()

    def action_copy_variant(self):
        """Add a variant that is like this one, costs included, and open it."""
        self.ensure_one()
        return self._copy_variant()._get_variant_action()

    def action_set_main_variant(self):
        """Make this the variant that counts."""
        self.ensure_one()
        self.check_access("write")
        self.crm_offer_id.main_variant_id = self

    def action_open_variant(self):
        """Open the quotation."""
        self.ensure_one()
        return self._get_variant_action()

    def action_open_offer(self):
        """Open the offer that this is a variant of."""
        self.ensure_one()
        return self.crm_offer_id._get_form_action()

    def _check_rivals(self):
        """Refuse to confirm two variants of an offer at once.

        :raise UserError: with the reason
        """
        # sudo: customers confirm by signing and paying
        variants_sudo = self.sudo().filtered("crm_offer_id")
        variants_sudo.crm_offer_id._lock()
        rivals_sudo = variants_sudo.filtered(
            lambda order: not order.crm_offer_id.team_id.keep_siblings
        )
        if len(rivals_sudo.crm_offer_id) < len(rivals_sudo):
            raise UserError(
                self.env._("Only one variant of an offer can be confirmed.")
            )

    def _get_variant_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _copy_variant(self):
        """Return a copy of a variant within its offer (single record).

        Odoo forgets costs when a quotation is copied; between variants they were
        entered by hand for the same offer.

        :rtype: recordset
        """
        self.ensure_one()
        self.crm_offer_id.lead_id._check_calculation()
        copy = self.copy(self.crm_offer_id._prepare_variant_vals())
        # sudo: costs are carried over by those, too, who don't see them
        lines_sudo = self._get_copiable_order_lines().sudo()
        for line_sudo, copy_sudo in zip(
            lines_sudo, copy.order_line.sudo(), strict=True
        ):
            copy_sudo.write(
                {
                    "purchase_price": line_sudo.purchase_price,
                    "cost_manual": line_sudo.cost_manual,
                }
            )
        return copy

    def _close_variants(self):
        """Close variants in a way that can be taken back."""
        # one by one: the document's own cancellation is the core's
        for order in self:
            order._action_cancel()
        self.write({"variant_closed": True})

    def _reopen_variants(self):
        """Open again what was closed; what was sent is sent still."""
        self.action_draft()
        self.write({"variant_closed": False})
        sent = self.filtered("crm_offer_id.sent_on")
        sent.write({"state": "sent"})

    def _convert_variant_amount(self, amount, currency):
        """Return an amount of the order in another currency (single record).

        :rtype: float
        """
        self.ensure_one()
        return self.currency_id._convert(
            amount,
            currency,
            self.company_id,
            self.date_order or fields.Date.context_today(self),
        )

    def _is_variant_offered(self):
        """Return whether the customer may take it: drafts are not shown (single
        record).

        :rtype: bool
        """
        self.ensure_one()
        # sudo: customers can't read which variant of what it is
        order_sudo = self.sudo()
        return not order_sudo.crm_offer_id or (
            order_sudo.state == "sent" and not order_sudo._get_variant_error()
        )

    def _is_variant_to_finish(self):
        """Return whether the customer still has to do something on the page of the
        variant that he chose (single record).

        :rtype: bool
        """
        self.ensure_one()
        return self._has_to_be_signed() or self._has_to_be_paid()

    def _get_variant_amounts(self):
        """Hook: return what the variant is expected to come to, and what it costs
        (single record).

        :return: ``amount_untaxed`` and ``amount_cost``, in the currency of the order
        :rtype: dict
        """
        self.ensure_one()
        return {
            "amount_untaxed": self.amount_untaxed,
            "amount_cost": self.amount_cost,
        }

    def _is_variant_being_paid(self):
        self.ensure_one()
        return any(tx.state in PAYING_STATES for tx in self.transaction_ids)

    def _get_variant_error(self):
        """Return why a variant can't be taken any more, or False (single record).

        :rtype: str | bool
        """
        self.ensure_one()
        # sudo: see `_is_variant_offered`
        offer_sudo = self.sudo().crm_offer_id
        if not offer_sudo or offer_sudo.team_id.keep_siblings:
            return False
        accepted = offer_sudo._get_variants()[offer_sudo].filtered(
            lambda one: one.state == "sale"
        )
        if accepted - self:
            return self.env._(
                "Variant %(label)s of this offer was accepted already. Only one can be "
                "taken.",
                label=accepted[0].variant_label,
            )
        return False

    def _get_margin_error(self):
        """Return why a salesperson needs a manager to confirm a variant, or False
        (single record).

        :rtype: str | bool
        """
        self.ensure_one()
        if self.env.su or self.env.user.has_group("sales_team.group_sale_manager"):
            return False
        order_sudo = self.sudo()  # sudo: the limit holds for who sees no costs, too
        least = order_sudo.crm_offer_id.team_id.min_margin_percent
        if not least or float_compare(order_sudo.margin_percent, least, 4) >= 0:
            return False
        return self.env._(
            "The margin of %(order)s is below that of its process. Please ask your "
            "sales manager to confirm it.",
            order=self.name,
        )
