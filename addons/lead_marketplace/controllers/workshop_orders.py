import logging
from datetime import timedelta
from urllib.parse import urlencode

from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Date, Domain
from odoo.http import request

from odoo.addons.base_offerdesk.form_values import clean_int, clean_text

from ..amounts import read_amount
from ..models.lead_market_order_declare import DECLARED_AMOUNTS, DECLARED_DATES
from ..wizard.lead_market_statement import STATEMENT_DAYS, StatementTooLongError
from .workshop import PAGE_SIZE
from .workshop_take import MAX_NOTE, TAKE, MarketTakePortal

_logger = logging.getLogger(__name__)

ORDERS = "/my/market/orders"
STATEMENT = "/my/market/statement"
PDFS_PER_HOUR = 30
MAX_FIELD = 100


class MarketOrdersPortal(MarketTakePortal):
    """Won orders, and the statement of what they owe."""

    # === LIST ===

    @http.route(
        ORDERS, type="http", auth="user", methods=["GET"], website=True, readonly=True
    )
    def market_orders(self, **params):
        """List the workshop's orders: first what waits for it."""
        workshop = self._market_workshop()
        if answer := self._market_refuse(workshop):
            return answer
        Order = self._market_own("lead.market.order", workshop)
        domain = Domain("workshop_partner_id", "=", workshop.partner_id.id)
        waiting = Order.search(
            domain & self._market_waiting_domain(), order="deadline_date, id"
        )
        cursor = self._market_read_cursor(params.get("after"), 1)
        page_domain = domain & Domain("id", "not in", waiting.ids)
        if cursor:
            page_domain &= Domain("id", "<", cursor[0])
        page, older = self._market_page(
            Order.search(page_domain, limit=PAGE_SIZE + 1), lambda order: (order.id,)
        )
        # sudo: the number of a request whose contact was opened is no secret
        return self._market_render(
            "lead_marketplace.portal_market_orders",
            workshop,
            {
                "waiting": waiting.sudo() if not cursor else waiting.browse(),
                "orders": page.sudo(),
                "today": workshop.company_id._get_market_today(),
                "first_url": cursor and ORDERS,
                "older_url": older and f"{ORDERS}?after={older}",
                "page_title": request.env._("Orders"),
                "market_tab": "orders",
            },
        )

    def _market_waiting_domain(self):
        """Return the orders that the workshop has to do something about.

        :rtype: Domain
        """
        return Domain("state", "=", "suspected") | (
            Domain("state", "in", ("declared", "confirmed"))
            & Domain("declared_on", "=", False)
        )

    def _market_todo(self, workshop):
        todo = super()._market_todo(workshop)
        if not workshop or not workshop._may_read():
            return todo
        return [
            *self._market_todo_orders(workshop),
            *self._market_todo_incidents(workshop),
            *todo,
        ]

    def _market_todo_orders(self, workshop):
        orders = self._market_own("lead.market.order", workshop).search(
            Domain("workshop_partner_id", "=", workshop.partner_id.id)
            & self._market_waiting_domain(),
            order="deadline_date, id",
            limit=PAGE_SIZE,
        )
        today = workshop.company_id._get_market_today()
        return [
            {
                "text": self._market_order_text(order, today),
                "url": ORDERS,
                "kind": self._market_order_kind(order, today),
                "icon": "fa-clock-o",
            }
            for order in orders
        ]

    def _market_order_kind(self, order, today):
        is_overdue = order.deadline_date and order.deadline_date < today
        return "danger" if is_overdue else "warning"

    def _market_order_text(self, order, today):
        """Return what is to be done about an order, and until when."""
        name = order.display_name
        if order.state == "suspected":
            return request.env._(
                "%(order)s: did you win this order? Please answer.", order=name
            )
        days = (order.deadline_date - today).days if order.deadline_date else None
        if days is None:
            return request.env._(
                "%(order)s: declare it when the work is done.", order=name
            )
        if days < 0:
            return request.env._(
                "%(order)s: the days to declare it are over. Please do it now.",
                order=name,
            )
        if days == 0:
            return request.env._(
                "%(order)s: today is the last day to declare it.", order=name
            )
        return request.env._(
            "%(order)s: days left to declare it: %(days)s", order=name, days=days
        )

    def _market_todo_incidents(self, workshop):
        incidents = self._market_incidents(workshop)
        since = workshop.company_id._get_market_today() - timedelta(days=30)
        recent = incidents.filtered(
            lambda i: i.decided_on and i.decided_on.date() >= since
        )
        return [
            {
                "text": incident.reason,
                "url": "/my/market#market_incidents",
                "kind": "danger",
                "icon": "fa-exclamation-triangle",
            }
            for incident in recent
        ]

    # === DECLARING ===

    def _market_get_order(self, order_id):
        """Return the visitor's workshop and its order, as superuser.

        :rtype: tuple
        """
        workshop = self._market_workshop()
        # sudo: a terminated workshop still answers for the orders that it won
        order_sudo = request.env["lead.market.order"].sudo().browse(order_id).exists()
        is_own = order_sudo.workshop_partner_id == workshop.partner_id
        if order_sudo and not (is_own and workshop._may_read()):
            order_sudo = order_sudo.browse()
        return workshop, order_sudo

    @http.route(
        f"{TAKE}/order",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def market_take_order(self, take_id, order=None, **_params):
        """Show the form of a won order."""
        workshop, take_sudo = self._market_get_take(take_id)
        if not take_sudo:
            return request.redirect("/my/market" if workshop else "/my")
        order_sudo = take_sudo.order_ids.filtered(lambda o: o.id == clean_int(order))
        kept = request.session.pop(f"market_order_{take_sudo.id}", None)
        terms = take_sudo.terms or {}
        return self._market_render(
            "lead_marketplace.portal_market_order",
            workshop,
            {
                "take": take_sudo,
                "form": kept or self._market_order_form(take_sudo, order_sudo),
                # sudo: the choices of the form, which are no secret
                "currencies": request.env["res.currency"].sudo().search([]),
                "exclusions": terms.get("exclusions") or [],
                "is_net": terms.get("base") == "net",
                "terms_lines": (take_sudo.terms_text or "").splitlines(),
                "page_title": request.env._("Declare an order"),
                "market_tab": "orders",
            },
        )

    def _market_order_form(self, take_sudo, order_sudo):
        """Return what the form starts with, as text.

        :rtype: dict
        """
        names = (*DECLARED_DATES, "contract_no", "excluded_reason")
        form = {name: str(order_sudo[name] or "") for name in names}
        currency = order_sudo.currency_id or take_sudo.company_id.currency_id
        for name in DECLARED_AMOUNTS:
            amount = order_sudo[name]
            form[name] = f"{amount:.{currency.decimal_places}f}" if amount else ""
        return {**form, "currency_id": str(currency.id)}

    @http.route(
        f"{TAKE}/order", type="http", auth="user", methods=["POST"], website=True
    )
    def market_take_declare(self, take_id, **params):
        """Take down an order; terminated workshops declare what they won, too."""
        workshop, take_sudo = self._market_get_take(take_id)
        if not take_sudo:
            return self._market_go("/my/market" if workshop else "/my")
        names = (
            *DECLARED_DATES,
            *DECLARED_AMOUNTS,
            "contract_no",
            "excluded_reason",
            "currency_id",
        )
        vals = {
            name: clean_text(params.get(name), multiline=False)[:MAX_FIELD]
            for name in names
        }
        for name in DECLARED_AMOUNTS:
            vals[name] = read_amount(vals[name])
        declared = self._market_try(
            lambda: request.env["lead.market.order"]._declare(
                take_sudo, vals, request.env.user
            )
        )
        if declared is None:
            request.session[f"market_order_{take_sudo.id}"] = vals
            return self._market_go(f"{take_sudo._get_page_url()}/order")
        if declared.work_done_date:
            text = request.env._("Thank you. The order is declared.")
        else:
            text = self._market_announced_text(take_sudo)
        self._market_notify(text)
        return self._market_go(ORDERS)

    def _market_announced_text(self, take_sudo):
        return request.env._(
            "Thank you. Please declare the order when the work is done. Days to do so: "
            "%(days)s",
            days=(take_sudo.terms or {}).get("declare_days"),
        )

    @http.route(
        "/my/market/order/<int:order_id>/accept",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def market_order_accept(self, order_id, **_params):
        """Confirm a suspicion as it stands."""
        workshop, order_sudo = self._market_get_order(order_id)
        if not order_sudo:
            return self._market_go("/my/market" if workshop else "/my")
        if not order_sudo.work_done_date or not order_sudo.amount_gross:
            url = order_sudo.take_id._get_page_url()
            return self._market_go(f"{url}/order?order={order_sudo.id}")
        done = self._market_try(lambda: order_sudo._accept_suspicion() or True)
        if done:
            self._market_notify(request.env._("Thank you. The order is declared."))
        return self._market_go(ORDERS)

    @http.route(
        "/my/market/order/<int:order_id>/contest",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def market_order_contest(self, order_id, **params):
        """Say that an order is not the workshop's, or not as it stands."""
        workshop, order_sudo = self._market_get_order(order_id)
        if not order_sudo:
            return self._market_go("/my/market" if workshop else "/my")
        reason = clean_text(params.get("reason"))[:MAX_NOTE]
        done = self._market_try(lambda: order_sudo._contest(reason) or True)
        if done:
            self._market_notify(
                request.env._("Thank you. The operator will look into it.")
            )
        return self._market_go(ORDERS)

    # === STATEMENT ===

    def _market_read_period(self, workshop, params):
        """Return the days of a statement; the last three months by default.

        :rtype: tuple
        """
        today = workshop.company_id._get_market_today()
        date_from = self._market_read_date(params.get("date_from"))
        date_to = self._market_read_date(params.get("date_to")) or today
        date_from = date_from or date_to - timedelta(days=STATEMENT_DAYS)
        return min(date_from, date_to), max(date_from, date_to)

    def _market_read_date(self, text):
        try:
            date = Date.to_date(text) if isinstance(text, str) else None
        except ValueError:
            return None
        # The days of the first and the last years can't be reckoned with.
        return date if date and 1900 < date.year < 9000 else None

    @http.route(
        STATEMENT,
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def market_statement(self, **params):
        """Show the ledger, the same that the operator sees."""
        workshop = self._market_workshop()
        if answer := self._market_refuse(workshop):
            return answer
        date_from, date_to = self._market_read_period(workshop, params)
        period = {"date_from": date_from, "date_to": date_to}
        cursor = workshop._read_ledger_cursor(
            self._market_read_cursor(params.get("after"), 3)
        )
        rows, last = workshop._get_ledger_page(**period, after=cursor, limit=PAGE_SIZE)
        url = f"{STATEMENT}?{urlencode(period)}"
        return self._market_render(
            "lead_marketplace.portal_market_statement",
            workshop,
            {
                **period,
                "rows": rows,
                "totals": workshop._get_ledger_totals(),
                "file_query": urlencode(period),
                "first_url": cursor and url,
                "older_url": last and f"{url}&after={'-'.join(map(str, last))}",
                "page_title": request.env._("Statement"),
                "market_tab": "statement",
            },
        )

    def _market_prepare_statement(self, workshop, params):
        """Return the statement that files are made of; it is not stored.

        :rtype: recordset of `lead.market.statement`
        """
        date_from, date_to = self._market_read_period(workshop, params)
        # sudo: the visitor's workshop and its own rows
        Statement = request.env["lead.market.statement"].sudo()
        return Statement.new(
            {
                "workshop_id": workshop.id,
                "date_from": date_from,
                "date_to": date_to,
            }
        )

    def _market_send_statement(self, statement, extension, content, mimetype):
        name = statement._get_filename(extension)
        return request.make_response(
            content,
            headers=[
                ("Content-Type", mimetype),
                ("Content-Disposition", http.content_disposition(name)),
            ],
        )

    @http.route(
        f"{STATEMENT}/csv",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def market_statement_csv(self, **params):
        """Serve the statement as a file for spreadsheets."""
        workshop = self._market_workshop()
        if answer := self._market_refuse(workshop):
            return answer
        statement = self._market_prepare_statement(workshop, params)
        return self._market_send_statement(
            statement, "csv", statement._get_csv(), "text/csv; charset=utf-8"
        )

    @http.route(
        f"{STATEMENT}/pdf", type="http", auth="user", methods=["GET"], website=True
    )
    def market_statement_pdf(self, **params):
        """Serve the statement as a document; say so when it can't be made."""
        workshop = self._market_workshop()
        if answer := self._market_refuse(workshop):
            return answer
        statement = self._market_prepare_statement(workshop, params)
        pdf = self._market_try(lambda: self._market_render_pdf(statement))
        if pdf is None:
            period = {"date_from": statement.date_from, "date_to": statement.date_to}
            return self._market_go(f"{STATEMENT}?{urlencode(period)}")
        return self._market_send_statement(statement, "pdf", pdf, "application/pdf")

    def _market_render_pdf(self, statement):
        """Return the statement as PDF; so much work is not done without end.

        :rtype: bytes
        :raise UserError: with a sentence for the visitor
        """
        made = self._guard_count("market_pdf", f"user-{request.env.uid}", 3600)
        if made > PDFS_PER_HOUR:
            raise UserError(
                request.env._("Too many documents. Please try again in an hour.")
            )
        try:
            return statement._get_pdf_content()
        except StatementTooLongError:
            raise
        except UserError as error:
            _logger.info("A statement could not be made: %s", error)
            raise UserError(
                request.env._(
                    "The PDF could not be made at the moment. Please take the CSV, or "
                    "try again later."
                )
            ) from error
