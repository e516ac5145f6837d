"""A PDF renderer that can be put out of order."""

import shutil
from pathlib import Path


class Renderer:
    """The only wkhtmltopdf that Odoo finds: the real one, unless told otherwise."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.folder = folder
        self.path = environ["PATH"]
        self.program = folder / "wkhtmltopdf"
        self.pid_file = folder / "pid"
        folder.mkdir()
        self.work()

    def work(self, seconds: int = 0) -> None:
        """Work, and take that much longer."""
        real = shutil.which("wkhtmltopdf", path=self.path)
        self._become(f'PATH="{self.path}"\nsleep {seconds}\nexec "{real}" "$@"')

    def vanish(self) -> None:
        """Be not installed."""
        self.program.unlink()

    def hang(self) -> None:
        """Start and never end."""
        self.pid_file.unlink(missing_ok=True)
        self._become(f'PATH="{self.path}"\necho $$ > "{self.pid_file}"\nexec sleep 600')

    def process(self) -> int | None:
        """The process that hangs, once there is one."""
        text = self.pid_file.read_text() if self.pid_file.exists() else ""
        return int(text) if text else None

    def _become(self, script: str) -> None:
        draft = self.program.with_suffix(".draft")
        draft.write_text(f"#!/bin/sh\n{script}\n")
        draft.chmod(0o755)
        draft.rename(self.program)
