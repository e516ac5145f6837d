from odoo import api, models
from odoo.exceptions import AccessError


class LeadMarketGuarded(models.AbstractModel):
    """Fields that methods write, and people only read.

    A field that a form shows as readonly can still be written by RPC, by an import or
    by a default in the context. Methods write these as superuser, after their checks.
    """

    _name = "lead.market.guarded"
    _description = "Fields That Only Methods Write"

    # Names of fields that nobody enters, and of those that nobody changes afterwards.
    _guarded_fields = frozenset()
    _fixed_fields = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        defaults = {name.removeprefix("default_") for name in self.env.context}
        self._check_guarded(defaults.union(*vals_list) & self._guarded_fields)
        return super().create(vals_list)

    def write(self, vals):
        self._check_guarded(vals.keys() & (self._guarded_fields | self._fixed_fields))
        return super().write(vals)

    def _check_guarded(self, names):
        """Refuse what people try to write themselves.

        :param set names: guarded fields among the values
        :raise AccessError: naming the fields
        """
        if not names or self.env.su:
            return
        labels = [
            self._fields[name].get_description(self.env, ["string"])["string"]
            for name in sorted(names)
        ]
        raise AccessError(
            self.env._(
                "This can't be entered, only be changed by the buttons: %(fields)s.",
                fields=", ".join(labels),
            )
        )
