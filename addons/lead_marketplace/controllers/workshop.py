from datetime import datetime, timedelta

from odoo import http
from odoo.exceptions import UserError, ValidationError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

PAGE_SIZE = 40
COUNT_LIMIT = 1000
# Pages that a terminated workshop does not have any more.
BROWSE_TABS = ("requests", "letters", "customers")
EPOCH = datetime(1970, 1, 1)
MAX_SEARCH = 100
# Keeps the last second of the calendar in reach, and the numbers in int8.
MAX_CURSOR = 250_000_000_000_000_000


class MarketPortal(CustomerPortal):
    """What all pages of a workshop share: who it is, notices, the overview."""

    # === ACCESS ===

    def _market_workshop(self):
        """Return the workshop of the visitor, as superuser; empty if there is none.

        That of an applicant, or of who reads nothing any more, is returned too: see
        `_market_refuse`.

        :rtype: recordset of `lead.market.workshop`
        """
        user = request.env.user
        Workshop = request.env["lead.market.workshop"]
        return Workshop._of_user(user) or Workshop._of_applicant(user)

    def _market_refuse(self, workshop, browse=False):
        """Return the answer for somebody who may not see a page, or None.

        :param workshop: what `_market_workshop` returned
        :param bool browse: whether the page shows what is published
        """
        if not workshop:
            return request.redirect("/my")
        if not workshop._may_read():
            is_applicant = workshop.state == "applicant"
            template = (
                "portal_market_applicant" if is_applicant else "portal_market_over"
            )
            return self._market_render(f"lead_marketplace.{template}", workshop, {})
        if browse and not workshop._may_browse():
            return request.redirect("/my/market")
        return None

    def _market_own(self, model, workshop):
        """Return a model to read the workshop's own records of.

        A terminated workshop's people are in no group any more; what is theirs they
        read until everything is settled. The caller limits the domain to the workshop.

        :param str model: name of the model
        :param workshop: the visitor's workshop
        """
        Model = request.env[model]
        # sudo: see above
        return Model if workshop._may_browse() else Model.sudo()

    # === PAGES ===

    def _market_render(self, template, workshop, values):
        """Answer with a page of the workshop's portal.

        :param str template: XML id
        :param workshop: the visitor's workshop
        :param dict values: what the page shows
        """
        return request.render(
            template,
            {
                **self._prepare_portal_layout_values(),
                "workshop": workshop,
                "market_tabs": self._market_tabs(workshop),
                "market_notice": request.session.pop("market_notice", None),
                "page_name": "market",
                **values,
            },
        )

    def _market_tabs(self, workshop):
        """Return the pages of the portal: name, address, label.

        :rtype: list[tuple]
        """
        # With the visitor's language: once, not for each link.
        home = request.env["ir.http"]._url_for("/my/market")
        tabs = [
            ("overview", home, request.env._("Overview")),
            ("requests", f"{home}/requests", request.env._("Requests")),
            ("work", f"{home}/work", request.env._("In work")),
            ("orders", f"{home}/orders", request.env._("Orders")),
            ("statement", f"{home}/statement", request.env._("Statement")),
            ("reviews", f"{home}/reviews", request.env._("Reviews")),
            ("letters", f"{home}/letters", request.env._("Letters")),
            ("customers", f"{home}/customers", request.env._("Own customers")),
        ]
        if workshop._may_browse():
            return tabs
        return [tab for tab in tabs if tab[0] not in BROWSE_TABS]

    def _market_notify(self, text, kind="success"):
        """Have the next page show a notice.

        :param str text: a sentence
        :param str kind: ``success``, ``warning`` or ``danger``
        """
        request.session["market_notice"] = {"text": str(text), "kind": kind}

    def _market_go(self, url):
        """Answer a posted form."""
        return request.redirect(url, code=303)

    def _market_try(self, function):
        """Run what a form asks for; tell the visitor when it is refused.

        :param function: callable without arguments
        :return: its result; None when it was refused
        """
        try:
            with request.env.cr.savepoint():
                return function()
        except (UserError, ValidationError) as error:
            self._market_notify(error, "danger")
            return None

    # === PAGING ===

    def _market_page(self, records, order_value, size=PAGE_SIZE):
        """Split what was read into a page and a link to what is older.

        :param records: up to one more than a page holds
        :param order_value: function of a record, returning the list of its order's
            values as int, the last one being the id
        :param int size: how many a page holds
        :return: records of the page, cursor or None
        """
        if len(records) <= size:
            return records, None
        page = records[:size]
        return page, "-".join(str(value) for value in order_value(page[-1]))

    def _market_read_cursor(self, text, length):
        """Return the numbers of a cursor, or None for anything else.

        :param str text: what the browser sent
        :param int length: how many numbers there are
        :rtype: list[int] | None
        """
        parts = text.split("-") if isinstance(text, str) and text.isascii() else []
        if len(parts) != length or not all(
            part.isdigit() and len(part) < 19 for part in parts
        ):
            return None
        numbers = [int(part) for part in parts]
        return numbers if max(numbers) < MAX_CURSOR else None

    def _market_to_int(self, moment):
        """Return a moment in microseconds; seconds would skip rows."""
        return (moment - EPOCH) // timedelta(microseconds=1)

    def _market_to_moment(self, number):
        return EPOCH + timedelta(microseconds=number)

    def _market_count(self, Model, domain, most=COUNT_LIMIT):
        """Return how many there are, in words, without counting a million.

        :param int most: where counting ends
        :rtype: str
        """
        count = Model.search_count(domain, limit=most + 1)
        return f"{most}+" if count > most else str(count)

    # === OVERVIEW ===

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "market_todo_count" in counters:
            workshop = self._market_workshop()
            # Shown where there is something to show; others see their state.
            values["market_todo_count"] = (
                max(len(self._market_todo(workshop)), 1) if workshop else 0
            )
        return values

    @http.route(
        "/my/market",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def market_overview(self, **_params):
        """Show a workshop where it stands and what it should do."""
        workshop = self._market_workshop()
        if answer := self._market_refuse(workshop):
            return answer
        return self._market_render(
            "lead_marketplace.portal_market_overview",
            workshop,
            {
                "todo": self._market_todo(workshop),
                "quota_left": workshop._get_quota_left(),
                "counts": self._market_counts(workshop),
                "incidents": self._market_incidents(workshop),
                "figures": self._market_figures(workshop),
                "segments": self._market_segments(workshop),
                "state_label": dict(
                    workshop._fields["state"]._description_selection(request.env)
                )[workshop.state],
                "page_title": request.env._("Marketplace"),
                "market_tab": "overview",
            },
        )

    def _market_counts(self, workshop):
        """Return the figures above the overview.

        :rtype: dict
        """
        Take = self._market_own("lead.market.take", workshop)
        own = [("workshop_partner_id", "=", workshop.partner_id.id)]
        counts = {
            "work": self._market_count(Take, [*own, ("state", "!=", "archived")]),
            "important": self._market_count(
                Take, [*own, ("state", "!=", "archived"), ("important", "=", True)]
            ),
        }
        if workshop._may_browse():
            Request = request.env["lead.market.request"]
            counts["feed"] = self._market_count(
                Request, Request._get_feed_domain(workshop, {})
            )
        return counts

    def _market_segments(self, workshop):
        """Return the segments that the workshop serves, in words."""
        Request = request.env["lead.market.request"]
        choices = Request._fields["segment"]._description_selection(request.env)
        return [name for code, name in choices if workshop[f"serves_{code}"]]

    def _market_figures(self, workshop):
        """Return the workshop's results: label and figure; of some the target, too.

        :rtype: list[tuple]
        """
        figures = [
            (request.env._("Contacts opened"), str(workshop.take_count)),
            (request.env._("Orders won"), str(workshop.order_count)),
        ]
        if workshop.take_count:
            figures.append(
                (
                    request.env._("Opened contacts that ordered"),
                    f"{workshop.conversion:.0%}",
                )
            )
            figures.append(
                (
                    request.env._("Hours to the first offer"),
                    f"{workshop.first_reply_hours:.0f}",
                )
            )
        figures += self._market_punctuality(workshop)
        if workshop.rating_count:
            figures.append(
                (
                    request.env._("Reviews"),
                    f"{workshop.rating:.1f} ★ ({workshop.rating_count})",
                )
            )
        return figures

    def _market_punctuality(self, workshop):
        """Return how punctual the workshop is, and how punctual it should be.

        :return: label, figure, target and result of each
        :rtype: list[tuple[str, str, str, str]]
        """
        company = workshop.company_id
        rates = [
            (
                request.env._("Declared on time"),
                workshop.on_time_rate,
                company.market_on_time_target,
                workshop.on_time_result,
            ),
            (
                request.env._("Paid on time"),
                workshop.paid_on_time_rate,
                company.market_paid_target,
                workshop.paid_result,
            ),
        ]
        return [
            (
                label,
                f"{rate:.0%}",
                target and request.env._("Target: %(percent)s %%", percent=target),
                result,
            )
            for label, rate, target, result in rates
            if result != "none"
        ]

    def _market_incidents(self, workshop):
        """Return the incidents that were confirmed."""
        return self._market_own("lead.market.incident", workshop).search(
            [
                ("workshop_partner_id", "=", workshop.partner_id.id),
                ("state", "=", "confirmed"),
            ],
            limit=PAGE_SIZE,
        )

    def _market_todo(self, workshop):
        """Return what waits for the workshop, the most urgent first.

        :return: dicts of ``text``, ``url`` and ``kind``
        :rtype: list[dict]
        """
        if not workshop or not workshop._may_read():
            return []
        return self._market_todo_answers(workshop)

    def _market_todo_answers(self, workshop):
        count = self._market_own("lead.market.take", workshop).search_count(
            [
                ("workshop_partner_id", "=", workshop.partner_id.id),
                ("new_message_count", ">", 0),
            ],
            limit=COUNT_LIMIT,
        )
        if not count:
            return []
        text = request.env._("Customers who have answered: %(count)s", count=count)
        return [{"text": text, "url": "/my/market/work?state=answered", "kind": "info"}]
