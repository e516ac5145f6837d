"""Odoo as a process: its command line, its environment, its database server."""

import os
from collections.abc import Iterable
from dataclasses import dataclass

from . import odoo_environment as settings
from .cluster import Cluster
from .setup import ensure_set_up
from .venv import LAUNCHER, PYTHON


@dataclass
class Odoo:
    """Odoo, ready to be run. `release()` when done with it."""

    environ: dict[str, str]
    # None when the user named a database server of their own.
    cluster: Cluster | None

    @classmethod
    def ready(cls, arguments: Iterable[str] = ()) -> "Odoo":
        """With all that it needs to run `odoo ARGUMENTS`."""
        arguments = list(arguments)
        ensure_set_up()
        environ = settings.build(arguments, os.environ)
        if settings.names_a_server(arguments, os.environ):
            return cls(environ, None)
        cluster = Cluster().ensure_running()
        return cls(environ | cluster.environment(), cluster)

    def command(self, *arguments: str) -> list[str]:
        """The command line of `odoo ARGUMENTS`."""
        ours = self.environ.get("ODOO_ADDONS_PATH", "")
        return [
            str(PYTHON),
            str(LAUNCHER),
            *settings.with_our_addons(arguments, ours),
        ]

    def release(self) -> None:
        """Stop what was started for this process alone."""
        if self.cluster:
            self.cluster.release()
