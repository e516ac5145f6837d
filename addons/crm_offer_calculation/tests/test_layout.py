from odoo.tests import tagged

from odoo.addons.base_offerdesk.tests.common import pdf_text

from .common import OfferCommon


@tagged("post_install", "-at_install")
class TestLayout(OfferCommon):
    """Quotations are printed in the layout of their template."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What a report has kept is printed again: no page of Odoo's is drawn here.
        cls.usual = cls.env.ref("sale.action_report_saleorder")
        cls.usual.write({"attachment": "'usual.pdf'", "attachment_use": True})
        cls.letter = cls.usual.copy(
            {"report_name": "sale.report_letter", "attachment": "'letter.pdf'"}
        )
        template = cls.env["sale.order.template"].create(
            {"name": "Letters", "report_id": cls.letter.id}
        )
        cls.plain, cls.order = orders = [
            cls._create_order(cls.window, name=name) for name in ("S-PLAIN", "S-LETTER")
        ]
        cls.plain.sale_order_template_id = False
        cls.order.sale_order_template_id = template
        for order in orders:
            for name in ("usual", "letter"):
                cls._keep(order, name)

    @classmethod
    def _keep(cls, order, layout):
        page = f"<html><body><h1>{order.name}: {layout}</h1></body></html>"
        cls.env["ir.attachment"].create(
            {
                "name": f"{layout}.pdf",
                "raw": cls.usual._render_self_contained_pdf(page),
                "res_model": order._name,
                "res_id": order.id,
            }
        )

    def _print(self, *orders):
        """Return the text of what buttons, mails and the portal print."""
        report = self.env["ir.actions.report"].with_user(self.seller)
        pdf, kind = report.with_context(force_report_rendering=True)._render_qweb_pdf(
            "sale.action_report_saleorder", [order.id for order in orders]
        )
        self.assertEqual(kind, "pdf")
        return pdf_text(pdf).split()

    def test_layout_of_the_template(self):
        self.assertEqual(self._print(self.order), ["S-LETTER:", "letter"])

    def test_without_a_template(self):
        self.assertEqual(self._print(self.plain), ["S-PLAIN:", "usual"])

    def test_both_at_once(self):
        """Each in its own layout, in the order in which they were chosen."""
        printed = ["S-PLAIN:", "usual", "S-LETTER:", "letter"]
        self.assertEqual(self._print(self.plain, self.order), printed)

    def test_another_report(self):
        """What is printed on purpose in another layout stays so."""
        report = self.env["ir.actions.report"].with_user(self.seller)
        pdf, _kind = report.with_context(force_report_rendering=True)._render_qweb_pdf(
            self.letter, self.plain.ids
        )
        self.assertEqual(pdf_text(pdf).split(), ["S-PLAIN:", "letter"])
