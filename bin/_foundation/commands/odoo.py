"""bin/odoo: Odoo itself, with this repo's settings, database server and packages."""

import os

from .. import odoo_environment as settings
from ..cluster import Cluster
from ..setup import ensure_set_up
from ..venv import LAUNCHER, PYTHON


def command_line(
    arguments: list[str], cluster: Cluster | None
) -> tuple[list[str], dict[str, str]]:
    """The command and the environment of `odoo ARGUMENTS`."""
    environ = settings.build(arguments, os.environ)
    if cluster:
        environ.update(cluster.environment())
    ours = environ.get("ODOO_ADDONS_PATH", "")
    command = [str(PYTHON), str(LAUNCHER), *settings.with_our_addons(arguments, ours)]
    return command, environ


def cluster_for(arguments: list[str]) -> Cluster | None:
    """Our running cluster, unless the user named a server of their own."""
    file = settings.configuration_file(arguments, os.environ)
    named = settings.uses_own_server(arguments, os.environ, settings.settings_of(file))
    return None if named else Cluster().ensure_running()


def main(arguments: list[str]) -> int:
    """Become `odoo ARGUMENTS`."""
    ensure_set_up()
    command, environ = command_line(arguments, cluster_for(arguments))
    os.execve(command[0], command, environ)
