from pathlib import Path

from odoo.tests import tagged

from odoo.addons.base_offerdesk.controllers.guard import WRONG_TOKENS_PER_MINUTE
from odoo.addons.offerdesk_test_support.fuzzing import FuzzMixin

from .common_security import (
    ACCEPT,
    CHOOSE,
    CORE_ROUTES,
    DECLINE,
    OWN_ROUTES,
    PAGE,
    OfferMatrixCase,
    OfferSecurityCase,
)

TABLE = Path(__file__).parent / "access_matrix.csv"
REPLAYS = 20


@tagged("post_install", "-at_install")
class TestSecurityAccess(OfferMatrixCase):
    """Who gets what from the pages of offers."""

    def test_all_routes_are_tested(self):
        self.check_routes_complete("crm_offer_calculation", OWN_ROUTES + CORE_ROUTES)

    def test_matrix(self):
        """Every route, as everybody."""
        self.check_matrix(OWN_ROUTES + CORE_ROUTES, {"": self._rotate_tokens}, TABLE)

    def test_variant_of_another_offer(self):
        """A link to one offer chooses nothing in another."""
        self.become(None)
        before = self.fingerprint.take()
        foreign = self.foreign.variant_ids
        fields = {**CHOOSE.fields_for(self), "variant": str(foreign.id)}
        self.assertEqual(self.send(CHOOSE, fields).status, 422)
        path = CHOOSE.path_for(self, offer_id=self.foreign.id)
        self.assertEqual(self.send(CHOOSE, path=path).outcome, "303 /my")
        draft = self.offer.variant_ids.filtered(lambda order: order.state == "draft")
        fields["variant"] = str(draft.id)
        self.assertEqual(self.send(CHOOSE, fields).status, 422)
        self.assertEqual(self.fingerprint.changed(before), [])

    def test_guessing_is_counted(self):
        self.env["portal.throttle"].search([]).unlink()
        self.become(None)
        for _number in range(WRONG_TOKENS_PER_MINUTE):
            self.send(PAGE, {"access_token": "wrong"})
        self.assertEqual(self.send(PAGE).status, 429)


@tagged("post_install", "-at_install")
class TestSecurityFuzz(FuzzMixin, OfferSecurityCase):
    """Bad input gets a page, a redirect or a clean refusal, and changes nothing."""

    def test_page(self):
        self.become(None)
        self.fuzz(PAGE)

    def test_choose(self):
        self.become("offer_portal")
        self.fuzz(CHOOSE)


@tagged("post_install", "-at_install")
class TestSecurityReplay(OfferSecurityCase):
    """A choice takes effect once, and only by a form."""

    def test_same_form(self):
        self.become("offer_portal")
        first = self.send(CHOOSE)
        self.assertEqual(first.outcome, CHOOSE.good)
        after = self.fingerprint.take()
        for _turn in range(REPLAYS):
            self.assertEqual(self.send(CHOOSE).location, first.location)
        self.assertEqual(self.fingerprint.changed(after), [])

    def test_opening_a_link_changes_nothing(self):
        """Mail scanners and previews open links; only a form does something."""
        self.become(None)
        before = self.fingerprint.take()
        for verb, headers in (
            ("HEAD", {}),
            ("GET", {"Odoo-Link-Preview": "True"}),
            ("GET", {"Sec-Purpose": "prefetch"}),
        ):
            for route in (PAGE, CHOOSE, DECLINE, ACCEPT):
                self.send(route, verb=verb, headers=headers)
        self.assertEqual(self.fingerprint.changed(before), [])
