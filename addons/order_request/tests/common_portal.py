from lxml import html

from odoo import http
from odoo.tests import HttpCase

from .common import OrderRequestCommon


class PortalCase(HttpCase, OrderRequestCommon):
    """Pages as customers see them."""

    def get(self, url, **kwargs):
        """Return a page, parsed, and its answer."""
        self.env.flush_all()
        answer = self.url_open(url, **kwargs)
        self.env.invalidate_all()
        return html.fromstring(answer.content), answer

    def post(self, url, data=None, **kwargs):
        """Send a form as a browser does."""
        self.env.flush_all()
        answer = self.url_open(
            url,
            data={"csrf_token": http.Request.csrf_token(self), **(data or {})},
            allow_redirects=False,
            **kwargs,
        )
        self.env.invalidate_all()
        return answer

    def text(self, page, selector="//main"):
        """Return what is to be read, with single spaces."""
        return " ".join(" ".join(page.xpath(f"{selector}//text()")).split())

    def form_key(self, page):
        return page.xpath("//input[@name='idempotency_key']/@value")[0]
