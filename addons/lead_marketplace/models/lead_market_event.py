from odoo import api, fields, models
from odoo.exceptions import UserError


class LeadMarketEvent(models.Model):
    """What happened, for good: a slim table that nobody changes."""

    _name = "lead.market.event"
    _description = "Marketplace Event"
    _order = "id desc"
    _log_access = False

    date = fields.Datetime(required=True, readonly=True)
    kind = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    request_id = fields.Many2one(
        "lead.market.request", readonly=True, index="btree_not_null"
    )
    take_id = fields.Many2one("lead.market.take", readonly=True, index="btree_not_null")
    workshop_id = fields.Many2one(
        "lead.market.workshop", readonly=True, index="btree_not_null"
    )
    ip = fields.Char(string="IP Address", readonly=True)
    data = fields.Json(readonly=True)

    # Rows come in the order of time: a small index finds a day among millions.
    _date_idx = models.Index("USING brin (date)")

    @api.model
    def _log(self, kind, company, **vals):
        """Add an event.

        :param str kind: what happened, for instance ``opened``
        :param company: `res.company` whose marketplace it is
        :param vals: further fields
        :rtype: recordset
        """
        # sudo: nobody may write here directly, and everything is logged
        return self.sudo().create(
            {
                "date": fields.Datetime.now(),
                "kind": kind,
                "user_id": self.env.uid,
                "company_id": company.id,
                **vals,
            }
        )

    def write(self, vals):
        if self:
            raise UserError(self.env._("What happened can't be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(self.env._("What happened can't be deleted."))
