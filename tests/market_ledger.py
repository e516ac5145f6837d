"""Read by Odoo's shell: entries of the ledger, in batches that wait to become due."""

# ruff: noqa: F821  Odoo's shell provides `env`

import os

from harness.market import (
    create_ledger,
    create_market,
    create_request,
    create_workshop,
    set_up_books,
)

# Workshops of each batch. A chunk holds ten of them: it is as many as 200 lines.
BATCHES, EACH = (int(os.environ.get("OFFERDESK_INVOICES") or 24), 12, 12), 20

set_up_books(env)
# A journal of its own, so that its numbers are those of this test.
env.company.market_journal_id = env["account.journal"].create(
    {"name": "Commissions of the test", "code": "CTEST", "type": "sale"}
)
env.company.market_post_invoices = True
category, region = create_market(env)
for batch, workshops in enumerate(BATCHES):
    workshop, user = create_workshop(env, f"ledger{batch}")
    request = create_request(env, category, region)
    entries = create_ledger(env, request, workshop, user, workshops, EACH)
    # The key tells the batch, the state keeps it back.
    env.cr.execute(
        "UPDATE lead_market_accrual SET state = 'settled', "
        "idem_key = %s || id WHERE id = ANY(%s)",
        [f"batch{batch}:", entries.ids],
    )
env["lead.market.accrual"].search(
    [("state", "=", "confirmed")]
).settled_on = "2020-01-01"
env.cr.commit()
