from pathlib import Path

from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.http_case import JSON

from .common_security import (
    BY_LINK,
    CORE_ROUTES,
    FILE,
    ORDER,
    OWN_ROUTES,
    REQUEST,
    SEND,
    SERVICE,
    SERVICE_IMAGE,
    RequestMatrixCase,
)

TABLE = Path(__file__).parent / "access_matrix.csv"


@tagged("post_install", "-at_install")
class TestSecurityAccess(RequestMatrixCase):
    """Who gets what from the pages of requests."""

    def test_all_routes_are_tested(self):
        self.check_routes_complete("order_request", OWN_ROUTES)

    def test_matrix(self):
        """Every route, as everybody."""
        self.check_matrix(OWN_ROUTES + CORE_ROUTES, {"": self._rotate_tokens}, TABLE)

    def test_second_id_of_another_request(self):
        """Who may see one request reaches nothing of another through it."""
        self.become("request_stranger")
        before = self.fingerprint.take()
        for route in BY_LINK:
            with self.subTest(str(route)):
                fields = {**route.fields_for(self), "access_token": ""}
                self.assertEqual(self.send(route, fields).outcome, "303 /my")
        path = FILE.path_for(self, request_id=self.foreign.id)
        self.assertEqual(self.send(FILE, {}, path=path).outcome, "404")
        self.assertEqual(self.fingerprint.changed(before), [])

    def test_hidden_service(self):
        """What is not published is neither seen nor ordered, whatever its number."""
        self.become("request_portal")
        before = self.fingerprint.take()
        for route in (SERVICE, SERVICE_IMAGE, SEND, ORDER):
            with self.subTest(str(route)):
                hidden = self.hidden.product_tmpl_id.id
                path = route.path_for(self, service_id=hidden)
                self.assertEqual(self.send(route, path=path).outcome, "404")
        variant = {**SEND.fields_for(self), "variant": str(self.hidden.id)}
        with self.undone():
            self.assertEqual(self.send(SEND, variant).outcome, SEND.good)
            newest = self.request.search([], limit=1)
            self.assertEqual(newest.line_ids.product_id, self.logo)
        self.assertEqual(self.fingerprint.changed(before), [])

    def test_seller_writes_in_the_chatter(self):
        """A message is for the customer, a note is not."""
        self.become("request_seller")
        for subtype, text in (("comment", "We can start."), ("note", "Never pays.")):
            post_data = {
                "body": text,
                "message_type": "comment",
                "subtype_xmlid": f"mail.mt_{subtype}",
            }
            answer = self.send_raw(
                "POST",
                "/mail/message/post",
                self.json_body(
                    {
                        "thread_model": "order.request",
                        "thread_id": self.request.id,
                        "post_data": post_data,
                    }
                ),
                JSON,
                "jsonrpc",
            )
            self.assertEqual(answer.outcome, "ok")
        self.become("request_portal")
        page = self.send(REQUEST).text
        self.assertIn("We can start.", page)
        self.assertNotIn("Never pays.", page)

    def test_order_for_somebody_else(self):
        """Who a form says that it comes from counts for nothing."""
        self.become("request_stranger")
        forged = dict.fromkeys(
            ("partner_id", "commercial_partner_id", "user_id", "company_id"),
            str(self.contact.id),
        )
        self.send(SEND, {**SEND.fields_for(self), **forged})
        newest = self.request.search([], limit=1)
        self.assertEqual(newest.partner_id, self.stranger_user.partner_id)
