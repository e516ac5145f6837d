"""Puts known mistakes into copies of the addons, one by one, and tells which of them
the tests catch. It takes half an hour, so it is no part of `bin/test`:

    .venv/bin/python tests/seeded_defects.py [NAME OR ADDON ...]
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bin"))

from _foundation import templates  # noqa: E402
from _foundation.databases import Databases  # noqa: E402
from _foundation.network import free_port  # noqa: E402
from _foundation.odoo_log import TestRun, records  # noqa: E402
from _foundation.odoo_process import Odoo  # noqa: E402
from _foundation.output import Failure, step  # noqa: E402
from _foundation.paths import ADDONS, LOGS, ROOT  # noqa: E402
from _foundation.venv import PYTHON  # noqa: E402
from seeded_defect import Defect  # noqa: E402
from seeded_market import MARKET_DEFECTS  # noqa: E402
from seeded_request import REQUEST_DEFECTS  # noqa: E402
from seeded_rfq import RFQ_DEFECTS  # noqa: E402

# It may be a mistake in what an addon is built on, too.
COPIED = (
    *("sale_offer_reply", "lead_marketplace", "base_offerdesk"),
    *("order_request", "website_sale_order_request"),
    *("rfq_configurator", "website_rfq_configurator"),
)
PORTAL = "controllers/portal.py"
UPLOADS = "../base_offerdesk/uploads.py"
GUARD = "../base_offerdesk/controllers/guard.py"
ACCESS = "models/sale_order_offer_access.py"
ORDER = "models/sale_order.py"
REPLY = "models/sale_order_offer_reply.py"
FEEDBACK = "models/sale_order_offer_feedback.py"
CONCURRENCY = "tests/test_concurrency.py::"


DEFECTS = [
    Defect(
        "any-token-opens",
        [
            (
                PORTAL,
                "                self._guard_count_wrong_token()\n            raise\n",
                "                self._guard_count_wrong_token()\n"
                "            orders = request.env[model_name].with_user(1)\n"
                "            order_sudo = orders.browse(document_id)\n",
            ),
            (
                ACCESS,
                "has_link = token and self.access_token and consteq("
                "self.access_token, token)",
                "has_link = token",
            ),
        ],
        "TestSecurityAccess.test_matrix",
    ),
    Defect(
        "link-enough-in-login-mode",
        [
            (
                PORTAL,
                "if not order_sudo._is_offer_open_to(request.env.user, token):",
                "if False:",
            )
        ],
        "TestSecurityRevocation.test_login_is_asked_for",
    ),
    Defect(
        "odd-token-is-compared",
        [
            (
                "../base_offerdesk/form_values.py",
                "if isinstance(token, str) and token.isascii() and "
                "0 < len(token) <= MAX_TOKEN:",
                "if token:",
            )
        ],
        "TestSecurityFuzz.test_history",
    ),
    Defect(
        "no-limit-of-attempts",
        [(GUARD, "if tried >= WRONG_TOKENS_PER_MINUTE:", "if False:")],
        "TestSecurityLimits.test_hundred_wrong_tokens",
    ),
    Defect(
        "document-of-another-order",
        [
            (
                PORTAL,
                "if not history_sudo or history_sudo.order_id != order_sudo:",
                "if not history_sudo:",
            )
        ],
        "TestSecurityAccess.test_second_id_of_another_order",
    ),
    Defect(
        "line-of-another-order",
        [
            (REPLY, "if reply.answers.keys() - set(lines.ids):", "if False:"),
            (
                REPLY,
                "for line in self._get_offer_pending_lines()}",
                "for line in self.order_line.browse(list(reply.answers))}",
            ),
        ],
        "TestSecurityAccess.test_second_id_of_another_order",
    ),
    Defect(
        "reason-of-decline-is-public",
        [(PORTAL, 'if history_sudo.kind == "declined" and not', "if False and not")],
        "TestSecurityAccess.test_reason_of_a_declined_offer_stays_inside",
    ),
    Defect(
        "any-employee-answers",
        [(PORTAL, "if not identity.on_behalf:", "if True:")],
        "TestSecurityAccess.test_salesperson_of_another_team_with_the_link",
    ),
    Defect(
        "csrf-off",
        [
            (
                PORTAL,
                '"/my/orders/<int:order_id>/offer/reply",\n',
                '"/my/orders/<int:order_id>/offer/reply",\n        csrf=False,\n',
            )
        ],
        "TestSecurityRules",
    ),
    Defect(
        "opening-a-link-answers",
        [
            (
                PORTAL,
                '"/my/orders/<int:order_id>/offer/reply",\n'
                '        type="http",\n'
                '        auth="public",\n'
                '        methods=["POST"],\n',
                '"/my/orders/<int:order_id>/offer/reply",\n'
                '        type="http",\n'
                '        auth="public",\n'
                '        methods=["GET", "POST"],\n',
            ),
            (
                PORTAL,
                "form = request.httprequest.form",
                "form = request.httprequest.values",
            ),
        ],
        "TestSecurityReplay.test_opening_a_link_answers_nothing",
    ),
    Defect(
        "stale-page-is-taken",
        [(REPLY, "reply.revision != self.offer_revision", "False")],
        "TestReplyRules.test_stale_pages",
    ),
    Defect(
        "same-form-twice",
        [
            (REPLY, '("idempotency_key", "=", reply.key)]', '("id", "=", 0)]'),
            (REPLY, "        if digest:\n", "        if False:\n"),
        ],
        "TestSecurityReplay.test_same_reply",
    ),
    Defect(
        "other-words-under-a-used-key",
        [(FEEDBACK, "if found != digest:", "if False:")],
        "TestSecurityReplay.test_same_form_with_other_feedback",
    ),
    Defect(
        "no-lock-for-replies",
        [
            (
                REPLY,
                '"SELECT pg_advisory_xact_lock(%s, %s)", 7_305_001',
                '"SELECT %s, %s", 7_305_001',
            )
        ],
        CONCURRENCY + "test_many_reply_at_once",
    ),
    Defect(
        "other-reply-at-the-same-moment",
        [
            (
                REPLY,
                "            self._offer_check_repeated(reply, digest)\n"
                "            raise",
                "            raise",
            )
        ],
        CONCURRENCY + "test_same_key_with_another_reply_at_once",
    ),
    Defect(
        "no-lock-for-feedback",
        [
            (
                FEEDBACK,
                '"SELECT pg_advisory_xact_lock(%s, %s)", 7_305_002',
                '"SELECT %s, %s", 7_305_002',
            )
        ],
        CONCURRENCY + "test_same_feedback_many_times_at_once",
    ),
    Defect(
        "feedback-is-markup",
        [
            (
                FEEDBACK,
                'Markup("<br/>").join(text.splitlines())',
                'Markup("<br/>".join(text.splitlines()))',
            )
        ],
        "TestSecurityOutput.test_visitor_input",
    ),
    Defect(
        "comment-is-markup",
        [
            (
                "models/sale_order_offer_page.py",
                '"comment": escape(comment)',
                '"comment": comment',
            )
        ],
        "TestSecurityOutput.test_visitor_input",
    ),
    Defect(
        "any-file-is-stored",
        [(UPLOADS, "    if not _is_allowed(\n", "    if False and not _is_allowed(\n")],
        "TestSecurityUploads.test_refused_files",
    ),
    Defect(
        "file-names-as-they-come",
        [(UPLOADS, "name = clean_file_name(file.filename)", "name = file.filename")],
        "TestSecurityUploads.test_names",
    ),
    Defect(
        "deep-json",
        [
            (
                "controllers/offer_form.py",
                "except (ValueError, RecursionError):",
                "except ValueError:",
            )
        ],
        "TestSecurityFuzz.test_unfinished_reply",
    ),
    Defect(
        "hidden-line-on-the-page",
        [(ORDER, "        if not hidden:\n", "        if True:\n")],
        "TestSecurityRevocation.test_hidden_line",
    ),
    Defect(
        "hidden-line-by-rpc",
        [
            (
                "security/sale_offer_reply_security.xml",
                "[('offer_published', '=', True)] if user.share else [(1, '=', 1)]",
                "[(1, '=', 1)]",
            )
        ],
        "TestSecurityRpc.test_hidden_line_is_not_readable",
        load="--init",
    ),
    Defect(
        "hidden-line-by-guessing",
        [(ACCESS, "bypass_search_access=False", "bypass_search_access=True")],
        "TestSecurityRpc.test_nothing_can_be_guessed_of_a_hidden_line",
    ),
    Defect(
        "internal-field-for-customers",
        [
            (
                ORDER,
                "    offer_declined_reason = fields.Text(\n"
                '        copy=False, readonly=True, groups="base.group_user"\n',
                "    offer_declined_reason = fields.Text(\n"
                "        copy=False, readonly=True\n",
            )
        ],
        "TestSecurityRpc.test_every_field_is_internal_or_meant_for_customers",
    ),
    Defect(
        "history-for-customers",
        [
            (
                "security/ir.model.access.csv",
                "access_sale_offer_history_salesman",
                "access_history_portal,portal,model_sale_offer_history,"
                "base.group_portal,1,0,0,0\n"
                "access_sale_offer_history_salesman",
            )
        ],
        "TestSecurityRpc.test_own_models_are_closed",
        load="--update",
    ),
    Defect(
        "new-password-after-archiving",
        [(PORTAL, "active_test=False", "active_test=True")],
        "TestSecurityRevocation.test_archived_user_with_an_old_link",
    ),
    Defect(
        "document-made-within-the-reply",
        [
            (
                REPLY,
                "            payload_sha256=reply.payload_digest(),\n        )\n",
                "            payload_sha256=reply.payload_digest(),\n        )\n"
                "        history._render_pdf()\n",
            )
        ],
        "TestDocumentFaults.test_missing",
    ),
    Defect(
        "failed-document-stops-the-job",
        [
            (
                "models/sale_offer_history.py",
                "            self._note_pdf_failure(str(error) or "
                "type(error).__name__)\n            return\n",
                "            raise\n",
            )
        ],
        "TestDocumentFaults.test_failed_document_stops_no_other",
    ),
]


def all_defects() -> list[Defect]:
    """The mistakes of all addons."""
    return [*DEFECTS, *MARKET_DEFECTS, *REQUEST_DEFECTS, *RFQ_DEFECTS]


@contextmanager
def seeded(original: Path, defect: Defect | None) -> Iterator[Path]:
    """A folder with a copy of the addon that has the defect."""
    with tempfile.TemporaryDirectory(prefix="offerdesk-seeded-") as folder:
        shutil.copytree(original, folder, dirs_exist_ok=True)
        if defect and (misfits := defect.misfits(Path(folder))):
            raise Failure(f"Not in the code any more, or twice: {', '.join(misfits)}")
        for name, old, new in defect.edits if defect else []:
            file = Path(folder, defect.addon, name)
            file.write_text(file.read_text().replace(old, new))
        yield Path(folder)


class Trials:
    """Runs tests on copies of the addons, all as they were when this began."""

    def __init__(self, databases: Databases, original: Path) -> None:
        self.databases = databases
        self.original = original
        ignored = shutil.ignore_patterns("__pycache__")
        for name in COPIED:
            shutil.copytree(ADDONS / name, original / name, ignore=ignored)
        self.core = databases.ensure_template(templates.core())
        # Addon → database in which it is installed.
        self.installed = {}

    def install(self, addon: str) -> str:
        """The database of an addon without a defect."""
        if addon not in self.installed:
            step(f"Installing {addon} without a defect")
            self.installed[addon] = self.databases.scratch(self.core)
            self.databases.run_odoo(
                LOGS / "seeded-defects.log",
                f"--addons-path={self.original}",
                f"--database={self.installed[addon]}",
                f"--init={addon}",
                "--stop-after-init",
            )
        return self.installed[addon]

    def drop(self) -> None:
        """Leave no database behind."""
        for database in self.installed.values():
            self.databases.drop(database)

    def run(self, defect: Defect) -> list[str]:
        """The tests that notice a defect."""
        with seeded(self.original, defect) as folder:
            if defect.test.startswith("tests/"):
                return self._run_journey(folder, defect.test)
            return self._run_odoo_tests(
                folder, defect.addon, [defect.test], defect.load
            )

    def check_baseline(self, defects: list[Defect]) -> None:
        """Without a defect all tests pass, or catching one would say nothing."""
        journeys = sorted({d.test for d in defects if d.test.startswith("tests/")})
        inside = defaultdict(set)
        for defect in defects:
            if defect.test not in journeys:
                inside[defect.addon].add(defect.test)
        step("Running the tests without a defect")
        failed = []
        with seeded(self.original, None) as folder:
            for addon, tests in inside.items():
                failed += self._run_odoo_tests(folder, addon, sorted(tests))
            for test in journeys:
                failed += self._run_journey(folder, test)
        if failed:
            raise Failure(f"Without a defect these fail: {', '.join(failed)}")

    def _run_odoo_tests(
        self, folder: Path, addon: str, tests: list[str], load: str = ""
    ) -> list[str]:
        """Run tests of an addon in `folder`; the names of those that failed."""
        base = self.core if load == "--init" else self.install(addon)
        database = self.databases.scratch(base)
        command = self.databases.odoo.command(
            f"--addons-path={folder}",
            f"--database={database}",
            *([f"{load}={addon}"] if load else []),
            f"--test-tags={','.join(f'/{addon}:{test}' for test in tests)}",
            f"--http-port={free_port()}",
            "--max-cron-threads=0",
            "--stop-after-init",
        )
        try:
            done = subprocess.run(
                command,
                env=self.databases.environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
        finally:
            self.databases.drop(database)
        run = TestRun()
        for record in records(done.stdout.splitlines()):
            run.read(record)
        if not run.run:
            tail = "\n".join(done.stdout.splitlines()[-20:])
            raise Failure(f"No test of {tests} was run.\n{tail}")
        return run.failed or ["a test"] * run.failures

    def _run_journey(self, folder: Path, test: str) -> list[str]:
        """Run a test of tests/ against a server with the addons in `folder`."""
        # Made before, or it would be made from the copy.
        self.databases.ensure_template(templates.demo())
        settings = folder / "odoo.conf"
        settings.write_text(
            f"[options]\naddons_path = {folder}\nhttp_interface = 127.0.0.1\n"
        )
        done = subprocess.run(
            [PYTHON, "-m", "pytest", "-q", test],
            cwd=ROOT,
            env={**os.environ, "ODOO_RC": str(settings)},
            capture_output=True,
            text=True,
        )
        if done.returncode not in (0, 1) or "ERROR at setup" in done.stdout:
            raise Failure(f"{test} could not be run.\n{done.stdout[-3000:]}")
        return [test] if done.returncode else []


def main(names: list[str]) -> int:
    """Seed the defects named, or of the addons named, or all, and report."""
    known = all_defects()
    possible = {name for defect in known for name in (defect.name, defect.addon)}
    if unknown := set(names) - possible:
        raise Failure(f"No defect {unknown}. There are: {', '.join(sorted(possible))}")
    defects = [d for d in known if not names or {d.name, d.addon} & set(names)]
    odoo = Odoo.ready()
    missed = []
    try:
        databases = Databases(odoo)
        databases.drop_abandoned()
        with tempfile.TemporaryDirectory(prefix="offerdesk-seeded-") as folder:
            trials = Trials(databases, Path(folder))
            try:
                trials.check_baseline(defects)
                for defect in defects:
                    failed = trials.run(defect)
                    if not failed:
                        missed.append(defect.name)
                    outcome = f"caught by {failed[0]}" if failed else "MISSED"
                    step(f"{defect.name}: {outcome}")
            finally:
                trials.drop()
    finally:
        odoo.release()
    step(f"caught {len(defects) - len(missed)} of {len(defects)}")
    return 1 if missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failure as failure:
        sys.exit(f"error: {failure}")
