from pathlib import Path

from odoo.tests import tagged

from .common_security import (
    ACCEPT,
    BY_LINK,
    CORE_ROUTES,
    DESIGN_ROUTES,
    OWN_ROUTES,
    RFQ,
    RFQ_FILE,
    SUBMIT,
    RfqMatrixCase,
)

MATRIX = Path(__file__).parent / "access_matrix.csv"
MODES_MATRIX = Path(__file__).parent / "access_matrix_modes.csv"
PURGED_MATRIX = Path(__file__).parent / "access_matrix_purged.csv"


@tagged("post_install", "-at_install")
class TestSecurityAccess(RfqMatrixCase):
    """Who gets what from the pages of designs and requests."""

    def test_all_routes_are_tested(self):
        self.check_routes_complete("rfq_configurator", OWN_ROUTES)

    def test_matrix(self):
        """Every route, as everybody."""
        modes = {"": self._rotate_tokens}
        self.check_matrix(OWN_ROUTES + CORE_ROUTES, modes, MATRIX)

    def test_matrix_of_open_designs(self):
        """Designs that are open to more than the invited."""

        def open_to(mode):
            def prepare():
                self._rotate_tokens()
                (self.design | self.vase).access_mode = mode

            return prepare

        self.verbs = ()
        modes = {mode: open_to(mode) for mode in ("link", "portal", "public")}
        self.check_matrix(DESIGN_ROUTES, modes, MODES_MATRIX)

    def test_matrix_of_what_is_removed(self):
        """What was removed is gone for those whose it was; others learn nothing."""
        self.verbs = ()
        self.check_matrix(BY_LINK, {"purged": self._purge}, PURGED_MATRIX)

    def _purge(self):
        self._rotate_tokens()
        self.last_tokens = {
            document: document.access_token for document in (self.rfq, self.proposal)
        }
        (self.rfq | self.proposal)._purge("Time is over", self.env["res.users"])

    def token_of(self, kind, route):
        document = self.proposal if route is ACCEPT else self.rfq
        if kind == "right" and document.purged_on:
            return self.last_tokens[document]
        return super().token_of(kind, route)

    def test_second_id_of_another_request(self):
        """Who may see one request reaches nothing of another through it."""
        self.become("rfq_stranger")
        before = self.fingerprint.take()
        for route in BY_LINK:
            with self.subTest(str(route)):
                fields = {**route.fields_for(self), "access_token": ""}
                self.assertEqual(self.send(route, fields).outcome, "303 /my")
                fields["access_token"] = self.foreign.access_token
                self.assertEqual(self.send(route, fields).outcome, "303 /my")
        self.assertEqual(self.fingerprint.changed(before), [])

    def test_odd_kinds_of_files(self):
        """Only files can be had, no other fields of a request."""
        self.become("rfq_portal")
        kinds = ("message", "access_token", "snapshot", "model_step", "é", "")
        for kind in kinds:
            with self.subTest(kind):
                path = RFQ_FILE.path_for(self, kind=kind)
                answer = self.send(RFQ_FILE, {}, path=path)
                self.assertIn(answer.outcome, ("200", "404"))
                if answer.outcome == "200":
                    self.assertEqual(kind, "snapshot")

    def test_asking_for_somebody_else(self):
        """Who a form says that it comes from counts for nothing."""
        self.become("rfq_portal")
        forged = dict.fromkeys(
            ("partner_id", "user_id", "company_id", "access_id", "design_id"),
            str(self.stranger_user.partner_id.id),
        )
        forged |= {"state": "accepted", "price_computed": "1", "p_price": "1"}
        answer = self.send(SUBMIT, {**SUBMIT.fields_for(self), **forged})
        self.assertEqual(answer.outcome, SUBMIT.good)
        newest = self.rfq.search([], order="id desc", limit=1)
        self.assertEqual(newest.partner_id, self.contact)
        self.assertEqual(newest.user_id, self.seller)
        self.assertEqual(newest.design_id, self.design)
        self.assertEqual(newest.state, "submitted")
        self.assertAlmostEqual(newest.price_computed, 1700 * 0.31337, 2)

    def test_offer_to_another_customer(self):
        """A copy of a quotation for somebody else is not the customer's offer."""
        order = self.env["sale.order"].browse(
            self.rfq.with_user(self.seller).action_create_quotation()["res_id"]
        )
        other = order.copy({"partner_id": self.stranger_user.partner_id.id})
        (order | other).action_quotation_sent()
        self.become("rfq_portal")
        page = self.send(RFQ).text
        self.assertIn(order.name, page)
        self.assertNotIn(other.name, page)
        self.assertNotIn(other.access_token or other.name, page)
