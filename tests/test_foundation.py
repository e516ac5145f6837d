"""The parts of bin/ that decide what counts as passed, and which server is used."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests
from _foundation import mail_pages, spreading
from _foundation import odoo_environment as environment
from _foundation.addon_tests import tally_of
from _foundation.mail_sink import MailSink
from _foundation.network import free_port
from _foundation.odoo_log import TestRun as OdooRun
from _foundation.odoo_log import findings, records
from _foundation.paths import ADDONS
from _foundation.spreading import TestClass as OdooClass
from _foundation.tally import Tally

LOGGER = "odoo.addons.sale_x.tests.test_x"


def line(message: str, level: str = "INFO", logger: str = LOGGER) -> str:
    return f"2026-01-02 03:04:05,678 99 {level} db {logger}: {message}\n"


def read_run(*lines: str) -> OdooRun:
    run = OdooRun()
    for record in records("".join(lines).splitlines()):
        run.read(record)
    return run


def test_a_record_keeps_all_its_lines():
    first, second = records([line("one\n"), "  two\n", line("three")])
    assert (first.message, second.message) == ("one\n  two", "three")


def test_run_is_counted():
    run = read_run(
        line("Starting TestX.test_a ..."),
        line("Starting TestX.test_b ..."),
        line("FAIL: TestX.test_b\nTraceback (most recent call last):", "ERROR"),
        line("ERROR: Subtest TestX.test_a (n=1)\nKeyError", "ERROR"),
        line("ERROR: Subtest TestX.test_a (n=2)\nKeyError", "ERROR"),
        line("ERROR: setUpClass (odoo.addons.sale_x.tests.test_x.TestY)", "ERROR"),
        line("skipped TestX.test_c : Chrome executable not found"),
        line(
            "1 failed, 3 error(s) of 12 tests when loading database 'db'",
            "ERROR",
            "odoo.tests.result",
        ),
    )
    assert (run.run, run.failures, run.passed()) == (12, 4, 9)
    assert run.started == {OdooClass("sale_x", "TestX"): 2}
    assert run.failed[:2] == ["TestX.test_b", "Subtest TestX.test_a (n=1)"]
    assert run.skipped == ["TestX.test_c was skipped: Chrome executable not found"]
    assert not run.findings


def test_zero_tests_do_not_pass():
    result = "0 failed, 0 error(s) of 0 tests when loading database 'db'"
    run = read_run(line(result, "WARNING", "odoo.tests.result"))
    assert (run.run, run.started) == (0, {})
    assert Tally().report() == 1


def test_a_class_that_did_not_run_has_failed():
    classes = [OdooClass("sale_x", "TestX"), OdooClass("sale_x", "TestY")]
    run = read_run(
        line("Starting TestX.test_a ..."),
        line(
            "0 failed, 0 error(s) of 1 tests when loading database 'db'",
            logger="odoo.tests.result",
        ),
    )
    assert tally_of(run, classes[:1], 0, Path("x.log")) == Tally(1)
    tally = tally_of(run, classes, 0, Path("x.log"))
    assert tally == Tally(1, ["sale_x:TestY: no test was run"])


def test_time_is_counted_for_each_class():
    lines = [
        line("Starting TestX.test_a ..."),
        line("Starting TestX.test_b ...").replace("04:05,", "04:07,"),
        line("Starting TestY.test_a ...").replace("04:05,", "04:08,"),
        line(
            "0 failed, 0 error(s) of 3 tests when loading database 'db'",
            logger="odoo.tests.result",
        ).replace("04:05,", "04:18,"),
    ]
    seconds = {str(name): took for name, took in read_run(*lines).seconds.items()}
    assert seconds == {"sale_x:TestX": 3.0, "sale_x:TestY": 10.0}


@pytest.fixture
def known_seconds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing ran in this clone before."""
    monkeypatch.setattr(spreading, "SECONDS", tmp_path / "seconds.json")


def test_every_class_is_in_one_lot(known_seconds: None):
    classes = {
        **spreading.classes_of("base_offerdesk"),
        **spreading.classes_of("sale_offer_reply"),
    }
    assert classes[OdooClass("base_offerdesk", "TestFormValues")] == 5
    # None of its own, but those that it inherits.
    assert classes[OdooClass("sale_offer_reply", "TestMailFaults")] == 1
    lots = list(spreading.spread(classes, 3))
    assert len(lots) == 3
    assert sorted(name for lot in lots for name in lot) == sorted(classes)


def test_lots_take_about_as_long_as_each_other(known_seconds: None):
    names = [OdooClass("sale_x", f"Test{letter}") for letter in "ABCD"]
    spreading.remember(dict(zip(names[:3], (100, 50, 30), strict=True)))
    spreading.remember({names[2]: 40})
    lots = list(spreading.spread(dict.fromkeys(names, 2), 2))
    assert lots == [names[:1], names[1:]]
    assert len(list(spreading.spread(dict.fromkeys(names[:1], 1), 4))) == 1


