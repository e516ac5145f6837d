from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_see_cost = fields.Boolean(
        string="Costs and Margins for Everybody",
        implied_group="crm_offer_calculation.group_see_cost",
    )
    offer_calculation_enabled = fields.Boolean(
        related="company_id.offer_calculation_enabled", readonly=False
    )
    offer_accept_wins = fields.Boolean(
        related="company_id.offer_accept_wins", readonly=False
    )
    offer_watch_views = fields.Boolean(
        related="company_id.offer_watch_views", readonly=False
    )
    offer_event_days = fields.Integer(
        related="company_id.offer_event_days", readonly=False
    )
    open_offer_count = fields.Integer(compute="_compute_open_offer_count")

    @api.depends("company_id")
    def _compute_open_offer_count(self):
        for settings in self:
            # sudo: who may switch them off need not see offers; the number is told
            settings.open_offer_count = (
                self.env["crm.offer"]
                .sudo()
                .search_count(settings._get_open_offer_domain())
            )

    def action_view_open_offers(self):
        """Show the offers that customers can still accept."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open Offers"),
            "res_model": "crm.offer",
            "views": [(False, "list"), (False, "form")],
            "domain": self._get_open_offer_domain(),
        }

    def _get_open_offer_domain(self):
        self.ensure_one()
        return [
            ("company_id", "=", self.company_id.id),
            ("state", "in", ("sent", "chosen")),
        ]
