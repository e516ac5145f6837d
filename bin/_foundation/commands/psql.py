"""bin/psql: PostgreSQL's shell on the database server that Odoo uses."""

import os

from ..cluster import binaries
from ..setup import ensure_set_up
from .odoo import cluster_for


def main(arguments: list[str]) -> int:
    """Become `psql ARGUMENTS`."""
    ensure_set_up()
    environ = {"PGDATABASE": "offerdesk", **os.environ}
    if cluster := cluster_for([]):
        environ.update(cluster.environment())
    os.execve(binaries() / "psql", ["psql", *arguments], environ)
