"""Static rules for the code of an addon: what review would stop at."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

# What the framework calls, or what its own overrides guard.
ORM_METHODS = {
    *("create", "write", "unlink", "copy", "copy_data", "default_get", "read", "init"),
    *("search", "name_create", "name_search", "message_post", "message_update"),
    *("web_save", "onchange", "fields_get", "get_view", "load", "message_new"),
}
MODEL_BASES = {"Model", "TransientModel", "AbstractModel"}
DROPPING_RIGHTS = {"sudo", "with_user", "execute"}
CHECKING = re.compile(r"^(check_access|has_access|has_group|has_groups|_check_|check_)")
COMMENT_LINES = 6  # how far above the code its reason may begin
XML_RULES = {
    "t-raw": re.compile(r"\bt-raw\b"),
    "t-esc, which t-out replaced": re.compile(r"\bt-esc\b"),
    "javascript: link": re.compile(r"""(href|src)=["']\s*javascript:""", re.I),
    "inline event handler": re.compile(r"""<[^>]*\son[a-z]+=["']""", re.I),
}


@dataclass(frozen=True)
class Finding:
    """A place in the code that breaks a rule."""

    file: str
    line: int
    rule: str

    def __str__(self):
        return f"{self.file}:{self.line}: {self.rule}"


def check_addon(folder):
    """Return what breaks a rule in an addon; its tests are left out.

    :param folder: path of the addon
    :rtype: list
    """
    folder = Path(folder)
    found = []
    for file in sorted(folder.rglob("*")):
        parts = file.relative_to(folder).parts
        if {"tests", "migrations", "static", "__pycache__"} & set(parts):
            continue
        name = str(file.relative_to(folder.parent))
        if file.suffix == ".py":
            found += check_python(file.read_text(), name)
        elif file.suffix == ".xml":
            found += check_xml(file.read_text(), name)
    return found


def check_xml(source, file="x.xml"):
    """Return what breaks a rule in templates and views."""
    return [
        Finding(file, source.count("\n", 0, match.start()) + 1, rule)
        for rule, pattern in XML_RULES.items()
        for match in pattern.finditer(source)
    ]


def check_python(source, file="x.py"):
    """Return what breaks a rule in a module."""
    checker = _Checker(source, file)
    checker.visit(ast.parse(source))
    return checker.found


class _Checker(ast.NodeVisitor):
    def __init__(self, source, file):
        self.lines = source.splitlines()
        self.file = file
        self.found = []
        self.classes = []

    def report(self, node, rule):
        self.found.append(Finding(self.file, node.lineno, rule))

    # === MODELS ===

    def visit_ClassDef(self, node):
        self.classes.append(node)
        self.generic_visit(node)
        self.classes.pop()

    def visit_FunctionDef(self, node):
        if self.classes and self._is_model(self.classes[-1]):
            self._check_public(node)
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and _name(decorator.func) == "route":
                self._check_route(decorator)
        self.generic_visit(node)

    def _is_model(self, node):
        return any(_name(base) in MODEL_BASES for base in node.bases)

    def _check_public(self, node):
        if node.name.startswith("_") or node.name in ORM_METHODS:
            return
        if any(_name(decorator) == "private" for decorator in node.decorator_list):
            return
        calls = [
            _name(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)
        ]
        # without sudo the ORM checks each read and write itself
        if DROPPING_RIGHTS & set(calls) and not any(
            CHECKING.match(call) for call in calls
        ):
            self.report(node, f"{node.name} can be called by RPC and checks no rights")

    # === ROUTES ===

    def _check_route(self, call):
        options = {keyword.arg: keyword.value for keyword in call.keywords}
        if _constant(options.get("csrf")) is False:
            # a signed link may be posted to by programs, which have no session
            self._check_reason(call, "csrf", "csrf=False")
        if _constant(options.get("auth")) == "none":
            self.report(call, "auth='none'")
        if call.args and "methods" not in options:
            self.report(call, "a route without methods takes all of them")

    # === CALLS ===

    def visit_Call(self, node):
        name = _name(node.func)
        if name in ("eval", "exec", "safe_eval") and not isinstance(
            node.func, ast.Attribute
        ):
            self.report(node, f"{name}()")
        if name == "Markup" and node.args and not _is_literal(node.args[0]):
            self._check_reason(node, "markup", "Markup() of what is no literal")
        if name == "SQL" and node.args and not _is_literal(node.args[0]):
            self.report(node, "SQL() of something that is no literal")
        if name == "execute" and node.args and not _is_safe_query(node.args[0]):
            self.report(node, "a query that is neither literal nor SQL()")
        for keyword in node.keywords:
            if keyword.arg == "sanitize" and _constant(keyword.value) is False:
                self.report(node, "sanitize=False")
        if name == "sudo" or (name == "with_user" and _names_superuser(node)):
            if not (node.args and _constant(node.args[0]) is False):
                self._check_reason(node, "sudo", "rights are dropped")
        self.generic_visit(node)

    def visit_Subscript(self, node):
        # records of `_document_check_access` belong to the superuser: files created
        # through them keep types that run in a browser
        if (
            _constant(node.slice) == "ir.attachment"
            and isinstance(node.value, ast.Attribute)
            and node.value.attr == "env"
            and _name(node.value.value).endswith("_sudo")
        ):
            self.report(node, "files created in the name of the superuser")
        self.generic_visit(node)

    def _check_reason(self, node, word, what):
        """Check that a comment above, such as ``# sudo: …``, gives the reason."""
        end = node.func.end_lineno
        near = self.lines[max(0, end - 1 - COMMENT_LINES) : end]
        if not any(re.search(rf"#.*\b{word}\b", line, re.I) for line in near):
            self.report(node, f"{what} without a comment '# {word}: …' that says why")


def _name(node):
    """Return the last part of a dotted name, or of a call of one."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _constant(node):
    return node.value if isinstance(node, ast.Constant) else None


def _is_literal(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_safe_query(node):
    # a variable or attribute may hold SQL(); text that is put together may not
    if isinstance(node, ast.Call):
        return _name(node.func) == "SQL"
    return _is_literal(node) or isinstance(node, (ast.Name, ast.Attribute))


def _names_superuser(node):
    return bool(node.args) and _name(node.args[0]) == "SUPERUSER_ID"
