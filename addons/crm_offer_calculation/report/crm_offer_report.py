from odoo import api, fields, models
from odoo.tools import SQL


class CrmOfferReport(models.Model):
    """One row for each variant. Amounts are those of its company's currency.

    The rows come from a plain join: whatever a filter is about, its index is used.
    """

    _name = "crm.offer.report"
    _description = "Analysis of Offers"
    _auto = False
    _rec_name = "order_id"
    _order = "id desc"

    order_id = fields.Many2one(comodel_name="sale.order", string="Variant")
    offer_id = fields.Many2one(comodel_name="crm.offer")
    lead_id = fields.Many2one(comodel_name="crm.lead", string="Deal")
    partner_id = fields.Many2one(comodel_name="res.partner", string="Customer")
    commercial_partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer's Company"
    )
    user_id = fields.Many2one(comodel_name="res.users", string="Salesperson")
    team_id = fields.Many2one(comodel_name="crm.team", string="Process")
    stage_id = fields.Many2one(comodel_name="crm.stage")
    company_id = fields.Many2one(comodel_name="res.company")
    currency_id = fields.Many2one(related="company_id.currency_id")
    offer_state = fields.Selection(
        selection=lambda self: self.env["crm.offer"]
        ._fields["state"]
        ._description_selection(self.env),
        string="State of the Offer",
    )
    state = fields.Selection(
        selection=lambda self: self.env["sale.order"]
        ._fields["state"]
        ._description_selection(self.env),
        string="State of the Variant",
    )
    is_main_variant = fields.Boolean()
    is_accepted = fields.Boolean(string="Accepted")
    create_date = fields.Datetime(string="Created on")
    sent_on = fields.Datetime()
    first_view = fields.Datetime()
    days_to_view = fields.Float(string="Days to First View", aggregator="avg")
    days_to_order = fields.Float(string="Days to Order", aggregator="avg")
    view_count = fields.Integer(
        string="Views", help="Views of the whole offer, told at its main variant."
    )
    amount_net = fields.Monetary(string="Net Total")
    amount_cost = fields.Monetary(
        string="Cost", groups="crm_offer_calculation.group_see_cost"
    )
    amount_margin = fields.Monetary(
        string="Profit", groups="crm_offer_calculation.group_see_cost"
    )

    @property
    def _table_query(self):
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    @api.model
    def _select(self):
        """Hook: return the columns.

        :rtype: SQL
        """
        return SQL(
            """
            SELECT o.id,
                   o.id AS order_id,
                   o.crm_offer_id AS offer_id,
                   f.lead_id,
                   f.partner_id,
                   f.commercial_partner_id,
                   f.user_id,
                   f.team_id,
                   f.stage_id,
                   f.company_id,
                   f.state AS offer_state,
                   o.state,
                   o.is_main_variant,
                   o.state = 'sale' AS is_accepted,
                   o.create_date,
                   f.sent_on,
                   f.first_view,
                   EXTRACT(EPOCH FROM f.first_view - f.sent_on) / 86400
                       AS days_to_view,
                   CASE WHEN o.state = 'sale'
                        THEN EXTRACT(EPOCH FROM o.date_order - f.sent_on) / 86400
                   END AS days_to_order,
                   CASE WHEN o.is_main_variant THEN f.view_count END AS view_count,
                   o.amount_untaxed / r.rate AS amount_net,
                   o.amount_cost / r.rate AS amount_cost,
                   o.margin / r.rate AS amount_margin
            """
        )

    @api.model
    def _from(self):
        """Hook: return the tables.

        :rtype: SQL
        """
        return SQL(
            """
            FROM sale_order o
            JOIN crm_offer f ON f.id = o.crm_offer_id
            CROSS JOIN LATERAL (
                SELECT COALESCE(NULLIF(o.currency_rate, 0), 1) AS rate
            ) r
            """
        )

    @api.model
    def _where(self):
        """Hook: return which rows there are.

        :rtype: SQL
        """
        return SQL("WHERE o.crm_offer_id IS NOT NULL")
