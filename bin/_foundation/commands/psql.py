"""bin/psql: PostgreSQL's shell on the database server that Odoo uses."""

import os

from ..cluster import program
from ..odoo_process import Odoo


def main(arguments: list[str]) -> int:
    """Become `psql ARGUMENTS`."""
    environ = {"PGDATABASE": "offerdesk", **Odoo.ready().environ}
    os.execve(program("psql"), ["psql", *arguments], environ)
