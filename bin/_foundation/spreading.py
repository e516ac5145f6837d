"""The test classes of addons, and how they are spread over several processes."""

import ast
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from .paths import ADDONS, STATE

# How long the classes took when they ran last, in this clone.
SECONDS = STATE / "test-seconds.json"
# For each test of a class that never ran here.
GUESS = 3.0


class TestClass(NamedTuple):
    """A class of tests, by what Odoo's log and --test-tags call it."""

    addon: str
    name: str

    def __str__(self) -> str:
        return f"{self.addon}:{self.name}"

    @property
    def tag(self) -> str:
        """What selects it."""
        return f"/{self}"


def classes_of(addon: str) -> dict[TestClass, int]:
    """The test classes of an addon of ours, and how many tests each has."""
    return {
        TestClass(addon, node.name): count
        for file in sorted((ADDONS / addon / "tests").glob("test_*.py"))
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.ClassDef)
        and (count := _count_tests(node) or int(_is_tagged(node)))
    }


def _count_tests(node: ast.ClassDef) -> int:
    return sum(
        isinstance(part, ast.FunctionDef) and part.name.startswith("test")
        for part in node.body
    )


def _is_tagged(node: ast.ClassDef) -> bool:
    """Whether a class without tests of its own runs those that it inherits."""
    return any("tagged" in ast.unparse(part) for part in node.decorator_list)


def _remembered() -> dict[str, float]:
    return json.loads(SECONDS.read_text()) if SECONDS.is_file() else {}


def remember(seconds: Mapping[TestClass, float]) -> None:
    """Note how long classes took, for the next run."""
    known = _remembered()
    known |= {str(name): round(took, 1) for name, took in seconds.items()}
    draft = Path(f"{SECONDS}.new")
    draft.write_text(json.dumps(known, indent=1, sort_keys=True))
    draft.replace(SECONDS)


def spread(classes: Mapping[TestClass, int], count: int) -> Iterator[list[TestClass]]:
    """At most `count` lots that take about as long as each other: from the longest
    class to the shortest, each goes to the lot that is shortest so far."""
    known = _remembered()
    weights = {name: known.get(str(name), GUESS * n) for name, n in classes.items()}
    lots: list[list[TestClass]] = [[] for _ in range(count)]
    for name in sorted(weights, key=lambda name: (-weights[name], name)):
        min(lots, key=lambda lot: sum(weights[one] for one in lot)).append(name)
    yield from filter(None, lots)
