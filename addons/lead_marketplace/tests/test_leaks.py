import logging

from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.http_case import RouteCase
from odoo.addons.offerdesk_test_support.leaks import LeakMixin

from .common import MarketCommon

_logger = logging.getLogger(__name__)

CUSTOMER = {
    "name": "Canaryname asks for a stone",
    "contact_name": "Canaryname Canarova",
    "email_from": "canarymail@canarydomain.example",
    "phone": "+47 913 57 924",
    "street": "Canarystreet 9",
    "description": "Canarynote of the operator",
}
RIVAL = ("Canarywork note", "Canaryletter to the customer")
# A part of each secret, and what looks like it and is nowhere.
HINTS = (
    ("canarym", "zqxwjvk"),
    ("Canarov", "Zqxwjvk"),
    ("913 57 9", "864 20 8"),
    ("9135792", "8642086"),
    ("Canaryst", "Zqxwjvkp"),
)


@tagged("post_install", "-at_install")
class TestLeaks(LeakMixin, RouteCase, MarketCommon):
    """Nothing a workshop can call tells of a customer whose contact it has not opened,
    nor what a rival wrote."""

    fingerprint_modules = ("lead_marketplace",)
    hints = HINTS
    secrets = (
        "Canaryname",
        "Canarova",
        "canarymail",
        "canarydomain",
        "913 57 924",
        "91357924",
        "Canarystreet",
        "Canarynote",
        *RIVAL,
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.request = cls._create_published_request(cls._create_lead(**CUSTOMER))
        take = cls._open(cls.request, cls.granite_user)
        take.sudo().note = RIVAL[0]
        take.sudo().message_post(
            body=RIVAL[1],
            author_id=cls.granite_user.partner_id.id,
            subtype_xmlid="mail.mt_comment",
        )
        # What the asking workshop has itself must not hide what it may not see.
        cls._open(
            cls._create_published_request(cls._create_lead(), name="Another stone"),
            cls.marble_user,
        )
        cls.env.flush_all()

    def test_nothing_is_told(self):
        self.become(self.marble_user.login)
        calls = self.probe_registry()
        self.assertGreater(calls, 1000)
        _logger.info("%s calls told nothing", calls)

    def test_the_probe_finds_what_is_told(self):
        """The one who opened the contact does read it."""
        self.become(self.granite_user.login)
        with self.assertRaisesRegex(AssertionError, "canarymail"):
            self._probe_model(self.env["lead.market.take"])
