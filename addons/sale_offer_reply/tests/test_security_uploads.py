import re

from odoo.tests import tagged

from odoo.addons.base_offerdesk.tests.uploading import UploadMixin

from .common_security import FEEDBACK, FEEDBACK_PAGE, OfferSecurityCase


@tagged("post_install", "-at_install")
class TestSecurityUploads(UploadMixin, OfferSecurityCase):
    """Attachments of feedback: only what was asked for, and never run by a browser."""

    fingerprint_ignored = ("portal_throttle",)
    uploads = [(FEEDBACK, "attachments", None)]
    upload_models = ("sale.order",)

    def _get_served_links(self, attachment):
        page = self.send(FEEDBACK_PAGE).text
        links = re.findall(rf'href="([^"]*/{attachment.id}\b[^"]*)"', page)
        self.assertEqual(len(links), 1)
        return [links[0].replace("&amp;", "&")]
