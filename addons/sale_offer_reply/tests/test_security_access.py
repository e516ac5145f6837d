from pathlib import Path
from uuid import uuid4

from odoo import SUPERUSER_ID
from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.oracle import watched_log

from .common_security import (
    ATTACHMENT,
    CORE_ROUTES,
    DOCUMENT,
    FEEDBACK,
    HISTORY,
    OWN_ROUTES,
    PAGE,
    REPLY,
    TOTALS,
    OfferMatrixCase,
)

TABLE = Path(__file__).parent / "access_matrix.csv"


@tagged("post_install", "-at_install")
class TestSecurityAccess(OfferMatrixCase):
    """Who gets what from the pages of an offer."""

    def test_all_routes_are_tested(self):
        self.check_routes_complete("sale_offer_reply", OWN_ROUTES)

    def test_matrix(self):
        """Every route, as everybody, as the company's settings differ."""
        modes = {
            "link": lambda: self._set_mode("link"),
            "login": lambda: self._set_mode("login"),
            "limited": lambda: self._set_mode("link", limited=True),
        }
        self.check_matrix(OWN_ROUTES + CORE_ROUTES, modes, TABLE)

    def test_second_id_of_another_order(self):
        """Who may see one offer reaches nothing of another through it."""
        foreign = self.foreign_order
        line = foreign.order_line[0]
        feedback = foreign.with_user(SUPERUSER_ID)._offer_post_feedback(
            "Not for you.",
            self._identity(self.stranger_user.partner_id),
            attachments=[("secret.txt", b"Not for you.")],
            key=str(uuid4()),
        )
        self.become("offer_portal")
        before = self.fingerprint.take()
        for route, ids, fields, outcome in (
            (HISTORY, {"history_id": foreign.offer_history_ids[0].id}, {}, "404"),
            (ATTACHMENT, {"attachment_id": feedback.attachment_ids.id}, {}, "404"),
            (DOCUMENT, {"document_id": self.other_document.id}, {}, "303 /my"),
            (FEEDBACK, {}, {"line_id": line.id}, "303 /my/orders/<id>/offer/feedback"),
            (
                REPLY,
                {},
                {f"answer_{line.id}": "yes"},
                "303 /my/orders/<id> offer=invalid",
            ),
            (TOTALS, {}, {"answers": {line.id: "yes"}}, "ok"),
        ):
            with self.subTest(str(route)), watched_log() as errors:
                path = route.path_for(self, **ids)
                fields = {**route.fields_for(self), **fields}
                answer = self.send(route, fields, path=path)
                self.assertEqual(answer.outcome, outcome)
                self.assertNotIn("Not for you", answer.text)
                self.assertFalse(errors)
        self.assertEqual(self.fingerprint.changed(before), [])
        answers = self.order.order_line.mapped("offer_answer")
        self.assertEqual(answers, [False] * len(answers))

    def test_salesperson_of_another_team_with_the_link(self):
        """May look, as anybody with the link, but not answer for the customer."""
        self.become("offer_other_salesman")
        before = self.fingerprint.take()
        self.assertEqual(self.send(PAGE).outcome, "200")
        self.assertEqual(self.send(REPLY).outcome, "303 /my/orders/<id> offer=closed")
        answer = self.send(FEEDBACK)
        self.assertEqual(answer.outcome, "303 /my/orders/<id>/offer/feedback")
        self.assertEqual(self.fingerprint.changed(before), [])

    def test_reason_of_a_declined_offer_stays_inside(self):
        """The manager's words are not for the customer."""
        self.order.with_user(self.salesman)._offer_decline("They never pay.")
        histories = self.order.offer_history_ids
        declined = histories.filtered(lambda history: history.kind == "declined")
        path = HISTORY.path_for(self, history_id=declined.id)
        self.become("offer_portal")
        self.assertEqual(self.send(HISTORY, path=path).outcome, "404")
        self.assertNotIn("They never pay", self.send(PAGE, {}).text)
        self.become("offer_salesman")
        self.assertIn("They never pay", self.send(HISTORY, path=path).text)

    def test_hidden_line_is_not_in_the_electronic_order(self):
        self.become("offer_portal")
        for order, outcome in ((self.order, "303 /my"), (self.order_to_sign, "200")):
            path = f"/my/orders/{order.id}/download_edi"
            self.assertEqual(self.send_raw("GET", path).outcome, outcome)
