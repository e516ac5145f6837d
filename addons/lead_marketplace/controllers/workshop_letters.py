from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.base_offerdesk.form_values import clean_text

from ..models.lead_market_letter import MOST_LETTERS, PLACEHOLDERS
from .workshop import MarketPortal
from .workshop_take import MAX_LETTER, MAX_SUBJECT

LETTERS = "/my/market/letters"
CUSTOMERS = "/my/market/customers"
MAX_NAME = 100
MAX_NAMES = 2_000
SHOWN_NAMES = 500


class MarketLettersPortal(MarketPortal):
    """What a workshop keeps for itself: letters, and names of its own customers."""

    def _market_own_zone(self):
        """Return the visitor's workshop, or the answer for who has no such zone.

        :rtype: tuple
        """
        workshop = self._market_workshop()
        return workshop, self._market_refuse(workshop, browse=True)

    # === LETTERS ===

    def _market_letters(self, workshop):
        return request.env["lead.market.letter"].search(
            [("workshop_id", "=", workshop.id)]
        )

    def _market_letter(self, workshop, letter_id):
        """Return a letter of the workshop, as superuser to be changed."""
        letters = self._market_letters(workshop)
        # sudo: workshops write nothing directly; the letter is their own
        return letters.filtered(lambda letter: letter.id == letter_id).sudo()

    @http.route(
        LETTERS, type="http", auth="user", methods=["GET"], website=True, readonly=True
    )
    def market_letters(self, **_params):
        """List the workshop's letters."""
        workshop, refusal = self._market_own_zone()
        if refusal:
            return refusal
        return self._market_render(
            "lead_marketplace.portal_market_letters",
            workshop,
            {
                "letters": self._market_letters(workshop),
                "page_title": request.env._("Letters"),
                "market_tab": "letters",
            },
        )

    @http.route(
        [f"{LETTERS}/new", f"{LETTERS}/<int:letter_id>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def market_letter(self, letter_id=0, **_params):
        """Show the form of a letter."""
        workshop, refusal = self._market_own_zone()
        if refusal:
            return refusal
        letter = self._market_letter(workshop, letter_id)
        if letter_id and not letter:
            return self._market_go(LETTERS)
        kept = request.session.pop("market_letter_form", None)
        return self._market_render(
            "lead_marketplace.portal_market_letter",
            workshop,
            {
                "letter": letter,
                "form": kept
                or {name: letter[name] or "" for name in ("name", "subject", "body")},
                "placeholders": [f"{{{{{name}}}}}" for name in PLACEHOLDERS],
                "page_title": letter.name or request.env._("New letter"),
                "market_tab": "letters",
            },
        )

    @http.route(
        [f"{LETTERS}/new", f"{LETTERS}/<int:letter_id>"],
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def market_letter_save(self, letter_id=0, **params):
        """Store a letter."""
        workshop, refusal = self._market_own_zone()
        if refusal:
            return refusal
        letter = self._market_letter(workshop, letter_id)
        if letter_id and not letter:
            return self._market_go(LETTERS)
        vals = {
            "name": clean_text(params.get("name"), multiline=False)[:MAX_NAME],
            "subject": clean_text(params.get("subject"), multiline=False)[:MAX_SUBJECT],
            "body": clean_text(params.get("body"))[:MAX_LETTER],
        }
        saved = self._market_try(lambda: self._market_store(workshop, letter, vals))
        if saved is None:
            request.session["market_letter_form"] = vals
            return self._market_go(f"{LETTERS}/{letter_id or 'new'}")
        self._market_notify(request.env._("The letter is saved."))
        return self._market_go(LETTERS)

    def _market_store(self, workshop, letter_sudo, vals):
        if not all(vals.values()):
            raise UserError(
                request.env._("A letter needs a name, a subject and a text.")
            )
        others = self._market_letters(workshop) - letter_sudo
        if vals["name"] in others.mapped("name"):
            raise UserError(request.env._("You have a letter of this name already."))
        if letter_sudo:
            letter_sudo.write(vals)
            return letter_sudo
        if len(others) >= MOST_LETTERS:
            raise UserError(
                request.env._("You can keep %(max)s letters.", max=MOST_LETTERS)
            )
        # sudo: workshops create nothing directly; it is for their own workshop
        return (
            request.env["lead.market.letter"]
            .sudo()
            .create({"workshop_id": workshop.id, **vals})
        )

    @http.route(
        f"{LETTERS}/<int:letter_id>/delete",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def market_letter_delete(self, letter_id, **_params):
        """Delete a letter."""
        workshop, refusal = self._market_own_zone()
        if refusal:
            return refusal
        self._market_letter(workshop, letter_id).unlink()
        return self._market_go(LETTERS)

    @http.route(
        f"{LETTERS}/examples", type="http", auth="user", methods=["POST"], website=True
    )
    def market_letter_examples(self, **_params):
        """Give a workshop that has no letters some to start from."""
        workshop, refusal = self._market_own_zone()
        if refusal:
            return refusal
        if not self._market_letters(workshop):
            # sudo: see `_market_store`
            request.env["lead.market.letter"].sudo()._create_examples(workshop)
        return self._market_go(LETTERS)

    # === OWN CUSTOMERS ===

    @http.route(
        CUSTOMERS,
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def market_customers(self, **_params):
        """List the names that the workshop knows already."""
        workshop, refusal = self._market_own_zone()
        if refusal:
            return refusal
        Customer = request.env["lead.market.own.customer"]
        domain = [("workshop_id", "=", workshop.id)]
        return self._market_render(
            "lead_marketplace.portal_market_customers",
            workshop,
            {
                "customers": Customer.search(domain, limit=SHOWN_NAMES),
                "count": Customer.search_count(domain),
                "page_title": request.env._("Own customers"),
                "market_tab": "customers",
            },
        )

    @http.route(
        f"{CUSTOMERS}/add", type="http", auth="user", methods=["POST"], website=True
    )
    def market_customers_add(self, **params):
        """Add names, one on each line."""
        workshop, refusal = self._market_own_zone()
        if refusal:
            return refusal
        lines = clean_text(params.get("names")).split("\n")
        names = [name for line in lines if (name := line.strip()[:MAX_NAME])]
        # sudo: workshops create nothing directly; the list is their own
        Customer = request.env["lead.market.own.customer"].sudo()
        added = self._market_try(
            lambda: Customer._add_names(workshop, names[:MAX_NAMES])
        )
        if added is not None:
            self._market_notify(
                request.env._("New names on the list: %(count)s", count=added)
            )
        return self._market_go(CUSTOMERS)

    @http.route(
        f"{CUSTOMERS}/<int:customer_id>/remove",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def market_customers_remove(self, customer_id, **_params):
        """Take a name off the list."""
        workshop, refusal = self._market_own_zone()
        if refusal:
            return refusal
        # sudo: workshops delete nothing directly; the name is on their own list
        request.env["lead.market.own.customer"].sudo().search(
            [("id", "=", customer_id), ("workshop_id", "=", workshop.id)]
        ).unlink()
        return self._market_go(CUSTOMERS)
