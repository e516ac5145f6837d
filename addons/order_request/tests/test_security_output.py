from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.markup import MarkupMixin, missing_text

from .common_security import (
    CHANGES,
    ORDER,
    REPLY,
    REQUEST,
    REQUESTS,
    SEND,
    SERVICE,
    SERVICES,
    WITHDRAW,
    RequestSecurityCase,
)

TEXT_FIELDS = ("brief", "message")


@tagged("post_install", "-at_install")
class TestSecurityOutput(MarkupMixin, RequestSecurityCase):
    """What people type is text for everybody who reads it, wherever they do."""

    fresh_keys = True

    seller_login = "request_seller"

    def setUp(self):
        super().setUp()
        self.become("request_portal")

    def _fill(self, route, *names, **values):
        """Return good input of a form with markup in some of its fields."""
        names += tuple(name for name in route.fields_for(self) if name in TEXT_FIELDS)
        return {**route.fields_for(self), **dict.fromkeys(names, self.text), **values}

    def _enter(self, route, *names):
        answer = self.send(route, self._fill(route, *names))
        self.assertEqual(answer.outcome, route.good, answer.text[:2000])
        return answer

    def _check(self, answer, status=200, shown=True):
        return super()._check(answer, self.payloads if shown else (), status)

    def _check_mails(self, count):
        mails = super()._check_mails()
        self.assertEqual(len(mails), count, mails.mapped("subject"))
        told = "".join(mails.mapped("body_html"))
        self.assertFalse(missing_text(told, self.payloads), "a mail lost words")
        return mails

    def _check_chatter(self, record):
        shown = super()._check_chatter(record)
        self.assertFalse(missing_text(shown, self.payloads))
        self.become("request_portal")
        return shown

    def test_customer_asks(self):
        answer_name = f"answer_{self.question.id}"
        refused = self._fill(SEND, answer_name, "quantity", "variant", "desired_start")
        self._check(self.send(SEND, refused), 422)
        answer = self._enter(SEND, answer_name)
        self._check(self.send_raw("GET", answer.location))
        self.request = self.env["order.request"].search([], limit=1)
        self.known_mails = self.known_mails.search([])
        refused = self._fill(REPLY, message=self.text * 20)
        self._check(self.send(REPLY, refused), 422)
        self._enter(REPLY)
        self._check(self.send(REQUEST))
        self._check_mails(1)
        self._check_chatter(self.request)
        self._enter(WITHDRAW)
        self._check(self.send(REQUEST))
        self._check_mails(2)

    def test_customer_wants_changes(self):
        self._enter(CHANGES)
        self._check(
            self.send(REQUEST, path=REQUEST.path_for(self, request_id=self.offered.id))
        )
        self._check_mails(1)

    def test_customer_orders(self):
        free_answer = (
            f"answer_{self.poster.product_tmpl_id.order_request_question_ids.id}"
        )
        answer = self._enter(ORDER, free_answer)
        self._check(self.send_raw("GET", answer.location), shown=False)
        self._check_chatter(self.env["sale.order"].search([], limit=1))

    def test_name_of_a_customer(self):
        """It stands on pages and in mails of both sides."""
        name = self.text
        self.contact.name = name
        self.known_mails = self.known_mails.search([])
        self._enter(REPLY)
        self._check(self.send(REQUEST))
        self._check_mails(1)

    def test_seller_writes(self):
        request = self.request.with_user(self.seller)
        request._ask(self.text)
        self._check(self.send(REQUEST))
        self._offer(request, message=self.text)
        self._check(self.send(REQUEST))
        request._refuse(self.env["order.request.reason"], self.text)
        self._check(self.send(REQUEST))
        self._check_mails(3)

    def test_seller_describes_a_service(self):
        template = self.logo.product_tmpl_id
        template.write({"name": self.text, "description_sale": self.text})
        self.question.name = self.text
        self.policy.away_ids = [
            (0, 0, {"date_from": "2020-01-01", "date_to": "2199-12-31"})
        ]
        self.policy.away_ids.message = self.text
        self._check(self.send(SERVICES))
        self._check(self.send(SERVICE))
        self._check(self.send(REQUESTS), shown=False)

    def test_address_of_the_page(self):
        """What stands in the link comes back as text, if at all."""
        for route in (REQUEST, REQUESTS, SERVICE, SERVICES):
            for name in ("notice", "page", "x", "access_token", "sortby"):
                with self.subTest(str(route), name=name):
                    answer = self.send(route, {name: self.text})
                    self._check(answer, shown=False)
