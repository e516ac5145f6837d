"""Databases and their filestores: made from templates, copied, dropped."""

import hashlib
import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from .cluster import program
from .locks import exclusive
from .odoo_process import Odoo
from .output import Failure, step
from .paths import DATA, LOGS, STATE

# A run's databases carry its process id, so that a later run can tell whose run ended
# without cleaning up.
SCRATCH = "offerdesk_test"
TEMPLATE = "offerdesk_template"


def filestore(name: str) -> Path:
    """The folder of a database's attachments."""
    return DATA / "filestore" / name


def template_log(name: str) -> Path:
    """The log of how a template was built."""
    return LOGS / f"{name}.log"


class Databases:
    """The databases of the server that `odoo` uses."""

    def __init__(self, odoo: Odoo) -> None:
        self.odoo = odoo
        # Attachments of scratch databases never go to a folder of the user's own.
        self.environ = {**odoo.environ, "ODOO_DATA_DIR": str(DATA)}

    def without(self, folder: Path) -> "Databases":
        """The same for an Odoo that does not look for addons in `folder`."""
        folders = self.odoo.environ["ODOO_ADDONS_PATH"].split(",")
        left = ",".join(name for name in folders if name != str(folder))
        environ = {**self.odoo.environ, "ODOO_ADDONS_PATH": left}
        return Databases(replace(self.odoo, environ=environ))

    def _run(self, name: str, *arguments: str, text: str = "") -> str:
        done = subprocess.run(
            [program(name), *arguments],
            env=self.environ,
            input=text,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise Failure(f"{name} {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout.strip()

    def sql(self, name: str, statement: str, **values: str) -> str:
        """The rows of a statement, columns parted by "|"; `:'x'` in it is value `x`."""
        options = [f"--set={key}={value}" for key, value in values.items()]
        options += ["--no-psqlrc", "--quiet", "--no-align", "--tuples-only"]
        options += ["--set=ON_ERROR_STOP=1", f"--dbname={name}"]
        return self._run("psql", *options, text=statement)

    def names(self) -> list[str]:
        """All databases of the server."""
        return self.sql("postgres", "SELECT datname FROM pg_database").splitlines()

    def copy(self, template: str, name: str) -> None:
        """Make database `name` as a copy of `template`, with its attachments."""
        self._run("createdb", "--template", template, name)
        if filestore(template).is_dir():
            # Files are named after their content and never changed: links will do.
            shutil.copytree(filestore(template), filestore(name), copy_function=os.link)

    def set_address(self, name: str, url: str) -> None:
        """Make links in mails lead to `url`, whoever logs in from wherever."""
        self.sql(
            name,
            "DELETE FROM ir_config_parameter"
            " WHERE key IN ('web.base.url', 'web.base.url.freeze');"
            "INSERT INTO ir_config_parameter (key, value)"
            " VALUES ('web.base.url', :'url'), ('web.base.url.freeze', 'True')",
            url=url,
        )

    def drop(self, name: str) -> None:
        """Drop a database, whoever is connected to it, and its attachments."""
        self._run("dropdb", "--if-exists", "--force", name)
        shutil.rmtree(filestore(name), ignore_errors=True)

    def scratch(self, template: str) -> str:
        """A new database of this run, a copy of `template`."""
        name = f"{SCRATCH}_{os.getpid()}_{secrets.token_hex(4)}"
        self.copy(template, name)
        # Nobody needs it after a crash, so commits need not wait for the disk.
        self.sql(name, f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        return name

    def drop_abandoned(self) -> None:
        """Drop the databases of runs that ended without cleaning up."""
        for name in self.names():
            if name.startswith(f"{SCRATCH}_"):
                owner = name.removeprefix(f"{SCRATCH}_").split("_")[0]
                if not Path("/proc", owner).exists():
                    self.drop(name)

    def ensure_template(self, template: "Template") -> str:
        """The name of a database made as `template` says, made unless it is there.
        Those of the same kind that were made otherwise are dropped."""
        prefix = f"{TEMPLATE}_{template.kind}_"
        name = f"{prefix}{template.digest()}"
        lock = STATE / f"template-{template.kind}.lock"
        with exclusive(lock, f"making the {template.kind} database"):
            found = self.names()
            if name not in found:
                for old in found:
                    if old.startswith(prefix):
                        self.drop(old)
                self._build(template, name)
        return name

    def _build(self, template: "Template", name: str) -> None:
        """Build under another name first, so that `name` is always whole."""
        draft = f"{TEMPLATE}_draft_{template.kind}"
        self.drop(draft)
        if template.base:
            self.copy(self.ensure_template(template.base), draft)
        step(f"Building the database {name}")
        log = template_log(name)
        log.unlink(missing_ok=True)
        self.run_odoo(log, "-d", draft, *template.options, "--stop-after-init")
        if template.script:
            self.run_odoo(log, "shell", "-d", draft, script=template.script)
        self.sql("postgres", f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
        if filestore(draft).is_dir():
            filestore(draft).rename(filestore(name))

    def run_odoo(self, log: Path, *arguments: str, script: Path | None = None) -> None:
        """Run `odoo ARGUMENTS` without serving anything, and wait for its end."""
        options = ["--no-http", "--max-cron-threads=0"]
        with log.open("a") as output, open(script or os.devnull) as source:
            done = subprocess.run(
                self.odoo.command(*arguments, *options),
                env=self.environ,
                stdin=source,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        if done.returncode:
            tail = "".join(log.read_text().splitlines(keepends=True)[-30:])
            raise Failure(f"The database could not be made, see {log}\n{tail}")


@dataclass
class Template:
    """How a template database is made: `odoo OPTIONS` on a copy of `base`, then
    `script` in Odoo's shell."""

    kind: str
    options: list[str]
    # What the options stand for; another text, another database.
    fingerprint: str
    base: "Template | None" = None
    script: Path | None = None

    def digest(self) -> str:
        """Changes when the database has to be made anew."""
        parts = [self.fingerprint, *self.options]
        if self.base:
            parts.append(self.base.digest())
        if self.script:
            parts.append(self.script.read_text())
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
