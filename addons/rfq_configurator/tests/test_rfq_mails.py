import json
from datetime import datetime

from freezegun import freeze_time
from jsonschema import Draft202012Validator

from odoo.tests import tagged
from odoo.tools.misc import file_path

from .common_rfq import RfqMailCase

NOON = datetime(2026, 6, 2, 12)


@tagged("post_install", "-at_install")
class TestRfqMails(RfqMailCase):
    """Who gets which mail, and what is with it."""

    def test_publication_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("rfq_configurator.mail_template_published")
        template.with_context(lang="fr_FR").subject = "{{ object.design_id.name }} FR"
        self.design.with_context(lang="fr_FR").name = "Tableau"
        self.contact.lang = "fr_FR"
        self.access.notified_on = False
        with self.mock_mail_gateway():
            self.design.action_publish()
        mail = self._new_mails
        self.assertEqual(mail.recipient_ids, self.contact)
        self.assertEqual(mail.subject, "Tableau FR")
        self.assertIn(f"/rfq/d/test_table?token={self.access.token}", mail.body_html)
        self.assertTrue(self.access.notified_on)

    def test_told_once_unless_wanted(self):
        self.design.parameter_ids[0].label = "Length"
        with self.mock_mail_gateway():
            self.design.action_publish()
        self.assertFalse(self._new_mails)
        self.design.notify_new_version = True
        self.design.parameter_ids[0].label = "Long side"
        with self.mock_mail_gateway():
            self.design.action_publish()
        self.assertEqual(self._new_mails.recipient_ids, self.contact)
        with self.mock_mail_gateway():
            self.access.with_user(self.seller).action_notify()
        self.assertEqual(self._new_mails.recipient_ids, self.contact)

    def test_request_to_customer_and_seller(self):
        request, mails = self._send_with_mails(
            {"width": 1800}, message="<b>Two</b> of these"
        )
        self.assertEqual(mails.recipient_ids, self.contact)
        self.assertIn("1,800", mails.body_html)
        self.assertIn("1,600", mails.body_html)
        self.assertIn("&lt;b&gt;Two", mails.body_html)
        self.assertIn(f"/my/rfqs/{request.id}?access_token=", mails.body_html)
        self.assertEqual(request.activity_ids.user_id, self.seller)
        mail = self._run_files_job()
        self.assertEqual(mail.recipient_ids, self.seller.partner_id)
        self.assertIn("Bea Blum", mail.body_html)
        self.assertIn("Bakery Blum", mail.body_html)
        self.assertIn("with modifications", mail.body_html)
        self.assertIn("1,800", mail.body_html)
        self.assertIn(f"/odoo/rfq.request/{request.id}", mail.body_html)
        self.assertNotIn("/web/content", mail.body_html)
        self.assertEqual(request.files_state, "done")

    def test_files_in_the_mail(self):
        with freeze_time(NOON):
            request, _mails = self._send_with_mails({"width": 1800})
            mail = self._run_files_job()
        stem = request.name.replace("/", "-").lower()
        # Glue may add documents of its own.
        self.assertLessEqual(
            {f"{stem}.{end}" for end in ("json", "png", "glb", "stl")},
            set(mail.attachment_ids.mapped("name")),
        )
        glb = mail.attachment_ids.filtered(lambda one: one.name.endswith("glb"))
        self.assertEqual(glb.raw[:4], b"glTF")
        self.assertEqual(glb.mimetype, "model/gltf-binary")
        data = json.loads(
            mail.attachment_ids.filtered(lambda one: one.name.endswith("json")).raw
        )
        path = file_path("rfq_configurator/static/schema/rfq-1.json")
        with open(path, encoding="utf-8") as file:
            Draft202012Validator(json.load(file)).validate(data)
        self.assertEqual(data["id"], request.name)
        self.assertEqual(data["issued"], "2026-06-02T12:00:00Z")
        self.assertEqual(data["buyer"]["name"], "Bakery Blum")
        width = next(one for one in data["parameters"] if one["code"] == "width")
        self.assertEqual(
            (width["value"], width["number"], width["default"], width["modified"]),
            ("1800", 1800, "1600", True),
        )
        self.assertEqual(
            {file["name"].rpartition(".")[2] for file in data["files"]},
            {"png", "glb", "stl"},
        )
        self.assertEqual(data["retention"], {"purge_after": "2026-07-02"})
        self.assertNotIn("price", data)

    def test_model_too_large_for_a_mail(self):
        self.env["ir.config_parameter"].set_param("base.default_max_email_size", "0.35")
        request, _mails = self._send_with_mails()
        mail = self._run_files_job()
        names = " ".join(mail.attachment_ids.mapped("name"))
        self.assertIn("json", names)
        self.assertNotIn("glb", names)
        self.assertIn("Too large for a mail", mail.body_html)
        self.assertIn("glb", mail.body_html)
        self.assertTrue(request.model_glb)

    def test_whom_sellers_mails_reach(self):
        team = self.env["crm.team"].create(
            {"name": "Tables", "user_id": self.leader.id}
        )
        boss = self.env["res.partner"].create({"name": "B", "email": "b@s.example"})
        self.design.write({"team_id": team.id, "notify_partner_ids": boss.ids})
        self.company.rfq_notify_seller = "none"
        for whom, expected in (
            ("company", self.env["res.partner"]),
            ("none", self.env["res.partner"]),
            ("responsible", self.seller.partner_id),
            ("team", self.leader.partner_id),
            ("address", boss),
        ):
            with self.subTest(whom):
                self.design.notify_seller = whom
                self._send_with_mails()
                self.assertEqual(self._run_files_job().recipient_ids, expected)

    def test_seller_without_an_address(self):
        self.seller.partner_id.email = False
        request, _mails = self._send_with_mails()
        self.assertFalse(self._run_files_job())
        self.assertEqual(request.files_state, "done")
        self.assertTrue(request.activity_ids)

    def test_customer_without_confirmation(self):
        self.design.confirm_to_customer = False
        _request, mails = self._send_with_mails()
        self.assertFalse(mails)

    def test_guest_is_answered_and_stays_a_guest(self):
        self.design.access_mode = "public"
        guest = {"name": "Gus", "email": self.contact.email}
        count = self.env["res.partner"].search_count([])
        request, mails = self._send_with_mails(token="x", contact=guest)
        self.assertEqual(mails.email_to, self.contact.email)
        self.assertFalse(mails.recipient_ids)
        self._run_files_job()
        self.assertFalse(request.partner_id)
        self.assertEqual(self.env["res.partner"].search_count([]), count)

    def test_model_that_can_t_be_built(self):
        self.design.recipe = json.dumps(
            {
                "parts": [
                    {
                        "name": "top",
                        "shape": {
                            "type": "box",
                            "size": ["width - 1700", "depth", "height"],
                        },
                    }
                ]
            }
        )
        self.design.parameter_ids[0].default_value = "1800"
        self.design.action_publish()
        request, _mails = self._send_with_mails({"width": 1000})
        mail = self._run_files_job()
        self.assertEqual(mail.recipient_ids, self.seller.partner_id)
        self.assertFalse(request.model_glb)
        self.assertTrue(request.data_json)

    def test_worker_that_was_killed_is_not_repeated_for_ever(self):
        request, _mails = self._send_with_mails()
        request.sudo().files_attempts = 2
        mail = self._run_files_job()
        self.assertEqual(request.files_state, "failed")
        self.assertTrue(mail)

    def test_uploaded_files_are_kept(self):
        self.design.allow_upload = True
        request = self._send(uploads=[("sketch.txt", b"A sketch")])
        message = request.message_ids.filtered("attachment_ids")
        self.assertEqual(message.attachment_ids.raw, b"A sketch")
        self.assertEqual(message.author_id, self.contact)
        self.design.allow_upload = False
        request = self._send(uploads=[("sketch.txt", b"A sketch")])
        self.assertFalse(request.message_ids.attachment_ids)

    def test_price_in_the_data_if_customers_see_it(self):
        self.design.write(
            {"price_formula": "area * 400", "price_display": "indicative"}
        )
        self.design.action_publish()
        request = self._send()
        self._run_files_job()
        self.assertEqual(
            request.sudo()._prepare_json()["price"],
            {"amount": "512.00", "currency": self.company.currency_id.name},
        )

    def test_confirmation_of_an_archived_language(self):
        request, mails = self._send_with_mails()
        request.sudo().lang = "xx_XX"
        self.assertTrue(self._run_files_job())
        self.assertTrue(mails)
