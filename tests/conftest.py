"""What the end-to-end tests use: a real server on a database of its own, a mail server
that keeps what it gets, a real browser."""

import dataclasses
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psycopg2
import pytest
from _foundation import templates
from _foundation.databases import Databases, template_log
from _foundation.mail_sink import MailSink
from _foundation.network import free_port
from _foundation.odoo_log import findings
from _foundation.odoo_process import Odoo
from _foundation.server import Server
from chromium import chromium
from client import Client
from offers import Desk
from playwright.sync_api import Browser, BrowserContext, Page
from renderer import Renderer

# The databases that servers run on.
SITES = {
    "portal": templates.demo,
    "payments": templates.payments,
    "shop": templates.shop,
}


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
def site(request: pytest.FixtureRequest) -> str:
    """Which of SITES is served: the portal, unless a test is marked for another."""
    return getattr(request, "param", "portal")


@pytest.fixture(scope="session")
def database(databases: Databases, site: str) -> Iterator[str]:
    """A database with our addons and demo data, for this run only."""
    template = databases.ensure_template(SITES[site]())
    check_log(template_log(template))
    name = databases.scratch(template)
    # What is not waited for need not run now; jobs that are triggered still do.
    databases.sql(name, "UPDATE ir_cron SET nextcall = now() + interval '1 day'")
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
def renderer(odoo: Odoo, run_folder: Path) -> Renderer:
    """What makes PDF files for Odoo."""
    return Renderer(run_folder / "renderer", odoo.environ)


@pytest.fixture(scope="session")
def server(
    odoo: Odoo,
    databases: Databases,
    database: str,
    mail_sink: MailSink,
    renderer: Renderer,
    run_folder: Path,
    site: str,
) -> Iterator[Server]:
    """Odoo with four workers. Its log must be clean in the end."""
    log = run_folder / f"{site}.log"
    # It starts no other program but the renderer.
    odoo = dataclasses.replace(
        odoo, environ={**odoo.environ, "PATH": str(renderer.folder)}
    )
    server = Server(odoo, database, log, mail_sink.port, workers=4)
    databases.set_address(database, server.url)
    server.start()
    try:
        yield server
    finally:
        server.stop()
    check_log(log)


def check_log(log: Path) -> None:
    """See that a log of Odoo's is clean, if there is one."""
    bad = findings(log.read_text().splitlines()) if log.is_file() else []
    assert not bad, "\n".join(map(str, bad))


@pytest.fixture
def client(server: Server) -> Client:
    """An HTTP client nobody has logged in with."""
    return Client(server.url)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with chromium() as browser:
        yield browser


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """Tell fixtures whether the test failed, before they clean up."""
    report = yield
    item.failed = getattr(item, "failed", False) or report.failed
    return report


@pytest.fixture
def visit(
    browser: Browser, server: Server, run_folder: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """A function that gives a person a browser of their own, with an empty page.
    Of a test that fails, pictures of the pages stay."""
    contexts = []

    def visit(**options) -> Page:
        options.setdefault("base_url", server.url)
        contexts.append(browser.new_context(locale="en-US", **options))
        return contexts[-1].new_page()

    yield visit
    pages = [page for context in contexts for page in context.pages]
    for number, page in enumerate(pages):
        if getattr(request.node, "failed", False):
            page.screenshot(path=run_folder / f"{request.node.name}-{number}.png")
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def desk(server: Server, mail_sink: MailSink) -> Desk:
    """Makes people and offers, and reads the mails they get."""
    return Desk(Client(server.url).login("admin", "admin"), mail_sink)


@pytest.fixture
def open_links(desk: Desk) -> Iterator[None]:
    """Links are enough to answer."""
    before = desk.read("res.company", [desk.company], "offer_access_mode")[0]
    desk.set_company(offer_access_mode="link")
    yield
    desk.set_company(offer_access_mode=before["offer_access_mode"])


@pytest.fixture
def connect(odoo: Odoo, database: str) -> Iterator[Callable]:
    """A function that opens a connection of our own to the server's database."""
    connections = []

    def connect():
        names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user"}
        where = {
            name: odoo.environ[variable]
            for variable, name in names.items()
            if variable in odoo.environ
        }
        connections.append(psycopg2.connect(dbname=database, **where))
        return connections[-1]

    yield connect
    for connection in connections:
        connection.close()


@pytest.fixture
def no_limits(databases: Databases, database: str) -> Iterator[None]:
    """Everybody comes from one address here; what was counted before does not matter
    now, nor what is counted here later."""
    forget = partial(databases.sql, database, "DELETE FROM portal_throttle")
    forget()
    yield
    forget()
