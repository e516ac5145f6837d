from lxml import html

from odoo import http
from odoo.tests import HttpCase

from odoo.addons.offerdesk_test_support.templates import KeptTemplatesCase

from .common import OfferCommon

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJ"
    "RU5ErkJggg=="
)


class PortalCase(HttpCase, KeptTemplatesCase, OfferCommon):
    """The page with all variants, as customers see it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._create_lead()
        cls.offer = cls._create_offer(
            [cls.window],
            [cls.window, cls.glazing],
            [cls.window, cls.door],
            lead=cls.lead,
        )
        cls._send(cls.offer)
        cls.link = cls.offer.get_portal_url()
        cls.path = cls.offer.access_url
        cls.contact = cls.portal_user.partner_id
        cls.env.flush_all()

    def get(self, url, **kwargs):
        """Return a page, parsed, and its answer."""
        self.env.flush_all()
        answer = self.url_open(url, headers=kwargs.pop("headers", BROWSER), **kwargs)
        self.env.invalidate_all()
        return html.fromstring(answer.content), answer

    def choose(self, label, user=None, **fields):
        """Send the form of a variant as a browser does."""
        self.authenticate(user, user)
        fields = {"access_token": self.offer.access_token, **fields}
        self.env.flush_all()
        answer = self.url_open(
            f"{self.path}/choose",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "variant": str(self._variant(self.offer, label).id),
                **fields,
            },
            allow_redirects=False,
        )
        self.env.invalidate_all()
        return answer

    def sign(self, label):
        """Sign a variant by its link, and return what the page is told."""
        order = self._variant(self.offer, label)
        token = order._portal_ensure_token()
        self.env.flush_all()
        result = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {
                "access_token": token,
                "name": "Bea Blum",
                "signature": PIXEL,
            },
        )
        self.env.invalidate_all()
        return result

    def personal_link(self, partner, document=None):
        return (document or self.offer)._get_share_url(pid=partner.id)

    def text(self, page, selector="//main"):
        """Return what is to be read, with single spaces."""
        return " ".join(" ".join(page.xpath(f"{selector}//text()")).split())
