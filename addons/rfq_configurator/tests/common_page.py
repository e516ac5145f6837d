import base64
import json
import uuid

from lxml import html

from odoo import http
from odoo.tests import HttpCase

from .common_rfq import RfqCommon


class PageCase(HttpCase, RfqCommon):
    """Pages as customers see them. The table is open to everybody."""

    STEP = b"ISO-10303-21;\nHEADER;\nENDSEC;\nEND-ISO-10303-21;\n"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.design.access_mode = "public"
        cls.url = f"/rfq/d/{cls.design.code}"

    @classmethod
    def _create_step_design(cls):
        """Return a design that is open to everybody, whose model is a STEP file."""
        design = cls.env["rfq.design"].create(
            {
                "name": "Flange",
                "code": "test_flange",
                "source": "static",
                "model_file": base64.b64encode(cls.STEP),
                "model_filename": "flange.step",
                "access_mode": "public",
            }
        )
        design.with_user(cls.manager).action_publish()
        return design

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

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

    def call(self, name, body=None, **params):
        """Return the answer of a route for scripts, and its status."""
        if body is None:
            body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        self.env.flush_all()
        answer = self.url_open(
            f"{self.url}/{name}",
            data=body,
            headers={"Content-Type": "application/json"},
        )
        return answer

    def text(self, page, selector="//main"):
        """Return what is to be read, with single spaces."""
        return " ".join(" ".join(page.xpath(f"{selector}//text()")).split())

    def form(self, **values):
        """Return a form of a guest who changed nothing."""
        return {
            "version_sha": self.design.current_version_id.sha256,
            "idempotency_key": str(uuid.uuid4()),
            "quantity": "2",
            "contact_name": "Gus Guest",
            "contact_email": "gus@guest.example",
            **values,
        }

    def send(self, **values):
        """Send the form of the table."""
        return self.post(f"{self.url}/submit", self.form(**values))

    def requests(self):
        """Return the requests for the table, the newest first."""
        return self.env["rfq.request"].search([("design_id", "=", self.design.id)])