@pytest.mark.parametrize("level", ["WARNING", "ERROR", "CRITICAL"])
def test_warnings_are_found(level: str):
    found = findings([line("unknown field", level, "odoo.fields"), line("fine")])
    assert [record.message for record in found] == ["unknown field"]


def test_python_warnings_count_when_they_point_at_our_code():
    theirs = "/usr/lib/odoo/http.py:12: DeprecationWarning: 'url_parse' is deprecated"
    ours = f"{ADDONS}/sale_x/models/x.py:12: DeprecationWarning: read_group"
    lines = [line(text, "WARNING", "py.warnings") for text in (theirs, ours)]
    assert [record.message for record in findings(lines)] == [ours]


@pytest.mark.parametrize("argument", ["-c {}", "--config={}", "-c{}"])
def test_own_configuration_file_wins(argument: str, tmp_path: Path):
    file = tmp_path / "own.conf"
    file.write_text(
        "[options]\naddons_path = more\ndb_host = elsewhere\ndata_dir = /d\n"
    )
    arguments = argument.format(file).split()
    assert environment.names_a_server(arguments, {})
    built = environment.build(arguments, {"PATH": "/bin"})
    folders = built["ODOO_ADDONS_PATH"].split(",")
    assert folders[0] == str(tmp_path / "more")
    assert "ODOO_RC" not in built and "ODOO_DATA_DIR" not in built


@pytest.mark.parametrize(
    ("arguments", "environ", "named"),
    [
        ([], {}, False),
        ([], {"PGDATABASE": "x"}, False),
        ([], {"PGHOST": "/run/postgresql"}, True),
        ([], {"PGSERVICE": "mine"}, True),
        (["-d", "x", "--db_host=db"], {}, True),
        (["-rme"], {}, True),
        (["shell", "--db_port", "5433"], {}, True),
    ],
)
def test_own_database_server_wins(arguments: list[str], environ: dict, named: bool):
    assert environment.names_a_server(arguments, environ) is named


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-d", "x"], ["-d", "x"]),
        (["--addons-path=a,b", "-d", "x"], ["--addons-path=a,b,OURS", "-d", "x"]),
        (["shell", "--addons-path", "a"], ["shell", "--addons-path", "a,OURS"]),
    ],
)
def test_further_addons_path_is_added(arguments: list[str], expected: list[str]):
    assert environment.with_our_addons(arguments, "OURS") == expected


def test_tally_ends_with_the_counts(capsys: pytest.CaptureFixture):
    tally = Tally()
    tally.add("good", True)
    assert tally.report() == 0
    tally.add("bad", False)
    assert tally.report() == 1
    assert capsys.readouterr().out.splitlines() == [
        "1 passed, 0 failed",
        "FAILED bad",
        "1 passed, 1 failed",
    ]


def test_a_mail_is_read_from_its_file_once(tmp_path: Path):
    sink = MailSink(tmp_path, free_port())
    for number in range(2):
        mail = EmailMessage()
        mail["Subject"] = f"Mail {number}"
        (tmp_path / f"{number}-0.eml").write_bytes(bytes(mail))
        subjects = [mail["Subject"] for mail in sink.messages()]
        assert subjects == [f"Mail {n}" for n in range(number + 1)]
    first, second = sink.messages()
    assert sink.messages() == [first, second]
    (tmp_path / "0-0.eml").unlink()
    assert sink.messages() == [second]


@pytest.fixture
def mail_page(tmp_path: Path) -> Iterator[str]:
    """The address of the mail list, with one hostile mail in it."""
    mail = EmailMessage()
    mail["Subject"] = "<script>alert(1)</script>"
    mail.set_content("text <b>")
    mail.add_alternative("<p>html<script>alert(2)</script></p>", subtype="html")
    mail.add_attachment(b"<svg>", "image", "svg+xml", filename="../a<b>.svg")
    (tmp_path / "1-0.eml").write_bytes(bytes(mail))
    port = free_port()
    pages = mail_pages.start(tmp_path, port)
    yield f"http://127.0.0.1:{port}"
    pages.shutdown()


def test_mail_pages_escape_what_mails_contain(mail_page: str):
    for path in ("/", "/1-0"):
        assert "<script>" not in requests.get(mail_page + path, timeout=5).text
    content = requests.get(f"{mail_page}/1-0/html", timeout=5)
    assert "html<script>" in content.text
    assert content.headers["Content-Security-Policy"].startswith("sandbox allow-popups")
    attachment = requests.get(f"{mail_page}/1-0/0", timeout=5)
    assert attachment.content == b"<svg>"
    assert attachment.headers["Content-Type"] == "application/octet-stream"
    assert attachment.headers["Content-Disposition"] == (
        "attachment; filename*=UTF-8''..%2Fa%3Cb%3E.svg"
    )


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/../pytest.ini", "localhost", 404),
        ("/1-0/7", "localhost", 404),
        ("/1-0", "mails.example", 403),
    ],
)
def test_mail_pages_show_nothing_else(
    mail_page: str, path: str, host: str, status: int
):
    answer = requests.get(mail_page + path, headers={"Host": host}, timeout=5)
    assert answer.status_code == status
