"""The log of requests: how each went, and nothing of whom it was about."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

SECRET = "12-Market-Place"


def test_a_line_says_how_it_went_and_holds_nothing_of_anybody(
    client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="hotspots.requests"):
        client.get(
            f"/places/{SECRET}?q={SECRET}",
            headers={"Authorization": f"Bearer {SECRET}"},
        )
        client.get(f"/find?q={SECRET}")
    lines = [json.loads(each.getMessage()) for each in caplog.records]
    assert [(each["rule"], each["status"]) for each in lines] == [
        ("/places/<id>", 401),
        ("/find", 200),
    ]
    assert set(lines[0]) == {"at", "method", "rule", "status", "ms"}
    assert SECRET not in json.dumps(lines)
