from dataclasses import replace
from pathlib import Path

from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.fuzzing import BadRequest, FuzzMixin
from odoo.addons.offerdesk_test_support.markup import (
    PAYLOADS,
    live_markup,
    missing_text,
)
from odoo.addons.offerdesk_test_support.oracle import violations

from .common_security import (
    CHANGE,
    CORE_ROUTES,
    FORM,
    OWN_ROUTES,
    SEND,
    ShopMatrixCase,
    ShopSecurityCase,
)

TABLE = Path(__file__).parent / "access_matrix.csv"
REPLAYS = 20


@tagged("post_install", "-at_install")
class TestSecurityAccess(ShopMatrixCase):
    """Who gets on with a gated cart, their own or another's."""

    def test_all_routes_are_tested(self):
        self.check_routes_complete("website_sale_order_request", OWN_ROUTES)

    def test_matrix(self):
        self.check_matrix(OWN_ROUTES + CORE_ROUTES, {"": lambda: None}, TABLE)


@tagged("post_install", "-at_install")
class TestSecurityFuzz(FuzzMixin, ShopSecurityCase):
    """Bad input gets a page, a redirect or a clean refusal, and changes nothing."""

    def test_form(self):
        self.fuzz(FORM)

    def test_request(self):
        self.fuzz(SEND)

    def test_change(self):
        """Lines that are not in the cart, not even as numbers. Odoo reads the rest."""
        route = replace(CHANGE, writes=False)
        foreign = self.carts["request_stranger"].order_line[0]
        before = self.fingerprint.take()
        for line in (foreign.id, 2**31, -1, "x", [foreign.id], {"id": foreign.id}):
            for quantity in (0, 5):
                fields = {"line_id": line, "quantity": quantity}
                with self.subTest(**fields):
                    request = BadRequest("POST", fields=fields)
                    answer = self._send_bad(route, request, before)
                    self.assertFalse(violations(route, answer, self.base_url()))
                    self.assertIn("to update your cart", answer.text)


@tagged("post_install", "-at_install")
class TestSecurityForm(ShopSecurityCase):
    """The form once more, and with markup in it."""

    def test_same_form(self):
        for login in (None, "request_portal"):
            self.become(login)
            with self.subTest(login=login), self.undone():
                form = SEND.fields_for(self)
                first = self.send(SEND, form)
                self.assertEqual(first.outcome, SEND.good)
                after = self.fingerprint.take()
                for _turn in range(REPLAYS):
                    answer = self.send(SEND, form)
                    self.assertEqual(answer.location, first.location)
                self.assertEqual(self.fingerprint.changed(after), [])

    def test_another_persons_key(self):
        """A key that somebody else's form had does not lead to their request."""
        self.become("request_stranger")
        theirs = self.send(SEND)
        self.become("request_portal")
        mine = self.send(SEND)
        self.assertEqual(mine.outcome, SEND.good)
        self.assertNotEqual(mine.location, theirs.location)

    def test_markup(self):
        """What visitors type is text in the form, on the page and in mails."""
        payloads = [payload.format(f"zq{n}x") for n, payload in enumerate(PAYLOADS)]
        text = " ".join(payloads)
        form = {**SEND.fields_for(self), "brief": text}
        form[f"answer_{self.question.id}"] = text
        everything = dict.fromkeys((*form, "x"), text)
        refused = self.send(SEND, everything)
        self.assertEqual(refused.status, 422)
        self.assertFalse(live_markup(refused.text))
        self.assertFalse(missing_text(refused.text, payloads))
        name = "<img src=x onerror=zq0x> & Söhne"
        known = self.env["mail.mail"].search([])
        sent = self.send(SEND, {**form, "name": name, "phone": "<b>zq1x</b>"})
        self.assertEqual(sent.outcome, SEND.good)
        page = self.send_raw("GET", sent.location)
        self.assertFalse(live_markup(page.text))
        self.assertFalse(missing_text(page.text, payloads))
        mails = self.env["mail.mail"].search([]) - known
        self.assertEqual(len(mails), 2)
        told = "".join(mails.mapped("body_html"))
        self.assertFalse(live_markup(told))
        self.assertFalse(missing_text(told, [*payloads, name]))
