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

    def _get_followup_cap_ends(self, emails):
        """Return when the next mail may go to those who got as many as they may
        (single record).

        :param emails: normalized addresses; what is empty is left out
        :return: address → UTC
        :rtype: dict
        """
        self.ensure_one()
        emails = list(filter(None, emails))
        if not self.followup_cap or not emails:
            return {}
        since = fields.Datetime.subtract(
            fields.Datetime.now(), days=self.followup_cap_days
        )
        # sudo: what others wrote to the contact counts as well
        rows = self.env["crm.followup.log"].sudo()
        rows = rows.search_fetch(
            [
                ("email", "in", emails),
                ("kind", "in", ("mail", "bulk", "copy")),
                ("is_cancelled", "=", False),
                ("date", ">", since),
            ],
            ["email", "date"],
            order="date desc",
        )
        return {
            email: fields.Datetime.add(
                sent[self.followup_cap - 1].date, days=self.followup_cap_days, seconds=1
            )
            for email, sent in rows.grouped("email").items()
            if len(sent) >= self.followup_cap
        }
