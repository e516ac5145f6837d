"""Read by Odoo's shell: the people of the demo that Odoo's own demo data lack."""

accountant = env.ref("account.group_account_user", False)  # noqa: F821
if accountant and not env["res.users"].search([("login", "=", "accountant")]):  # noqa: F821
    env["res.users"].with_context(no_reset_password=True).create(  # noqa: F821
        {
            "name": "Nora Accountant",
            "login": "accountant",
            "password": "accountant",
            "email": "accountant@example.com",
            "group_ids": [(4, accountant.id)],
        }
    )

# Odoo's lead enrichment would send the addresses of the demo to a service outside.
env["ir.config_parameter"].set_param("crm.iap.lead.enrich.setting", "manual")  # noqa: F821
if enrichment := env.ref("crm_iap_enrich.ir_cron_lead_enrichment", False):  # noqa: F821
    # Those of the demo's leads wait already.
    env["ir.cron.trigger"].search([("cron_id", "=", enrichment.id)]).unlink()  # noqa: F821
env.cr.commit()  # noqa: F821
