from odoo.tests import tagged

from odoo.addons.base_offerdesk.tests.uploading import UploadMixin
from odoo.addons.offerdesk_test_support import files

from .common_security import REPLY, SUBMIT, RfqSecurityCase


@tagged("post_install", "-at_install")
class TestSecurityUploads(UploadMixin, RfqSecurityCase):
    """Files of requests and of messages: only what was asked for."""

    uploads = [(SUBMIT, "files", "rfq_portal"), (REPLY, "files", "rfq_portal")]
    upload_models = ("rfq.request",)

    def test_not_asked_for(self):
        """A design that takes no files keeps none."""
        self.become("rfq_portal")
        self.design.allow_upload = False
        known = self._find_files()
        part = files.welcome_files()[0].as_part()
        answer = self.send(SUBMIT, SUBMIT.fields_for(self), files=[("files", part)])
        self.assertEqual(answer.outcome, SUBMIT.good)
        self.assertEqual(self._find_files(), known)
