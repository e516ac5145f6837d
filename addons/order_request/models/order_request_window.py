from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import gate


class OrderRequestWindow(models.Model):
    _name = "order.request.window"
    _inherit = ["order.request.policy.mixin"]
    _description = "Hours of an Order Request Policy"
    _order = "kind, weekday, hour_from, id"

    policy_id = fields.Many2one(
        comodel_name="order.request.policy",
        required=True,
        index=True,
        ondelete="cascade",
    )
    kind = fields.Selection(
        selection=[("gate", "Active hours"), ("answer", "Answering hours")],
        required=True,
        default="gate",
    )
    weekday = fields.Selection(
        selection=[
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        required=True,
        default="0",
    )
    hour_from = fields.Float(string="From", required=True, default=21.0)
    hour_to = fields.Float(
        string="To",
        required=True,
        default=6.0,
        help="An hour that is not after the first one is that of the next day.",
    )

    _hours_within_day = models.Constraint(
        "CHECK(hour_from >= 0 AND hour_from < 24 AND hour_to > 0 AND hour_to <= 24)",
        "Hours go from 0:00 to 24:00.",
    )

    @api.constrains("hour_from", "hour_to")
    def _check_minutes(self):
        for window in self:
            start, end = window._get_minutes()
            # Half a minute before midnight is not a minute of the day any more.
            if start >= gate.DAY or end < 1:
                raise ValidationError(self.env._("Hours go from 0:00 to 24:00."))

    def _get_minutes(self):
        self.ensure_one()
        return round(self.hour_from * 60), round(self.hour_to * 60)

    def _to_gate_windows(self):
        """Return the windows as the gate reads them.

        :rtype: tuple[gate.Window, ...]
        """
        return tuple(
            gate.Window(int(window.weekday), *window._get_minutes()) for window in self
        )
