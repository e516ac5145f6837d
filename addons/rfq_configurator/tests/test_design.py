import base64
import json

from odoo import Command
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.tests import tagged

from .common_rfq import RfqCommon


@tagged("post_install", "-at_install")
class TestDesign(RfqCommon):
    """What managers write, and what of it is published."""

    def test_demo_designs_are_published(self):
        for name in ("memorial", "bracket"):
            design = self._create_design(name, code=f"test_{name}")
            design.action_publish()
            self.assertEqual(design.state, "published")
            self.assertEqual(set(design.test_ids.mapped("outcome")), {"passed"})
            self.assertEqual(design.current_version_id.number, 1)

    def test_preview_of_an_uploaded_model(self):
        """What is uploaded is seen beside its parameters once it is saved."""
        for kind, content in (
            ("stl", b"solid flange\nfacet normal 0 0 1\n"),
            ("step", b"ISO-10303-21;\n"),
        ):
            with self.subTest(kind):
                design = self.env["rfq.design"].create(
                    {
                        "name": "Flange",
                        "code": f"test_{kind}",
                        "source": "static",
                        "model_file": base64.b64encode(content),
                    }
                )
                file = design.with_user(self.seller).preview["file"]
                self.assertEqual(file["kind"], kind)
                self.assertIn(f"/rfq.design/{design.id}/model_file", file["url"])
                design.model_file = False
                self.assertNotIn("file", design.preview)

    def test_mistakes_are_told_with_their_place(self):
        for name, (vals, message) in {
            "rule": (
                {"rule_ids": [Command.create({"expression": "widht < 3"})]},
                "Rule “widht < 3”: there is no parameter of this code",
            ),
            "parameter": (
                {
                    "parameter_ids": [
                        Command.create(
                            {"code": "min", "label": "Least", "type": "text"}
                        )
                    ]
                },
                "Parameter “Least”: this code can't be used",
            ),
            "recipe": (
                {"recipe": '{"parts": [{"name": "top", "shape": {"type": "cone"}}]}'},
                "Recipe, at parts/0/shape/type",
            ),
            "json": ({"recipe": '{"parts": ['}, "Recipe: this is no JSON"),
            "formula": ({"price_formula": "width *"}, "Price formula: this is no"),
        }.items():
            with self.subTest(name):
                with self.assertRaises(ValidationError) as refused:
                    self.design.write(vals)
                self.assertRegex(str(refused.exception), message)

    def test_circle_is_refused(self):
        circle = [
            {"code": "one", "label": "One", "type": "derived", "expression": "two + 1"},
            {"code": "two", "label": "Two", "type": "derived", "expression": "one + 1"},
        ]
        with self.assertRaisesRegex(ValidationError, "round in a circle"):
            self.design.parameter_ids = [Command.create(vals) for vals in circle]

    def test_failing_rule_test_blocks_publishing(self):
        self.design.action_draft()
        self.design.test_ids = [
            Command.create(
                {"name": "Too wide", "inputs": '{"width": 9000}', "expected": "valid"}
            )
        ]
        self.assertEqual(self.design.test_ids[-1].outcome, "failed")
        with self.assertRaisesRegex(UserError, "These rule tests fail: Too wide"):
            self.design.action_publish()
        self.assertEqual(self.design.state, "draft")

    def test_rule_test_is_json(self):
        with self.assertRaisesRegex(ValidationError, "values are written like"):
            self.design.test_ids[0].inputs = "width=3"

    def test_version_never_changes(self):
        version = self.design.current_version_id
        with self.assertRaises(UserError):
            version.sudo().write({"number": 7})
        with self.assertRaises(UserError):
            version.sudo().unlink()
        with self.assertRaisesRegex(UserError, "are kept"):
            self.design.unlink()

    def test_new_version_when_something_changed(self):
        first = self.design.current_version_id
        self.design.action_draft()
        self.design.action_publish()
        self.assertEqual(self.design.current_version_id, first)
        self.design.parameter_ids[0].label = "Length"
        self.design.action_publish()
        second = self.design.current_version_id
        self.assertEqual((first.number, second.number), (1, 2))
        self.assertNotEqual(first.sha256, second.sha256)
        self.design.price_formula = "width / 2"
        self.design.action_publish()
        self.assertEqual(self.design.current_version_id.number, 3)

    def test_words_in_every_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        width = self.design.parameter_ids[0]
        width.with_context(lang="fr_FR").label = "Largeur"
        self.design.action_publish()
        design_sudo, _access = self._open()
        for lang, label in (("en_US", "Width"), ("fr_FR", "Largeur")):
            definition = design_sudo.with_context(lang=lang)._get_definition()
            shown = definition["definition"]["parameters"][0]["label"]
            self.assertEqual(shown, label)

    def test_definition_follows_what_it_is_made_of(self):
        """It is cached, and never as it was before."""
        self.env["res.lang"]._activate_lang("fr_FR")

        def definition():
            design_sudo, _access = self._open()
            return design_sudo.with_context(lang="fr_FR")._get_definition()

        self.company.rfq_button_label = "Ask us"
        self.assertEqual(definition()["button"], "Ask us")
        self.assertIs(definition(), definition())
        label = {"fr_FR": "Demandez-nous"}
        self.company.update_field_translations("rfq_button_label", label)
        self.assertEqual(definition()["button"], "Demandez-nous")
        self.design.button_label = "Ask for this one"
        self.assertEqual(definition()["button"], "Ask for this one")
        self.company.rfq_enabled = False
        self.assertFalse(definition()["rfq_open"])
        picture = definition()["picture"]
        self.assertTrue(picture)
        self.design.parameter_ids[0].label = "Length"
        self.design.action_publish()
        self.assertEqual(definition()["version"], 2)
        self.assertNotEqual(definition()["picture"], picture)

    def test_uploaded_model_is_judged_by_content(self):
        bad = {"model_file": b"bm90IGEgbW9kZWw=", "source": "static"}
        with self.assertRaisesRegex(ValidationError, "GLB, STL or STEP"):
            self.design.write(bad)

    def test_copy_has_its_own_rules(self):
        copied = self.design.copy()
        self.assertEqual(copied.code, "test_table_2")
        self.assertEqual(len(copied.rule_ids), len(self.design.rule_ids))
        self.assertEqual(copied.rule_ids.target_parameter_id.design_id, copied)
        copied.action_publish()

    def test_formula_is_not_public(self):
        self.design.price_formula = "987654 + width"
        self.design.action_publish()
        design_sudo, _access = self._open()
        self.assertNotIn("987654", json.dumps(design_sudo._get_definition()))

    def test_what_customers_may_see(self):
        for mode, user, token, is_open in (
            ("private", self.public, "x", False),
            ("private", self.portal_user, "x", True),
            ("private", self.stranger_user, "x", False),
            ("private", self.stranger_user, self.access.token, True),
            ("private", self.seller, "x", True),
            ("portal", self.stranger_user, "x", True),
            ("portal", self.public, "x", False),
            ("link", self.public, self.design._portal_ensure_token(), True),
            ("link", self.stranger_user, "x", False),
            ("public", self.public, "ü\x00", True),
        ):
            self.design.access_mode = mode
            with self.subTest(mode=mode, user=user.login, token=token):
                if is_open:
                    design, _access = self._open(user=user, token=token)
                    self.assertEqual(design, self.design)
                else:
                    with self.assertRaises(AccessError):
                        self._open(user=user, token=token)

    def test_definition_of_what_is_open(self):
        """One statement tells whether everybody may have it, and what they get."""
        designs = self.env["rfq.design"].with_user(self.public)
        designs = designs.with_context(lang=self.public.lang)
        for mode in ("private", "portal", "link"):
            self.design.access_mode = mode
            self.assertIsNone(designs._get_open_definition(self.design.code))
        self.design.access_mode = "public"
        design_sudo, _access = self._open()
        definition = design_sudo._get_definition()
        with self.assertQueryCount(1):
            found = designs._get_open_definition(self.design.code)
        self.assertIs(found, definition)
        for code in ("unknown", "ü", "", "x\x00", "x' or 1=1"):
            self.assertIsNone(designs._get_open_definition(code))
        for state in ("draft", "archived"):
            self.design.state = state
            self.assertIsNone(designs._get_open_definition(self.design.code))

    def test_link_that_ended(self):
        self.access.action_revoke()
        with self.assertRaisesRegex(AccessError, "does not work any more"):
            self._open()
        self.access.action_renew()
        self._open()
        self.access.expires_on = "2020-01-01"
        with self.assertRaisesRegex(AccessError, "does not work any more"):
            self._open()

    def test_token_of_another_design(self):
        other = self._create_design("bracket", code="test_bracket")
        other.action_publish()
        with self.assertRaises(AccessError):
            self._open(other)

    def test_unpublished_and_unknown_look_alike(self):
        get = self.env["rfq.design"].with_user(self.public)._get_for_visitor
        messages = set()
        self.design.action_draft()
        for code in (self.design.code, "unknown", "ü", "", None, "x' or 1=1"):
            with self.assertRaises(MissingError) as refused:
                get(code, self.access.token)
            messages.add(str(refused.exception))
        self.assertEqual(len(messages), 1)

    def test_evaluated_for_a_visitor(self):
        design_sudo, _access = self._open()
        result = design_sudo._evaluate({"width": "2100", "material": "glass"})
        self.assertFalse(result["valid"])
        self.assertIn(
            "Glass tops are made up to a width of 2000 mm.",
            [issue["message"] for issue in result["issues"]],
        )
        self.assertNotIn("price", result)
        result = design_sudo._evaluate({"width": "9000"})
        self.assertEqual(
            [
                issue["message"]
                for issue in result["issues"]
                if issue["severity"] == "error"
            ],
            ["Width: at most 2,600 mm."],
        )
        for junk in (None, [], "x", {"width": ["x"]}, {"nothing": 1, "": {}}):
            self.assertIn("issues", design_sudo._evaluate(junk))

    def test_indicative_price(self):
        self.design.write(
            {"price_formula": "area * 400", "price_display": "indicative"}
        )
        self.design.action_publish()
        design_sudo, _access = self._open()
        self.assertEqual(design_sudo._evaluate({})["price"]["amount"], 512)
        self.assertIsNone(design_sudo._evaluate({"width": 1})["price"])
        self.design.price_formula = "area / 0"
        self.design.action_publish()
        self.assertIsNone(design_sudo._evaluate({})["price"])

    def test_failing_expression_is_told_once(self):
        self.design.parameter_ids = [
            Command.create(
                {
                    "code": "bad",
                    "label": "Bad",
                    "type": "derived",
                    "expression": "1 / (width - width)",
                }
            )
        ]
        self.design.test_ids.unlink()
        self.design.action_publish()
        design_sudo, _access = self._open()
        design_sudo._evaluate({})
        design_sudo._evaluate({})
        activity = self.design.activity_ids
        self.assertEqual(activity.user_id, self.seller)
        self.assertIn("derived/bad: div0", activity.note)


