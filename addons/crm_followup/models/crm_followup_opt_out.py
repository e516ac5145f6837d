from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import consteq, email_normalize
from odoo.tools.misc import hmac


class CrmFollowupOptOut(models.Model):
    """Somebody wants no more follow-ups; letters that a person writes still arrive.

    Not Odoo's blacklist: that would take invitations and newsletters away as well. Kept
    by address, because a deal need not have a contact, and outlives both.
    """

    _name = "crm.followup.opt.out"
    _description = "Unsubscribed from Follow-ups"
    _rec_name = "email"
    _order = "id desc"

    email = fields.Char(string="E-mail", required=True)

    _email_uniq = models.Constraint(
        "UNIQUE (email)", "This address is unsubscribed already."
    )

    @api.constrains("email")
    def _check_email(self):
        for opt_out in self:
            if email_normalize(opt_out.email) != opt_out.email:
                raise ValidationError(
                    self.env._("%(email)s is no e-mail address.", email=opt_out.email)
                )

    @api.model_create_multi
    def create(self, vals_list):
        opt_outs = super().create(list(map(self._normalize, vals_list)))
        opt_outs._stop_followups()
        return opt_outs

    def write(self, vals):
        res = super().write(self._normalize(vals))
        self._stop_followups()
        return res

    @api.model
    def _normalize(self, vals):
        """Return values with the address as it is compared.

        :rtype: dict
        """
        email = vals.get("email")
        return {**vals, "email": email_normalize(email) or email} if email else vals

    def _stop_followups(self):
        # sudo: who may write opt-outs need not see all deals
        leads = self.env["crm.lead"].sudo()._find_followup_leads(self.mapped("email"))
        leads._followup_signal("unsubscribe")

    @api.model
    def _filter_opted_out(self, emails):
        """Return those of some addresses that want no follow-ups.

        :param emails: normalized addresses
        :rtype: set
        """
        # sudo: salespeople may know of their deals only
        opt_outs = self.sudo().search_fetch([("email", "in", list(emails))], ["email"])
        return set(opt_outs.mapped("email"))

    # === LINKS ===

    @api.model
    def _get_token(self, email):
        """Return what the link of an address is known by.

        :param str email: normalized address
        :rtype: str
        """
        # sudo: the key of the database, which nobody sees
        return hmac(self.env(su=True), "crm_followup_unsubscribe", email)

    @api.model
    def _is_token_of(self, email, token):
        """Return whether a link was made for an address.

        :param str email: address in the link
        :param token: cleaned token, or None
        :rtype: bool
        """
        return bool(email) and consteq(self._get_token(email), token or "-")

    @api.model
    def _unsubscribe(self, email):
        """Take an address off all follow-ups; a second time changes nothing.

        :param str email: normalized address, whose link was checked
        """
        # sudo: visitors have no rights; the link was checked
        OptOut = self.sudo()
        if not OptOut.search_count([("email", "=", email)], limit=1):
            OptOut.create({"email": email})
