from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.markup import (
    PAYLOADS,
    live_markup,
    markup_in_json,
    missing_text,
    payload_groups,
)

from .common_security import (
    ACCEPT,
    CARD,
    CONTEST,
    CUSTOMER_PAGE,
    CUSTOMERS,
    CUSTOMERS_ADD,
    DECLARE,
    DONE,
    FEED,
    LETTER_CREATE,
    LETTER_NEW,
    NOTE,
    OPEN,
    ORDER_FORM,
    ORDERS,
    REPLY,
    REQUEST_SEND,
    REVIEW,
    REVIEWS,
    SEND,
    TAKE_PAGE,
    TALK,
    WORK,
    WORKSHOP,
    MarketSecurityCase,
)

SHORT = 95  # what fits into the name of a customer on a workshop's list


@tagged("post_install", "-at_install")
class TestSecurityOutput(MarketSecurityCase):
    """What people type is text for everybody who reads it, wherever they do."""

    fresh_keys = True

    def test_everybodys_input(self):
        """A request, its talks, letters, order and review, all of it in markup."""
        groups = payload_groups(SHORT)
        self.assertGreaterEqual(len(PAYLOADS), 30)
        for text, payloads in groups:
            with self.subTest(text), self.undone():
                self.text, self.payloads = text, payloads
                known = self.env["mail.mail"].search([])
                self._customer_asks()
                self._operator_publishes()
                self._workshop_works()
                self._workshop_declares()
                self._customer_reviews()
                self._check_chatter()
                self._check_mails(self.env["mail.mail"].search([]) - known)

    # === CHECKS ===

    def _check(self, answer, status=200, shown=True):
        """A page has nothing alive in it, and nothing that was typed is lost."""
        self.assertEqual(answer.status, status, answer.request)
        self.assertFalse(live_markup(answer.text), answer.request)
        if shown:
            self.assertFalse(missing_text(answer.text, self.payloads), answer.request)

    def _look(self, route, shown=True, **values):
        """Open a page and check it."""
        path = route.path_for(self, **values)
        self._check(self.send(route, path=path), shown=shown)

    def _fill(self, route, *names, **values):
        """Return good input of a form with markup in some of its fields."""
        return {**route.fields_for(self), **dict.fromkeys(names, self.text), **values}

    def _enter(self, route, *names, **values):
        answer = self.send(route, self._fill(route, *names, **values))
        self.assertEqual(answer.outcome, route.good, answer.text[:2000])

    # === WHAT THEY DO ===

    def _customer_asks(self):
        self.become(None)
        names = ("name", "description", "for_whom", "city")
        refused = self._fill(REQUEST_SEND, *names, "budget", "email", "phone")
        self._check(self.send(REQUEST_SEND, refused), 422)
        self._enter(REQUEST_SEND, *names)
        lead = self.env["crm.lead"].search([], order="id desc", limit=1)
        self.assertEqual(lead.contact_name.split(), self.text.split())
        self.request = lead.market_request_id
        self._look(CUSTOMER_PAGE)

    def _operator_publishes(self):
        request = self.request.with_user(self.operator)
        request.write({"name": self.text, "override_reason": self.text})
        self._log_call(request, note=self.text)
        request.action_publish()
        self.unopened = self.request

    def _workshop_works(self):
        self.become(self.granite_user.login)
        self._enter(CUSTOMERS_ADD, "names")
        self._look(CUSTOMERS)
        self._look(FEED)
        self._look(CARD)
        self._enter(OPEN)
        self.take = self.request.take_ids
        self._enter(NOTE, "note")
        self._enter(TALK, "summary")
        self._enter(SEND, "subject", "body")
        self.send(SEND, self._fill(SEND, "body", subject=""))
        self._look(TAKE_PAGE)
        self._look(WORK)
        self.send(LETTER_CREATE, self._fill(LETTER_CREATE, "name", "subject", body=""))
        self._look(LETTER_NEW)

    def _workshop_declares(self):
        refused = self._fill(DECLARE, "contract_no", "amount_gross", "excluded_reason")
        self.send(DECLARE, refused)
        self._look(ORDER_FORM)
        short = self.payloads[0][:60]
        self._enter(DECLARE, contract_no=short)
        self.suspected = self.take.order_ids
        self.send(ACCEPT)
        self._enter(CONTEST, "reason")
        self._look(ORDERS, shown=False)

    def _customer_reviews(self):
        self.become(None)
        refused = self.send(DONE, self._fill(DONE, "who", "done_on", "amount"))
        self._check(refused, 422)
        refused = self.send(REVIEW, self._fill(REVIEW, "text", rating="9"))
        self._check(refused, 422)
        self._enter(REVIEW, "text", "author_name", rating="5")
        self.review = self.env["lead.market.review"].search(
            [("take_id", "=", self.take.id)]
        )
        self.review.with_user(self.operator).action_publish()
        self.become(self.granite_user.login)
        self._enter(REPLY, "reply")
        self._look(REVIEWS)
        self.become(None)
        self._look(WORKSHOP)
        self._look(CUSTOMER_PAGE)

    # === THE OTHER READERS ===

    def _check_chatter(self):
        """What the backend shows of the talk and of the lead."""
        self.become(self.operator.login)
        texts = []
        for record in (self.take, self.request._get_lead()):
            answer = self.read_chatter(record)
            self.assertEqual(answer.outcome, "ok")
            texts += markup_in_json(answer.body)
        self.assertGreater(len(texts), 2)
        for text in texts:
            self.assertFalse(live_markup(text))
        self.assertFalse(missing_text("".join(texts), self.payloads))

    def _check_mails(self, mails):
        """The mails to both sides: received, published, the letter."""
        self.assertGreaterEqual(len(mails), 3)
        for mail in mails:
            self.assertFalse(live_markup(mail.body_html))
            self.assertNotIn("\n", mail.subject)
        shown = missing_text("".join(mails.mapped("body_html")), self.payloads)
        self.assertFalse(shown, "the mails do not show what was said")

    # === ADDRESSES ===

    def test_address_of_the_page(self):
        """What stands in the link comes back as text, if at all."""
        self.become(self.granite_user.login)
        text = " ".join(payload.format(f"zq{n}x") for n, payload in enumerate(PAYLOADS))
        for route in (FEED, WORK, ORDERS, TAKE_PAGE, CARD, CUSTOMER_PAGE):
            good = route.fields_for(self)
            for name in [*good, "x"]:
                if name == "access_token":
                    continue
                with self.subTest(str(route), name=name):
                    page = self.send(route, {**good, name: text})
                    self.assertEqual(page.status, 200)
                    self.assertFalse(live_markup(page.text))
