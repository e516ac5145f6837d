from textwrap import dedent

from odoo.tests import BaseCase, tagged

from ..rules import check_python, check_xml

BAD = {
    "csrf=False": '@http.route("/a", methods=["POST"], csrf=False)\ndef a(self): pass',
    "auth='none'": '@http.route("/a", methods=["GET"], auth="none")\ndef a(self): pass',
    "methods": '@route("/a", auth="user")\ndef a(self): pass',
    "eval": "eval(text)",
    "safe_eval": "safe_eval(text)",
    "Markup": 'Markup(f"<b>{name}</b>")',
    "SQL()": 'SQL("SELECT %s" % name)',
    "query": 'self.env.cr.execute(f"SELECT {name}")',
    "sanitize": "body = fields.Html(sanitize=False)",
    "rights are dropped": "orders = self.sudo()",
    "superuser": 'order_sudo.env["ir.attachment"].create({})',
    "RPC": """
        class Order(models.Model):
            def action_take(self):
                # sudo: because
                self.sudo().taken = True
    """,
}
GOOD = {
    "signed link": """
        # csrf: mail programs post here; the signature decides
        @http.route("/a", methods=["POST"], csrf=False)
        def a(self): pass
    """,
    "override": "@http.route()\ndef a(self): pass",
    "reason": "# sudo: checked above\norders = self.sudo()",
    "back": "orders = self.sudo(False)",
    "literal": 'Markup("<b>%s</b>") % name',
    "rendered": "# markup: rendered by QWeb\nMarkup(html)",
    "SQL": 'self.env.cr.execute(SQL("SELECT %s", name))',
    "checked": """
        class Order(models.Model):
            def action_take(self):
                self.check_access("write")
                # sudo: checked above
                self.sudo().taken = True
    """,
    "private": """
        class Order(models.Model):
            @api.private
            def take(self):
                # sudo: callers check
                self.sudo().taken = True
    """,
}


@tagged("post_install", "-at_install")
class TestRules(BaseCase):
    def test_bad_code_is_found(self):
        for rule, source in BAD.items():
            with self.subTest(rule):
                found = [finding.rule for finding in check_python(dedent(source))]
                self.assertEqual(len(found), 1, found)
                self.assertIn(rule, found[0])

    def test_good_code_passes(self):
        for name, source in GOOD.items():
            with self.subTest(name):
                self.assertEqual(check_python(dedent(source)), [])

    def test_templates(self):
        for source in (
            '<t t-raw="name"/>',
            '<t t-esc="name"/>',
            '<a href="javascript:alert(1)"/>',
            '<a class="x" onclick="go()"/>',
        ):
            with self.subTest(source):
                self.assertEqual(len(check_xml(f"<odoo>\n{source}</odoo>")), 1)
        self.assertFalse(check_xml('<t t-out="name" t-att-href="url"/>'))
