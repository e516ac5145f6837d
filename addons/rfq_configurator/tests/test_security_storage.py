import base64
import resource
import uuid
from contextlib import contextmanager

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_page import PageCase
from .common_rfq import RfqMailCase

CONTROLLERS = "odoo.addons.rfq_configurator.controllers"
TRIALS = 20
# Bytes; a file of more can't be written. The log and what Odoo keeps are smaller or go
# elsewhere.
ROOM = 64 * 1024


@contextmanager
def full_disk(room=ROOM):
    """The system refuses to write larger files, as if there was no room for them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def large_file():
    """A file without room, which was never stored before; werkzeug keeps it in
    memory."""
    content = f"{uuid.uuid4()} ".encode() * 4000
    return {"files": ("sketch.txt", content, "text/plain")}


@tagged("post_install", "-at_install")
class TestSecurityStorage(PageCase):
    """A full disk: visitors are told, nothing is kept of what was refused."""

    def setUp(self):
        super().setUp()
        self.design.allow_upload = True
        self.company.rfq_max_per_hour = 1000

    def _submit(self, files):
        return self.post(
            f"{self.url}/submit",
            self.form(p_width="1700", message="With a drawer."),
            files=files,
        )

    def _attachments(self):
        return self.env["ir.attachment"].search([("res_model", "=", "rfq.request")])

    @mute_logger(f"{CONTROLLERS}.configurator")
    def test_request(self):
        for _trial in range(TRIALS):
            files = large_file()
            with full_disk():
                answer = self._submit(files)
            self.assertEqual(answer.status_code, 422)
            self.assertIn("Your files can&#39;t be stored at the moment", answer.text)
            self.assertIn("With a drawer.", answer.text)
            self.assertIn('value="1700"', answer.text)
        self.assertFalse(self.requests())
        self.assertFalse(self._attachments())
        # There is room again: the same file is taken, whole.
        self.assertEqual(self._submit(files).status_code, 303)
        self.assertEqual(self._attachments().raw, files["files"][1])

    @mute_logger(f"{CONTROLLERS}.configurator")
    def test_request_without_files(self):
        """It needs no room."""
        with full_disk():
            answer = self.send(p_width="1700")
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(self.requests().values["width"], "1700")

    @mute_logger(f"{CONTROLLERS}.portal_request")
    def test_message(self):
        self.send()
        rfq = self.requests()
        before = rfq.message_ids
        files = large_file()

        def reply():
            return self.post(
                f"/my/rfqs/{rfq.id}/reply",
                {
                    "access_token": rfq.access_token,
                    "idempotency_key": str(uuid.uuid4()),
                    "message": "In blue, please.",
                },
                files=files,
            )

        with full_disk():
            answer = reply()
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Your files can&#39;t be stored at the moment", answer.text)
        self.assertIn("In blue, please.", answer.text)
        self.assertEqual(rfq.message_ids, before)
        self.assertFalse(self._attachments())
        self.assertEqual(reply().status_code, 303)
        self.assertEqual(self._attachments().raw, files["files"][1])


@tagged("post_install", "-at_install")
class TestSecurityStorageOfFiles(RfqMailCase):
    """Files that are made while the disk is full are made later."""

    @mute_logger("odoo.addons.rfq_configurator.models.rfq_request_files")
    def test_files(self):
        request = self._send()
        first = request.sudo()
        with full_disk(1024):
            mails = self._run_files_job()
        self.assertEqual(first.files_state, "pending")
        self.assertEqual(first.files_attempts, 0)
        self.assertFalse(first.data_json)
        self.assertFalse(mails)
        mails = self._run_files_job()
        self.assertEqual(first.files_state, "done")
        self.assertIn(request.name.encode(), base64.b64decode(first.data_json))
        self.assertIn("rfq_seller", mails.recipient_ids.email)
