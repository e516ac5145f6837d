from odoo import api, models


class OrderRequestPolicyMixin(models.AbstractModel):
    """What policies are made of: they are read with every cart, so they are cached."""

    _name = "order.request.policy.mixin"
    _description = "Part of an Order Request Policy"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
