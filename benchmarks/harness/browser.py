"""A browser that calls Odoo's WSGI application directly: no socket, no client's CPU."""

import json
import re
import threading

from werkzeug.test import Client
from werkzeug.wrappers import Response

import odoo.http

BASE_URL = "http://127.0.0.1"
ENVIRON = {"REMOTE_ADDR": "127.0.0.1"}


class Browser:
    """The browser of one logged-in user.

    :param str login: login of the user, with the same password
    """

    def __init__(self, login):
        self.client = Client(odoo.http.root, Response, use_cookies=True)
        token = self.read_token(self.get("/web/login"))
        login_form = {"login": login, "password": login, "csrf_token": token}
        self.post("/web/login", login_form)

    def get(self, url):
        """Return the page at `url`."""
        return self._open(self.client.get, 200, url)

    def post(self, url, form):
        """Send `form`; every form of ours ends in a redirect."""
        return self._open(self.client.post, 303, url, data=form)

    def call(self, model, method, *args, **kwargs):
        """Return what the web client gets when it calls a method."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.rpc(f"/web/dataset/call_kw/{model}/{method}", params)

    def rpc(self, url, params):
        """Return what a route of type jsonrpc answers."""
        page = self._open(self.client.post, 200, url, json={"params": params})
        answer = json.loads(page)
        if "error" in answer:
            raise RuntimeError(f"{url}: {answer['error']}")
        return answer["result"]

    def _open(self, method, status, url, **kwargs):
        response = method(url, base_url=BASE_URL, environ_base=ENVIRON, **kwargs)
        page = response.get_data(as_text=True)
        if response.status_code != status:
            location = response.headers.get("Location", "")
            raise RuntimeError(f"{url}: {response.status} {location}\n{page[:2000]}")
        return page

    def read_token(self, page):
        """Return the CSRF token of a page's form."""
        return re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)

    def cursor_mode(self):
        """Return what the last page was served with: `ro`, `rw`, or `ro->rw` for a
        page that called itself readonly and then wrote."""
        return threading.current_thread().cursor_mode
