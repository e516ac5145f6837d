"""bin/serve: the addons with demo data, to look at and to work on."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from .. import processes, templates
from ..databases import Databases
from ..network import free_port, is_taken
from ..odoo_environment import configuration_file, settings_of
from ..odoo_process import Odoo
from ..output import Failure, step
from ..paths import FOUNDATION, LOGS, ROOT, STATE
from ..server import HOST, Server
from ..venv import PYTHON

PORT = 8069
MAIL_PORT = 8025
BANNER = """
Offerdesk is ready: {url}

    administrator      admin / admin
    salesperson        salesperson / salesperson
    accountant         accountant / accountant
    portal customer    customer / customer
    operator           operator / operator
    partner workshop   workshop / workshop

Mails that it sends:   {mails}
Odoo's log:            {log}
Ctrl-C stops everything.
"""


def _reset(odoo: Odoo, databases: Databases, name: str) -> None:
    if not odoo.cluster:
        raise Failure(f"The database server is yours: drop {name} yourself")
    step(f"Dropping the database {name}")
    databases.drop(name)


@contextmanager
def _mail_sink() -> Iterator[tuple[int, str]]:
    """A mail sink: the port Odoo sends to, and where to read what it sent."""
    smtp_port = free_port()
    web_port = free_port() if is_taken(MAIL_PORT) else MAIL_PORT
    command = [PYTHON, FOUNDATION, "mail_sink", STATE / "mail", smtp_port, web_port]
    process = processes.start([str(part) for part in command])
    try:
        yield smtp_port, f"http://{HOST}:{web_port}"
    finally:
        processes.stop(process)


def _serve(odoo: Odoo, name: str, port: int, reset: bool) -> int:
    databases = Databases(odoo)
    if reset:
        _reset(odoo, databases, name)
    templates.ensure_current(databases, name, templates.demo())
    log = LOGS / "odoo.log"
    with _mail_sink() as (smtp_port, mails):
        server = Server(odoo, name, log, smtp_port, port=port)
        if odoo.cluster:
            databases.set_address(name, server.url)
        step("Starting Odoo")
        server.start()
        try:
            shown = log.relative_to(ROOT)
            print(BANNER.format(url=server.url, mails=mails, log=shown), flush=True)
            status = server.process.wait()
        except KeyboardInterrupt:
            print("\nStopping", file=sys.stderr)
            return 0
        finally:
            server.stop()
    raise Failure(f"Odoo ended by itself with status {status}, see {log}")


def main(arguments: list[str]) -> int:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="bin/serve", description="Serve the addons with demo data."
    )
    parser.add_argument("--port", type=int, default=PORT, help="instead of %(default)s")
    parser.add_argument(
        "--reset", action="store_true", help="make the database anew, losing its data"
    )
    options = parser.parse_args(arguments)
    if is_taken(options.port):
        raise Failure(f"Port {options.port} is taken; choose another: --port NUMBER")
    odoo = Odoo.ready()
    file_settings = settings_of(configuration_file([], os.environ))
    name = os.environ.get("PGDATABASE") or file_settings.get("db_name") or "offerdesk"
    try:
        return _serve(odoo, name, options.port, options.reset)
    finally:
        odoo.release()
