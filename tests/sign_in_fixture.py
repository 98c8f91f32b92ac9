"""Somebody who signs in with a browser that keeps cookies and sends form tokens."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask import Flask
from site_fixture import OPERATOR
from werkzeug.test import TestResponse

from hotspots.service import Site, people

PASSWORD = "tandem otter violet"


def link(site: Site, role: str = "analyst", agency: str = "police") -> str:
    """The path of a link that makes one account."""
    with site.store.writing() as session:
        return f"/join/{people.invite(session, OPERATOR, role=role, agency=agency)}"


class Browser:
    """A browser at this computer, or at another (``host``) over TLS."""

    def __init__(self, app: Flask, host: str = "127.0.0.1") -> None:
        self.client = app.test_client()
        here = host == "127.0.0.1"
        self.base: dict[str, Any] = {
            "base_url": f"{'http' if here else 'https'}://{host}",
            "environ_base": {"REMOTE_ADDR": "127.0.0.1" if here else "10.0.0.7"},
            "headers": {"Accept": "text/html"},
        }

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **{**self.base, **more})

    def post(self, path: str, page: str | None = None, **data: str) -> TestResponse:
        """Send a form with the token that its page (or another) holds."""
        token = re.search(
            r'name="csrf-token" content="([^"]+)"', self.text(page or path)
        )
        assert token is not None
        headers = {**self.base["headers"], "Referer": self.url(page or path)}
        told = {**self.base, "headers": headers}
        return self.client.post(path, data={"csrf_token": token[1], **data}, **told)

    def session(self) -> Any:
        return self.client.session_transaction(base_url=self.base["base_url"])

    def url(self, path: str) -> str:
        return f"{self.base['base_url']}{path}"

    def text(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.location)
        return unescape(answer.get_data(as_text=True))

    def join(self, link: str, email: str = "a@example.org") -> TestResponse:
        told = {"name": "Ada", "email": email, "password": PASSWORD, "again": PASSWORD}
        return self.post(link, **told)

    def sign_in(
        self, email: str = "a@example.org", password: str = PASSWORD
    ) -> TestResponse:
        return self.post("/sign-in", email=email, password=password)
