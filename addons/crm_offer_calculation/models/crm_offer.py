from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.base_offerdesk.locking import wait_for_rows

OPEN_STATES = ("draft", "sent")
WAITING_STATES = ("sent", "chosen")  # for the customer
MAX_VARIANTS = 6  # what a page can show side by side
LABELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class CrmOffer(models.Model):
    """Variants of an offer on a deal, of which the customer takes one.

    Each variant is a quotation of its own, so that taxes, currencies, documents,
    signatures and payments are those of the core.
    """

    _name = "crm.offer"
    _description = "Offer with Variants"
    _inherit = ["portal.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, copy=False, readonly=True, default="/")
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Deal",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", store=True, index=True
    )
    company_id = fields.Many2one(comodel_name="res.company", required=True)
    user_id = fields.Many2one(related="lead_id.user_id", store=True, index=True)
    team_id = fields.Many2one(related="lead_id.team_id", store=True)
    # For reports: joining all deals takes a fourth of their time.
    stage_id = fields.Many2one(related="lead_id.stage_id", store=True)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("sent", "Sent"),
            ("chosen", "Chosen"),
            ("accepted", "Accepted"),
            ("declined", "Declined"),
            ("closed", "Closed"),
        ],
        compute="_compute_state",
        store=True,
        tracking=True,
    )
    variant_ids = fields.One2many(
        comodel_name="sale.order", inverse_name="crm_offer_id", string="Variants"
    )
    main_variant_id = fields.Many2one(
        comodel_name="sale.order",
        compute="_compute_main_variant_id",
        store=True,
        readonly=False,
        ondelete="set null",
        domain="[('crm_offer_id', '=', id)]",
        help="The variant that you expect to be taken.",
    )
    accepted_variant_id = fields.Many2one(
        comodel_name="sale.order",
        compute="_compute_state",
        store=True,
        ondelete="set null",
    )
    sent_on = fields.Datetime(readonly=True, copy=False)
    is_expired = fields.Boolean(
        compute="_compute_is_expired",
        search="_search_is_expired",
        help="The customer can't accept any variant any more.",
    )

    _lead_state_idx = models.Index("(lead_id, state)")

    @api.depends("variant_ids.state", "variant_ids.variant_state", "sent_on")
    def _compute_state(self):
        variants = self._get_variants()
        for offer in self:
            own = variants.get(offer._origin, self.env["sale.order"])
            offer.accepted_variant_id = own.filtered(lambda one: one.state == "sale")[
                :1
            ]
            offer.state = offer._get_state(own)

    @api.depends("state", "variant_ids.state", "variant_ids.validity_date")
    def _compute_is_expired(self):
        variants = self._get_variants()
        today = fields.Date.today()
        for offer in self:
            own = variants.get(offer._origin, self.env["sale.order"])
            sent = own.filtered(lambda one: one.state == "sent")
            waits = offer.state in WAITING_STATES and sent
            offer.is_expired = bool(waits) and all(
                one.validity_date and one.validity_date < today for one in sent
            )

    def _search_is_expired(self, operator, value):
        if operator != "in":
            return NotImplemented
        sent = Domain("state", "=", "sent")
        ended = Domain("validity_date", "<", fields.Date.today())
        return (
            Domain("state", "in", WAITING_STATES)
            & Domain("variant_ids", "any", sent)
            & Domain("variant_ids", "not any", sent & ~ended)
        )

    @api.depends("variant_ids.state")
    def _compute_main_variant_id(self):
        """What is accepted is what counts; a main variant that was closed hands over
        to the next one that is open."""
        variants = self._get_variants()
        for offer in self:
            own = variants.get(offer._origin, self.env["sale.order"])
            alive = own.filtered(lambda one: one.state != "cancel")
            current = offer.main_variant_id
            if accepted := alive.filtered(lambda one: one.state == "sale"):
                offer.main_variant_id = accepted[0]
            elif current not in alive and (alive or current not in own):
                offer.main_variant_id = alive[:1]

    def _compute_access_url(self):
        for offer in self:
            offer.access_url = f"/my/variants/{offer.id}"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("name", "/") == "/":
                team = self.env["crm.lead"].browse(vals.get("lead_id")).team_id
                company = self.env["res.company"].browse(vals.get("company_id"))
                vals["name"] = team._next_offer_number(company)
        offers = super().create(vals_list)
        offers.lead_id._check_calculation()
        for offer in offers:
            offer.message_subscribe(offer.user_id.partner_id.ids)
        return offers

    def write(self, vals):
        before = {offer: offer.partner_id for offer in self if "partner_id" in vals}
        result = super().write(vals)
        for offer, partner in before.items():
            if offer.partner_id != partner:
                offer._change_customer(partner)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_variants(self):
        # sudo: variants that the user may not see keep the offer as well
        for offer_sudo in self.sudo().filtered("variant_ids"):
            raise UserError(
                self.env._(
                    "%(offer)s has variants. Withdraw it, or delete them first.",
                    offer=offer_sudo.name,
                )
            )

    def action_add_variant(self):
        """Add an empty variant and open it."""
        self.ensure_one()
        return self._add_variant()._get_variant_action()

    def action_withdraw(self):
        """Close all variants that are open."""
        for offer in self:
            offer._get_open_variants()._close_variants()

    def _extend(self, day):
        """Have open variants be valid until a day, those that end before it.

        :param date day: last day on which they can be accepted
        """
        ending = self._get_open_variants().filtered(
            lambda one: one.validity_date and one.validity_date < day
        )
        ending.validity_date = day

    def _change_customer(self, before):
        """Have the variants be for the customer of the offer (single record).

        Who had it before can't open it any more, unless they are of the same company.

        :param before: `res.partner` that it was for
        :raise UserError: when another customer accepted one
        """
        self.ensure_one()
        # sudo: variants go with their offer, whosever they are
        offer_sudo = self.sudo()
        is_other = before.commercial_partner_id != self.commercial_partner_id
        accepted_sudo = offer_sudo.accepted_variant_id
        if is_other and accepted_sudo:
            raise UserError(
                self.env._(
                    "%(variant)s was accepted by %(customer)s. Please make another "
                    "offer.",
                    variant=accepted_sudo.name,
                    customer=accepted_sudo.partner_id.display_name,
                )
            )
        variants_sudo = offer_sudo.variant_ids.filtered(
            lambda one: one.state != "sale" and (is_other or one.partner_id == before)
        )
        variants_sudo.partner_id = self.partner_id
        if is_other:
            variants_sudo.access_token = False
            offer_sudo.access_token = False

    def _hand_over_variants(self):
        """Give what the customer may still take to who has the deal now."""
        for offer in self:
            offer.message_subscribe(offer.user_id.partner_id.ids)
            # The deal tells them; not each of its variants as well.
            variants = offer._get_open_variants().with_context(
                mail_auto_subscribe_no_notify=True
            )
            variants.user_id = offer.user_id

    def _get_open_variants(self):
        return self.variant_ids.filtered(lambda one: one.state in OPEN_STATES)

    def action_reopen(self):
        """Open again what was closed with the offer or for another variant."""
        for offer in self:
            if offer.accepted_variant_id:
                raise UserError(
                    self.env._(
                        "%(variant)s is accepted. Cancel it before you open the other "
                        "variants again.",
                        variant=offer.accepted_variant_id.name,
                    )
                )
            offer.variant_ids.filtered("variant_closed")._reopen_variants()

    def _get_form_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.offer",
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _get_variants(self):
        """Return all variants, whoever may see them, in the order of their labels.

        :return: offer → `sale.order`
        :rtype: dict
        """
        # sudo: see `CrmLead._get_calculations`
        variants_sudo = (
            self.env["sale.order"]
            .sudo()
            .search([("crm_offer_id", "in", self.ids)], order="variant_label, id")
        )
        return variants_sudo.grouped("crm_offer_id")

    def _get_state(self, variants):
        """Return the state that follows from variants (single record).

        :rtype: str
        """
        states = set(variants.mapped("state"))
        if "sale" in states:
            return "accepted"
        answers = set(variants.mapped("variant_state"))
        if answers == {"rejected"}:
            return "declined"
        if states == {"cancel"}:
            return "closed"
        if "preferred" in answers:
            return "chosen"
        return "sent" if "sent" in states else "draft"

    def _add_variant(self):
        """Return a new, empty variant (single record).

        :rtype: recordset of `sale.order`
        """
        self.ensure_one()
        self.lead_id._check_calculation()
        return self.env["sale.order"].create(
            {**self._prepare_order_vals(), **self._prepare_variant_vals()}
        )

    def _prepare_order_vals(self):
        """Return what a quotation takes over from the deal (single record).

        :rtype: dict
        """
        self.ensure_one()
        context = self.lead_id._prepare_opportunity_quotation_context()
        vals = {name.removeprefix("default_"): context[name] for name in context}
        return {
            **vals,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
        }

    def _prepare_variant_vals(self):
        """Return what makes a quotation the next variant (single record).

        :rtype: dict
        """
        self.ensure_one()
        # sudo: labels count whosever the variants are
        used = set(self.sudo().variant_ids.mapped("variant_label"))
        label = next((one for one in LABELS if one not in used), None)
        if not label:
            raise UserError(
                self.env._("There are too many variants. Please make another offer.")
            )
        return {
            "crm_offer_id": self.id,
            "variant_label": label,
            "variant_state": "offered",
            "name": f"{self.name}/{label}",
        }

    # === ACCEPTING ===

    def _lock(self):
        """Wait until nobody else decides about the offers, and see what they decided.

        What was decided meanwhile is no part of this transaction's view. It may stand
        in the variants alone, so the offers are written here: then PostgreSQL refuses
        them to whoever waited, and their request is played again.
        """
        if self.ids:
            wait_for_rows(self)
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_offer SET write_date = write_date WHERE id IN %s",
                    tuple(self.ids),
                )
            )

    def _accept(self, order):
        """Do what follows when a variant is confirmed (single record, as superuser).

        :param order: `sale.order`, confirmed
        """
        self.ensure_one()
        order.variant_state = "preferred"
        self.activity_unlink(["crm_offer_calculation.activity_type_choice"])
        if not self.team_id.keep_siblings:
            self._close_siblings(order)
        self._post_on_lead(order)
        if self.company_id.offer_accept_wins and self.lead_id.won_status != "won":
            self.lead_id.action_set_won()

    def _close_siblings(self, order):
        siblings = self.variant_ids - order
        siblings = siblings.filtered(lambda one: one.state in OPEN_STATES)
        paid = siblings.filtered(lambda one: one._is_variant_being_paid())
        (siblings - paid)._close_variants()
        for sibling in paid:
            self._warn_of_payment(sibling)

    def _warn_of_payment(self, order):
        """Have somebody look at a payment for a variant that is not taken."""
        self.ensure_one()
        offer = self._in_language_of_seller()
        offer.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=(self.user_id or self.env.user).id,
            summary=offer.env._("Payment for another variant"),
            note=offer.env._(
                "A payment for %(paid)s arrived or is on its way, but %(accepted)s was "
                "accepted. Please refund it or talk to the customer.",
                paid=order.name,
                accepted=self.accepted_variant_id.name or "",
            ),
        )

    def _post_on_lead(self, order):
        offer = self._in_language_of_seller()
        offer.lead_id.message_post(
            body=offer.env._(
                "The customer accepted variant %(label)s of the offer %(offer)s.",
                label=order.variant_label,
                offer=self.name,
            )
        )
