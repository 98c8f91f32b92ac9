"""A client that begins what is not made yet and waits, as the pages' script does."""

from __future__ import annotations

import time
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from hotspots.service.handlers import worker_of

NOT_MADE = (202, 409)


class Patient(FlaskClient):
    """Asks until what it asked for is there."""

    def get(self, path: str, **options: Any) -> Any:  # type: ignore[override]
        answer = super().get(path, **options)
        while answer.status_code in NOT_MADE:
            self.post(path, headers={"X-CSRFToken": self.token()})
            worker_of(self.application.extensions["site"]).run_all()
            time.sleep(0.01)
            answer = super().get(path, **options)
        return answer

    def token(self) -> str:
        """Return the token of this session."""
        page = super().get("/status").get_data(as_text=True)
        return page.split('name="csrf-token" content="')[1].split('"')[0]


def patient(app: Flask) -> Patient:
    """Return such a client."""
    return Patient(app, use_cookies=True, response_wrapper=app.response_class)
