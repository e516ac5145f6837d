"""Read by Odoo's shell: make the scripts and styles that tests in a browser load."""

env["ir.qweb"]._pregenerate_assets_bundles()  # noqa: F821
env.cr.commit()  # noqa: F821
