from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.markup import MarkupMixin, missing_text

from .common_security import (
    CANCEL,
    DESIGN,
    LIST,
    REPLY,
    RFQ,
    SUBMIT,
    RfqSecurityCase,
)


@tagged("post_install", "-at_install")
class TestSecurityOutput(MarkupMixin, RfqSecurityCase):
    """What people type is text for everybody who reads it, wherever they do."""

    fresh_keys = True

    seller_login = "rfq_seller"

    def setUp(self):
        super().setUp()
        self.become("rfq_portal")

    def _check_mails(self, count):
        mails = super()._check_mails()
        self.assertEqual(len(mails), count, mails.mapped("subject"))
        return "".join(mails.mapped("body_html"))

    def _check_chatter(self, record):
        shown = super()._check_chatter(record)
        self.become("rfq_portal")
        return shown

    def test_customer_asks(self):
        """Too long for the fields of a contact; the rest is taken."""
        contact = dict.fromkeys(
            ("contact_name", "contact_email", "contact_phone"), self.text
        )
        odd = dict.fromkeys(
            ("quantity", "requested_date", "target_price", "version_sha", "p_width"),
            self.text,
        )
        form = {**SUBMIT.fields_for(self), "message": self.text}
        for spoiled in ({**form, **contact}, {**form, **odd}):
            self._check(self.send(SUBMIT, spoiled), self.payloads, 422)
        answer = self.send(SUBMIT, form)
        self.assertEqual(answer.outcome, SUBMIT.good)
        self._check(self.send_raw("GET", answer.location), self.payloads)
        rfq = self.rfq.search([], order="id desc", limit=1)
        rfq._finish()
        told = self._check_mails(2)
        self.assertFalse(missing_text(told, self.payloads))

    def test_names_of_customers(self):
        """Each alone, as long as names may be: pages, mails, chatter."""
        for payload in self.payloads:
            with self.subTest(payload), self.undone():
                self.env["portal.throttle"].search([]).unlink()
                self.known_mails = self.known_mails.search([])
                form = {**SUBMIT.fields_for(self), "contact_name": payload}
                answer = self.send(SUBMIT, form)
                self.assertEqual(answer.outcome, SUBMIT.good)
                self._check(self.send_raw("GET", answer.location))
                rfq = self.rfq.search([], order="id desc", limit=1)
                rfq._finish()
                told = self._check_mails(2)
                clean = " ".join(payload.split())
                self.assertFalse(missing_text(told, [clean]))

    def test_customer_writes(self):
        answer = self.send(REPLY, {**REPLY.fields_for(self), "message": self.text * 20})
        self._check(answer, self.payloads, 422)
        answer = self.send(REPLY, {**REPLY.fields_for(self), "message": self.text})
        self.assertEqual(answer.outcome, REPLY.good)
        self._check(self.send(RFQ), self.payloads)
        self.assertFalse(missing_text(self._check_mails(1), self.payloads))
        chatter = self._check_chatter(self.rfq)
        self.assertFalse(missing_text(chatter, self.payloads))
        self.send(CANCEL)
        self._check(self.send(RFQ), self.payloads)

    def test_inscription(self):
        """A text that is a part of the design: page, mail, order line."""
        memorial = self._create_design("memorial", code="test_memorial")
        memorial.with_user(self.env.uid).access_mode = "portal"
        memorial.action_publish()
        path = SUBMIT.path_for(self, code="test_memorial")
        for payload in self.payloads[:6]:
            with self.subTest(payload), self.undone():
                self.known_mails = self.known_mails.search([])
                text = payload[:24]
                form = {
                    **SUBMIT.fields_for(self),
                    "version_sha": memorial.current_version_id.sha256,
                    "p_inscription": text,
                }
                form.pop("p_width")
                page = self.send(DESIGN, {"p_inscription": text}, path=path[:-7])
                self._check(page, [text])
                answer = self.send(SUBMIT, form, path=path)
                self.assertIn(answer.outcome, (SUBMIT.good, "422"))
                if answer.outcome == "422":
                    self._check(answer, [text], 422)
                    continue
                self._check(self.send_raw("GET", answer.location), [text])

    def test_name_of_a_customer_s_contact(self):
        """It stands on pages and in mails of both sides."""
        self.contact.name = self.text
        self.send(REPLY)
        self._check(self.send(RFQ), self.payloads)
        self._check_mails(1)

    def test_seller_writes(self):
        rfq = self.rfq.with_user(self.seller)
        rfq._ask(self.text)
        self._check(self.send(RFQ), self.payloads)
        rfq._reject(self.text)
        self._check(self.send(RFQ), self.payloads)
        self.assertFalse(missing_text(self._check_mails(2), self.payloads))

    def test_seller_describes_a_design(self):
        """Labels, options, rules, buttons: what a seller types is text as well."""
        design = self.design
        design.test_ids.unlink()
        design.write({"name": self.text, "button_label": self.text})
        parameter = design.parameter_ids.filtered(lambda one: one.code == "material")
        parameter.write({"label": self.text, "group": self.text, "help": self.text})
        parameter.option_ids.write({"label": self.text})
        design.rule_ids.write({"message": self.text})
        design.with_user(self.manager).action_publish()
        self._check(self.send(DESIGN), self.payloads)
        spoiled = {**SUBMIT.fields_for(self), "p_width": "2500", "p_leg_size": "50"}
        self._check(self.send(SUBMIT, spoiled), self.payloads, 422)
        answer = self.send(SUBMIT)
        self.assertEqual(answer.outcome, SUBMIT.good)
        self._check(self.send_raw("GET", answer.location), self.payloads)
        self.rfq.search([], order="id desc", limit=1)._finish()
        self._check_mails(2)
        self._check(self.send(LIST), self.payloads)

    def test_texts_with_markup(self):
        """Two texts of a design are HTML; what runs in them is taken out."""
        self.design.write({"intro_text": self.text, "success_text": self.text})
        self._check(self.send(DESIGN))
        self._check(self.send(RFQ))

    def test_address_of_the_page(self):
        """What stands in the link comes back as text, if at all."""
        for route in (DESIGN, RFQ, LIST):
            for name in ("notice", "p_width", "p_material", "access_token", "x"):
                with self.subTest(str(route), name=name):
                    self.env["portal.throttle"].search([]).unlink()
                    answer = self.send(route, {name: self.text})
                    is_refused = route is DESIGN and name == "access_token"
                    self._check(answer, status=404 if is_refused else 200)
