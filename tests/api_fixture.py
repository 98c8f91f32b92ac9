"""Somebody who calls the API of a site."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from site_fixture import finish
from werkzeug.test import TestResponse

from hotspots.service import Site

BASE = "/api/v1"


class Caller:
    """Calls by a token, and lets the site's worker do what was queued."""

    def __init__(self, client: FlaskClient, site: Site, secret: str) -> None:
        self.client, self.site = client, site
        self.headers = {"Authorization": f"Bearer {secret}"}

    def call(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = {**self.headers, **more.pop("headers", {})}
        return self.client.open(BASE + path, method=method, headers=headers, **more)

    def get(self, path: str) -> dict[str, Any]:
        answer = self.call("GET", path)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()  # type: ignore[no-any-return]

    def post(self, path: str, status: int = 201, **told: Any) -> dict[str, Any]:
        answer = self.call("POST", path, json=told)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()  # type: ignore[no-any-return]

    def ask(self, path: str, **told: Any) -> dict[str, Any]:
        """Ask for long work, let it be done, and read what it made."""
        asked = self.post(path, 202, **told)
        assert asked["state"] == "queued"
        finish(self.site, asked["id"])
        return self.get(f"{path}/{asked['id']}")

    def upload(self, *files: tuple[str, bytes], **fields: str) -> TestResponse:
        parts = [(io.BytesIO(content), name) for name, content in files]
        answer = self.call("POST", "/imports", data={"files": parts, **fields})
        answer.request.environ["wsgi.input"].close()
        return answer

    def import_file(self, path: Path, **fields: str) -> dict[str, Any]:
        answer = self.upload((path.name, path.read_bytes()), **fields)
        assert answer.status_code == 202, answer.get_data(as_text=True)
        finish(self.site, answer.get_json()["id"])
        return self.get(f"/imports/{answer.get_json()['id']}")
