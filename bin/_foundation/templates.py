"""The template databases that other databases are copied from."""

from .addons import content_fingerprint, core_dependencies, core_fingerprint
from .databases import Template
from .paths import FOUNDATION, addon_names


def core() -> Template:
    """The addons that ours depend on, without demo data."""
    options = ["-i", ",".join(core_dependencies())]
    return Template("core", options, core_fingerprint())


def demo() -> Template:
    """All our addons with demo data, theirs and that of what they depend on."""
    options = ["--with-demo", "-i", ",".join(core_dependencies())]
    base = Template("core_demo", options, core_fingerprint())
    options = ["--with-demo", "-i", ",".join(addon_names() or ["base"])]
    script = FOUNDATION / "demo_users.py"
    return Template("demo", options, content_fingerprint(), base, script)
