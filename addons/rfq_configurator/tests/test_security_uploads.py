import re
from contextlib import contextmanager
from itertools import product

from odoo.tests import tagged

from odoo.addons.base_offerdesk.uploads import (
    ALLOWED_TYPES,
    MAX_FILE_BYTES,
    MAX_FILES,
)
from odoo.addons.offerdesk_test_support import files
from odoo.addons.offerdesk_test_support.oracle import violations, watched_log

from .common_security import REPLY, SUBMIT, RfqSecurityCase

ROUTES = (SUBMIT, REPLY)
SAFE_NAME = re.compile(
    r"[^/\\\x00-\x1f\x7f\u200b-\u200f\u2028-\u202f\u2066-\u2069]{1,115}"
)


@tagged("post_install", "-at_install")
class TestSecurityUploads(RfqSecurityCase):
    """Files of requests and of messages: only what was asked for."""

    fresh_keys = True

    def setUp(self):
        super().setUp()
        self.become("rfq_portal")

    def _upload(self, route, *uploads):
        """Send files, and return what is stored of them."""
        parts = [("files", upload.as_part()) for upload in uploads]
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
        return self.env["ir.attachment"].search([("res_model", "=", "rfq.request")])

    @contextmanager
    def _trial(self, route, upload):
        # One address may ask so often in an hour, and write in ten minutes.
        self.env["portal.throttle"].search([]).unlink()
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
        for route, upload in product(ROUTES, files.welcome_files()):
            with self._trial(route, upload):
                stored = self._upload(route, upload)
                self.assertEqual(stored.raw, upload.content)

    def test_names(self):
        """A name has no folder, no hidden character and no end that is cut off."""
        for route, upload in product(ROUTES, files.renamed_files()):
            with self._trial(route, upload):
                stored = self._upload(route, upload)
                self.assertTrue(SAFE_NAME.fullmatch(stored.name), stored.name)
                self.assertTrue(stored.name.endswith(".png"), stored.name)

    def test_files_that_are_two_things(self):
        for route, upload in product(ROUTES, files.lying_files()):
            with self._trial(route, upload):
                for stored in self._upload(route, upload):
                    self._check_served(stored)

    def _check_served(self, attachment):
        """The browser is told to guess nothing, and runs nothing."""
        self.assertIn(attachment.mimetype, ALLOWED_TYPES)
        served = self.send_raw(
            "GET",
            f"/web/content/{attachment.id}"
            f"?access_token={attachment._get_raw_access_token()}",
        )
        self.assertEqual(served.status, 200)
        self.assertEqual(served.headers["X-Content-Type-Options"], "nosniff")
        policy = served.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)

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

    def test_not_asked_for(self):
        """A design that takes no files keeps none."""
        self.design.allow_upload = False
        known = self._find_files()
        part = files.welcome_files()[0].as_part()
        answer = self.send(SUBMIT, SUBMIT.fields_for(self), files=[("files", part)])
        self.assertEqual(answer.outcome, SUBMIT.good)
        self.assertEqual(self._find_files(), known)

    def test_too_large_altogether(self):
        """The server refuses before it reads, when the browser states the length."""
        large = files.Upload("x", "x.txt", b"x" * (2 * MAX_FILE_BYTES), "text/plain")
        for route in ROUTES:
            with self.subTest(str(route)), watched_log():
                before = self.fingerprint.take()
                parts = [("files", large.as_part())] * 3
                answer = self.send(route, route.fields_for(self), files=parts)
                self.assertEqual(answer.status, 413)
                self.assertEqual(self.fingerprint.changed(before), [])

    def test_too_large_without_a_stated_length(self):
        """Chunked requests have no length that could be refused."""
        for route in ROUTES:
            with self.subTest(str(route)):
                before = self.fingerprint.take()
                answer = self.send_unmeasured(
                    route, route.fields_for(self), "files", MAX_FILE_BYTES
                )
                self.assertEqual(answer.status, 422)
                self.assertEqual(self.fingerprint.changed(before), [])
