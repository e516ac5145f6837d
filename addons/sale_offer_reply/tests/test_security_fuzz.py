from dataclasses import replace

from odoo import fields
from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.fuzzing import FuzzMixin

from .common_security import (
    ATTACHMENT,
    BANNER,
    DOCUMENT,
    FEEDBACK,
    FEEDBACK_PAGE,
    HISTORY,
    OFFERS,
    OFFERS_PAGE,
    PAGE,
    REPLY,
    TOTALS,
    OfferSecurityCase,
)


def _unfinished_fields(case):
    fields = REPLY.fields_for(case)
    del fields[f"answer_{case.order.order_line[1].id}"]
    return fields


# What is kept of a refused reply is read in other ways than a reply that is taken.
UNFINISHED_REPLY = replace(
    REPLY,
    fields=_unfinished_fields,
    good="303 /my/orders/<id> offer=invalid",
    writes=False,
)


@tagged("post_install", "-at_install")
class TestSecurityFuzz(FuzzMixin, OfferSecurityCase):
    """Bad input gets a page, a redirect or a clean refusal, and changes nothing."""

    def session_extra(self):
        # Odoo notes once a day and session that the customer has looked.
        return {f"view_quote_{self.order.id}": fields.Date.today().isoformat()}

    def setUp(self):
        super().setUp()
        self.become(None)

    def test_page(self):
        self.fuzz(PAGE)

    def test_reply(self):
        self.fuzz(REPLY)

    def test_unfinished_reply(self):
        self.fuzz(UNFINISHED_REPLY)

    def test_totals(self):
        self.fuzz(TOTALS)

    def test_feedback_page(self):
        self.fuzz(FEEDBACK_PAGE)

    def test_feedback(self):
        self.fuzz(FEEDBACK)

    def test_history(self):
        self.fuzz(HISTORY)

    def test_attachment(self):
        self.fuzz(ATTACHMENT)

    def test_document(self):
        self.fuzz(DOCUMENT)

    def test_offers(self):
        self.become("offer_portal")
        self.fuzz(OFFERS)

    def test_offers_page(self):
        self.become("offer_portal")
        self.fuzz(OFFERS_PAGE)

    def test_banner(self):
        self.become("offer_portal")
        self.fuzz(BANNER)
