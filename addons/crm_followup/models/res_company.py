from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    followup_enabled = fields.Boolean(
        string="Send Follow-ups",
        default=True,
        help="Switched off, no follow-up goes out; sequences wait and go on later.",
    )
    followup_cap = fields.Integer(
        string="Mails to One Contact",
        default=3,
        help="A contact gets no more follow-up mails than this within the days below, "
        "from all sequences together. 0: without limit.",
    )
    followup_cap_days = fields.Integer(string="Within Days", default=14)
    followup_manual_days = fields.Integer(
        string="Pause After a Letter",
        default=3,
        help="When a salesperson writes to the customer, sequences wait for so many "
        "days.",
    )

    _followup_days_positive = models.Constraint(
        "CHECK (followup_cap >= 0 AND followup_cap_days > 0"
        " AND followup_manual_days >= 0)",
        "The numbers of mails and days of follow-ups can't be negative.",
    )
