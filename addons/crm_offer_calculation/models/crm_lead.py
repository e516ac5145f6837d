from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# Messages that somebody wrote; the rest is what the system noted.
WRITTEN = ("comment", "email", "email_outgoing")


class CrmLead(models.Model):
    _inherit = "crm.lead"

    number = fields.Char(
        copy=False,
        index="trigram",
        tracking=True,
        help="Given when the deal is made, by the sequence of its process.",
    )
    offer_ids = fields.One2many(comodel_name="crm.offer", inverse_name="lead_id")
    variant_ids = fields.One2many(
        comodel_name="sale.order",
        inverse_name="opportunity_id",
        domain=[("crm_offer_id", "!=", False)],
    )
    stakeholder_ids = fields.One2many(
        comodel_name="crm.lead.stakeholder",
        inverse_name="lead_id",
        string="People",
        copy=True,
    )
    use_calculation = fields.Boolean(
        compute="_compute_use_calculation",
        help="Whether offers are calculated on the deal.",
    )
    customer_company_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Customer's Company",
        store=True,
        index="btree_not_null",
    )
    open_variant_count = fields.Integer(
        compute="_compute_open_variant_count",
        help="How many variants the customer can still accept.",
    )

    @api.depends("company_id.offer_calculation_enabled", "team_id.use_calculation")
    @api.depends_context("company")
    def _compute_use_calculation(self):
        for lead in self:
            company = lead.company_id or self.env.company
            # sudo: deals may belong to a team that their salesperson can't read
            is_used = not lead.team_id or lead.sudo().team_id.use_calculation
            lead.use_calculation = company.offer_calculation_enabled and is_used

    def _compute_team_id(self):
        # The core gives a deal the team of whoever gets it. What is in a process with
        # numbers or stages of its own stays there.
        # sudo: deals may belong to a team that their salesperson can't read
        staying = self.filtered(
            lambda lead: lead.number and lead.sudo().team_id._is_own_process()
        )
        return super(CrmLead, self - staying)._compute_team_id()

    @api.depends("offer_ids.variant_ids.state")
    def _compute_open_variant_count(self):
        # sudo: what the customer can accept, whosever quotation it is
        counts = dict(
            self.env["sale.order"]
            .sudo()
            ._read_group(
                [
                    ("opportunity_id", "in", self.ids),
                    ("crm_offer_id", "!=", False),
                    ("state", "=", "sent"),
                ],
                ["opportunity_id"],
                ["__count"],
            )
        )
        for lead in self:
            lead.open_variant_count = counts.get(lead._origin, 0)

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._assign_number()
        return leads

    def write(self, vals):
        result = super().write(vals)
        if vals.get("type") == "opportunity":
            self._assign_number()
        if vals.get("user_id"):
            # sudo: who has the deal now may see only quotations of their own
            self.sudo().offer_ids._hand_over_variants()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_offers(self):
        # sudo: offers that the user may not see keep the deal as well
        for lead_sudo in self.sudo().filtered("offer_ids"):
            raise UserError(
                self.env._(
                    "%(deal)s has offers. Mark it as lost, or delete them first.",
                    deal=lead_sudo.display_name,
                )
            )

    def _assign_number(self):
        """Number the deals that have no number yet. What is a lead still gets one when
        it is converted."""
        for lead in self:
            if lead.type == "opportunity" and not lead.number:
                lead.number = lead.team_id._next_deal_number(lead.company_id)

    def action_sale_quotations_new(self):
        self._check_calculation()
        return super().action_sale_quotations_new()

    def action_new_quotation(self):
        self._check_calculation()
        return super().action_new_quotation()

    def action_new_offer(self):
        """Start an offer with a first, empty variant, and open it."""
        self.ensure_one()
        if not self.partner_id:
            raise UserError(self.env._("Please choose the customer of the deal first."))
        offer = self.env["crm.offer"].create(self._prepare_offer_vals())
        offer._add_variant()
        return offer._get_form_action()

    def action_view_correspondence(self):
        """Show what was written about the deal, its offers and its quotations."""
        self.ensure_one()
        documents = (self, self.offer_ids, self.order_ids)
        domain = Domain.OR(
            Domain("model", "=", records._name) & Domain("res_id", "in", records.ids)
            for records in documents
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correspondence"),
            "res_model": "mail.message",
            "views": [
                (
                    self.env.ref(
                        "crm_offer_calculation.mail_message_view_list_correspondence"
                    ).id,
                    "list",
                ),
                (False, "form"),
            ],
            "domain": list(domain & Domain("message_type", "in", WRITTEN)),
            "context": {"create": False, "edit": False},
        }

    def action_withdraw_offers(self):
        """Close all variants that the customer can still accept."""
        self.ensure_one()
        self.offer_ids.action_withdraw()

    def _check_calculation(self):
        """Refuse offers where deals have none.

        :raise UserError: with what to do instead
        """
        for lead in self:
            if not lead.use_calculation:
                raise UserError(
                    self.env._(
                        "Offers are not calculated on the deal %(deal)s. Enter its "
                        "value and cost by hand.",
                        deal=lead.display_name,
                    )
                )

    def _prepare_offer_vals(self):
        """Return the values of a new offer (single record).

        :rtype: dict
        """
        self.ensure_one()
        return {
            "lead_id": self.id,
            "partner_id": self.partner_id.id,
            "company_id": (self.company_id or self.env.company).id,
        }

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        # sudo: offers go where their deal goes, whosever they were
        opportunities.sudo().offer_ids.lead_id = self
        known = self.stakeholder_ids.partner_id
        for person in opportunities.stakeholder_ids:
            if person.partner_id not in known:
                known |= person.partner_id
                person.lead_id = self
        return result
