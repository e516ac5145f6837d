from odoo.tests import tagged

from odoo.addons.base_offerdesk.tests.uploading import UploadMixin
from odoo.addons.base_offerdesk.uploads import PICTURE_TYPES
from odoo.addons.offerdesk_test_support import files

from .common_security import REQUEST_SEND, SEND, TAKE_FILE, MarketSecurityCase

PHOTOS = (REQUEST_SEND, "photos", None)


@tagged("post_install", "-at_install")
class TestSecurityUploads(UploadMixin, MarketSecurityCase):
    """Photos of customers and files of letters: only what was asked for."""

    upload_models = ("crm.lead", "lead.market.take")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.uploads = [PHOTOS, (SEND, "attachments", cls.granite_user.login)]

    def _is_welcome(self, route, upload):
        """Customers send pictures, workshops documents as well."""
        return route is SEND or upload.content_type in PICTURE_TYPES

    def _get_served_links(self, attachment):
        if attachment.res_model != "lead.market.take":
            return []
        return [TAKE_FILE.path_for(self, file_id=attachment.id)]

    def test_published_photo_is_made_anew(self):
        """What workshops see is not the file that came, but a picture of it."""
        with self.undone():
            stored = self._upload(PHOTOS, files.lying_files()[0])
            lead = self.env["crm.lead"].browse(stored.res_id)
            request = lead.market_request_id.with_user(self.operator)
            self._log_call(request)
            request.action_publish()
            photo = request.sudo().photo_ids
            self.assertEqual(len(photo), 1)
            self.assertNotIn(b"<script>", photo.raw)
            self.assertNotIn(stored.name, photo.name)
