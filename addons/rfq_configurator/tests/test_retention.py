from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.rfq_configurator.exceptions import Purged

from .common_rfq import RfqMailCase

SENT = datetime(2026, 6, 2, 12)
DUE = datetime(2026, 7, 2, 3)


@tagged("post_install", "-at_install")
class TestRetention(RfqMailCase):
    """What customers sent goes when its time is over, and nothing else does."""

    def _send_at(self, moment, *args, **kwargs):
        with freeze_time(moment):
            return self._send(*args, **kwargs)

    def _vacuum(self, moment):
        """Let the daily job pass."""
        with freeze_time(moment):
            self.env["rfq.request"]._gc_rfq_warnings()
            return self.env["rfq.request"]._gc_rfq_requests()

    def _apply(self, requests, step, reason, user=None):
        window = Form(
            self.env["rfq.request.retention"]
            .with_user(user or self.manager)
            .with_context(default_request_ids=requests.ids, default_step=step)
        )
        window.reason = reason
        window.save().action_apply()

    def test_purged_after_its_time(self):
        self.design.allow_upload = True
        request = self._send_at(
            SENT,
            {"width": 1800},
            quantity=4,
            message="My secret",
            uploads=[("sketch.txt", b"A secret sketch")],
        )
        with freeze_time(SENT):
            self._run_files_job()
            order = self.env["sale.order"].browse(
                request.action_create_quotation()["res_id"]
            )
        number, fingerprint = request.name, request.config_hash
        self._vacuum(datetime(2026, 7, 1, 23))
        self.assertFalse(request.purged_on)
        self._vacuum(DUE)
        self.assertEqual(request.purged_on, DUE)
        emptied = (
            *("values", "value_ids", "message", "partner_id", "contact_name"),
            *("contact_email", "access_id", "quantity", "price_computed", "lang"),
            *("model_glb", "model_stl", "data_json", "snapshot", "message_ids"),
            *("activity_ids", "message_follower_ids", "geometry_hash"),
        )
        for name in emptied:
            with self.subTest(name):
                self.assertFalse(request[name])
        self.assertFalse(request.sudo().access_token)
        self.assertFalse(request.sudo().idempotency_key)
        attachments = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "rfq.request"),
                ("res_id", "=", request.id),
                ("res_field", "in", [False, "model_glb", "data_json", "snapshot"]),
            ]
        )
        self.assertFalse(attachments)
        self.assertEqual(
            (request.name, request.config_hash, request.quantity_band),
            (number, fingerprint, "2–9"),
        )
        self.assertEqual(request.design_id, self.design)
        self.assertEqual(request.purge_reason, "Time to keep is over")
        line = order.order_line
        self.assertEqual(line.rfq_request_id, request)
        self.assertEqual(line.rfq_values["width"], "1800")
        self.assertIn("Width: 1,800 mm", line.name)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
        )
        self.assertLessEqual(
            {"json", "glb"}, {file.name.rpartition(".")[2] for file in files}
        )
        self.assertTrue(all(file.raw for file in files))
        with self.assertRaises(Purged) as purged:
            request._get_file("model_glb")
        self.assertEqual(str(purged.exception.date), "2026-07-02")
        self.assertFalse(request.with_user(self.portal_user).search([]))
        self.assertEqual(self._vacuum(DUE), (0, False))

    def test_a_missed_run_is_made_up_for(self):
        request = self._send_at(SENT)
        self._vacuum(datetime(2026, 8, 1))
        self.assertTrue(request.purged_on)

    def test_mail_that_still_waits_is_not_sent(self):
        request = self._send_at(SENT, message="My secret")
        mails = self.env["mail.mail"].search(
            [("model", "=", "rfq.request"), ("res_id", "=", request.id)]
        )
        self.assertTrue(mails)
        self._vacuum(DUE)
        self.assertFalse(mails.exists())

    def test_warned_before(self):
        request = self._send_at(SENT)

        def warnings():
            return request.activity_ids.filtered(
                lambda one: "removed" in one.activity_type_id.name
            )

        self._vacuum(datetime(2026, 6, 24))
        self.assertFalse(warnings())
        self._vacuum(datetime(2026, 6, 25))
        first = warnings()
        self.assertEqual(first.user_id, self.seller)
        self._vacuum(datetime(2026, 6, 26))
        self.assertEqual(warnings(), first)
        self._vacuum(datetime(2026, 7, 1))
        self.assertEqual(len(warnings()), 1)
        self.assertNotEqual(warnings(), first)

    def test_answered_requests_don_t_warn(self):
        request = self._send_at(SENT)
        request._reject("")
        self._vacuum(datetime(2026, 6, 25))
        self.assertFalse(request.activity_ids)

    def test_unanswered_are_kept_if_wanted(self):
        self.company.rfq_keep_unanswered = True
        request, answered = self._send_at(SENT), self._send_at(SENT)
        answered._reject("")
        self._vacuum(DUE)
        self.assertFalse(request.purged_on)
        self.assertTrue(answered.purged_on)

    def test_legal_hold(self):
        request = self._send_at(SENT)
        self._apply(request, "hold", "Dispute 17")
        self.assertEqual(
            (request.legal_hold, request.hold_user_id, request.hold_reason),
            (True, self.manager, "Dispute 17"),
        )
        self._vacuum(DUE)
        self.assertFalse(request.purged_on)
        with self.assertRaisesRegex(UserError, "on legal hold"):
            self._apply(request, "purge", "Away with it")
        with self.assertRaisesRegex(UserError, "on legal hold"):
            request.sudo().unlink()
        self._apply(request, "release", "Settled")
        self.assertFalse(request.purged_on)
        self._vacuum(datetime(2026, 9, 1))
        self.assertTrue(request.purged_on)
        self.assertEqual(request.hold_user_id, self.manager)
        self.assertEqual(request.release_reason, "Settled")

    def test_purge_now(self):
        request = self._send_at(SENT)
        self._apply(request, "purge", "The customer wants it")
        self.assertEqual(request.purge_user_id, self.manager)
        self.assertEqual(request.purge_reason, "The customer wants it")
        self.assertFalse(request.values)
        with self.assertRaisesRegex(UserError, "were removed"):
            self._apply(request, "hold", "Too late")

    def test_managers_only(self):
        request = self._send_at(SENT)
        for step in ("hold", "purge"):
            with self.assertRaises(AccessError):
                self._apply(request, step, "Because", self.seller)
        self.assertFalse(request.purged_on)

    def test_kept_for_ever(self):
        self.company.rfq_retention_days = 0
        request = self._send_at(SENT)
        self.assertFalse(request.purge_after)
        self._vacuum(datetime(2036, 1, 1))
        self.assertFalse(request.purged_on)

    def test_time_of_the_design(self):
        self.design.write({"own_retention": True, "retention_days": 90})
        self.assertEqual(str(self._send_at(SENT).purge_after), "2026-08-31")

    def test_redated_never_before_tomorrow(self):
        old, new = self._send_at(SENT), self._send_at(datetime(2026, 6, 20, 12))
        with freeze_time(datetime(2026, 6, 21, 12)):
            self.company.rfq_retention_days = 7
            self.assertEqual(str(old.purge_after), "2026-07-02", "only when asked")
            settings = self.env["res.config.settings"].create({})
            settings.action_rfq_redate()
            self.assertEqual(str(old.purge_after), "2026-06-22")
            self.assertEqual(str(new.purge_after), "2026-06-27")
        self._vacuum(datetime(2026, 6, 21, 23))
        self.assertFalse(old.purged_on)
        self._vacuum(datetime(2026, 6, 22, 1))
        self.assertTrue(old.purged_on)

    def test_files_are_not_made_of_what_is_gone(self):
        request = self._send_at(SENT)
        self._apply(request, "purge", "The customer wants it")
        self.assertFalse(self._run_files_job())
        self.assertFalse(request.data_json)
