from odoo.addons.portal.controllers.portal import CustomerPortal

from ..form_values import clean_token


class DocumentPortal(CustomerPortal):
    """Every page of a document on the portal, Odoo's own and those of our addons."""

    def _document_check_access(self, model_name, document_id, access_token=None):
        # An odd token is a wrong one; Odoo's comparison would end in an error.
        return super()._document_check_access(
            model_name, document_id, access_token=clean_token(access_token)
        )
