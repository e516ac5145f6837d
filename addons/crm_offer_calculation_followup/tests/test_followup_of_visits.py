from odoo import fields, http
from odoo.tests import HttpCase, tagged

from .common import FollowupOfferCase

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


@tagged("post_install", "-at_install")
class TestFollowupOfVisits(FollowupOfferCase, HttpCase):
    """What customers do on the pages of an offer ends the follow-ups of its deal."""

    valid_until = fields.Date.add(fields.Date.today(), days=30)

    def setUp(self):
        super().setUp()
        self.enrollment = self._start(self.lead, fields.Datetime.now())
        self.authenticate("followup_kari", "followup_kari")

    def assertEnds(self, reason):
        self.env.invalidate_all()
        self.assertStopped(self.enrollment, reason)

    def choose(self):
        order = self.offer.variant_ids[0]
        self.env.flush_all()
        return self.url_open(
            f"{self.offer.access_url}/choose",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "variant": str(order.id),
            },
            allow_redirects=False,
        )

    def test_choosing(self):
        self.assertEqual(self.choose().status_code, 303)
        self.assertEnds("offer_decided")

    def test_looking_is_no_reason(self):
        self.env.flush_all()
        self.url_open(self.offer.access_url, headers=BROWSER)
        self.env.invalidate_all()
        self.assertEqual(self.offer.view_count, 1)
        self.assertEqual(self.enrollment.state, "running")

    def test_comment_on_a_quotation(self):
        """On the portal the customer writes to the quotation, not to the deal."""
        order = self.offer.variant_ids[0]
        token = order._portal_ensure_token()
        self.env.flush_all()
        self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "sale.order",
                "thread_id": order.id,
                "token": token,
                "post_data": {"body": "Later", "subtype_xmlid": "mail.mt_comment"},
            },
        )
        self.assertEnds("replied")

    def test_customer_wakes_the_deal(self):
        until = fields.Date.add(fields.Date.today(), days=30)
        self.lead.with_user(self.sofie)._suspend(until, "Holidays")
        self.assertEqual(self.enrollment.state, "paused")
        self.env.flush_all()
        self.url_open(self.offer.access_url, headers=BROWSER)
        self.env.invalidate_all()
        self.assertEqual(self.lead.deal_status, "open")
        self.assertEqual(self.enrollment.state, "running")
        activity = self.lead.activity_ids.filtered(lambda one: "back" in one.summary)
        self.assertEqual(activity.user_id, self.sofie)
