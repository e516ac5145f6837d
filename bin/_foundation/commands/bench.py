"""bin/bench [NAME ...]: the scripts of benchmarks/, each in Odoo's shell."""

import argparse
import json
import os
from pathlib import Path

from .. import templates
from ..databases import Databases
from ..odoo_process import Odoo
from ..output import Failure, step
from ..paths import LOGS, ROOT

FOLDER = ROOT / "benchmarks"
RESULTS = FOLDER / "results"
DATABASE = "offerdesk_bench"


def _scripts(names: list[str]) -> list[Path]:
    """The scripts named, or all; a leading underscore marks what they share."""
    known = {file.stem: file for file in sorted(FOLDER.glob("[!_]*.py"))}
    if unknown := set(names) - set(known):
        raise Failure(f"No benchmark {unknown}. There are: {', '.join(known)}")
    return [known[name] for name in names or known]


def _title(name: str) -> str:
    """The name of a benchmark, and what machine and versions its figures are of."""
    facts = json.loads((RESULTS / "environment.json").read_text())[name]
    server = facts.pop("postgresql")
    facts["postgresql"] = ", ".join(f"{key} {value}" for key, value in server.items())
    return "\n".join([name, *(f"  {key}: {value}" for key, value in facts.items())])


def _table(name: str) -> str:
    """The figures that a benchmark wrote, and whether they keep their limits."""
    rows = [("figure", "value", "limit", "unit", "")]
    for figure in json.loads((RESULTS / f"{name}.json").read_text()):
        value, limit = figure["value"], figure["limit"]
        missed = "MISSED" if limit is not None and value > limit else ""
        shown = "" if limit is None else f"{limit:g}"
        rows.append((figure["name"], f"{value:g}", shown, figure["unit"], missed))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def main(arguments: list[str]) -> int:
    """Run them and print what they measured. A missed limit is said, not punished:
    the machine may be busy."""
    parser = argparse.ArgumentParser(
        prog="bin/bench", description="Run the benchmarks and print their figures."
    )
    parser.add_argument("name", nargs="*", help="of a file in benchmarks/, without .py")
    scripts = _scripts(parser.parse_args(arguments).name)
    odoo = Odoo.ready()
    try:
        databases = Databases(odoo)
        # They may use what starts servers, and the clients of the tests.
        databases.environ["PYTHONPATH"] = os.pathsep.join(
            map(str, (FOLDER, ROOT / "bin", ROOT / "tests"))
        )
        templates.ensure_current(databases, DATABASE, templates.ours())
        databases.sql(DATABASE, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        for script in scripts:
            step(f"Running {script.relative_to(ROOT)}")
            log = LOGS / f"bench-{script.stem}.log"
            log.unlink(missing_ok=True)
            # What one benchmark fills in must not weigh on the next.
            copy = databases.scratch(DATABASE)
            try:
                databases.run_odoo(log, "shell", "-d", copy, script=script)
            finally:
                databases.drop(copy)
            print(f"\n{_title(script.stem)}\n{_table(script.stem)}", flush=True)
    finally:
        odoo.release()
    return 0
