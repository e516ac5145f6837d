from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.fuzzing import FuzzMixin

from .common_security import (
    ACCEPT,
    CANCEL,
    CONVERSATION_FILE,
    DEFINITION,
    DESIGN,
    EVALUATE,
    LIST,
    LIST_PAGE,
    MODEL,
    PICTURE,
    REPLY,
    RFQ,
    RFQ_FILE,
    SUBMIT,
    RfqSecurityCase,
)


@tagged("post_install", "-at_install")
class TestSecurityFuzz(FuzzMixin, RfqSecurityCase):
    """Bad input gets a page, a redirect or a clean refusal, and changes nothing."""

    def _fuzz_all(self, login, *routes):
        self.become(login)
        for route in routes:
            with self.subTest(str(route)):
                self.fuzz(route)

    def test_design(self):
        self._fuzz_all("rfq_portal", DESIGN, DEFINITION, EVALUATE)

    def test_files_of_a_design(self):
        self._fuzz_all("rfq_portal", MODEL, PICTURE)

    def test_form(self):
        self._fuzz_all("rfq_portal", SUBMIT)

    def test_requests(self):
        self._fuzz_all("rfq_portal", LIST, LIST_PAGE)

    def test_by_link(self):
        self._fuzz_all(None, RFQ, RFQ_FILE, CONVERSATION_FILE)

    def test_steps_by_link(self):
        self._fuzz_all(None, REPLY, CANCEL, ACCEPT)
