from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..match_key import name_keys, partial_keys

MOST_ROWS = 20_000


class LeadMarketOwnCustomer(models.Model):
    """Names that a workshop knows already, so that it does not open their contacts."""

    _name = "lead.market.own.customer"
    _description = "Workshop's Own Customer"
    _order = "name, id"

    workshop_id = fields.Many2one(
        "lead.market.workshop", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char(required=True)
    name_key = fields.Char(compute="_compute_name_key", store=True, readonly=True)

    _key_uniq = models.UniqueIndex(
        "(workshop_id, name_key)", "This name is on the list already."
    )

    @api.depends("name")
    def _compute_name_key(self):
        for customer in self:
            customer.name_key = (name_keys(customer.name) or [""])[0]

    @api.constrains("name")
    def _check_name(self):
        if any(not customer.name_key for customer in self):
            raise ValidationError(self.env._("A name has letters."))

    @api.model
    def _find_people(self, workshop, keys, longer=False):
        """Return the names on a workshop's list that may be of certain people.

        :param workshop: `lead.market.workshop`
        :param keys: see `name_keys`
        :param bool longer: also names with more words than the keys have; that reads
            the whole list
        :rtype: recordset
        """
        parts = {part for key in keys for part in partial_keys(key)}
        domain = Domain("name_key", "in", list(parts))
        for key in keys:
            words = key.split()
            if longer and len(words) > 1:
                domain |= Domain.AND(
                    Domain("name_key", "=like", f"%{word}%") for word in words
                )
        return self.search_fetch(
            Domain("workshop_id", "=", workshop.id) & domain, ["name_key"]
        )

    def _add_names(self, workshop, names):
        """Add names to a workshop's list; those on it already are left out.

        :param workshop: `lead.market.workshop`
        :param list names: as the workshop wrote them
        :return: how many were new
        :rtype: int
        :raise ValidationError: when the list would get too long
        """
        by_key = {key: name for name in names for key in name_keys(name)[:1]}
        present = self.search_fetch([("workshop_id", "=", workshop.id)], ["name_key"])
        new = by_key.keys() - set(present.mapped("name_key"))
        if len(present) + len(new) > MOST_ROWS:
            raise ValidationError(
                self.env._("The list can hold %(max)s names.", max=MOST_ROWS)
            )
        self.create([{"workshop_id": workshop.id, "name": by_key[k]} for k in new])
        return len(new)
