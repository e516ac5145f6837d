"""Who gets what from which route: a table of expectations, and its check.

The table is a CSV file with one row for each route, verb and mode, and one column for
each person of `PRINCIPALS`. A cell holds the outcome of a good request, see
`Answer.outcome`, with ``shown`` when the document can be read in it and ``*`` when it
changed the database. An empty cell has the outcome of the cell to its left.

Run the test with OFFERDESK_WRITE_MATRIX=1 to write the table from what happens, and
read the difference before you believe it.
"""

import csv
import os
from dataclasses import dataclass
from pathlib import Path

from odoo import http

from .oracle import violations, watched_log

KEYS = ("route", "verb", "mode")
VERBS = ("GET", "POST", "HEAD", "PUT", "DELETE")


@dataclass(frozen=True)
class Principal:
    """Somebody who sends requests."""

    name: str
    role: str = "visitor"
    token: str | None = None  # right | wrong | other | rotated | odd


LINK_PRINCIPALS = (
    Principal("visitor"),
    Principal("right token", token="right"),
    Principal("wrong token", token="wrong"),
    Principal("token of another", token="other"),
    Principal("rotated token", token="rotated"),
    Principal("odd token", token="odd"),
)
PRINCIPALS = (
    *LINK_PRINCIPALS,
    Principal("owner", "owner"),
    Principal("colleague", "colleague"),
    Principal("stranger", "stranger"),
    Principal("employee", "employee"),
    Principal("other salesperson", "other salesperson"),
)


class MatrixMixin:
    """Mix into a `RouteCase` and call `check_matrix`."""

    # Who sends requests, and with which verbs besides the routes' own.
    principals = PRINCIPALS
    verbs = VERBS

    def login_of(self, role):
        """Return the login of somebody in a role of `PRINCIPALS`.

        :rtype: str
        """
        raise NotImplementedError

    def token_of(self, kind, route):
        """Return an access token of a kind of `PRINCIPALS`.

        :rtype: str
        """
        raise NotImplementedError

    def check_matrix(self, routes, modes, file):
        """Send everybody's requests to all routes and compare with the table.

        :param list routes: `Route` values
        :param dict modes: name → callable that brings the data into that mode; wrong
            verbs are tried in the first mode only
        :param file: path of the table
        """
        found = {}
        declared = {(route.rule, route.verb) for route in routes}
        with watched_log() as errors:
            for number, (mode, prepare) in enumerate(modes.items()):
                with self.undone():
                    prepare()
                    before = self.fingerprint.take()
                    for route in routes:
                        wrong = [] if number else self.verbs
                        wrong = [
                            verb for verb in wrong if (route.rule, verb) not in declared
                        ]
                        for verb in [route.verb, *wrong]:
                            found[route.rule, verb, mode] = self._ask_all(
                                route, verb, before
                            )
        if os.environ.get("OFFERDESK_WRITE_MATRIX"):
            write_table(file, found, self.principals)
        expected = read_table(file, self.principals)
        differences = [
            f"{' '.join(key)}, {principal.name}: {cell!r} instead of {wanted!r}"
            for key in sorted(found.keys() | expected.keys())
            for principal, cell, wanted in zip(
                self.principals,
                found.get(key, ["nothing"] * len(self.principals)),
                expected.get(key, ["nothing"] * len(self.principals)),
                strict=True,
            )
            if cell != wanted
        ]
        self.assertFalse(differences, "\n" + "\n".join(differences))
        self.assertFalse([record.getMessage() for record in errors])

    def _ask_all(self, route, verb, before):
        """Return the cells of a row."""
        cells = []
        for principal in self.principals:
            # who has a token where none is read is who they are without
            is_same = cells and principal.token and not route.token
            cells.append(
                cells[-1] if is_same else self._ask(route, verb, principal, before)
            )
        return cells

    def _ask(self, route, verb, principal, before):
        self.become(
            self.login_of(principal.role) if principal.role != "visitor" else None
        )
        fields = route.fields_for(self)
        if route.token:
            # as the pages of the core do: always there, empty without a token
            fields[route.token] = (
                self.token_of(principal.token, route) if principal.token else ""
            )
        with self.undone():
            writes = self.fingerprint.writes()
            answer = self.send(route, fields, verb=verb)
            if self.fingerprint.writes() != writes:
                answer.changed = self.fingerprint.changed(before)
        cell = answer.outcome
        if route.shows and route.shows(self) in answer.text:
            cell += " shown"
        if answer.changed:
            cell += " *"
        # who may write is what the table says; the rest holds for everybody
        answer.changed = []
        bad = violations(route, answer, self.base_url(), self.secrets)
        return f"{cell} BAD: {'; '.join(bad)}" if bad else cell

    def check_routes_complete(self, module, routes):
        """Check that the routes of an addon are all in the table, and well declared.

        :param str module: name of the addon
        :param list routes: `Route` values, those of the core may be among them
        """
        declared = routes_of(self.env, module)
        missing = declared.keys() - {route.rule for route in routes}
        self.assertFalse(missing, "routes that nobody tests")
        for rule, routing in declared.items():
            with self.subTest(rule):
                self.assertNotEqual(routing["auth"], "none")
                self.assertTrue(routing.get("csrf", True), "csrf=False")


def routes_of(env, module):
    """Return the routes whose code an addon holds.

    :return: rule → routing
    :rtype: dict
    """
    modules = sorted(env.registry._init_modules)
    return {
        rule: endpoint.routing
        for rule, endpoint in http._generate_routing_rules(modules, nodb_only=False)
        if endpoint.func.__module__.startswith(f"odoo.addons.{module}.")
    }


def read_table(file, principals=PRINCIPALS):
    """Return the expectations of a table: (route, verb, mode) → list of cells."""
    table = {}
    with Path(file).open(newline="") as source:
        for row in csv.DictReader(source):
            cells = [row[principal.name] for principal in principals]
            for number, cell in enumerate(cells):
                cells[number] = cell or cells[number - 1]
            table[tuple(row[key] for key in KEYS)] = cells
    return table


def write_table(file, found, principals=PRINCIPALS):
    """Write a table with what was found."""
    with Path(file).open("w", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow([*KEYS, *(principal.name for principal in principals)])
        for key, cells in found.items():
            shown = [
                cell if number == 0 or cell != cells[number - 1] else ""
                for number, cell in enumerate(cells)
            ]
            writer.writerow([*key, *shown])
