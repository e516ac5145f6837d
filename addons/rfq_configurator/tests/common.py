import json
import re
import resource
import subprocess

from odoo.tests import BaseCase
from odoo.tools.misc import file_path

CHECK = "rfq_configurator/tests/node/check.mjs"
INFINITY = re.compile(r"(?<=[ \[:])Infinity(?=[,\]}])|(?<=-)Infinity(?=[,\]}])")


def _allow_memory():
    """WebAssembly reserves gigabytes of addresses, more than Odoo allows itself."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def read_vectors(name):
    """The cases in a file that Python and JavaScript have to agree on."""
    path = file_path(f"rfq_configurator/tests/vectors/{name}_vectors.json")
    with open(path, encoding="utf-8") as file:
        return json.load(file)


class EngineCase(BaseCase):
    """Compares the engines in Python and in JavaScript."""

    def assertSameInJavascript(self, kind, cases, **given):
        """Each of `cases` ends with the answer that JavaScript has to give as well."""
        job = {"kind": kind, "cases": cases, **given}
        done = subprocess.run(
            ["node", file_path(CHECK)],
            # JSON has no infinity, but every reader makes one of this.
            input=INFINITY.sub("1e999", json.dumps(job)),
            capture_output=True,
            text=True,
            timeout=600,
            preexec_fn=_allow_memory,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        different = [
            f"{cases[index]}: JavaScript says {answer}"
            for index, answer in json.loads(done.stdout)
        ]
        self.assertFalse(
            different, f"{len(different)} cases:\n" + "\n".join(different[:20])
        )
