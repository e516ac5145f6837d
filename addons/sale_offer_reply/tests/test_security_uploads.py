import re
from uuid import uuid4

from odoo.tests import tagged

from odoo.addons.base_offerdesk.uploads import (
    ALLOWED_TYPES,
    MAX_FILE_BYTES,
    MAX_FILES,
)
from odoo.addons.offerdesk_test_support import files
from odoo.addons.offerdesk_test_support.oracle import violations, watched_log

from .common_security import FEEDBACK, FEEDBACK_PAGE, OfferSecurityCase

REFUSED = "303 /my/orders/<id>/offer/feedback"
ACTIVE_TYPES = re.compile(r"html|svg|xml|javascript|flash", re.I)
SAFE_NAME = re.compile(
    r"[^/\\\x00-\x1f\x7f\u200b-\u200f\u2028-\u202f\u2066-\u2069]{1,115}"
)


@tagged("post_install", "-at_install")
class TestSecurityUploads(OfferSecurityCase):
    """Attachments of feedback: only what was asked for, and never run by a browser."""

    fingerprint_ignored = ("portal_throttle",)

    def setUp(self):
        super().setUp()
        self.become(None)

    def _upload(self, *uploads):
        fields = {**FEEDBACK.fields_for(self), "idempotency_key": str(uuid4())}
        parts = [("attachments", upload.as_part()) for upload in uploads]
        before = self.fingerprint.take()
        answer = self.send(FEEDBACK, fields, files=parts)
        answer.changed = self.fingerprint.changed(before)
        self.assertFalse(violations(FEEDBACK, answer, self.base_url()))
        return answer

    def _stored(self):
        message = self.order._get_offer_feedback()[:1]
        return message.attachment_ids.sorted("id")

    def test_refused_files(self):
        """Nothing is stored, not even the text that came with it."""
        for upload in files.refused_files():
            with self.subTest(upload.label), self.undone():
                self.assertEqual(self._upload(upload).outcome, REFUSED)

    def test_one_bad_file_among_good_ones(self):
        good = files.welcome_files()
        with self.undone():
            answer = self._upload(*good[:2], files.refused_files()[0])
            self.assertEqual(answer.outcome, REFUSED)

    def test_welcome_files(self):
        with self.undone():
            answer = self._upload(*files.welcome_files())
            self.assertEqual(answer.outcome, FEEDBACK.good)
            self.assertEqual(
                self._stored().mapped("name"),
                [upload.name for upload in files.welcome_files()],
            )

    def test_names(self):
        """A name has no folder, no hidden character and no end that is cut off."""
        for upload in files.renamed_files():
            with self.subTest(upload.label), self.undone():
                self.assertEqual(self._upload(upload).outcome, FEEDBACK.good)
                attachment = self._stored()
                self.assertTrue(SAFE_NAME.fullmatch(attachment.name), attachment.name)
                self.assertTrue(attachment.name.endswith(".png"), attachment.name)
                self._check_served(attachment)

    def test_files_that_are_two_things(self):
        for upload in files.lying_files():
            with self.subTest(upload.label), self.undone():
                if self._upload(upload).outcome == FEEDBACK.good:
                    self._check_served(self._stored())

    def _check_served(self, attachment):
        """The browser is told to save the file and to guess nothing."""
        self.assertIn(attachment.mimetype, ALLOWED_TYPES)
        page = self.send(FEEDBACK_PAGE).text
        links = re.findall(rf'href="([^"]*/{attachment.id}\b[^"]*)"', page)
        self.assertEqual(len(links), 1)
        content = f"/web/content/{attachment.id}?access_token={{}}"
        for link in (
            links[0].replace("&amp;", "&"),
            content.format(attachment._get_raw_access_token()),
        ):
            served = self.send_raw("GET", link)
            self.assertEqual(served.status, 200)
            self.assertNotRegex(served.headers["Content-Type"], ACTIVE_TYPES)
            self.assertEqual(served.headers["X-Content-Type-Options"], "nosniff")
            policy = served.headers["Content-Security-Policy"]
            self.assertIn("default-src 'none'", policy)
            if "/offer/" in link:
                disposition = served.headers["Content-Disposition"]
                self.assertTrue(disposition.startswith("attachment"))

    def test_too_many_files(self):
        pixels = [
            files.Upload("x", f"{n}.png", files.png()) for n in range(MAX_FILES + 1)
        ]
        with self.undone():
            self.assertEqual(self._upload(*pixels).outcome, REFUSED)
        with self.undone():
            self.assertEqual(self._upload(*pixels[1:]).outcome, FEEDBACK.good)

    def test_too_large(self):
        large = files.Upload("x", "x.txt", b"x" * (MAX_FILE_BYTES + 1), "text/plain")
        with self.undone():
            self.assertEqual(self._upload(large).outcome, REFUSED)

    def test_too_large_altogether(self):
        """The server refuses before it reads, when the browser states the length."""
        large = files.Upload("x", "x.txt", b"x" * (2 * MAX_FILE_BYTES), "text/plain")
        with watched_log():
            fields = FEEDBACK.fields_for(self)
            parts = [("attachments", large.as_part())] * 3
            before = self.fingerprint.take()
            answer = self.send(FEEDBACK, fields, files=parts)
        self.assertEqual(answer.status, 413)
        self.assertFalse(self.fingerprint.changed(before))

    def test_too_large_without_a_stated_length(self):
        """Chunked requests have no length that could be refused."""
        fields = FEEDBACK.fields_for(self)
        before = self.fingerprint.take()
        with self.undone():
            answer = self.send_unmeasured(
                FEEDBACK, fields, "attachments", MAX_FILE_BYTES
            )
            self.assertEqual(answer.outcome, REFUSED)
            self.assertFalse(self.fingerprint.changed(before))
