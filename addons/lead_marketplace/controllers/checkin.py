from urllib.parse import urlencode

from odoo import SUPERUSER_ID, http
from odoo.exceptions import UserError, ValidationError
from odoo.http import request

from odoo.addons.base_offerdesk.form_values import clean_int, clean_token

from .customer import POSTS_PER_10_MINUTES, MarketCustomer
from .workshop_checkin import ANSWERS, read_answer

CHECKIN = "/market/checkin/<int:take_id>"


def _find_take(env, take_id):
    """Return the contact that a link asks about, as superuser."""
    return env["lead.market.take"]._find_by_checkin_link(
        take_id, _get_person(), clean_token(_get_link().get("access_token"))
    )


def _get_link():
    """Return what a link consists of, in the address or with the form."""
    sent = request.httprequest.values
    return {name: sent.get(name) or "" for name in ("pid", "access_token")}


def _get_person():
    """Return the id of the partner whose link it is."""
    return clean_int(_get_link()["pid"])


def _is_known_link(_controller, _rule, args):
    """Return whether a page can be read from a replica; wrong links are counted."""
    return bool(_find_take(request.env(user=SUPERUSER_ID), args["take_id"]))


class MarketCheckinLink(MarketCustomer):
    """Where the links of a check-in lead: workshops answer without a login.

    The page names the request and nobody's contact; only its buttons change anything.
    """

    @http.route(
        CHECKIN,
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        readonly=_is_known_link,
        sitemap=False,
    )
    def market_checkin(self, take_id, answer=None, **_params):
        """Ask how it stands, with the answer of the mail chosen."""
        take_sudo = self._market_find_take(take_id)
        if not take_sudo:
            return self._market_checkin_unknown()
        return self._market_render_checkin(take_sudo, answer, {}, {})

    @http.route(CHECKIN, type="http", auth="public", methods=["POST"], website=True)
    def market_checkin_answer(self, take_id, **params):
        """Take down how it stands; a second answer changes nothing."""
        take_sudo = self._market_find_take(take_id)
        if not take_sudo:
            return self._market_checkin_unknown()
        if not take_sudo._is_asked_about():
            return self._market_go_checkin()
        answer, vals = read_answer(params)
        errors = self._market_answer_by_link(take_sudo, answer, vals)
        if errors:
            return self._market_render_checkin(take_sudo, answer, vals, errors)
        return self._market_go_checkin()

    def _market_find_take(self, take_id):
        self._guard_refuse_guessing()
        found = _find_take(request.env, take_id)
        if not found:
            self._guard_count_wrong_token()
        return found

    def _market_answer_by_link(self, take_sudo, answer, vals):
        """Have an answer taken down.

        Who has only the link is not known: the event names whose link it was.

        :return: messages by the name of the field, none when it was
        :rtype: dict
        """
        sender = f"{request.httprequest.remote_addr}|checkin-{take_sudo.id}"
        if self._guard_count("market_post", sender, 600) > POSTS_PER_10_MINUTES:
            return {
                "form": request.env._(
                    "Too many changes. Please try again in some minutes."
                )
            }
        try:
            with request.env.cr.savepoint():
                # sudo: visitors have no rights; the link was checked
                take_sudo.with_user(SUPERUSER_ID)._answer_checkin(
                    answer,
                    vals,
                    request.env["res.users"],
                    link_of=_get_person(),
                )
        except (UserError, ValidationError) as error:
            return {"form": str(error)}
        return {}

    def _market_go_checkin(self):
        """Show the same link again: it thanks for the answer."""
        address = f"{request.httprequest.path}?{urlencode(_get_link())}"
        return request.redirect(address, code=303)

    def _market_render_checkin(self, take_sudo, answer, form, errors):
        company = take_sudo.company_id
        response = request.render(
            "lead_marketplace.workshop_checkin_page",
            {
                **self._market_layout_values(company),
                "page_name": "market_checkin",
                "take": take_sudo,
                "answer": answer if answer in ANSWERS else None,
                "form": form,
                "errors": errors,
            },
        )
        if errors:
            response.status_code = 422
        return self._market_private(response)

    def _market_checkin_unknown(self):
        """Answer alike for contacts that exist and for those that don't."""
        response = request.render(
            "lead_marketplace.workshop_checkin_unknown",
            {
                **self._market_layout_values(request.env.company),
                "page_name": "market_checkin",
            },
        )
        response.status_code = 404
        return self._market_private(response)
