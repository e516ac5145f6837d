"""Mistakes to seed into the marketplace; see seeded_defects.py."""

from functools import partial

from seeded_defect import Defect

MarketDefect = partial(Defect, addon="lead_marketplace")
TAKE, OPEN = "controllers/workshop_take.py", "models/lead_market_take_open.py"
MAIL, FEED = "models/lead_market_take_mail.py", "controllers/workshop_feed.py"
REQUEST = "models/lead_market_request_publish.py"
ORDER = "models/lead_market_order.py"
CONCURRENCY = "tests/test_market_concurrency.py::"

MARKET_DEFECTS = [
    MarketDefect(
        "lost-race-is-an-error",
        [
            (
                OPEN,
                'raise ConcurrencyError(self.env._("Opened at this moment")) from',
                'raise UserError(self.env._("Opened at this moment")) from',
            )
        ],
        CONCURRENCY + "test_colleagues",
    ),
    MarketDefect(
        "naive-last-place",
        [
            (
                OPEN,
                'SQL("SELECT pg_advisory_xact_lock(%s, %s)", SLOT_LOCK, request.id)',
                'SQL("SELECT %s, %s", SLOT_LOCK, request.id)',
            )
        ],
        CONCURRENCY + "test_last_place",
    ),
    MarketDefect(
        "no-share-lock",
        [(OPEN, "AND company_id = %s FOR SHARE", "AND company_id = %s")],
        CONCURRENCY + "test_withdrawn_before_the_contact_is_stored",
    ),
    MarketDefect(
        "take-of-another-workshop",
        [
            (
                TAKE,
                "take_sudo.workshop_partner_id == workshop.partner_id",
                "bool(workshop)",
            )
        ],
        "TestTake.test_only_the_own_workshop",
    ),
    MarketDefect(
        "order-of-another-workshop",
        [
            (
                "controllers/workshop_orders.py",
                "order_sudo.workshop_partner_id == workshop.partner_id",
                "bool(workshop)",
            )
        ],
        "TestSecurityAccess.test_second_id_of_another_workshop",
    ),
    MarketDefect(
        "lead-by-its-name",
        [
            (
                "models/lead_market_request_backend.py",
                '"crm.lead", compute="_compute_customer", groups=OPERATOR)',
                '"crm.lead", compute="_compute_customer")',
            )
        ],
        "TestLeaks.test_no_field_leads_to_what_is_private",
    ),
    MarketDefect(
        "closed-request-is-read",
        [
            (
                FEED,
                '        return Request.search(\n            [("number", "=", number), '
                '("state", "=", "published")], limit=1\n',
                "        return Request.sudo().search(\n"
                '            [("number", "=", number)], limit=1\n',
            )
        ],
        "TestSecurityRevocation.test_withdrawn_request",
    ),
    MarketDefect(
        "commit-split",
        [
            (
                "models/lead_market_accrual_invoice.py",
                "        for move, parts in zip(moves, bundles, strict=True):\n",
                "        self.env.cr.commit()\n"
                "        for move, parts in zip(moves, bundles, strict=True):\n",
            )
        ],
        "TestMarketInvoicing.test_accountant_invoices_a_workshop",
    ),
    MarketDefect(
        "letter-is-markup",
        [
            (MAIL, "body=plaintext2html(body)", "body=Markup(body)"),
            (
                MAIL,
                "from lxml import html\n",
                "from lxml import html\nfrom markupsafe import Markup\n",
            ),
        ],
        "TestTakeMail.test_letter",
    ),
    MarketDefect(
        "contact-in-the-teaser",
        [
            (
                REQUEST,
                "            for _kind, excerpt in find_contacts(self[name])",
                "            for _kind, excerpt in find_contacts(False)",
            )
        ],
        "TestRequests.test_contacts_in_the_text_stop_it",
    ),
    MarketDefect(
        "workshop-rates-itself",
        [
            (
                MAIL,
                "        return set()\n",
                "        return super()._get_allowed_message_params()\n",
            ),
            (
                MAIL,
                '    _inherit = "lead.market.take"\n',
                '    _inherit = "lead.market.take"\n    _mail_post_access = "read"\n',
            ),
        ],
        "TestTakeMail.test_no_posting_past_the_page",
    ),
    MarketDefect(
        "header-with-all-addresses",
        [(MAIL, 'headers.pop("X-Msg-To-Add", None)', 'headers.get("X-Msg-To-Add")')],
        "TestTakeMail.test_answer_reaches_the_colleagues",
    ),
    MarketDefect(
        "deadline-a-day-later",
        [
            (
                ORDER,
                "done and fields.Date.add(done, days=days)",
                "done and fields.Date.add(done, days=days + 1)",
            )
        ],
        "TestMarketDeadlines.test_last_minute_of_the_last_day",
    ),
    MarketDefect(
        "commission-on-the-wrong-base",
        [
            (
                ORDER,
                "return self.amount_net if is_net else self.amount_gross",
                "return self.amount_gross if is_net else self.amount_net",
            )
        ],
        "TestMarketAccrual.test_confirmed_work_is_booked",
    ),
    MarketDefect(
        "cancelled-order-stays-owed",
        [
            (
                ORDER,
                '        open_orders._set_decision("cancelled")\n'
                "        open_orders._book_correction()\n",
                '        open_orders._set_decision("cancelled")\n',
            )
        ],
        "TestSecurityMoney.test_ledger",
    ),
    MarketDefect(
        "customers-page-by-any-token",
        [
            (
                "models/lead_market_request_customer.py",
                'if not consteq(expected or "", token or "-"):',
                "if not expected or not token:",
            )
        ],
        "TestCustomerPage.test_only_the_right_link_opens_the_page",
    ),
    MarketDefect(
        "decision-by-call",
        [
            (
                "models/lead_market_guarded.py",
                "if not names or self.env.su:",
                "if True:",
            )
        ],
        "TestSecurityRoles.test_decisions",
    ),
    MarketDefect(
        "accountant-reads-letters",
        [(MAIL, "and self.sudo(False)._hides_contact():", "and False:")],
        "TestSecurityRoles.test_accountant_sees_no_contact",
    ),
    MarketDefect(
        "terminated-stays-in-the-group",
        [
            (
                "models/lead_market_workshop.py",
                'if workshop.state in ("active", "warned", "restricted")\n'
                "                else",
                "if workshop.state\n                else",
            )
        ],
        "TestSecurityRevocation.test_terminated_workshop",
    ),
    MarketDefect(
        "form-sends-again",
        [
            (
                MAIL,
                "        if not key:\n            return Message\n",
                "        if True:\n            return Message\n",
            )
        ],
        "TestTakeMail.test_sent_once",
    ),
]
