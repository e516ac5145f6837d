from odoo.tests import tagged

from odoo.addons.base_offerdesk.tests.uploading import UploadMixin

from .common_security import FILE, REPLY, SEND, RequestSecurityCase


@tagged("post_install", "-at_install")
class TestSecurityUploads(UploadMixin, RequestSecurityCase):
    """Files of requests and of messages: only what was asked for."""

    uploads = [(SEND, "files", "request_portal"), (REPLY, "files", "request_portal")]
    upload_models = ("order.request",)

    def _get_served_links(self, attachment):
        return [
            FILE.path_for(
                self, request_id=attachment.res_id, attachment_id=attachment.id
            )
        ]
