"""Odoo over HTTP, as a browser or an integration talks to it."""

import re

import requests

TIMEOUT = 60


class OdooError(Exception):
    """Odoo answered a call with an error; `name` is the class of the exception."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name


class Client:
    """One session. Without `login()` it is the public visitor's."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()

    def get(self, path: str, **options) -> requests.Response:
        """GET `path`; redirects are not followed unless asked for."""
        options.setdefault("allow_redirects", False)
        return self.session.get(self.url + path, timeout=TIMEOUT, **options)

    def post(self, path: str, data: dict, **options) -> requests.Response:
        """POST a form to `path`; redirects are not followed unless asked for."""
        options.setdefault("allow_redirects", False)
        return self.session.post(self.url + path, data, timeout=TIMEOUT, **options)

    def csrf_token(self, path: str) -> str:
        """The token in the forms of a page."""
        page = self.get(path, allow_redirects=True).text
        return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]

    def login(self, login: str, password: str) -> "Client":
        """Log in through the log-in page."""
        token = self.csrf_token("/web/login")
        form = {"login": login, "password": password, "csrf_token": token}
        assert self.post("/web/login", form).status_code == 303, f"no log-in as {login}"
        return self

    def call(self, model: str, method: str, *args, **kwargs):
        """Call a public method of a model, as the web client does."""
        return self.post_json(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs=kwargs,
        )

    def post_json(self, path: str, **params):
        """Call a JSON route, as scripts of pages do."""
        answer = self.session.post(
            self.url + path,
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=TIMEOUT,
        ).json()
        if error := answer.get("error"):
            raise OdooError(error["data"]["name"], error["data"]["message"])
        return answer.get("result")
