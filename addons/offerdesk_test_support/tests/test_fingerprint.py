from odoo.tests import TransactionCase, tagged

from ..fingerprint import Fingerprint


@tagged("post_install", "-at_install")
class TestFingerprint(TransactionCase):
    def setUp(self):
        super().setUp()
        self.partner = self.env["res.partner"].create({"name": "Ada"})
        self.fingerprint = Fingerprint(self.env, ["base"])

    def test_changes_are_seen(self):
        """Also an update that leaves counts, ids and dates as they were."""
        category = self.env["res.partner.category"].create({"name": "A"})
        for table, change in (
            ("res_partner", lambda: self.partner.write({"name": "Eva"})),
            ("res_partner", lambda: self.partner.copy()),
            (
                "res_partner_res_partner_category_rel",
                lambda: self.partner.write({"category_id": [(4, category.id)]}),
            ),
            (
                "ir_attachment",
                lambda: self.env["ir.attachment"].create({"name": "a", "raw": b"a"}),
            ),
        ):
            with self.subTest(table):
                before, writes = self.fingerprint.take(), self.fingerprint.writes()
                change()
                self.env.flush_all()
                self.assertIn(table, self.fingerprint.changed(before))
                self.assertNotEqual(self.fingerprint.writes(), writes)

    def test_nothing_changed(self):
        before, writes = self.fingerprint.take(), self.fingerprint.writes()
        self.env["res.partner"].search([]).mapped("name")
        self.assertEqual(self.fingerprint.changed(before), [])
        self.assertEqual(self.fingerprint.writes(), writes)

    def test_what_is_undone_did_not_change(self):
        before = self.fingerprint.take()
        savepoint = self.cr.savepoint()
        self.partner.name = "Eva"
        self.env.flush_all()
        savepoint.close(rollback=True)
        self.assertEqual(self.fingerprint.changed(before), [])

    def test_ignored_tables(self):
        self.assertIn("res_partner", self.fingerprint.tables)
        self.assertNotIn("ir_model_data", self.fingerprint.tables)
        other = Fingerprint(self.env, ["base"], ignored=["res_partner"])
        self.assertNotIn("res_partner", other.tables)
