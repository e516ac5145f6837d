import re
from contextlib import contextmanager
from itertools import product
from uuid import uuid4

from odoo.tests import tagged

from odoo.addons.base_offerdesk.uploads import (
    ALLOWED_TYPES,
    MAX_FILE_BYTES,
    MAX_FILES,
    PICTURE_TYPES,
)
from odoo.addons.offerdesk_test_support import files
from odoo.addons.offerdesk_test_support.oracle import violations, watched_log

from .common_security import REQUEST_SEND, SEND, TAKE_FILE, MarketSecurityCase

ROUTES = (REQUEST_SEND, SEND)
ACTIVE_TYPES = re.compile(r"html|svg|xml|javascript|flash", re.I)
SAFE_NAME = re.compile(
    r"[^/\\\x00-\x1f\x7f\u200b-\u200f\u2028-\u202f\u2066-\u2069]{1,115}"
)


@tagged("post_install", "-at_install")
class TestSecurityUploads(MarketSecurityCase):
    """Photos of customers and files of letters: only what was asked for."""

    fresh_keys = True

    def _upload(self, route, *uploads):
        """Send files, and return what is stored of them."""
        field = "photos" if route is REQUEST_SEND else "attachments"
        self.become(None if route is REQUEST_SEND else self.granite_user.login)
        parts = [(field, upload.as_part()) for upload in uploads]
        before = self.fingerprint.take()
        known = self._find_files()
        answer = self.send(route, route.fields_for(self), files=parts)
        answer.changed = self.fingerprint.changed(before)
        stored = self._find_files() - known
        if not stored:
            self.assertFalse(violations(route, answer, self.base_url()))
            self.assertEqual(answer.changed, [])
        self.assertLess(answer.status, 500)
        return stored

    def _find_files(self):
        return self.env["ir.attachment"].search(
            [("res_model", "in", ("crm.lead", "lead.market.take"))]
        )

    @contextmanager
    def _trial(self, route, upload):
        with self.subTest(upload.label, route=str(route)), self.undone():
            yield

    def test_refused_files(self):
        """Nothing is stored, not even the text that came with it."""
        for route, upload in product(ROUTES, files.refused_files()):
            with self._trial(route, upload):
                self.assertFalse(self._upload(route, upload))

    def test_one_bad_file_among_good_ones(self):
        pixel = files.welcome_files()[0]
        for route, bad in product(ROUTES, files.refused_files()[:1]):
            with self._trial(route, bad):
                self.assertFalse(self._upload(route, pixel, bad))

    def test_welcome_files(self):
        """Customers send pictures, workshops documents as well."""
        for route, upload in product(ROUTES, files.welcome_files()):
            with self._trial(route, upload):
                stored = self._upload(route, upload)
                is_welcome = route is SEND or upload.content_type in PICTURE_TYPES
                self.assertEqual(bool(stored), is_welcome)

    def test_names(self):
        """A name has no folder, no hidden character and no end that is cut off."""
        for route, upload in product(ROUTES, files.renamed_files()):
            with self._trial(route, upload):
                stored = self._upload(route, upload)
                self.assertTrue(SAFE_NAME.fullmatch(stored.name), stored.name)
                self.assertTrue(stored.name.endswith(".png"), stored.name)
                self._check_served(stored)

    def test_files_that_are_two_things(self):
        for route, upload in product(ROUTES, files.lying_files()):
            with self._trial(route, upload):
                for stored in self._upload(route, upload):
                    self._check_served(stored)

    def _check_served(self, attachment):
        """The browser is told to save the file and to guess nothing."""
        self.assertIn(attachment.mimetype, ALLOWED_TYPES)
        links = [
            f"/web/content/{attachment.id}"
            f"?access_token={attachment._get_raw_access_token()}"
        ]
        if attachment.res_model == "lead.market.take":
            links.append(TAKE_FILE.path_for(self, file_id=attachment.id))
        for link in links:
            served = self.send_raw("GET", link)
            self.assertEqual(served.status, 200, link)
            self.assertNotRegex(served.headers["Content-Type"], ACTIVE_TYPES)
            self.assertEqual(served.headers["X-Content-Type-Options"], "nosniff")
            policy = served.headers["Content-Security-Policy"]
            self.assertIn("default-src 'none'", policy)
            if link.startswith("/my/"):
                disposition = served.headers["Content-Disposition"]
                self.assertTrue(disposition.startswith("attachment"))

    def test_limits(self):
        """How many there are, and how large each is."""
        pixels = [
            files.Upload("x", f"{n}.png", files.png()) for n in range(MAX_FILES + 1)
        ]
        large = files.Upload("x", "x.png", files.png() + b"x" * MAX_FILE_BYTES)
        for route in ROUTES:
            with self.subTest(str(route)), self.undone():
                self.assertFalse(self._upload(route, *pixels))
                self.assertFalse(self._upload(route, large))
                self.assertEqual(len(self._upload(route, *pixels[1:])), MAX_FILES)

    def test_too_large_altogether(self):
        """The server refuses before it reads, when the browser states the length."""
        large = files.Upload("x", "x.txt", b"x" * (2 * MAX_FILE_BYTES), "text/plain")
        for route in ROUTES:
            with self.subTest(str(route)), watched_log():
                self.become(self.granite_user.login)
                before = self.fingerprint.take()
                parts = [("photos", large.as_part())] * 3
                answer = self.send(route, route.fields_for(self), files=parts)
                self.assertEqual(answer.status, 413)
                self.assertEqual(self.fingerprint.changed(before), [])

    def test_too_large_without_a_stated_length(self):
        """Chunked requests have no length that could be refused."""
        self.become(self.granite_user.login)
        fields = {**SEND.fields_for(self), "key": str(uuid4())}
        before = self.fingerprint.take()
        with self.undone():
            answer = self.send_unmeasured(SEND, fields, "attachments", MAX_FILE_BYTES)
            self.assertEqual(answer.status, 303)
            self.assertEqual(self.fingerprint.changed(before), [])

    def test_published_photo_is_made_anew(self):
        """What workshops see is not the file that came, but a picture of it."""
        with self.undone():
            stored = self._upload(REQUEST_SEND, files.lying_files()[0])
            lead = self.env["crm.lead"].browse(stored.res_id)
            request = lead.market_request_id.with_user(self.operator)
            self._log_call(request)
            request.action_publish()
            photo = request.sudo().photo_ids
            self.assertEqual(len(photo), 1)
            self.assertNotIn(b"<script>", photo.raw)
            self.assertNotIn(stored.name, photo.name)
