from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.templates import KeptTemplatesCase


@tagged("post_install", "-at_install")
class TestKeptTemplates(KeptTemplatesCase):
    """Templates stay compiled when a test ends, but not when it changed one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.view = cls.env["ir.ui.view"].create(
            {"type": "qweb", "key": "offerdesk_test_support.x", "arch": "<p>One</p>"}
        )

    def setUp(self):
        super().setUp()
        self._end_test()  # the view is new, so this one forgets

    def _end_test(self):
        self.registry.clear_all_caches()

    def _compile(self):
        return self.env["ir.qweb"]._generate_code_cached(self.view.id)

    def test_templates_stay(self):
        compiled = self._compile()
        self._end_test()
        self.assertIs(self._compile(), compiled)

    def test_changed_templates_are_forgotten(self):
        self.view.arch = "<p>Two</p>"
        compiled = self._compile()
        self._end_test()
        self.assertIsNot(self._compile(), compiled)

    def test_templates_for_changed_groups_are_forgotten(self):
        self.env["res.groups"].create({"name": "Guests"})
        compiled = self._compile()
        self._end_test()
        self.assertIsNot(self._compile(), compiled)

    def test_all_else_is_forgotten(self):
        name = self.env["ir.config_parameter"].get_param("database.uuid")
        self._end_test()
        with self.assertQueryCount(1):
            found = self.env["ir.config_parameter"].get_param("database.uuid")
        self.assertEqual(found, name)
