"""Addons that extend the same class of Odoo's don't take each other's names.

All portal controllers become one class, and so do all extensions of a model: a private
method with a name that another addon uses as well replaces it, in databases that have
both.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from _foundation.paths import ADDONS


def classes() -> Iterator[tuple[str, ast.ClassDef]]:
    """The classes of our addons, each with the addon's name; tests left out."""
    for file in sorted(Path(ADDONS).glob("*/**/*.py")):
        addon, *parts = file.relative_to(ADDONS).parts
        if "tests" not in parts and addon != "offerdesk_test_support":
            for node in ast.parse(file.read_text()).body:
                if isinstance(node, ast.ClassDef):
                    yield addon, node


def extended(node: ast.ClassDef) -> list[str]:
    """What a class extends: controllers, or models by name."""
    names = [ast.unparse(base) for base in node.bases]
    controllers = [name for name in names if name in ("CustomerPortal", "WebsiteSale")]
    for statement in node.body:
        if isinstance(statement, ast.Assign):
            target = ast.unparse(statement.targets[0])
            if target == "_name":
                return []
            if target == "_inherit":
                value = ast.literal_eval(statement.value)
                return [value] if isinstance(value, str) else value
    # The shop's pages are the portal's, too.
    return ["CustomerPortal"] if controllers else []


def calls_super(node: ast.FunctionDef) -> bool:
    """Whether a method goes on with that of the other addons."""
    return any(
        isinstance(part, ast.Name) and part.id == "super" for part in ast.walk(node)
    )


def test_no_addon_takes_the_name_of_another():
    found = defaultdict(set)
    for addon, node in classes():
        for name in extended(node):
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and not calls_super(method):
                    found[name, method.name].add(addon)
    clashes = {key: addons for key, addons in found.items() if len(addons) > 1}
    assert found
    assert not clashes
