"""What the end-to-end tests use: a real server on a database of its own, a mail server
that keeps what it gets, a real browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from _foundation import templates
from _foundation.databases import Databases
from _foundation.mail_sink import MailSink
from _foundation.network import free_port
from _foundation.odoo_log import findings
from _foundation.odoo_process import Odoo
from _foundation.server import Server
from client import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

BROWSERS = ("chromium", "google-chrome", "chromium-browser")
BROWSER_OPTIONS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
]


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where logs, mails and pictures of this run go."""
    named = os.environ.get("OFFERDESK_TEST_FOLDER")
    return Path(named) if named else tmp_path_factory.mktemp("run")


@pytest.fixture(scope="session")
def odoo() -> Iterator[Odoo]:
    """Odoo, ready to be run."""
    odoo = Odoo.ready()
    yield odoo
    odoo.release()


@pytest.fixture(scope="session")
def databases(odoo: Odoo) -> Databases:
    """The database server."""
    return Databases(odoo)


@pytest.fixture(scope="session")
def database(databases: Databases) -> Iterator[str]:
    """A database with all our addons and demo data, for this run only."""
    name = databases.scratch(databases.ensure_template(templates.demo()))
    yield name
    if not os.environ.get("OFFERDESK_KEEP"):
        databases.drop(name)


@pytest.fixture(scope="session")
def mail_sink(run_folder: Path) -> Iterator[MailSink]:
    """The mail server that Odoo sends through."""
    sink = MailSink(run_folder / "mail", free_port())
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture(scope="session")
def server(
    odoo: Odoo,
    databases: Databases,
    database: str,
    mail_sink: MailSink,
    run_folder: Path,
) -> Iterator[Server]:
    """Odoo with four workers. Its log must be clean in the end."""
    log = run_folder / "server.log"
    server = Server(odoo, database, log, mail_sink.port, workers=4)
    databases.set_address(database, server.url)
    server.start()
    try:
        yield server
    finally:
        server.stop()
    bad = findings(log.read_text().splitlines())
    assert not bad, "\n".join(map(str, bad))


@pytest.fixture
def client(server: Server) -> Client:
    """An HTTP client nobody has logged in with."""
    return Client(server.url)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    executable = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=BROWSER_OPTIONS
        )
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """A browser window with no history; relative addresses are the server's."""
    context = browser.new_context(base_url=server.url, locale="en-US")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page of a browser."""
    return context.new_page()
