"""What a seeded defect is; see seeded_defects.py."""

from dataclasses import dataclass
from pathlib import Path


@dataclass
class Defect:
    """A mistake that somebody could make, and the tests that should notice."""

    name: str
    # File of the addon, what stands there, what stands there instead.
    edits: list[tuple[str, str, str]]
    # Tests of the addon as Class.test, or one of tests/ as pytest takes it.
    test: str
    # Options for Odoo: nothing when only Python changes, else `--init` or `--update`.
    load: str = ""
    addon: str = "sale_offer_reply"

    def misfits(self, addons: Path) -> list[str]:
        """What it changes and does not find, because the code is another one by now."""
        return [
            f"{self.name}: {text!r} in {file}"
            for file, text, _instead in self.edits
            if (addons / self.addon / file).read_text().count(text) != 1
        ]
