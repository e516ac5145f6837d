from odoo import http

from odoo.addons.mail_tracking.controllers.main import MailTrackingController


class FollowupTrackingController(MailTrackingController):
    # Odoo serves routes without a login by a connection that can't write, where there
    # is one, and plays them again when they fail; this one keeps its errors to itself,
    # so the mail would never have been opened.
    @http.route(readonly=lambda self, _rule, _args: False)
    def mail_tracking_open(self, db, tracking_email_id, token=False, **kw):
        return super().mail_tracking_open(db, tracking_email_id, token=token, **kw)
