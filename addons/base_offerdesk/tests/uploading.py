"""Visitors who send files; for other addons' tests of what is stored and served."""

import re
from contextlib import contextmanager
from itertools import product

from odoo.addons.offerdesk_test_support import files
from odoo.addons.offerdesk_test_support.oracle import violations, watched_log

from ..uploads import ALLOWED_TYPES, MAX_FILE_BYTES, MAX_FILES

ACTIVE_TYPES = re.compile(r"html|svg|xml|javascript|flash", re.IGNORECASE)
SAFE_NAME = re.compile(
    r"[^/\\\x00-\x1f\x7f\u200b-\u200f\u2028-\u202f\u2066-\u2069]{1,115}"
)


class UploadMixin:
    """Mix into a `RouteCase` whose routes take files."""

    # Odoo runs only what stands in the class itself otherwise.
    allow_inherited_tests_method = True
    fresh_keys = True
    # (route, name of its field for files, login of who sends them or None)
    uploads = ()
    # Models of the records that files are kept with.
    upload_models = ()

    def _is_welcome(self, _route, _upload):
        """Return whether a route takes a file that is what its name says."""
        return True

    def _get_served_links(self, _attachment):
        """Return our own addresses that send a file, beside Odoo's."""
        return []

    def _upload(self, upload_route, *uploads):
        """Send files; when nothing is stored of them, nothing else may be.

        :param upload_route: one of `uploads`
        :param uploads: `files.Upload`
        :return: what is stored
        :rtype: ir.attachment
        """
        route, field, login = upload_route
        self.become(login)
        parts = [(field, upload.as_part()) for upload in uploads]
        before = self.fingerprint.take()
        known = self._find_files()
        answer = self.send(route, route.fields_for(self), files=parts)
        answer.changed = self.fingerprint.changed(before)
        stored = self._find_files() - known
        self.assertLess(answer.status, 500)
        if not stored:
            self.assertFalse(violations(route, answer, self.base_url()))
            self.assertEqual(answer.changed, [])
        return stored

    def _find_files(self):
        return self.env["ir.attachment"].search(
            [("res_model", "in", self.upload_models)]
        )

    @contextmanager
    def _trial(self, upload_route, label=""):
        # One address may ask so often in an hour, and write in ten minutes.
        self.env["portal.throttle"].search([]).unlink()
        with self.subTest(label, route=str(upload_route[0])), self.undone():
            yield

    def test_refused_files(self):
        """Nothing is stored, not even the text that came with it."""
        for route, upload in product(self.uploads, files.refused_files()):
            with self._trial(route, upload.label):
                self.assertFalse(self._upload(route, upload))

    def test_one_bad_file_among_good_ones(self):
        pixel = files.welcome_files()[0]
        bad = files.refused_files()[0]
        for route in self.uploads:
            with self._trial(route):
                self.assertFalse(self._upload(route, pixel, bad))

    def test_welcome_files(self):
        for route, upload in product(self.uploads, files.welcome_files()):
            with self._trial(route, upload.label):
                stored = self._upload(route, upload)
                self.assertEqual(bool(stored), self._is_welcome(route[0], upload))
                for attachment in stored:
                    self.assertEqual(attachment.raw, upload.content)

    def test_names(self):
        """A name has no folder, no hidden character and no end that is cut off."""
        for route, upload in product(self.uploads, files.renamed_files()):
            with self._trial(route, upload.label):
                stored = self._upload(route, upload)
                self.assertTrue(SAFE_NAME.fullmatch(stored.name), stored.name)
                self.assertTrue(stored.name.endswith(".png"), stored.name)
                self._check_served(stored)

    def test_files_that_are_two_things(self):
        for route, upload in product(self.uploads, files.lying_files()):
            with self._trial(route, upload.label):
                for stored in self._upload(route, upload):
                    self._check_served(stored)

    def _check_served(self, attachment):
        """The browser is told to save the file and to guess nothing."""
        self.assertIn(attachment.mimetype, ALLOWED_TYPES)
        token = attachment._get_raw_access_token()
        self._check_headers(f"/web/content/{attachment.id}?access_token={token}")
        for link in self._get_served_links(attachment):
            headers = self._check_headers(link)
            self.assertTrue(headers["Content-Disposition"].startswith("attachment"))

    def _check_headers(self, link):
        served = self.send_raw("GET", link)
        self.assertEqual(served.status, 200, link)
        self.assertNotRegex(served.headers["Content-Type"], ACTIVE_TYPES)
        self.assertEqual(served.headers["X-Content-Type-Options"], "nosniff")
        policy = served.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        return served.headers

    def test_limits(self):
        """How many there are, and how large each is."""
        pixels = [
            files.Upload("x", f"{n}.png", files.png()) for n in range(MAX_FILES + 1)
        ]
        large = files.Upload("x", "x.png", files.png() + b"x" * MAX_FILE_BYTES)
        for route in self.uploads:
            with self._trial(route):
                self.assertFalse(self._upload(route, *pixels))
                self.assertFalse(self._upload(route, large))
                self.assertEqual(len(self._upload(route, *pixels[1:])), MAX_FILES)

    def test_too_large_altogether(self):
        """The server refuses before it reads, when the browser states the length."""
        large = files.Upload("x", "x.txt", b"x" * (2 * MAX_FILE_BYTES), "text/plain")
        for route in self.uploads:
            with self._trial(route), watched_log():
                self.become(route[2])
                before = self.fingerprint.take()
                parts = [(route[1], large.as_part())] * 3
                answer = self.send(route[0], route[0].fields_for(self), files=parts)
                self.assertEqual(answer.status, 413)
                self.assertEqual(self.fingerprint.changed(before), [])

    def test_too_large_without_a_stated_length(self):
        """Chunked requests have no length that could be refused."""
        for route in self.uploads:
            with self._trial(route):
                self.become(route[2])
                before = self.fingerprint.take()
                answer = self.send_unmeasured(
                    route[0], route[0].fields_for(self), route[1], MAX_FILE_BYTES
                )
                self.assertFalse(violations(route[0], answer, self.base_url()))
                self.assertEqual(self.fingerprint.changed(before), [])
