"""Mistakes to seed into order requests; see seeded_defects.py."""

from functools import partial

from seeded_defect import Defect

RequestDefect = partial(Defect, addon="order_request")
ShopDefect = partial(Defect, addon="website_sale_order_request")
GATE, ORDER = "models/sale_order_gate.py", "models/sale_order.py"
PASS, HOLD = "models/sale_order_gate_pass.py", "models/sale_order_gate_hold.py"
PAYABLE = "models/sale_order_gate_payment.py"
PAYMENT = "models/payment_transaction.py"
PORTAL = "controllers/portal_request.py"
MIXIN = "../base_offerdesk/models/offerdesk_request_mixin.py"

REQUEST_DEFECTS = [
    RequestDefect(
        "gate-left-out-of-payments",
        [(PAYMENT, "if transaction.operation not in OTHER_OPERATIONS:", "if False:")],
        "TestOrderGate.test_payment_is_refused",
    ),
    RequestDefect(
        "short-payment-starts",
        [
            (
                PAYMENT,
                "self.filtered(lambda tx: tx._is_short_for_gate())",
                "self.browse()",
            )
        ],
        "TestOrderGate.test_cart_changed_after_the_payment_began",
    ),
    RequestDefect(
        "one-cent-is-enough",
        [(PAYABLE, "if order_sudo._is_gate_amount_short(amount):", "if False:")],
        "TestOrderGate.test_one_cent_is_not_enough",
    ),
    RequestDefect(
        "odoobot-passes",
        [(GATE, "self.env.uid != SUPERUSER_ID and self.env", "self.env")],
        "TestOrderGate.test_sign",
    ),
    RequestDefect(
        "context-opens",
        [
            (
                GATE,
                "            or order_sudo.request_approved_on\n",
                "            or order_sudo.request_approved_on\n"
                '            or self.env.context.get("order_request_approved")\n',
            )
        ],
        "TestOrderGate.test_context_opens_nothing",
    ),
    RequestDefect(
        "fingerprint-not-compared",
        [
            (
                PASS,
                "or self.gate_pass_fingerprint != self._get_gate_fingerprint()",
                "or False",
            )
        ],
        "TestOrderGate.test_cart_exchanged_after_the_payment_began",
    ),
    RequestDefect(
        "pass-without-end",
        [(PASS, "PASS_MINUTES = 30\n", "PASS_MINUTES = 30 * 24 * 60\n")],
        "TestOrderGate.test_half_an_hour_later_it_is_too_late",
    ),
    RequestDefect(
        "expired-offer-is-payable",
        [(PAYABLE, "ends and ends < fields.Datetime.now()", "False")],
        "TestOrderGate.test_offer_ends_at_its_moment",
    ),
    RequestDefect(
        "draft-of-an-offer-is-signable",
        [(PAYABLE, 'return request_sudo.state != "offered" or bool(', "return bool(")],
        "TestOrderGate.test_draft_of_an_offer_is_not_signable",
    ),
    RequestDefect(
        "late-gate-loses-the-payment",
        [(HOLD, "        held._hold()\n", "        held._check_may_start()\n")],
        "TestOrderGate.test_gate_comes_after_the_payment_began",
    ),
    RequestDefect(
        "state-can-be-written",
        [(ORDER, "            starting._check_may_start()\n", "")],
        "TestOrderGate.test_state_written_by_the_system",
    ),
    RequestDefect(
        "free-order-makes-a-customer",
        [
            (
                "models/order_request_policy.py",
                "sale_order.amount_total > %(least)s",
                "sale_order.amount_total >= %(least)s",
            )
        ],
        "TestOrderGate.test_free_order_makes_nobody_a_customer",
    ),
    RequestDefect(
        "token-of-another-request",
        [
            (
                PORTAL,
                "if token and consteq(request_sudo.access_token, token):",
                'if token and self.env["order.request"].sudo().search_count('
                '[("access_token", "=", token)]):',
            )
        ],
        "TestSecurityAccess.test_matrix",
    ),
    RequestDefect(
        "any-login-sees-requests",
        [
            (
                PORTAL,
                "            not user._is_public()\n"
                "            and user.commercial_partner_id == "
                "request_sudo.commercial_partner_id\n",
                "            not user._is_public()\n",
            )
        ],
        "TestSecurityAccess.test_second_id_of_another_request",
    ),
    RequestDefect(
        "file-of-another-request",
        [
            (
                PORTAL,
                "attachments.filtered(lambda one: one.id == attachment_id)",
                "attachments.browse(attachment_id)",
            )
        ],
        "TestSecurityAccess.test_second_id_of_another_request",
    ),
    RequestDefect(
        "hidden-service-is-ordered",
        [
            (
                "controllers/portal_service.py",
                'domain = [("id", "=", service_id), *self._get_service_domain()]',
                'domain = [("id", "=", service_id)]',
            )
        ],
        "TestSecurityAccess.test_hidden_service",
    ),
    RequestDefect(
        "notes-are-shown",
        [
            (
                MIXIN,
                "            and not message.subtype_id.internal\n"
                "            and not message.is_internal\n",
                "",
            )
        ],
        "TestSecurityAccess.test_matrix",
    ),
    RequestDefect(
        "words-are-markup",
        [
            (
                "models/order_request_mail.py",
                "            body=plaintext2html(body),\n",
                "            body=Markup(body),\n",
            ),
            (
                "models/order_request_mail.py",
                "from odoo import fields, models",
                "from markupsafe import Markup\nfrom odoo import fields, models",
            ),
        ],
        "TestSecurityOutput.test_customer_wants_changes",
    ),
    RequestDefect(
        "old-link-opens",
        [("models/order_request_seller.py", 'if state != "expired":', "if False:")],
        "TestSecurityRevocation.test_withdrawn_request",
    ),
    RequestDefect(
        "form-is-taken-twice",
        [
            (
                MIXIN,
                "        if not key:\n            return False\n",
                "        if True:\n            return False\n",
            )
        ],
        "TestSecurityReplay.test_same_form",
    ),
    ShopDefect(
        "cart-is-nobodys",
        [
            (
                ORDER,
                "self.website_id and not self.order_request_id",
                "False",
            )
        ],
        "TestGate.test_payment",
    ),
    ShopDefect(
        "visitors-share-a-history",
        [
            (
                ORDER,
                "partner.browse() if partner == visitor_sudo else partner",
                "partner",
            )
        ],
        "TestGate.test_visitors_have_no_history",
    ),
    ShopDefect(
        "free-cart-starts",
        [
            (
                ORDER,
                "        if self._is_gated():\n            raise ValidationError(",
                "        if False:\n            raise ValidationError(",
            )
        ],
        "TestGate.test_free_cart",
    ),
]
