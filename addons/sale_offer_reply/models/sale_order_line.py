import hashlib
import json
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.tools import float_repr

OFFER_ANSWERS = [("yes", "Yes"), ("unsure", "Unsure"), ("no", "No")]
OFFER_LINE_STATUS = [
    ("open", "To answer"),
    ("changed", "Changed"),
    ("yes", "Yes"),
    ("unsure", "Unsure"),
    ("no", "No"),
    ("unpublished", "Hidden"),
]
# What the customer says yes or no to: a change of one of these reopens the line.
OFFER_CONTENT_FIELDS = {
    "product_id",
    "name",
    "product_uom_qty",
    "product_uom_id",
    "price_unit",
    "discount",
    "tax_ids",
    "offer_terms",
}
# A change of one of these changes the page that the customer has open.
OFFER_PAGE_FIELDS = OFFER_CONTENT_FIELDS | {
    "offer_published",
    "collapse_composition",
    "collapse_prices",
    "is_optional",
    "display_type",
}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    offer_published = fields.Boolean(
        string="Shown in Offer",
        default=True,
        help="A line that is not shown is not part of the offer: the customer neither "
        "sees nor pays it.",
    )
    offer_terms = fields.Html(
        compute="_compute_offer_terms", store=True, readonly=False, precompute=True
    )
    offer_qty = fields.Float(
        string="Offered Quantity",
        digits="Product Unit",
        copy=False,
        readonly=True,
        help="Quantity that was offered, kept while the ordered quantity is 0 because "
        "the customer did not say yes or the line is not shown.",
    )
    offer_answer = fields.Selection(
        OFFER_ANSWERS, string="Answer", copy=False, readonly=True
    )
    offer_answer_by_id = fields.Many2one(
        "res.partner", string="Answered by", copy=False, readonly=True
    )
    offer_answer_date = fields.Datetime(string="Answered on", copy=False, readonly=True)
    offer_comment = fields.Text(string="Customer Comment", copy=False, readonly=True)
    offer_answer_digest = fields.Char(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Fingerprint of what the customer answered; differs from the line as soon "
        "as the seller changes it.",
    )
    offer_line_status = fields.Selection(
        OFFER_LINE_STATUS,
        string="Offer Status",
        compute="_compute_offer_line_status",
        store=True,
        copy=False,
    )
    offer_amount = fields.Monetary(
        string="Offered Amount",
        compute="_compute_offer_amount",
        store=True,
        copy=False,
        help="Untaxed amount of the offered quantity, also when the answer was no.",
    )

    offer_discount_percent = fields.Float(
        readonly=True,
        help="Percentage of the global discount behind this line; 0 for a fixed one.",
    )

    _offer_line_status_idx = models.Index(
        "(offer_line_status, offer_answer_date) WHERE offer_line_status IS NOT NULL"
    )

    @api.depends("name")
    @api.depends_context("offer_line_name")
    def _compute_display_name(self):
        """Within an offer a line is called what its customer reads first."""
        named = self.browse()
        if self.env.context.get("offer_line_name"):
            named = self.filtered("name")
        for line in named:
            line.display_name = line.name.split("\n")[0]
        return super(SaleOrderLine, self - named)._compute_display_name()

    @api.depends("product_id")
    def _compute_offer_terms(self):
        for line in self:
            product = line.product_id.with_context(lang=line.order_id._get_lang())
            line.offer_terms = product.offer_terms

    @api.depends(
        "order_id.offer_reply_enabled",
        # Sections that show only their total are answered as a whole, so a line
        # depends on its neighbours; the revision stands for all that changes there.
        "order_id.offer_revision",
        "order_id.order_line.sequence",
        "order_id.order_line.collapse_composition",
        "display_type",
        "product_id",
        "name",
        "product_uom_qty",
        "offer_qty",
        "product_uom_id",
        "price_unit",
        "discount",
        "tax_ids",
        "offer_terms",
        "offer_published",
        "offer_answer",
        "offer_answer_digest",
        "linked_line_ids",
    )
    def _compute_offer_line_status(self):
        for line in self:
            line.offer_line_status = line._get_offer_line_status()

    @api.depends(
        "price_subtotal",
        "offer_qty",
        "product_uom_qty",
        "display_type",
        # What a section or a combo is worth stands on other lines; an answer changes
        # nothing of what was offered.
        "order_id.offer_reply_enabled",
        "order_id.offer_revision",
        "order_id.order_line.sequence",
        "order_id.order_line.collapse_composition",
        "linked_line_ids.price_subtotal",
    )
    def _compute_offer_amount(self):
        for line in self:
            differs = line.offer_qty or (
                line.offer_line_status
                and (
                    line.display_type
                    or line.product_type == "combo"
                    or not line.product_uom_qty
                )
            )
            line.offer_amount = (
                line._get_offer_line_totals()["untaxed"]
                if differs
                else line.price_subtotal
            )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.order_id._offer_touch()
        return lines

    def write(self, vals):
        if "offer_published" in vals:
            # What belongs to a section or a combo is shown or hidden with it.
            self |= self._get_offer_dependent_lines()
        res = super().write(vals)
        if self.env.context.get("offer_own_write"):
            return res
        if OFFER_PAGE_FIELDS & vals.keys():
            self.order_id._offer_touch()
            self._offer_follow_edit(vals)
        return res

    def unlink(self):
        orders = self.order_id
        res = super().unlink()
        orders.exists()._offer_touch()
        return res

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for line, vals in zip(self, vals_list, strict=True):
            if line.offer_qty and "product_uom_qty" not in (default or {}):
                vals["product_uom_qty"] = line.offer_qty
        return vals_list

    # === ACTIONS ===

    def action_open_offer_line(self):
        """Open the line by itself, with its terms and its answer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Offer Line"),
            "res_model": "sale.order.line",
            "res_id": self.id,
            "views": [
                (
                    self.env.ref("sale_offer_reply.sale_order_line_view_form_offer").id,
                    "form",
                )
            ],
            "target": "new",
            "context": {"offer_line_of_order": True},
        }

    # === WHAT IS ASKED ===

    def _is_offer_line(self):
        """Return whether the customer is asked about this line (single record).

        :rtype: bool
        """
        self.ensure_one()
        if self.display_type:
            # A section that shows only its total is answered as one.
            return bool(
                self.collapse_composition
                and self.display_type in ("line_section", "line_subsection")
                and not self.parent_id.collapse_composition
                and self._get_offer_dependent_lines()
            )
        return not (
            self.is_downpayment
            or self.is_expense
            or self.combo_item_id
            or self.parent_id.collapse_composition
            or self.parent_id.parent_id.collapse_composition
            or self._is_offer_side_line()
        )

    def _is_offer_side_line(self):
        """Return whether the line follows from others: delivery, discount, reward.

        :rtype: bool
        """
        self.ensure_one()
        return bool(
            self._is_delivery()
            or self._is_discount_line()
            or self._is_global_discount()
            or ("is_reward_line" in self._fields and self.is_reward_line)
        )

    def _get_offer_line_status(self):
        """Return the status of one line, False when the customer is not asked.

        :rtype: str | bool
        """
        self.ensure_one()
        if not self.order_id.offer_reply_enabled or not self._is_offer_line():
            return False
        if not self.offer_published:
            return "unpublished"
        if not self.offer_answer:
            return "open"
        if self.offer_answer_digest != self._get_offer_digest():
            return "changed"
        return self.offer_answer

    def _get_offer_dependent_lines(self):
        """Return the lines that are answered, shown and hidden with those of `self`.

        :rtype: recordset of `sale.order.line`
        """
        dependents = self.browse()
        for line in self:
            if line.display_type in ("line_section", "line_subsection"):
                dependents |= line._get_section_lines().filtered(
                    lambda child: not child.display_type
                )
            elif line.product_type == "combo":
                dependents |= line.linked_line_ids.filtered("combo_item_id")
        return dependents

    def _get_offer_answered_lines(self):
        """Return `self` and the lines that an answer to `self` reaches.

        :rtype: recordset of `sale.order.line`
        """
        reaching = self.filtered(
            lambda line: line.display_type or line.product_type == "combo"
        )
        return self | reaching._get_offer_dependent_lines() if reaching else self

    def _get_offer_quantity(self):
        """Return the offered quantity, in the line's unit (single record).

        A line of an optional section stands at 0 until the customer takes it; taking
        it means one.

        :rtype: float
        """
        self.ensure_one()
        quantity = self.offer_qty or self.product_uom_qty
        if not quantity and not self.display_type and super()._is_line_optional():
            return 1.0
        return quantity

    def _get_offer_content(self):
        """Return what the customer answers to, as plain data (single record).

        :rtype: list
        """
        self.ensure_one()
        return [
            self.product_id.id,
            self.name,
            float_repr(self._get_offer_quantity(), 6),
            self.product_uom_id.id,
            float_repr(self.price_unit, 6),
            float_repr(self.discount, 6),
            sorted(self.tax_ids._origin.ids),
            str(self.offer_terms or ""),
        ]

    def _get_offer_digest(self):
        """Return the fingerprint of what the customer answers to (single record).

        :rtype: str
        """
        self.ensure_one()
        content = [
            line._get_offer_content() for line in self._get_offer_answered_lines()
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]

    def _prepare_offer_base_lines(self):
        """Return the offered quantities with their taxes, for the tax engine to round.

        Rounding several lines as one document leaves the amounts of each as they are,
        so the same values serve for a line and for a total.

        :return: line id → base line, of `self` (one order) and what is answered with it
        :rtype: dict
        """
        base_lines = {
            line.id: line._prepare_base_line_for_taxes_computation(
                quantity=line._get_offer_quantity()
            )
            for line in self._get_offer_answered_lines()
            if not line.display_type
        }
        self.env["account.tax"]._add_tax_details_in_base_lines(
            base_lines.values(), self.company_id or self.env.company
        )
        return base_lines

    def _get_offer_line_totals(self, base_lines=None):
        """Return the amounts of the offered quantity, rounded by line.

        :param dict base_lines: see `_prepare_offer_base_lines`, when known already
        :return: ``untaxed`` and ``total``, in the currency of the order
        :rtype: dict
        """
        self.ensure_one()
        if base_lines is None:
            base_lines = self._prepare_offer_base_lines()
        base_lines = [
            base_lines[line.id]
            for line in self._get_offer_answered_lines()
            if not line.display_type
        ]
        if unrounded := [
            base_line
            for base_line in base_lines
            if "total_included_currency" not in base_line["tax_details"]
        ]:
            self.env["account.tax"]._round_base_lines_tax_details(
                unrounded, self.company_id or self.env.company
            )
        return {
            "untaxed": sum(
                base_line["tax_details"]["total_excluded_currency"]
                for base_line in base_lines
            ),
            "total": sum(
                base_line["tax_details"]["total_included_currency"]
                for base_line in base_lines
            ),
        }

    # === QUANTITIES ===

    def _offer_hold(self):
        """Put the quantities aside: what the customer does not take costs nothing."""
        with self.filtered("product_uom_qty")._offer_keeping_value() as lines:
            for line in lines:
                line.offer_qty = line.product_uom_qty
            lines.write({"product_uom_qty": 0.0})

    def _offer_release(self):
        """Order the offered quantities again."""
        with self._offer_keeping_value() as lines:
            for line in lines:
                quantity = line._get_offer_quantity()
                if line.product_uom_qty != quantity:
                    line.product_uom_qty = quantity
            lines.filtered("offer_qty").write({"offer_qty": 0.0})

    @contextmanager
    def _offer_keeping_value(self):
        """Keep price, discount and offered amount while quantities are moved.

        Odoo computes the first two from the ordered quantity; the customer must get
        the offered ones when the line comes back.

        :return: `self`, to write on
        """
        self._recompute_recordset(["price_unit", "discount"])
        kept = [
            self._fields[name] for name in ("price_unit", "discount", "offer_amount")
        ]
        with self.env.protecting(kept, self):
            yield self.with_context(offer_own_write=True)

    def _offer_follow_edit(self, vals):
        """Keep the two quantities right after an edit of the seller.

        :param dict vals: what the seller wrote
        """
        lines = self.filtered(lambda line: line.order_id.offer_reply_enabled)
        if vals.get("product_uom_qty"):
            lines.filtered("offer_qty").with_context(offer_own_write=True).write(
                {"offer_qty": 0.0}
            )
        quotation_lines = lines.filtered(lambda line: line.state in ("draft", "sent"))
        if "offer_published" in vals:
            if vals["offer_published"]:
                quotation_lines.filtered("offer_qty")._offer_release()
            else:
                quotation_lines._offer_hold()
        # A line that changed is offered anew, with its quantity.
        quotation_lines.filtered(
            lambda line: line.offer_qty and line.offer_line_status == "changed"
        )._get_offer_answered_lines().filtered("offer_qty")._offer_release()

    # === HOOKS OF THE CORE ===

    def _compute_parent_id(self):
        """Find the section of a line also while its own form is being edited.

        The line in the form is none of the order's lines, and Odoo looks at those only.
        """
        drafts = self.filtered(lambda line: not line.id and line._origin)
        members = set(drafts.order_id.order_line._ids)
        alone = drafts.filtered(lambda line: line.id not in members)
        for line in alone:
            line.parent_id = line._origin.parent_id
        return super(SaleOrderLine, self - alone)._compute_parent_id()

    def _is_line_optional(self):
        """Treat a line that was not taken like an option that was not taken.

        `sale_project` then makes no project and no task for it.
        """
        return super()._is_line_optional() or self._is_offer_not_taken()

    def _is_offer_not_taken(self):
        """Return whether a confirmed order leaves the line out (single record).

        :rtype: bool
        """
        self.ensure_one()
        return bool(
            self.state == "sale"
            and not self.product_uom_qty
            and (self.offer_answer in ("unsure", "no") or not self.offer_published)
        )
