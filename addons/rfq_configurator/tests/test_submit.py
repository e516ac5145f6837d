import uuid
from datetime import datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.tests import tagged

from odoo.addons.rfq_configurator.exceptions import StaleDesign

from .common_rfq import RfqCommon

NOON = datetime(2026, 6, 2, 12)


@tagged("post_install", "-at_install")
class TestSubmit(RfqCommon):
    """Customers send what they configured."""

    def test_sent_with_modifications(self):
        with freeze_time(NOON):
            request = self._send(
                {"width": "1,800", "material": "walnut"},
                quantity="2",
                message="Two of these, please.",
                target_price="1,500.50",
                requested_date="2026-07-01",
            )
        self.assertEqual(request.state, "submitted")
        self.assertEqual(request.user_id, self.seller)
        self.assertEqual(request.partner_id, self.contact)
        self.assertEqual((request.quantity, request.target_price), (2, 1500.5))
        self.assertEqual(str(request.purge_after), "2026-07-02")
        self.assertTrue(request.is_modified)
        self.assertEqual(request.values["width"], "1800")
        changed = request.value_ids.filtered("is_modified")
        self.assertEqual(
            [(one.label, one.text, one.unit, one.default_text) for one in changed],
            [("Width", "1,800", "mm", "1,600"), ("Top", "Walnut", "", "Oak")],
        )
        self.assertTrue(request.geometry_hash)

    def test_sent_without_modifications(self):
        request = self._send()
        self.assertFalse(request.is_modified)
        self.assertFalse(request.value_ids.filtered("is_modified"))

    def test_what_was_cleared_stays_empty(self):
        design = self._create_design("memorial", code="test_memorial")
        design.access_mode = "public"
        design.action_publish()
        request = self._send(
            {"inscription": ""}, design, contact={"name": "G", "email": "g@x.example"}
        )
        rows = {row["code"]: row["text"] for row in request._get_rows()}
        self.assertEqual(rows["inscription"], "")

    def test_same_configuration_same_fingerprint(self):
        first = self._send({"width": "1,800.0"})
        second = self._send({"width": 1800, "material": "oak"})
        self.assertEqual(first.config_hash, second.config_hash)
        other = self._send({"width": 1810})
        self.assertNotEqual(first.config_hash, other.config_hash)

    def test_refused_and_nothing_kept(self):
        count = self.env["rfq.request"].search_count([])
        for name, (inputs, form, message) in {
            "rule": (
                {"width": 2100, "material": "glass"},
                {},
                "Glass tops are made up to",
            ),
            "unknown": ({"colour": "red"}, {}, "is no part of this design"),
            "junk": ({"width": {"a": [1]}}, {}, "Width: this is not possible"),
            "infinite": ({"width": float("inf")}, {}, "Width: please enter a number"),
            "none": ({}, {"quantity": 0}, "a whole number from 1"),
            "negative": ({}, {"quantity": "-1"}, "a whole number from 1"),
            "half": ({}, {"quantity": "1.5"}, "a whole number from 1"),
            "not a number": ({}, {"quantity": float("nan")}, "a whole number from 1"),
            "text": ({}, {"quantity": "many"}, "a whole number from 1"),
            "list": ({}, {"quantity": [2]}, "a whole number from 1"),
            "long": ({}, {"message": "x" * 10_001}, "at most 10000 characters"),
            "past": ({}, {"requested_date": "2020-01-01"}, "in the past"),
            "date": ({}, {"requested_date": "soon"}, "the date as a date"),
            "odd date": ({}, {"requested_date": {"x": 1}}, "the date as a date"),
            "price": ({}, {"target_price": "cheap"}, "price idea as a number"),
            "mail": ({}, {"contact": {"email": "x"}}, "check your e-mail address"),
        }.items():
            with self.subTest(name):
                with self.assertRaises(ValidationError) as refused:
                    self._send(inputs, **form)
                self.assertRegex(str(refused.exception), message)
        self.assertEqual(self.env["rfq.request"].search_count([]), count)

    def test_minimum_quantity(self):
        self.design.min_qty = 5
        with self.assertRaisesRegex(ValidationError, "at least 5"):
            self._send(quantity=4)
        self.assertEqual(self._send(quantity=5).quantity, 5)

    def test_disabled_between_load_and_submit(self):
        for record, vals in (
            (self.design, {"rfq_enabled": False}),
            (self.company, {"rfq_enabled": False}),
        ):
            record.write(vals)
            with self.assertRaisesRegex(ValidationError, "takes no requests"):
                self._send()
            record.rfq_enabled = True

    def test_page_open_across_a_publish(self):
        sha = self.design.current_version_id.sha256
        self.design.write(
            {
                "recipe": '{"parts": [{"name": "top", "shape": '
                '{"type": "box", "size": ["width", "depth", 30]}}]}',
                "parameter_ids": [
                    Command.delete(parameter.id)
                    for parameter in self.design.parameter_ids
                    if parameter.code == "corner_radius"
                ],
            }
        )
        self.design.action_publish()
        with self.assertRaises(StaleDesign) as stale:
            self._send({"width": 1800, "corner_radius": 50}, version_sha=sha)
        self.assertEqual(stale.exception.inputs, {"width": 1800})

    def test_sent_twice_is_sent_once(self):
        key = str(uuid.uuid4())
        first = self._send({"width": 1800}, idempotency_key=key)
        self.assertEqual(self._send({"width": 1800}, idempotency_key=key), first)
        with self.assertRaisesRegex(ValidationError, "with another content"):
            self._send({"width": 1900}, idempotency_key=key)

    def test_key_of_somebody_else(self):
        self.design.access_mode = "portal"
        key = str(uuid.uuid4())
        first = self._send({"width": 1800}, idempotency_key=key)
        contact = {
            name: first[f"contact_{name}"] or "" for name in ("name", "email", "phone")
        }
        with self.assertRaisesRegex(ValidationError, "with another content"):
            self._send(
                {"width": 1800},
                user=self.stranger_user,
                token="x",
                idempotency_key=key,
                contact=contact,
            )
        other = self._create_design("bracket", code="test_bracket")
        other.access_mode = "public"
        other.action_publish()
        guest = {"name": "Gus", "email": "gus@guest.example"}
        second = self._send({}, other, contact=guest, idempotency_key=key)
        self.assertNotEqual(first, second)

    def test_sent_again_after_a_publish(self):
        key, sha = str(uuid.uuid4()), self.design.current_version_id.sha256
        first = self._send({"width": 1800}, idempotency_key=key)
        self.design.parameter_ids[0].label = "Length"
        self.design.action_publish()
        again = self._send({"width": 1800}, version_sha=sha, idempotency_key=key)
        self.assertEqual(again, first)

    def test_guest_is_not_taken_for_a_customer(self):
        self.design.access_mode = "public"
        with self.assertRaisesRegex(ValidationError, "your name and your e-mail"):
            self._send(token="x")
        guest = {"name": "Bea", "email": self.contact.email}
        request = self._send(token="x", contact=guest)
        self.assertFalse(request.partner_id)
        self.assertEqual(request.contact_email, self.contact.email)

    def test_logged_in_customer(self):
        self.design.access_mode = "portal"
        request = self._send(user=self.stranger_user, token="x")
        self.assertEqual(request.partner_id, self.stranger_user.partner_id)
        self.assertEqual(request.contact_name, "Sam Stranger")

    def test_price_is_the_server_s(self):
        self.design.price_formula = "area * 400"
        self.design.action_publish()
        self.assertEqual(self._send().price_computed, 512)

    def test_snapshot_stays_when_the_design_changes(self):
        request = self._send({"width": 1800})
        self.design.parameter_ids[0].label = "Length"
        self.design.action_publish()
        self.assertEqual(request.value_ids[0].label, "Width")
        self.assertEqual(request._get_rows()[0]["label"], "Width")

    def test_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.design.parameter_ids[0].with_context(lang="fr_FR").label = "Largeur"
        self.design.action_publish()
        user = self.portal_user
        user.lang = "fr_FR"
        request = self._send({"width": "1 800,0"}, user=user)
        value = request.value_ids[0]
        self.assertEqual(value.label, "Largeur")
        self.assertEqual(value.text.replace("\xa0", " "), "1 800")
        self.assertEqual(request.lang, "fr_FR")

    def test_hidden_parameter_is_not_the_customer_s(self):
        self.design.parameter_ids = [
            Command.create(
                {
                    "code": "margin",
                    "label": "Margin",
                    "type": "integer",
                    "default_value": "7",
                    "customer_visible": False,
                }
            )
        ]
        self.design.action_publish()
        request = self._send({"margin": 50})
        self.assertEqual(request.values["margin"], "7")


