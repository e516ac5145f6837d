from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.fuzzing import FuzzMixin

from .common_security import (
    CHANGES,
    FILE,
    ORDER,
    REPLY,
    REQUEST,
    REQUESTS,
    REQUESTS_PAGE,
    SEND,
    SERVICE,
    SERVICE_IMAGE,
    SERVICES,
    SERVICES_PAGE,
    WITHDRAW,
    RequestSecurityCase,
)


@tagged("post_install", "-at_install")
class TestSecurityFuzz(FuzzMixin, RequestSecurityCase):
    """Bad input gets a page, a redirect or a clean refusal, and changes nothing."""

    def _fuzz_all(self, login, *routes):
        self.become(login)
        for route in routes:
            with self.subTest(str(route)):
                self.fuzz(route)

    def test_services(self):
        self._fuzz_all("request_portal", SERVICES, SERVICES_PAGE)

    def test_service(self):
        self._fuzz_all("request_portal", SERVICE, SERVICE_IMAGE)

    def test_form(self):
        self._fuzz_all("request_portal", SEND, ORDER)

    def test_requests(self):
        self._fuzz_all("request_portal", REQUESTS, REQUESTS_PAGE)

    def test_by_link(self):
        self._fuzz_all(None, REQUEST, FILE)

    def test_steps_by_link(self):
        self._fuzz_all(None, REPLY, CHANGES, WITHDRAW)
