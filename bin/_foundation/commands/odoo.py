"""bin/odoo: Odoo itself, with this repo's settings, database server and packages."""

import os

from ..odoo_process import Odoo


def main(arguments: list[str]) -> int:
    """Become `odoo ARGUMENTS`."""
    odoo = Odoo.ready(arguments)
    command = odoo.command(*arguments)
    os.execve(command[0], command, odoo.environ)
