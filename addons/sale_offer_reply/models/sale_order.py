from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import groupby

OFFER_STATUS = [
    ("draft", "Not sent"),
    ("waiting", "Waiting for answer"),
    ("to_check", "Accepted, to be checked"),
    ("to_sign", "Accepted, to be signed or paid"),
    ("unsure", "Unsure"),
    ("no", "All answered No"),
    ("accepted", "Accepted"),
    ("declined", "Declined"),
    ("cancelled", "Cancelled"),
]
# A change of one of these changes the page that the customer has open.
OFFER_PAGE_FIELDS = {
    "note",
    "validity_date",
    "pricelist_id",
    "currency_id",
    "fiscal_position_id",
    "partner_id",
    "offer_allow_unsure",
}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    offer_reply_enabled = fields.Boolean(
        string="Customer Answers Line by Line",
        compute="_compute_offer_reply_enabled",
        store=True,
        readonly=False,
        precompute=True,
    )
    offer_allow_unsure = fields.Boolean(
        string='Allow "Unsure"',
        compute="_compute_offer_allow_unsure",
        store=True,
        readonly=False,
        precompute=True,
    )
    offer_manager_ids = fields.Many2many(
        "res.users",
        relation="sale_order_offer_manager_rel",
        string="Offer Managers",
        compute="_compute_offer_manager_ids",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        groups="base.group_user",
        help="They get the customer's feedback and the confirmation.",
    )
    offer_contact_ids = fields.Many2many(
        "res.partner",
        relation="sale_order_offer_contact_rel",
        string="Offer Contacts",
        groups="base.group_user",
        help="Contact persons who get the offer by mail. Empty: the customer itself.",
    )
    offer_limit_to_contacts = fields.Boolean(
        string="Only These Contacts",
        groups="base.group_user",
        help="Other contacts of the customer neither see nor answer this offer.",
    )
    offer_revision = fields.Integer(
        default=1,
        copy=False,
        readonly=True,
        help="Counts the changes of the offer, so that nobody answers an old page.",
    )
    offer_status = fields.Selection(
        OFFER_STATUS, compute="_compute_offer_status", store=True, tracking=True
    )
    offer_yes_count = fields.Integer(compute="_compute_offer_counts", store=True)
    offer_unsure_count = fields.Integer(compute="_compute_offer_counts", store=True)
    offer_no_count = fields.Integer(compute="_compute_offer_counts", store=True)
    offer_open_count = fields.Integer(compute="_compute_offer_counts", store=True)
    offer_has_unsure = fields.Boolean(
        string="Has Unsure Lines", compute="_compute_offer_has_unsure"
    )
    offer_replied_date = fields.Datetime(
        string="Last Reply", copy=False, readonly=True, index="btree_not_null"
    )
    offer_to_check = fields.Boolean(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="The reply was accepted but a person has to confirm the order.",
    )
    offer_declined_by_id = fields.Many2one(
        "res.users", copy=False, readonly=True, groups="base.group_user"
    )
    offer_declined_date = fields.Datetime(
        copy=False, readonly=True, groups="base.group_user"
    )
    offer_declined_reason = fields.Text(
        copy=False, readonly=True, groups="base.group_user"
    )
    offer_history_ids = fields.One2many(
        "sale.offer.history", "order_id", copy=False, groups="base.group_user"
    )
    offer_history_count = fields.Integer(
        compute="_compute_offer_history_count", groups="base.group_user"
    )
    offer_reminder_date = fields.Date(
        string="Last Reminder", copy=False, readonly=True, groups="base.group_user"
    )

    # The customer's page of offers: one partner, newest first, by company.
    _offer_portal_idx = models.Index(
        "(partner_id, company_id, date_order DESC, id DESC) WHERE offer_reply_enabled"
    )
    _offer_reminder_idx = models.Index(
        "(company_id, offer_status) WHERE offer_reply_enabled"
    )

    # === COMPUTE ===

    @api.depends("company_id")
    def _compute_offer_reply_enabled(self):
        for order in self:
            order.offer_reply_enabled = (
                order.company_id.offer_reply_default
                and not order._is_offer_made_by_customer()
            )

    def _is_offer_made_by_customer(self):
        """Return whether the customer made the order himself, in a shop or from a list
        of services: then there is nothing to answer (single record).

        :rtype: bool
        """
        self.ensure_one()
        is_cart = "website_id" in self._fields and self.website_id
        is_request = "order_request_origin" in self._fields
        return bool(is_cart) or (is_request and self.order_request_origin == "customer")

    @api.depends("company_id")
    def _compute_offer_allow_unsure(self):
        for order in self:
            order.offer_allow_unsure = order.company_id.offer_allow_unsure

    @api.depends("user_id")
    def _compute_offer_manager_ids(self):
        for order in self:
            # Managers of a saved order were chosen, or `write` follows the salesperson.
            if not (order._origin and order.offer_manager_ids):
                order.offer_manager_ids = order.user_id

    @api.depends("order_line.offer_line_status")
    def _compute_offer_counts(self):
        for order in self:
            counts = dict.fromkeys(("yes", "unsure", "no", "open", "changed"), 0)
            for line in order.order_line:
                if line.offer_line_status in counts:
                    counts[line.offer_line_status] += 1
            order.offer_yes_count = counts["yes"]
            order.offer_unsure_count = counts["unsure"]
            order.offer_no_count = counts["no"]
            order.offer_open_count = counts["open"] + counts["changed"]

    @api.depends(
        "state",
        "offer_reply_enabled",
        "offer_declined_date",
        "offer_to_check",
        "offer_yes_count",
        "offer_unsure_count",
        "offer_no_count",
        "offer_open_count",
    )
    def _compute_offer_status(self):
        for order in self:
            order.offer_status = order.offer_reply_enabled and order._get_offer_status()

    def _get_offer_status(self):
        self.ensure_one()
        if self.state == "cancel":
            return "declined" if self.offer_declined_date else "cancelled"
        if self.state == "sale":
            return "accepted"
        if self.state == "draft":
            return "draft"
        if self.offer_open_count:
            return "waiting"
        if self.offer_yes_count:
            return "to_check" if self.offer_to_check else "to_sign"
        if self.offer_unsure_count:
            return "unsure"
        return "no" if self.offer_no_count else "waiting"

    @api.depends("offer_status", "offer_unsure_count")
    def _compute_offer_has_unsure(self):
        for order in self:
            order.offer_has_unsure = bool(
                order.offer_status == "accepted" and order.offer_unsure_count
            )

    @api.depends("offer_history_ids")
    def _compute_offer_history_count(self):
        counts = dict(
            self.env["sale.offer.history"]._read_group(
                [("order_id", "in", self.ids)], ["order_id"], ["__count"]
            )
        )
        for order in self:
            order.offer_history_count = counts.get(order._origin, 0)

    # === CRUD ===

    def write(self, vals):
        handed_over = self._offer_filter_handed_over(vals)
        if self.env.context.get("offer_own_write") or not self._offer_changes_page(
            vals
        ):
            res = super().write(vals)
        else:
            later = self.with_context(offer_touch_later=True)
            res = super(SaleOrder, later).write(vals)
            self.with_context(offer_touch_later=False)._offer_touch()
        for order in handed_over:
            order.offer_manager_ids = order.user_id
        return res

    def _offer_filter_handed_over(self, vals):
        """Return the orders of which the next salesperson becomes the manager: nobody
        but the salesperson was one.

        :param dict vals: values for `write`
        :rtype: recordset
        """
        if "user_id" not in vals or "offer_manager_ids" in vals:
            return self.browse()
        return self.filtered(
            lambda order: order.user_id and order.offer_manager_ids == order.user_id
        )

    def _offer_changes_page(self, vals):
        """Return whether writing `vals` changes what the customer sees.

        :param dict vals: values for `write`
        :rtype: bool
        """
        return bool(OFFER_PAGE_FIELDS & vals.keys() or vals.get("order_line"))

    def _offer_touch(self):
        """Note on the order that its offer changed.

        A page that was loaded before can't be answered any more. The number stands on
        the order row on purpose: a reply that is being saved at the same moment then
        conflicts with the change, also where only a line's text was changed.
        """
        if self.env.context.get("offer_touch_later"):
            return
        for revision, orders in groupby(
            self.filtered(lambda o: o.offer_reply_enabled and o.state != "draft"),
            key=lambda order: order.offer_revision,
        ):
            self.browse([order.id for order in orders]).with_context(
                offer_own_write=True
            ).write({"offer_revision": revision + 1})

    # === ACTIONS ===

    def action_draft(self):
        res = super().action_draft()
        for order in self.filtered("offer_reply_enabled"):
            order.with_context(offer_own_write=True).write(
                {
                    "offer_revision": order.offer_revision + 1,
                    "offer_declined_by_id": False,
                    "offer_declined_date": False,
                    "offer_declined_reason": False,
                    "offer_to_check": False,
                }
            )
        return res

    def action_quotation_send(self):
        expired = self.filtered(lambda o: o.offer_reply_enabled and o.is_expired)
        if expired:
            raise UserError(
                self.env._(
                    "%(orders)s: the offer has expired, so the customer could not "
                    "answer it. Choose a new expiration date before you send it.",
                    orders=", ".join(expired.mapped("name")),
                )
            )
        return super().action_quotation_send()

    def action_confirm(self):
        self.filtered("offer_reply_enabled")._offer_prepare_confirmation()
        return super().action_confirm()

    def _offer_prepare_confirmation(self):
        """Leave out what the customer did not take, also when a seller confirms.

        Orders that were paid keep what was paid: nothing may stop a payment.
        """
        for order in self.filtered(lambda o: o.state in ("draft", "sent")):
            if not order.amount_paid:
                order._offer_apply_quantities(order._get_offer_lines(), confirming=True)

    def _confirmation_error_message(self):
        error = super()._confirmation_error_message()
        if error or not self.offer_reply_enabled or self.amount_paid:
            return error
        if self._get_offer_lines() and not any(
            line.product_uom_qty for line in self.order_line
        ):
            return self.env._(
                "The customer took no line of %(order)s, there is nothing to confirm.",
                order=self.name,
            )
        return error

    def action_open_offer_history(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Offer History"),
            "res_model": "sale.offer.history",
            "view_mode": "list,form",
            "domain": [("order_id", "=", self.id)],
            "context": {"create": False, "offer_history_of_order": True},
        }

    def action_open_offer_decline(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mark as Declined"),
            "res_model": "sale.offer.decline",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def action_offer_answer_on_behalf(self):
        """Open the customer's page, on which the seller answers for the customer."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_url",
            "target": "self",
            "url": self.get_portal_url(anchor="o_offer_reply"),
        }

    def action_offer_release(self):
        """Let an accepted offer go on after its manager checked it."""
        for order in self:
            if order.offer_status != "to_check":
                raise UserError(
                    self.env._("%(order)s has nothing to check.", order=order.name)
                )
        self.check_access("write")
        self.with_context(offer_own_write=True).write({"offer_to_check": False})
        for order in self:
            if not order._has_to_be_signed() and not order._has_to_be_paid():
                order.action_confirm()

    def action_offer_close_unsure(self):
        """Count the lines that are still unsure after confirmation as not taken."""
        self.ensure_one()
        self.check_access("write")
        lines = self._get_offer_lines().filtered(
            lambda line: line.offer_line_status == "unsure"
        )
        if not self.offer_has_unsure or not lines:
            raise UserError(
                self.env._("%(order)s has no unsure lines to close.", order=self.name)
            )
        identity = self._get_offer_manager_identity()
        self._offer_write_answers(
            {line: ("no", line.offer_comment) for line in lines}, identity
        )
        self._offer_record("on_behalf", identity)

    def _offer_decline(self, reason):
        """Mark the offers as declined, which cancels the orders.

        :param str reason: why, in the manager's words
        """
        self.check_access("write")
        for order in self:
            if order.state not in ("draft", "sent") or not order.offer_reply_enabled:
                raise UserError(
                    self.env._(
                        "%(order)s can't be declined: it is not an open offer.",
                        order=order.name,
                    )
                )
            order.with_context(offer_own_write=True).write(
                {
                    "offer_declined_by_id": self.env.uid,
                    "offer_declined_date": fields.Datetime.now(),
                    "offer_declined_reason": reason,
                }
            )
            order._offer_record(
                "declined", order._get_offer_manager_identity(), message=reason
            )
            order._action_cancel()

    # === WHAT IS ASKED ===

    def _get_offer_lines(self):
        """Return the lines that the offer asks the customer about.

        :rtype: recordset of `sale.order.line`
        """
        return self.order_line.filtered(
            lambda line: line.offer_line_status not in (False, "unpublished")
        )

    def _get_offer_pending_lines(self):
        """Return the lines that a reply must answer now (single record).

        Before confirmation all; afterwards those that are still unsure, or that the
        seller changed or added, as long as nothing of them is delivered or invoiced.

        :rtype: recordset of `sale.order.line`
        """
        self.ensure_one()
        lines = self._get_offer_lines()
        if self.state == "sent":
            return lines
        if self.state != "sale" or self.locked or not self.offer_replied_date:
            return lines.browse()
        return lines.filtered(
            lambda line: line.offer_line_status in ("open", "changed", "unsure")
            and not line.qty_delivered
            and not line.qty_invoiced
        )

    def _offer_can_be_answered(self):
        """Return whether the customer can send a reply now (single record).

        :rtype: bool
        """
        self.ensure_one()
        return self._offer_takes_replies() and bool(self._get_offer_pending_lines())

    def _offer_takes_replies(self):
        """Return whether a reply is taken as far as the order itself goes.

        :rtype: bool
        """
        self.ensure_one()
        return self.offer_reply_enabled and not (
            self.state == "sent" and self.is_expired
        )

    def _offer_awaits_reply(self):
        """Return whether signing and paying have to wait for the reply.

        :rtype: bool
        """
        self.ensure_one()
        return bool(
            self.offer_reply_enabled
            and self.state in ("draft", "sent")
            and self.offer_status != "to_sign"
            and self._get_offer_lines()
        )

    def _get_offer_managers(self):
        """Return the users who hear of replies and feedback.

        Extend to add, for instance, a project's managers.

        :rtype: recordset of `res.users`
        """
        self.ensure_one()
        return self.offer_manager_ids.filtered("active") or self.user_id

    def _get_offer_customers(self):
        """Return the contact persons who get the offer and its confirmation.

        :rtype: recordset of `res.partner`
        """
        self.ensure_one()
        return self.offer_contact_ids.filtered("active") or self.partner_id

    def _get_offer_terms(self):
        """Return the terms of the whole order that the customer accepts.

        Where the company shows its terms on a web page, `note` is only a link to it
        and would freeze nothing, so the text of that page is taken.

        :rtype: markupsafe.Markup | bool
        """
        self.ensure_one()
        if self.note and self.company_id.terms_type == "html":
            return self.company_id.with_context(
                lang=self._get_lang()
            ).invoice_terms_html
        return self.note

    # === HOOKS OF THE CORE ===

    def _recompute_prices(self):
        res = super()._recompute_prices()
        self._offer_touch()
        return res

    def _recompute_taxes(self):
        res = super()._recompute_taxes()
        self._offer_touch()
        return res

    def _has_to_be_signed(self):
        return super()._has_to_be_signed() and not self._offer_awaits_reply()

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and not self._offer_awaits_reply()

    def _can_be_edited_on_portal(self):
        # Options are taken by answering Yes, not by changing a quantity.
        return super()._can_be_edited_on_portal() and not self.offer_reply_enabled

    def _get_order_lines_to_report(self):
        lines = super()._get_order_lines_to_report()
        if not self.offer_reply_enabled:
            return lines
        keep_unsure = self.env.context.get("offer_page")
        hidden = lines.filtered(
            lambda line: not line.offer_published
            or (
                line._is_offer_not_taken()
                and not (keep_unsure and line.offer_answer == "unsure")
            )
        )
        if not hidden:
            return lines
        shown = lines - hidden
        emptied = (hidden.parent_id | hidden.parent_id.parent_id) - (
            shown.filtered(lambda line: not line.display_type).parent_id
            | shown.parent_id.parent_id
        )
        return shown - emptied

    def _get_edi_builders(self):
        """Make no electronic order where lines are hidden: it would list them all."""
        if not all(self.order_line.mapped("offer_published")):
            return []
        return super()._get_edi_builders()

    def _filter_product_documents(self, documents):
        documents = super()._filter_product_documents(documents)
        hidden = self.order_line.filtered(lambda line: not line.offer_published)
        if not hidden or not self.offer_reply_enabled:
            return documents
        shown = self.order_line - hidden
        return documents & (
            shown.product_id.product_document_ids
            | shown.product_template_id.product_document_ids
        )