@tagged("post_install", "-at_install")
class TestRequestRights(RfqCommon):
    """Who may read and change requests by call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.request = cls._send({"width": 1800}, message="Private")

    def test_sellers(self):
        Request = self.env["rfq.request"]
        self.assertIn(self.request, Request.with_user(self.seller).search([]))
        self.assertNotIn(self.request, Request.with_user(self.other_seller).search([]))
        self.assertIn(self.request, Request.with_user(self.leader).search([]))
        self.request.sudo().user_id = False
        self.assertIn(self.request, Request.with_user(self.other_seller).search([]))

    def test_customers_read_their_own(self):
        Request = self.env["rfq.request"]
        self.assertEqual(Request.with_user(self.portal_user).search([]), self.request)
        self.assertFalse(Request.with_user(self.stranger_user).search([]))
        with self.assertRaises(AccessError):
            self.request.with_user(self.stranger_user).read(["name"])
        with self.assertRaises(AccessError):
            self.request.with_user(self.portal_user).write({"message": "Changed"})

    def test_customers_don_t_read_what_is_internal(self):
        request = self.request.with_user(self.portal_user)
        self.assertEqual(request.read(["message"])[0]["message"], "Private")
        internal = (
            *("price_computed", "user_id", "access_id", "value_ids", "legal_hold"),
            *("idempotency_key", "files_state", "geometry_hash"),
        )
        for name in internal:
            with self.subTest(name):
                with self.assertRaises(AccessError):
                    request.read([name])
                with self.assertRaises(AccessError):
                    request.search([(name, "!=", False)])
                with self.assertRaises(AccessError):
                    request.formatted_read_group([], [name], ["__count"])
        for path in (
            "design_id.price_formula",
            "version_id.formula_tree",
            "design_id.access_ids.token",
        ):
            with self.subTest(path), self.assertRaises(AccessError):
                request.search([(path, "ilike", "1")])

    def test_guarded_values(self):
        for name, value in (
            ("state", "accepted"),
            ("values", {}),
            ("purge_after", False),
            ("legal_hold", True),
            ("price_computed", 1),
            ("model_glb", b"eA=="),
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                self.request.write({name: value})
        self.request.write({"requested_date": "2030-01-01"})

    def test_files(self):
        with self.assertRaises(MissingError):
            self.request._get_file("model_glb")
        for kind in ("../x", "access_token", "", None):
            with self.assertRaises(MissingError):
                self.request._get_file(kind)
