from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.base_offerdesk.arabic_text import shape_arabic
from odoo.addons.base_offerdesk.models import ir_actions_report

from .common import RENDERER_FAULTS, RENDERER_HANG, RendererMixin, pdf_text

PAGE = (
    "<!DOCTYPE html>\n<html><head><meta charset='utf-8'/></head><body>%s</body></html>"
)


@tagged("post_install", "-at_install")
class TestDocuments(RendererMixin, TransactionCase):
    """A page becomes a PDF or a sentence that says why not, never a wait."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        employee = new_test_user(cls.env, "employee", groups="base.group_user")
        cls.report = (
            cls.env["ir.actions.report"]
            .create(
                {
                    "name": "Page",
                    "model": "res.partner",
                    "report_name": "base_offerdesk.report_page",
                }
            )
            .with_user(employee)
        )

    def _render(self, text="Żółć, blåbærøl, Обед"):
        return self.report._render_self_contained_pdf(PAGE % text)

    def test_text(self):
        self.assertIn("Żółć, blåbærøl, Обед", pdf_text(self._render()))

    def test_script_is_not_run(self):
        script = "<script>document.write('evil')</script>"
        self.assertNotIn("evil", pdf_text(self._render(f"good {script}")))

    def test_arabic_stays_in_its_column(self):
        self.assertIn(shape_arabic("ثلاثة"), pdf_text(self._render("ثلاثة")))

    def test_shape_arabic(self):
        self.assertEqual(shape_arabic("Kari & Ola"), "Kari & Ola")
        # initial, medial, final: joined letters; alef does not join what follows
        self.assertEqual(shape_arabic("بيت"), "\ufe91\ufef4\ufe96")
        self.assertEqual(shape_arabic("دار"), "\ufea9\ufe8d\ufead")
        # lam and alef are one letter; vowel marks go
        self.assertEqual(shape_arabic("سَلام"), "\ufeb3\ufefc\ufee1")

    def test_faults(self):
        for name, script in RENDERER_FAULTS.items():
            with self.subTest(fault=name):
                self._put_renderer(script)
                with self.assertRaisesRegex(
                    UserError, "wkhtmltopdf failed|returned no document"
                ):
                    self._render()
        self._repair_renderer()
        self.assertTrue(self._render())

    def test_missing(self):
        self._put_renderer()
        with self.assertRaisesRegex(UserError, "could not be started"):
            self._render()

    def test_hanging(self):
        """A renderer that hangs is ended, with everything that it started."""
        script = self._put_renderer(RENDERER_HANG)
        self.patch(ir_actions_report, "RENDER_SECONDS", 1)
        with self.assertRaisesRegex(UserError, "did not finish within 1 seconds"):
            self._render()
        self._assert_ended(script)
