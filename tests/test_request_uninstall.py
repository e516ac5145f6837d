"""Order requests are taken away while some of them are open."""

from collections.abc import Callable
from pathlib import Path

import pytest
from _foundation import templates
from _foundation.databases import Databases
from _foundation.odoo_log import findings

# Read by Odoo's shell, one after the other.
UNINSTALL = """
env["ir.module.module"].search(
    [("name", "=", "order_request")]
).button_immediate_uninstall()
"""
LOOK_AT_VIEWS = """
models = ["payment.transaction", "product.product", "product.template", "sale.order"]
views = env["ir.ui.view"].search([("model", "in", models)])
assert len(views) > 20
views._check_xml()
"""
# Odoo tries to delete what an addon brought along; in the demo that is what is sold.
# Services of sellers are their own.
SERVICES_ARE_OWN = """
DELETE FROM ir_model_data
WHERE module = 'order_request' AND model IN ('product.template', 'product.product')
"""
OPEN = "SELECT count(*) FROM order_request WHERE state IN ('submitted', 'offered')"
# Orders and offers, what was said and kept with them, and who they are for.
KEPT = """
SELECT id, name, state, amount_total, partner_id FROM sale_order ORDER BY id;
SELECT id, product_id, product_uom_qty, price_unit FROM sale_order_line ORDER BY id;
SELECT id, md5(body) FROM mail_message WHERE model = 'sale.order' ORDER BY id;
SELECT id, store_fname FROM ir_attachment
WHERE res_model IN ('sale.order', 'res.partner') ORDER BY id;
SELECT id, name, email FROM res_partner ORDER BY id;
SELECT id, name FROM product_template ORDER BY id;
"""
LEFT = """
SELECT name FROM ir_module_module
WHERE name LIKE '%order_request%' AND state != 'uninstalled'
UNION ALL SELECT name FROM ir_model_data WHERE module LIKE '%order_request%'
UNION ALL SELECT name FROM ir_ui_view WHERE arch_db::text LIKE '%order_request%'
UNION ALL SELECT name FROM ir_attachment WHERE res_model LIKE 'order.request%'
UNION ALL SELECT model FROM mail_message WHERE model LIKE 'order.request%'
UNION ALL SELECT table_name FROM information_schema.columns
WHERE table_schema = 'public' AND (
    table_name LIKE 'order_request%' OR column_name LIKE '%order_request%'
)
"""


@pytest.mark.parametrize("template", [templates.demo, templates.shop])
def test_uninstalled_with_open_requests(
    databases: Databases, tmp_path: Path, template: Callable
):
    """Orders stay as they are, and nothing of ours is left, on no page either."""
    database = databases.scratch(databases.ensure_template(template()))
    log = tmp_path / "odoo.log"
    try:
        assert int(databases.sql(database, OPEN)) > 0
        databases.sql(database, SERVICES_ARE_OWN)
        kept = databases.sql(database, KEPT)
        for name, text in (("uninstall", UNINSTALL), ("look", LOOK_AT_VIEWS)):
            script = tmp_path / f"{name}.py"
            script.write_text(text)
            databases.run_odoo(log, "shell", "-d", database, script=script)
        assert databases.sql(database, KEPT) == kept
        assert databases.sql(database, LEFT) == ""
    finally:
        databases.drop(database)
    bad = findings(log.read_text().splitlines())
    assert not bad, "\n".join(map(str, bad))
