from odoo import api, models

from odoo.addons.base_offerdesk.form_values import clean_int

from ..definition import config_hash
from ..exceptions import StaleDesign


class RfqRequest(models.Model):
    """Configurations that customers save, to go on with them later.

    They are drafts of requests, and end with their time as requests do. Nobody is told
    of them. Guests have nowhere to find them again; the link of a configuration is for
    them. Only routes call this.
    """

    _inherit = "rfq.request"

    def _is_saved(self):
        """Return whether it is a customer's draft, and no proposal of the seller
        (single record).

        :rtype: bool
        """
        self.ensure_one()
        return self.state == "draft" and not self.parent_id and not self.purged_on

    @api.model
    def _find_saved(self, design, access, number):
        """Return a draft that the visitor saved, as superuser.

        :param design: `rfq.design` as `_get_for_visitor` returned it
        :param access: `rfq.design.access` as well, may be empty
        :param number: what the browser says is its id, may be anything
        :return: empty when there is none, or it is somebody else's
        :rtype: recordset
        """
        partner = self._get_asking_partner(access)
        # sudo: visitors read no requests; it is checked to be theirs
        saved_sudo = self.sudo().browse(clean_int(number) or []).exists()
        return saved_sudo.filtered(
            lambda one: one._is_saved()
            and one.design_id == design
            and one.partner_id == partner
        )

    @api.model
    def _save(self, form, saved):
        """Keep a configuration that is not sent yet, and need not be possible.

        :param FilledForm form: what the visitor filled in
        :param saved: what `_find_saved` returned: it is written anew
        :return: the draft, or what became of it when the form was sent meanwhile
        :rtype: recordset
        :raise ValidationError: with a sentence for the customer; nothing is kept
        :raise StaleDesign: when the design was published anew meanwhile
        """
        version = form.design.current_version_id
        if version.sha256 != form.version_sha:
            raise StaleDesign(version._map_inputs(form.inputs))
        vals = {
            **self._prepare_form_vals(form),
            **self._prepare_contact_vals(form.access, {}),
            **self._prepare_choice_vals(version, version._evaluate(form.inputs)),
            **self._prepare_design_vals(form.design, form.access),
            **{"state": "draft", "submitted_on": False, "files_state": False},
            "idempotency_key": form.idempotency_key,
        }
        # sudo: visitors may create nothing; what they send is checked piece by piece
        requests_sudo = self.sudo().with_company(form.design.company_id)
        known_sudo = saved or requests_sudo._find_sent(
            form.design, form.idempotency_key
        )
        if not known_sudo:
            return requests_sudo._create_quietly(vals)
        known_sudo._check_asking(form.access)
        if known_sudo._is_saved():
            known_sudo._advance(vals)
        return known_sudo

    def _check_asking(self, access):
        """Refuse what somebody else saved or sent (single record).

        :param access: `rfq.design.access` of the visitor, may be empty
        :raise ValidationError: when it is not the visitor's
        """
        self.ensure_one()
        if self.partner_id != self._get_asking_partner(access):
            self._refuse_other_content()

    @api.model
    def _prepare_choice_vals(self, version, result):
        """Return what was chosen, whether it is possible or not.

        :param version: `rfq.design.version`
        :param dict result: what the server's evaluation found
        :rtype: dict
        """
        engine = version._get_engine()
        canonical = {
            code: result["canonical"].get(code)
            for code, parameter in engine.parameters.items()
            if parameter["type"] != "derived" and code not in result["hidden"]
        }
        return {
            "values": canonical,
            "is_modified": bool(result["modified"]),
            "config_hash": config_hash(version.sha256, canonical),
        }
