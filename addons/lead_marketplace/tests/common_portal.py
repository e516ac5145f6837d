import re

from lxml import html

from odoo import http
from odoo.tests import HttpCase

from .common import MarketCommon


class MarketPortalCase(MarketCommon, HttpCase):
    """The pages of the workshops, asked for over HTTP as their people do."""

    def setUp(self):
        super().setUp()
        # What a demo has published is not in the way.
        self.env["lead.market.request"].search([("state", "=", "published")]).write(
            {"state": "paused"}
        )
        self.authenticate(self.granite_user.login, self.granite_user.login)

    def _log_in(self, user):
        self.authenticate(user.login, user.login)

    def _get(self, url, status=200):
        """Return a page, parsed; a redirect is followed.

        :param str url: path
        :param int status: what is expected in the end
        """
        self.env.flush_all()
        response = self.url_open(url)
        self.assertEqual(response.status_code, status, url)
        return html.fromstring(response.content) if response.content else None

    def _post(self, url, files=None, **data):
        """Send a form and return where it leads to; every form ends in a redirect."""
        self.env.flush_all()
        data["csrf_token"] = http.Request.csrf_token(self)
        response = self.url_open(url, data=data, files=files, allow_redirects=False)
        self.assertEqual(response.status_code, 303, f"{url}: {response.text[:500]}")
        self.env.invalidate_all()
        return re.sub(r"^https?://[^/]+", "", response.headers["Location"])

    def _post_and_read(self, url, **data):
        """Send a form and return the text of the page that it leads to."""
        return self._text(self._get(self._post(url, **data)))

    def _text(self, page):
        return " ".join(page.text_content().split())

    def _titles(self, page):
        """Return the titles of the listed rows, in their order."""
        return [
            " ".join(link.text_content().split())
            for link in page.xpath("//li[contains(@class, 'card')]//h2/a")
        ]

    def _row(self, page, title):
        """Return the text of the row with a title."""
        rows = page.xpath(
            "//li[contains(@class, 'card')][.//h2/a[normalize-space()=$title]]",
            title=title,
        )
        self.assertEqual(len(rows), 1, title)
        return self._text(rows[0])
