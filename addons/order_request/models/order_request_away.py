from datetime import datetime, time, timedelta

from odoo import fields, models


class OrderRequestAway(models.Model):
    _name = "order.request.away"
    _inherit = ["order.request.policy.mixin"]
    _description = "Days on Which a Seller is Away"
    _order = "date_from desc, id desc"

    policy_id = fields.Many2one(
        comodel_name="order.request.policy",
        required=True,
        index=True,
        ondelete="cascade",
    )
    date_from = fields.Date(
        string="First Day", required=True, default=fields.Date.context_today
    )
    date_to = fields.Date(
        string="Last Day", required=True, default=fields.Date.context_today
    )
    message = fields.Text(
        translate=True,
        help="Customers read this on the service's page.",
    )

    _days_in_order = models.Constraint(
        "CHECK(date_to >= date_from)", "The last day can't be before the first one."
    )

    def _get_moments(self, zone):
        """Return when the absence begins and ends (single record).

        :param zone: `pytz` time zone of the policy
        :return: two aware moments, the second one excluded
        :rtype: tuple
        """
        self.ensure_one()
        days = self.date_from, self.date_to + timedelta(days=1)
        return tuple(zone.localize(datetime.combine(day, time.min)) for day in days)
