from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.base_offerdesk.form_values import clean_text

from .workshop import COUNT_LIMIT
from .workshop_orders import MAX_FIELD, ORDERS, MarketOrdersPortal
from .workshop_take import TAKE, WORK

ANSWERS = ("talking", "contracted", "lost")
SILENT = Domain("checkin_silent", ">", 0)
ANSWER_FIELDS = ("contract_no", "planned_finish_date", "reason")


def read_answer(params):
    """Return the answer of a form and what belongs to it, as plain text.

    :param params: what the browser sent
    :return: answer and values, see `lead.market.take`
    :rtype: tuple[str, dict]
    """
    answer, *values = (
        clean_text(params.get(name), multiline=False)[:MAX_FIELD]
        for name in ("answer", *ANSWER_FIELDS)
    )
    return answer, dict(zip(ANSWER_FIELDS, values, strict=True))


class MarketCheckinPortal(MarketOrdersPortal):
    """Where workshops say how it stands with a contact that they were asked about."""

    def _market_states(self):
        return {**super()._market_states(), "asked": request.env._("Asked about")}

    def _market_work_domain(self, workshop, state):
        if state != "asked":
            return super()._market_work_domain(workshop, state)
        return super()._market_work_domain(workshop, "open") & SILENT

    def _market_todo_answers(self, workshop):
        """Name the questions after the customers' answers."""
        return super()._market_todo_answers(workshop) + self._market_todo_asked(
            workshop
        )

    def _market_todo_asked(self, workshop):
        count = self._market_own("lead.market.take", workshop).search_count(
            self._market_work_domain(workshop, "asked"), limit=COUNT_LIMIT
        )
        if not count or not workshop._may_browse():
            return []
        text = request.env._(
            "We asked how it stands, and wait for your answer. Contacts: %(count)s",
            count=count,
        )
        return [
            {
                "text": text,
                "url": f"{WORK}?state=asked",
                "kind": "warning",
                "icon": "fa-question-circle-o",
            }
        ]

    @http.route(
        f"{TAKE}/checkin",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def market_take_checkin(self, take_id, answer=None, **_params):
        """Ask how it stands, with the answer of the mail chosen; nothing changes."""
        workshop, take_sudo = self._market_get_take(take_id)
        if not take_sudo:
            return request.redirect("/my/market" if workshop else "/my")
        if not workshop._may_browse():
            return request.redirect(take_sudo._get_page_url())
        kept = request.session.pop(f"market_checkin_{take_sudo.id}", None)
        return self._market_render(
            "lead_marketplace.portal_market_checkin",
            workshop,
            {
                "take": take_sudo,
                "answer": answer if answer in ANSWERS else None,
                "form": kept or {},
                "page_title": request.env._("How does it stand?"),
                "market_tab": "work",
            },
        )

    @http.route(
        f"{TAKE}/checkin", type="http", auth="user", methods=["POST"], website=True
    )
    def market_take_checkin_answer(self, take_id, **params):
        """Take down how it stands."""
        take_sudo, refusal = self._market_edit_take(take_id)
        if refusal:
            return refusal
        answer, vals = read_answer(params)
        answered = self._market_try(
            lambda: take_sudo._answer_checkin(answer, vals, request.env.user)
        )
        if not answered:
            request.session[f"market_checkin_{take_sudo.id}"] = vals
            return self._market_go(take_sudo._get_checkin_url(answer))
        self._market_notify(self._market_answered_text(take_sudo, answer))
        is_order = answer == "contracted"
        return self._market_go(ORDERS if is_order else take_sudo._get_page_url())

    def _market_answered_text(self, take_sudo, answer):
        """Return what follows from an answer, in a sentence."""
        if answer == "contracted":
            return self._market_announced_text(take_sudo)
        if answer == "lost":
            return self._market_archived_text()
        return request.env._("Thank you. Good luck with the offer.")
