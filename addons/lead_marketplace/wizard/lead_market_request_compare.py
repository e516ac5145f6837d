import re
from difflib import SequenceMatcher

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_datetime

from ..match_key import email_key, name_keys, phone_key

# What makes two requests one.
COMPARED = (
    "customer_name",
    "customer_phone",
    "customer_email",
    "for_whom",
    "name",
    "category_id",
    "segment",
    "region_id",
    "city",
    "budget",
    "contact_mode",
    "description",
)
# What else one should know of either.
FACTS = (
    "create_date",
    "state",
    "close_reason",
    "last_call_result",
    "take_count",
    "user_id",
)
# The same person or number, however it was written.
KEYS = {
    "customer_name": name_keys,
    "customer_phone": phone_key,
    "customer_email": email_key,
    "for_whom": name_keys,
}

MARK = Markup(
    '<mark class="bg-warning bg-opacity-50 text-reset rounded px-0">%s</mark>'
)


class LeadMarketRequestCompare(models.TransientModel):
    """A request and a likely duplicate side by side, what differs stressed."""

    _name = "lead.market.request.compare"
    _description = "Compare Requests"

    request_id = fields.Many2one(
        "lead.market.request", required=True, readonly=True, ondelete="cascade"
    )
    other_id = fields.Many2one(
        "lead.market.request",
        string="Compare With",
        required=True,
        ondelete="cascade",
        domain="[('id', 'in', candidate_ids)]",
    )
    candidate_ids = fields.Many2many(
        "lead.market.request", compute="_compute_candidate_ids"
    )
    candidate_count = fields.Integer(compute="_compute_candidate_ids")
    comparison = fields.Html(compute="_compute_comparison")

    @api.depends("request_id")
    def _compute_candidate_ids(self):
        for wizard in self:
            wizard.candidate_ids = wizard.request_id._get_likely_duplicates()
            wizard.candidate_count = len(wizard.candidate_ids)

    @api.depends("request_id", "other_id")
    def _compute_comparison(self):
        for wizard in self:
            wizard.comparison = wizard.other_id and self.env["ir.qweb"]._render(
                "lead_marketplace.request_comparison", wizard._prepare_comparison()
            )

    # === ACTIONS ===

    def action_duplicate(self):
        """Close the request as a duplicate of the other one.

        :return: action that closes the dialog
        :rtype: dict
        """
        self.ensure_one()
        self._check_undecided()
        self.request_id._close_as_duplicate(self.other_id)
        return {"type": "ir.actions.act_window_close"}

    def action_distinct(self):
        """Remember that the two are not one, and compare with the next one.

        :return: action
        :rtype: dict
        """
        self.ensure_one()
        self._check_undecided()
        self.request_id._set_distinct(self.other_id)
        return self.request_id.action_compare_duplicates()

    def _check_undecided(self):
        (self.request_id + self.other_id)._check_operator()
        if self.other_id not in self.request_id._get_likely_duplicates():
            raise UserError(
                self.env._("Somebody has decided about these two requests already.")
            )

    # === COMPARISON ===

    def _prepare_comparison(self):
        """Return what the comparison is rendered with.

        :rtype: dict
        """
        sides = self.request_id, self.other_id
        rows = [self._prepare_row(name) for name in COMPARED]
        facts = [
            (self._get_label(name), [self._get_text(one, name) for one in sides])
            for name in FACTS
        ]
        return {
            "sides": sides,
            "facts": [(label, texts) for label, texts in facts if any(texts)],
            "rows": [row for row in rows if any(row["cells"])],
            "pictures": [
                one.photo_ids or one._get_customer_pictures() for one in sides
            ],
        }

    def _prepare_row(self, name):
        """Return what both requests say about one thing.

        :param str name: name of a field
        :rtype: dict
        """
        left, right = (
            self._get_text(request, name)
            for request in (self.request_id, self.other_id)
        )
        get_key = KEYS.get(name, str.split)
        is_same = get_key(left) == get_key(right)
        return {
            "label": self._get_label(name),
            "is_same": is_same,
            "cells": (left, right) if is_same else self._mark_words(left, right),
        }

    @api.model
    def _mark_words(self, left, right):
        """Mark the words of either text that the other one lacks.

        :rtype: list[Markup]
        """
        words = [re.findall(r"\S+\s*", text) for text in (left, right)]
        matcher = SequenceMatcher(None, *([w.strip() for w in side] for side in words))
        cells = [Markup(), Markup()]
        for tag, *bounds in matcher.get_opcodes():
            for place, side in enumerate(words):
                piece = "".join(side[slice(*bounds[2 * place : 2 * place + 2])])
                if piece:
                    cells[place] += piece if tag == "equal" else MARK % piece
        return cells

    @api.model
    def _get_label(self, name):
        field = self.env["lead.market.request"]._fields[name]
        return field.get_description(self.env)["string"]

    @api.model
    def _get_text(self, request, name):
        """Return what a request says about one thing, as people read it.

        :rtype: str
        """
        field, value = request._fields[name], request[name]
        if field.type == "integer":
            return str(value)
        if not value:
            return ""
        if field.type == "many2one":
            return value.display_name
        if field.type == "selection":
            return dict(field._description_selection(self.env))[value]
        if field.type == "monetary":
            return format_amount(self.env, value, request.currency_id)
        if field.type == "datetime":
            return format_datetime(self.env, value, dt_format="medium")
        return value
