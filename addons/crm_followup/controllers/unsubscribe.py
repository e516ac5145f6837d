from urllib.parse import urlencode

from odoo import http
from odoo.http import request
from odoo.tools import email_normalize

from odoo.addons.base_offerdesk.controllers.guard import PortalGuard
from odoo.addons.base_offerdesk.form_values import clean_text, clean_token

UNSUBSCRIBE = "/followup/unsubscribe"


class FollowupUnsubscribe(PortalGuard, http.Controller):
    """Where the link in follow-ups leads.

    Mail scanners follow links, so following it changes nothing; the button, or the
    mail program's own (RFC 8058), posts to the same address.
    """

    @http.route(
        UNSUBSCRIBE,
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def followup_unsubscribe(self, email=None, token=None, **_params):
        """Ask whether to unsubscribe."""
        known = self._followup_read_link(email, token)
        if not known:
            return self._followup_unknown()
        query = urlencode({"email": known, "token": token})
        return self._followup_render(
            "crm_followup.unsubscribe_page",
            {"email": known, "action": f"{UNSUBSCRIBE}?{query}", "is_done": False},
        )

    # csrf: mail programs post here without a session; the link's signature decides
    @http.route(
        UNSUBSCRIBE,
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        website=True,
        save_session=False,
    )
    def followup_unsubscribe_now(self, email=None, token=None, **_params):
        """Unsubscribe; a second time changes nothing."""
        known = self._followup_read_link(email, token)
        if not known:
            return self._followup_unknown()
        request.env["crm.followup.opt.out"]._unsubscribe(known)
        return self._followup_render(
            "crm_followup.unsubscribe_page", {"email": known, "is_done": True}
        )

    def _followup_read_link(self, email, token):
        """Return the address that a link was made for, or None.

        :rtype: str
        """
        self._guard_refuse_guessing()
        known = email_normalize(clean_text(email, multiline=False)[:320]) or ""
        # sudo: visitors have no rights; the signature decides
        opt_outs = request.env["crm.followup.opt.out"].sudo()
        if opt_outs._is_token_of(known, clean_token(token)):
            return known
        self._guard_count_wrong_token()
        return None

    def _followup_unknown(self):
        response = self._followup_render("crm_followup.unsubscribe_unknown", {})
        response.status_code = 404
        return response

    def _followup_render(self, template, values):
        response = request.render(template, {"no_breadcrumbs": True, **values})
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
