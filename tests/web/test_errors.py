"""One table of statuses, one JSON shape, the library's own sentence."""

from __future__ import annotations

from typing import Any

import pytest

from hotspots.core import errors
from hotspots.web.errors import STATUSES, status_of


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.ParameterError, 400),
        (errors.NoUsableRowsError, 400),
        (errors.PrecisionError, 422),
        (errors.TooFewError, 422),
        (errors.OutputError, 500),
        (errors.HotspotsError, 400),
    ],
)
def test_statuses(kind: type[errors.HotspotsError], status: int) -> None:
    assert status_of(kind("no")) == status


def test_the_base_stands_last_so_that_every_error_has_a_status() -> None:
    assert list(STATUSES)[-1] is errors.HotspotsError


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/v1/cells?area=nowhere", 400), ("/api/v1/nothing", 404)],
)
def test_json_errors_have_one_shape(client: Any, path: str, status: int) -> None:
    answer = client.get(path)
    body = answer.get_json()
    assert answer.status_code == body["status"] == status
    assert set(body) == {"ok", "error", "status"}
    assert body["ok"] is False


def test_page_and_json_say_the_same_sentence(client: Any) -> None:
    sentence = client.get("/api/v1/cells?from=2025-06&to=2024-01").get_json()["error"]
    page = client.get("/?from=2025-06&to=2024-01")
    assert page.status_code == 400
    assert sentence[1:] in page.get_data(as_text=True)


def test_what_broke_stays_on_this_side(
    app: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(app.extensions["hotspots"], "analysis", broken)
    for path in ("/", "/api/v1/cells"):
        answer = client.get(path)
        assert answer.status_code == 500
        assert b"swordfish" not in answer.data
        assert "Content-Security-Policy" in answer.headers
