"""An Odoo server with several workers, as in production."""

import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from . import processes
from .front import Front
from .network import free_port
from .odoo_process import Odoo
from .output import Failure
from .paths import DATA

HOST = "127.0.0.1"
START_SECONDS = 180


@dataclass
class Server:
    """`start()` it, use `url`, `stop()` it."""

    odoo: Odoo
    database: str
    log: Path
    smtp_port: int
    workers: int = 2
    # More for its command line.
    options: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None
    front: Front | None = None

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        http_port, live_port = free_port(), free_port()
        command = self.odoo.command(
            f"--database={self.database}",
            f"--db-filter=^{self.database}$",
            "--no-database-list",
            f"--http-interface={HOST}",
            f"--http-port={http_port}",
            f"--gevent-port={live_port}",
            f"--workers={self.workers}",
            "--max-cron-threads=1",
            f"--smtp={HOST}",
            f"--smtp-port={self.smtp_port}",
            *self.options,
        )
        environ = {**self.odoo.environ, "ODOO_DATA_DIR": str(DATA)}
        with self.log.open("a") as log:
            self.process = processes.start(
                command, env=environ, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            self.front = Front(self.port, http_port, live_port)
            self.front.start()
            self._wait()
        except BaseException:
            self.stop()
            raise

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._lives():
            try:
                with urllib.request.urlopen(f"{self.url}/web/health", timeout=5):
                    return
            except (OSError, urllib.error.URLError):
                continue
        tail = "".join(self.log.read_text().splitlines(keepends=True)[-20:])
        raise Failure(f"Odoo does not start, see {self.log}\n{tail}")

    def _lives(self) -> bool:
        """Whether the process is still there after a moment."""
        try:
            self.process.wait(0.2)
        except subprocess.TimeoutExpired:
            return True
        return False

    def stop(self) -> None:
        """Stop it."""
        if self.front:
            self.front.stop()
        if self.process:
            processes.stop(self.process)
