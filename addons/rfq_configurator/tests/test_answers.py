from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common_rfq import RfqMailCase


@tagged("post_install", "-at_install")
class TestAnswers(RfqMailCase):
    """Sellers answer: with a question, another configuration, a quotation, or not."""

    def _reply(self, request, kind, **vals):
        """Fill in the window of an answer and send it."""
        window = Form(
            self.env["rfq.request.reply"]
            .with_user(self.seller)
            .with_context(default_request_id=request.id, default_kind=kind)
        )
        for name, value in vals.items():
            window[name] = value
        reply = window.save()
        reply.action_send()
        return reply

    def _quote(self, requests):
        action = requests.with_user(self.seller).action_create_quotation()
        return self.env["sale.order"].with_user(self.seller).browse(action["res_id"])

    def test_question_and_reply(self):
        request = self._send()
        with self.mock_mail_gateway():
            self._reply(request, "question", message="Which <oak>?")
        self.assertEqual(request.state, "in_review")
        self.assertEqual(self._new_mails.recipient_ids, self.contact)
        self.assertIn("Which &lt;oak&gt;?", self._new_mails.body_html)
        self.assertFalse(request.activity_ids)
        with self.mock_mail_gateway():
            for _twice in range(2):
                request.sudo()._customer_reply(self.contact, "European", key="one")
        self.assertEqual(self._new_mails.recipient_ids, self.seller.partner_id)
        self.assertIn("European", self._new_mails.body_html)
        self.assertEqual(request.activity_ids.user_id, self.seller)
        said = request._get_conversation()
        self.assertEqual(said.author_id, self.seller.partner_id | self.contact)

    def test_quotation_that_is_being_written(self):
        """It is opened again; a second one is made when it was sent."""
        request = self._send()
        order = self._quote(request)
        self.assertEqual(self._quote(request), order)
        request.user_id = False
        with self.assertRaisesRegex(UserError, "Sofie Seller is writing a quotation"):
            request.with_user(self.other_seller).action_create_quotation()
        order.action_quotation_sent()
        self.assertNotEqual(self._quote(request), order)

    def test_quotation_of_more_requests(self):
        """A draft of one of them is not one of both."""
        requests = self._send() | self._send({"width": 1800})
        first = self._quote(requests[0])
        both = self._quote(requests)
        self.assertNotEqual(both, first)
        self.assertEqual(both.order_line.rfq_request_id, requests)

    def test_rejected(self):
        request = self._send()
        with self.mock_mail_gateway():
            self._reply(request, "reject", message="We are booked out.")
        self.assertEqual(request.state, "rejected")
        self.assertIn("booked out", self._new_mails.body_html)
        with self.assertRaisesRegex(UserError, "is now “Rejected”"):
            self._quote(request)

    def test_windows_say_what_they_do(self):
        """Nobody rejects a request taking it for a question."""
        request = self._send().with_user(self.seller)
        self.assertEqual(request.action_ask()["name"], "Ask the Customer")
        self.assertEqual(request.action_counter()["name"], "Propose a Configuration")
        self.assertEqual(request.action_reject()["name"], "Reject the Request")

    def test_answered_while_another_window_was_open(self):
        request = self._send()
        window = Form(
            self.env["rfq.request.reply"]
            .with_user(self.seller)
            .with_context(default_request_id=request.id, default_kind="reject")
        )
        self._reply(request, "question", message="Which oak?")
        with self.assertRaisesRegex(UserError, "while you had it open"):
            window.save().action_send()
        self.assertEqual(request.state, "in_review")

    def test_other_configuration(self):
        request = self._send({"width": 2500})
        window = Form(
            self.env["rfq.request.reply"]
            .with_user(self.seller)
            .with_context(default_request_id=request.id, default_kind="counter")
        )
        self.assertEqual(window.line_ids._records[0]["value"], "2,500")
        with window.line_ids.edit(0) as line:
            line.value = "2,400"
        reply = window.save()
        with self.mock_mail_gateway():
            reply.action_send()
        self.assertIn("another configuration", self._new_mails.body_html)
        revision = request.revision_ids
        self.assertEqual(revision.state, "draft")
        self.assertEqual(revision.values["width"], "2400")
        self.assertEqual(request.values["width"], "2500")
        self.assertEqual(request.answer_ids.revision_id, revision)
        with self.mock_mail_gateway():
            revision.sudo()._customer_accept_counter()
        self.assertEqual((revision.state, request.state), ("submitted", "cancelled"))
        self._run_files_job()
        self.assertTrue(revision.model_glb)

    def test_options_are_written_by_name(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        material = self.design.parameter_ids.filtered(
            lambda one: one.code == "material"
        )
        walnut = material.option_ids.filtered(lambda one: one.code == "walnut")
        walnut.with_context(lang="fr_FR").label = "Noyer"
        self.design.action_publish()
        request = self._send()
        self.seller.lang = "fr_FR"
        window = Form(
            self.env["rfq.request.reply"]
            .with_user(self.seller)
            .with_context(
                lang="fr_FR", default_request_id=request.id, default_kind="counter"
            )
        )
        lines = {
            line["code"]: number for number, line in enumerate(window.line_ids._records)
        }
        shown = window.line_ids._records[lines["material"]]
        self.assertEqual(shown["value"], "Oak")
        self.assertEqual(shown["choices"], "Oak, Noyer, Glass")
        self.assertEqual(window.line_ids._records[lines["shelf"]]["value"], "Non")
        with window.line_ids.edit(lines["material"]) as line:
            line.value = " noyer"
        with window.line_ids.edit(lines["shelf"]) as line:
            line.value = "Oui"
        with window.line_ids.edit(lines["legs"]) as line:
            line.value = "square"
        window.save().action_send()
        values = request.revision_ids.values
        self.assertEqual(values["material"], "walnut")
        self.assertIs(values["shelf"], True)
        self.assertEqual(values["legs"], "square")

    def test_other_configuration_keeps_the_rules(self):
        request = self._send({"width": 2500})
        for inputs, message in (
            ({"material": "glass"}, "Glass tops are made up to"),
            ({"width": "wide"}, "please enter a number"),
            ({}, "Nothing differs"),
        ):
            with self.assertRaisesRegex(ValidationError, message):
                request._counter(inputs, "")
        self.assertFalse(request.revision_ids)

    def test_customer_cancels_until_quoted(self):
        request = self._send()
        request.sudo()._customer_cancel(self.contact)
        self.assertEqual(request.state, "cancelled")
        self.assertFalse(request.activity_ids)
        quoted = self._send()
        self._quote(quoted).action_quotation_sent()
        with self.assertRaisesRegex(UserError, "is now “Quoted”"):
            quoted.sudo()._customer_cancel(self.contact)

    def test_quotation(self):
        self.design.price_formula = "area * 400"
        self.design.action_publish()
        request = self._send({"width": 2000, "material": "walnut"}, quantity=3)
        self._run_files_job()
        order = self._quote(request)
        self.assertEqual(order.partner_id, self.contact)
        self.assertEqual(order.origin, request.name)
        self.assertEqual(request.state, "in_review")
        line = order.order_line
        self.assertEqual((line.product_uom_qty, line.price_unit), (3, 640))
        self.assertIn("Width: 2,000 mm", line.name)
        self.assertIn("Top: Walnut", line.name)
        self.assertNotIn("Thickness of the glass", line.name)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
        )
        # Glue may add documents of its own.
        self.assertLessEqual(
            {"json", "glb"}, {file.name.rpartition(".")[2] for file in files}
        )
        self.assertEqual(request.answer_ids.sale_order_id, order)

    def test_price_survives_changes_of_the_order(self):
        self.design.price_formula = "area * 400"
        self.design.action_publish()
        order = self._quote(self._send({"width": 2000}))
        line = order.order_line
        line.product_uom_qty = 7
        self.assertEqual(line.price_unit, 640)
        order.action_update_prices()
        self.assertEqual(line.price_unit, 640)
        copied = order.copy()
        self.assertEqual(copied.order_line.price_unit, 640)
        self.assertIn("Width: 2,000 mm", copied.order_line.name)
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Half",
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 50})
                ],
            }
        )
        order.pricelist_id = pricelist
        order.action_update_prices()
        self.assertEqual((line.price_unit, line.discount), (640, 0))

    def test_price_in_another_currency(self):
        self.design.price_formula = "area * 400"
        self.design.action_publish()
        currency = self.env["res.currency"].create(
            {
                "name": "TST",
                "symbol": "T",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 2})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Test", "currency_id": currency.id}
        )
        order = self._quote(self._send({"width": 2000}))
        order.pricelist_id = pricelist
        order.action_update_prices()
        self.assertEqual(order.order_line.price_unit, 1280)

    def test_without_a_formula_the_product_s_price(self):
        self.assertEqual(self._quote(self._send()).order_line.price_unit, 900)

    def test_states_follow_the_order(self):
        request = self._send()
        order = self._quote(request)
        order.action_quotation_sent()
        self.assertEqual(request.state, "quoted")
        self.assertTrue(request.answer_ids.sent_on)
        self.assertFalse(request.activity_ids)
        order._action_cancel()
        self.assertEqual(request.state, "declined")
        order.action_draft()
        self.assertEqual(request.state, "in_review")
        order.action_confirm()
        self.assertEqual(request.state, "accepted")

    def test_one_quotation_of_several_requests(self):
        requests = self._send({"width": 1800}) + self._send({"width": 2000})
        order = self._quote(requests)
        self.assertEqual(order.order_line.rfq_request_id, requests)
        self.assertEqual(order.rfq_request_count, 2)
        self.design.access_mode = "portal"
        other = self._send(user=self.stranger_user, token="x")
        with self.assertRaisesRegex(UserError, "one customer of one company"):
            self._quote(requests + other)

    def test_guest_becomes_a_customer_on_the_seller_s_click(self):
        self.design.access_mode = "public"
        guest = {"name": "Gus Guest", "email": "gus@guest.example"}
        request = self._send(token="x", contact=guest)
        action = request.action_create_quotation()
        self.assertEqual(action["res_model"], "rfq.request.quotation")
        window = Form(
            self.env[action["res_model"]]
            .with_user(self.seller)
            .with_context(**action["context"])
        )
        self.assertFalse(window.partner_id)
        action = window.save().action_create()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(order.partner_id.name, "Gus Guest")
        self.assertEqual(request.partner_id, order.partner_id)

    def test_design_without_a_product(self):
        self.design.product_tmpl_id = False
        with self.assertRaisesRegex(UserError, "Choose the product"):
            self._quote(self._send())

    def test_variant_by_mapped_attributes(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Wood",
                "value_ids": [Command.create({"name": n}) for n in ("Oak", "Walnut")],
            }
        )
        size = self.env["product.attribute"].create(
            {
                "name": "Size",
                "create_variant": "no_variant",
                "value_ids": [Command.create({"name": "Free", "is_custom": True})],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Table",
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": one.id,
                            "value_ids": [Command.set(one.value_ids.ids)],
                        }
                    )
                    for one in (attribute, size)
                ],
            }
        )
        wood, free = template.attribute_line_ids
        width = self.design.parameter_ids.filtered(lambda one: one.code == "width")
        material = self.design.parameter_ids.filtered(
            lambda one: one.code == "material"
        )
        self.design.product_tmpl_id = template
        width.ptal_id = free
        material.ptal_id = wood
        for option, value in zip(
            material.option_ids, wood.product_template_value_ids, strict=False
        ):
            option.ptav_id = value
        line = self._quote(self._send({"material": "walnut"})).order_line
        self.assertEqual(
            line.product_id.product_template_attribute_value_ids.name, "Walnut"
        )
        self.assertEqual(
            line.product_custom_attribute_value_ids.custom_value, "1,600 mm"
        )
        self.assertNotIn("Top: Walnut", line.name)
        self.assertIn("Depth: 800 mm", line.name)

    def test_only_for_those_who_may(self):
        request = self._send()
        for step in ("action_create_quotation", "action_review", "action_reject"):
            with self.assertRaises(AccessError):
                getattr(request.with_user(self.other_seller), step)()
            with self.assertRaises(AccessError):
                getattr(request.with_user(self.portal_user), step)()
