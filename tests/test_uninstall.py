"""Addons are taken away in the middle of work."""

from collections.abc import Callable
from pathlib import Path

import pytest
from _foundation import templates
from _foundation.databases import Databases
from _foundation.odoo_log import findings

# Read by Odoo's shell, one after the other.
UNINSTALL = """
env["ir.module.module"].search(
    [("name", "=", "{addon}")]
).button_immediate_uninstall()
"""
LOOK_AT_VIEWS = """
models = [
    "crm.lead", "crm.team", "payment.transaction", "product.product",
    "product.template", "sale.order", "sale.order.template",
]
views = env["ir.ui.view"].search([("model", "in", models)])
assert len(views) > 20
views._check_xml()
"""
# Odoo tries to delete what an addon brought along; in the demo that is what is sold,
# and to whom. Those of sellers are their own.
DATA_ARE_OWN = r"DELETE FROM ir_model_data WHERE name LIKE '%\_demo%'"
# Orders and offers, what was said and kept with them, and who they are for.
KEPT = """
SELECT id, name, state, amount_total, partner_id FROM sale_order ORDER BY id;
SELECT id, product_id, product_uom_qty, price_unit FROM sale_order_line ORDER BY id;
SELECT id, md5(body) FROM mail_message WHERE model IN ('sale.order', 'crm.lead')
ORDER BY id;
SELECT id, store_fname FROM ir_attachment
WHERE res_model IN ('sale.order', 'res.partner', 'crm.lead') ORDER BY id;
SELECT id, name, email FROM res_partner ORDER BY id;
SELECT id, name FROM product_template ORDER BY id;
"""
LEFT = """
SELECT name FROM ir_module_module
WHERE name LIKE '%{addon}%' AND state != 'uninstalled'
UNION ALL SELECT name FROM ir_model_data WHERE module LIKE '%{addon}%'
UNION ALL SELECT name FROM ir_ui_view WHERE arch_db::text LIKE '%{name}%'
UNION ALL SELECT name FROM ir_attachment WHERE res_model LIKE '{model}%'
UNION ALL SELECT model FROM mail_message WHERE model LIKE '{model}%'
UNION ALL SELECT table_name FROM information_schema.columns
WHERE table_schema = 'public' AND (
    table_name LIKE '{name}%' OR column_name LIKE '%{name}%'
)
"""


REQUESTS = "SELECT count(*) FROM order_request WHERE state IN ('submitted', 'offered')"
OFFERS = "SELECT count(*) FROM crm_offer WHERE state IN ('sent', 'chosen')"
DEALS = """
SELECT id, name, active, stage_id, expected_revenue, won_status FROM crm_lead
ORDER BY id;
"""


@pytest.mark.parametrize(
    ("addon", "model", "unfinished", "kept", "template"),
    [
        ("order_request", "order.request", REQUESTS, KEPT, templates.demo),
        ("order_request", "order.request", REQUESTS, KEPT, templates.shop),
        ("crm_offer_calculation", "crm.offer", OFFERS, KEPT + DEALS, templates.demo),
    ],
    ids=["requests", "requests of a shop", "offers"],
)
def test_uninstalled_in_the_middle(
    databases: Databases,
    tmp_path: Path,
    addon: str,
    model: str,
    unfinished: str,
    kept: str,
    template: Callable,
):
    """Orders and deals stay as they are, and nothing of ours is left, on no page
    either."""
    database = databases.scratch(databases.ensure_template(template()))
    log = tmp_path / "odoo.log"
    scripts = {"uninstall": UNINSTALL.format(addon=addon), "look": LOOK_AT_VIEWS}
    left = LEFT.format(addon=addon, model=model, name=model.replace(".", "_"))
    try:
        assert int(databases.sql(database, unfinished)) > 0
        databases.sql(database, DATA_ARE_OWN)
        before = databases.sql(database, kept)
        for name, text in scripts.items():
            script = tmp_path / f"{name}.py"
            script.write_text(text)
            databases.run_odoo(log, "shell", "-d", database, script=script)
        assert databases.sql(database, kept) == before
        assert databases.sql(database, left) == ""
    finally:
        databases.drop(database)
    bad = findings(log.read_text().splitlines())
    assert not bad, "\n".join(map(str, bad))
