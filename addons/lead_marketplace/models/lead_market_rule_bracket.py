from odoo import fields, models


class LeadMarketRuleBracket(models.Model):
    _name = "lead.market.rule.bracket"
    _description = "Bracket of a Commission Rule"
    _order = "amount_from, id"

    rule_id = fields.Many2one(
        "lead.market.rule", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="rule_id.currency_id")
    amount_from = fields.Monetary(string="From")
    percent = fields.Float(string="Percentage", digits=(5, 2))

    _from_uniq = models.UniqueIndex(
        "(rule_id, amount_from)", "Two brackets begin at the same amount."
    )
    _percent_range = models.Constraint(
        "CHECK (percent >= 0 AND percent <= 100 AND amount_from >= 0)",
        "A percentage is between 0 and 100, and no bracket begins below 0.",
    )