@tagged("post_install", "-at_install")
class TestDesignRights(RfqCommon):
    """Who may do what by call."""

    def test_customers_read_nothing(self):
        for user in (self.portal_user, self.public):
            for model in (
                *("rfq.design", "rfq.design.parameter", "rfq.design.option"),
                *("rfq.design.rule", "rfq.design.rule.test", "rfq.design.version"),
                *("rfq.design.access", "rfq.request.value"),
            ):
                with self.subTest(model=model, user=user.login):
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).search_read([])

    def test_sellers_invite_and_don_t_publish(self):
        design = self.design.with_user(self.seller)
        self.env["rfq.design.access"].with_user(self.seller).create(
            {"design_id": design.id, "partner_id": self.stranger_user.partner_id.id}
        )
        for step in (
            design.action_publish,
            design.action_draft,
            lambda: design.write({"price_formula": "1"}),
            lambda: design.rule_ids.write({"expression": "True"}),
            lambda: design.parameter_ids.unlink(),
            lambda: design.current_version_id.write({"number": 2}),
        ):
            with self.assertRaises(UserError):
                step()

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        manager = self.manager
        manager.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        designs = self.env["rfq.design"].with_user(manager)
        designs = designs.with_context(allowed_company_ids=other.ids)
        self.assertNotIn(self.design, designs.search([]))
        with self.assertRaises(AccessError):
            designs.browse(self.design.id).read(["name"])
