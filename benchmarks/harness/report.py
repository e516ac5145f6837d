"""The figures of a benchmark, and what they were measured with."""

import json
import os
import platform
from pathlib import Path

from odoo.release import version as odoo_version

RESULTS = Path(__file__).parent.parent / "results"
SETTINGS = (
    "server_version",
    "shared_buffers",
    "work_mem",
    "random_page_cost",
    "fsync",
    "synchronous_commit",
)


class Report:
    """Collects figures and writes them to `results/<name>.json`.

    :param env: environment of the shell
    :param str name: name of the benchmark
    """

    def __init__(self, env, name):
        self.env = env
        self.name = name
        self.figures = []
        self.load = os.getloadavg()[0]

    def add(self, name, value, unit, how, limit=None):
        """Add a figure, and say so at once when it is over its limit.

        :param limit: highest value that is fine; None for a figure to read only
        """
        value = round(value, 3)
        self.figures.append(
            {"name": name, "value": value, "limit": limit, "unit": unit, "how": how}
        )
        missed = limit is not None and value > limit
        print(
            f"{'MISSED ' if missed else ''}{name}: {value:g} {unit}"
            + ("" if limit is None else f" (limit {limit:g})")
            + f" - {how}",
            flush=True,
        )

    def write(self):
        """Write the figures, and beside them what machine and versions they are of."""
        RESULTS.mkdir(exist_ok=True)
        self._write_json(RESULTS / f"{self.name}.json", self.figures)
        file = RESULTS / "environment.json"
        environments = json.loads(file.read_text()) if file.is_file() else {}
        environments[self.name] = self._describe()
        self._write_json(file, environments)
        print(json.dumps(environments[self.name], indent=2))
        missed = [
            figure["name"]
            for figure in self.figures
            if figure["limit"] is not None and figure["value"] > figure["limit"]
        ]
        print("Limits missed: " + (", ".join(missed) or "none"))

    def _write_json(self, file, content):
        file.write_text(json.dumps(content, indent=2, sort_keys=False) + "\n")

    def _describe(self):
        cpu = platform.processor() or platform.machine()
        if (info := Path("/proc/cpuinfo")).is_file():
            for line in info.read_text().splitlines():
                if line.startswith("model name"):
                    cpu = line.split(":", 1)[1].strip()
                    break
        self.env.cr.execute(
            "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)",
            [list(SETTINGS)],
        )
        return {
            "cpu": f"{os.cpu_count()} x {cpu}",
            "load": f"{self.load:.1f} before, {os.getloadavg()[0]:.1f} after",
            "odoo": odoo_version,
            "python": platform.python_version(),
            "postgresql": dict(self.env.cr.fetchall()),
        }
