import base64
from uuid import uuid4

from lxml import html

from odoo import http
from odoo.tests import HttpCase

from .common import MarketCommon

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJ"
    "RU5ErkJggg=="
)


class MarketCustomerCase(MarketCommon, HttpCase):
    """Visitors without a login, in front of real pages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.no")
        cls.other_region = cls.env["res.country.state"].create(
            {
                "name": "Southland",
                "code": "XSL",
                "country_id": cls.env.ref("base.no").id,
            }
        )

    def setUp(self):
        super().setUp()
        # Wrong links of other tests came from the same address.
        self.env["portal.throttle"].search([]).unlink()
        self.authenticate(None, None)

    # === PAGES ===

    def _get(self, url):
        """Return a page, parsed; its status is `self.status`."""
        response = self.url_open(url)
        return self._read(response)

    def _post(self, url, data, files=None, follow=True):
        """Send a form as the page does, and return what comes of it, parsed."""
        response = self.url_open(
            url,
            data={**data, "csrf_token": http.Request.csrf_token(self)},
            files=files,
            allow_redirects=follow,
        )
        return self._read(response)

    def _read(self, response):
        self.status = response.status_code
        self.response = response
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        return html.fromstring(response.text) if is_page and response.text else None

    def _text(self, page, xpath="//main"):
        return " ".join(" ".join(page.xpath(xpath)[0].itertext()).split())

    # === FORM ===

    def _form(self, **changes):
        """Return the answers of a visitor on the public form."""
        return {
            "idempotency_key": str(uuid4()),
            "category_id": str(self.memorials.id),
            "description": "A stele of dark granite with a portrait, about 1 m high.",
            "for_whom": "Ivanova Maria",
            "region_id": str(self.region.id),
            "city": "Vardal",
            "segment": "premium",
            "budget": "25 000",
            "name": "Vera Customer",
            "email": "Vera.Customer@private.example",
            "phone": "+47 21 00 00 07",
            "contact_mode": "phone_email",
            "consent": "1",
            **changes,
        }

    def _last_lead(self):
        return self.env["crm.lead"].search([], order="id desc", limit=1)

    def _link(self, request, action=""):
        """Return the address of a customer's page, or of one of its forms."""
        token = request._get_lead().market_token
        return f"/market/request/{request.number}{action}?access_token={token}"

    def _mails_to(self, email):
        return self.env["mail.mail"].search([("email_to", "=", email)], order="id")
