"""Runs Odoo's own tests without and with `order_request` and its glue to the web shop,
where nobody has made a policy, and tells what fails on one side alone. It takes an hour
or two, so it is no part of `bin/test`:

    .venv/bin/python tests/odoo_suites.py [TEST TAG ...]

With Odoo's test tags a part of them is run, `/sale -/sale:TestProductConfigurator` for
instance. Browser tours are among the tests, and take most of the time. Only tests that
run after the installation can see our addons at all; Odoo runs the others while it
installs what they belong to.
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bin"))

from _foundation.addons import core_fingerprint  # noqa: E402
from _foundation.databases import Databases, Template  # noqa: E402
from _foundation.network import free_port  # noqa: E402
from _foundation.odoo_log import TestRun, records  # noqa: E402
from _foundation.odoo_process import Odoo  # noqa: E402
from _foundation.output import Failure, say, step  # noqa: E402
from _foundation.paths import LOGS  # noqa: E402

SUITES = ("sale", "sale_management", "website_sale")
OURS = ("order_request", "website_sale_order_request")


def shop() -> Template:
    """Odoo's sales and its web shop, without anything of ours."""
    return Template("suites", ["-i", ",".join(SUITES)], core_fingerprint())


class Side:
    """Odoo's tests on a database, with some of our addons or none."""

    def __init__(self, databases: Databases, name: str, addons: tuple = ()) -> None:
        self.databases = databases
        self.name = name
        self.addons = addons
        self.run = TestRun()

    def test(self, tags: list[str]) -> None:
        """Run the tests that have `tags`."""
        database = self.databases.scratch(self.databases.ensure_template(shop()))
        log = LOGS / f"odoo-suites-{self.name}.log"
        log.unlink(missing_ok=True)
        try:
            if self.addons:
                init = f"--init={','.join(self.addons)}"
                self.databases.run_odoo(log, "-d", database, init, "--stop-after-init")
            step(f"Running Odoo's tests {self.name}, see {log}")
            with log.open("a") as output:
                subprocess.run(
                    self.databases.odoo.command(
                        f"--database={database}",
                        f"--test-tags={','.join(tags)}",
                        f"--http-port={free_port()}",
                        "--max-cron-threads=0",
                        f"--screenshots={LOGS / 'odoo-suites'}",
                        "--stop-after-init",
                    ),
                    env=self.databases.environ,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
        finally:
            self.databases.drop(database)
        with log.open() as lines:
            for record in records(lines):
                self.run.read(record)
        if not self.run.run:
            raise Failure(f"No test was run {self.name}, see {log}")


def report(without: Side, with_ours: Side) -> int:
    """Say what failed on one side alone, and what on both."""
    for side in (without, with_ours):
        run = side.run
        counts = f"{run.run} tests, {len(set(run.failed))} failed, "
        say(f"{side.name}: {counts}{len(run.skipped)} skipped")
    before, after = set(without.run.failed), set(with_ours.run.failed)
    for title, tests in (
        ("Fails on both sides", before & after),
        ("Fails without them only", before - after),
        ("Fails with them only", after - before),
    ):
        for test in sorted(tests):
            say(f"{title}: {test}")
    if without.run.run != with_ours.run.run:
        say("Not as many tests were run on both sides")
        return 1
    return 1 if after - before else 0


def main(tags: list[str]) -> int:
    """Run both sides at once."""
    tags = tags or [f"/{name}" for name in SUITES]
    odoo = Odoo.ready()
    try:
        databases = Databases(odoo)
        databases.drop_abandoned()
        databases.ensure_template(shop())
        sides = [
            Side(databases, "without"),
            Side(databases, "with", OURS),
        ]
        with ThreadPoolExecutor(len(sides)) as pool:
            list(pool.map(lambda side: side.test(tags), sides))
    finally:
        odoo.release()
    return report(*sides)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failure as failure:
        sys.exit(f"error: {failure}")
