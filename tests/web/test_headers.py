"""Every answer carries the strict headers, whatever its status."""

from __future__ import annotations

from typing import Any

import pytest

from hotspots.web.headers import HEADERS


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/cells", 200),
        ("/map/cells", 200),
        ("/static/app.css", 200),
        ("/download/areas.csv", 200),
        ("/?colour=red", 400),
        ("/map/cells?area=nowhere", 400),
        ("/nowhere", 404),
        ("/static/nowhere.js", 404),
        ("/download/nowhere.csv", 404),
    ],
)
def test_every_status_carries_them(client: Any, path: str, status: int) -> None:
    with client.get(path) as answer:
        assert answer.status_code == status
        for name, value in HEADERS.items():
            assert answer.headers[name] == value


def test_a_method_that_is_not_offered_carries_them_too(client: Any) -> None:
    answer = client.delete("/", headers={"X-CSRFToken": client.token()})
    assert answer.status_code == 405
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")


def test_the_policy_allows_nothing_inline_and_no_other_host() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy


def test_pages_hold_no_inline_script_style_or_handler(client: Any) -> None:
    for path in ("/", "/cells", "/rejects", "/nowhere", "/?area=x"):
        text = client.get(path).get_data(as_text=True)
        assert "<style" not in text
        assert " style=" not in text
        assert "<script>" not in text
        assert " onclick=" not in text
