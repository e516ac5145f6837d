"""The template databases that test databases are copied from."""

from .addons import (
    content_fingerprint,
    core_dependencies,
    core_fingerprint,
)
from .databases import Databases
from .paths import addon_names


def core(databases: Databases) -> str:
    """The addons that ours depend on, installed without demo data."""
    build = ["-i", ",".join(core_dependencies())]
    return databases.ensure_template("core", core_fingerprint(), build)


def demo(databases: Databases) -> str:
    """All our addons with demo data, theirs and that of what they depend on."""
    build = ["--with-demo", "-i", ",".join(core_dependencies())]
    base = databases.ensure_template("core_demo", core_fingerprint(), build)
    build = ["--with-demo", "-i", ",".join(addon_names() or ["base"])]
    return databases.ensure_template("demo", content_fingerprint(), build, base)
