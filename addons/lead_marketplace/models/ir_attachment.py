from odoo import api, models
from odoo.fields import Domain

TAKE = "lead.market.take"


class IrAttachment(models.Model):
    """Files of letters are hidden from who reads takes without the contact."""

    _inherit = "ir.attachment"

    def _inaccessible_comodel_records(self, model_and_ids, operation):
        yield from super()._inaccessible_comodel_records(model_and_ids, operation)
        take_ids = model_and_ids.get(TAKE)
        if take_ids and self.env[TAKE]._hides_contact():
            for take_id in take_ids:
                yield TAKE, take_id

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        active_test=True,
        bypass_access=False,
    ):
        if not bypass_access and self.env[TAKE]._hides_contact():
            domain = Domain(domain) & Domain("res_model", "!=", TAKE)
        return super()._search(
            domain,
            offset,
            limit,
            order,
            active_test=active_test,
            bypass_access=bypass_access,
        )
