def post_init_hook(env):
    """Give companies that keep books a journal and a product of commissions.

    Others get them with their first invoice.
    """
    for company in env["res.company"].search([("chart_template", "!=", False)]):
        company._get_market_journal()
        company._get_market_product()
