"""The template databases, and databases that are kept up to date with addons/."""

from .addons import (
    addons_without_website,
    content_fingerprint,
    core_dependencies,
    core_fingerprint,
)
from .databases import Databases, Template
from .output import step
from .paths import FOUNDATION, LOGS, STATE

# Odoo's checks of code that look at all addons that are installed.
LINT_ADDON = "test_lint"
# Payments that end at once and nowhere.
PAYMENTS = "payment_demo"
# A shop, and what our addon for it needs.
SHOP = ["website_sale", PAYMENTS, "sale_management"]
# Glue to more than the shop would bring that along, and change what customers see.
SHOP_ADDONS = ["website_sale_order_request", "website_rfq_configurator"]


def _install(names: list[str]) -> list[str]:
    return ["-i", ",".join(names or ["base"])]


def core() -> Template:
    """The addons that ours depend on, without demo data."""
    return Template("core", _install(core_dependencies()), core_fingerprint())


def ours() -> Template:
    """Our addons, without demo data."""
    return Template(
        "ours", _install(addons_without_website()), content_fingerprint(), core()
    )


def tested(names: list[str]) -> Template:
    """Some of our addons and Odoo's own checks, ready for tests in a browser."""
    options = _install([*names, LINT_ADDON])
    script = FOUNDATION / "make_assets.py"
    return Template("tested", options, content_fingerprint(), core(), script)


def demo() -> Template:
    """Our addons with demo data, theirs and that of what they depend on."""
    options = ["--with-demo", *_install(core_dependencies())]
    base = Template("core_demo", options, core_fingerprint())
    options = ["--with-demo", *_install(addons_without_website())]
    script = FOUNDATION / "demo_users.py"
    return Template("demo", options, content_fingerprint(), base, script)


def payments() -> Template:
    """The demo, and a way to pay in it; ready for tests in a browser."""
    script = FOUNDATION / "make_assets.py"
    options = ["--with-demo", *_install([PAYMENTS])]
    return Template("payments", options, content_fingerprint(), demo(), script)


def shop() -> Template:
    """Our addons for the web shop, with demo data, ready for tests in a browser."""
    base = Template("core_shop", ["--with-demo", *_install(SHOP)], core_fingerprint())
    options = ["--with-demo", *_install(SHOP_ADDONS)]
    script = FOUNDATION / "make_assets.py"
    return Template("shop", options, content_fingerprint(), base, script)


def ensure_current(databases: Databases, name: str, template: Template) -> None:
    """Make database `name` from `template` when there is none; update our addons in
    it when they changed. What is in it stays."""
    stamp = STATE / f"current-{name}"
    fingerprint = content_fingerprint()
    if name not in databases.names():
        databases.copy(databases.ensure_template(template), name)
    elif not (stamp.is_file() and stamp.read_text() == fingerprint):
        step(f"Updating the database {name}: addons/ changed")
        names = addons_without_website()
        update = [*_install(names), "-u", ",".join(names), "--stop-after-init"]
        databases.run_odoo(LOGS / f"update-{name}.log", "-d", name, *update)
    stamp.write_text(fingerprint)
