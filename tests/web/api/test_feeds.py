"""Two people who change one feed: nothing is lost silently."""

from __future__ import annotations

from collections.abc import Callable

from api_fixture import Caller
from site_fixture import HEADER, SMALL_MAPPING, row


def test_a_feed_is_changed_as_it_was_read(
    caller: Callable[[str, str], Caller],
) -> None:
    analyst = caller("analyst", "Police")
    sent = ("week.csv", (HEADER + row("A1")).encode())
    answer = analyst.upload(
        sent, feed="police", profile=SMALL_MAPPING, today="2025-07-01"
    )
    assert answer.status_code == 202
    read = analyst.call("GET", "/feeds/police")
    seen = {"If-Match": read.headers["ETag"]}
    told = {"expected_days": 7}
    assert analyst.call("PATCH", "/feeds/police", json=told).status_code == 428
    first = analyst.call("PATCH", "/feeds/police", json=told, headers=seen)
    assert (first.status_code, first.get_json()["expected_days"]) == (200, 7)
    assert first.headers["ETag"] != read.headers["ETag"]
    late = analyst.call(
        "PATCH", "/feeds/police", json={"expected_days": 9}, headers=seen
    )
    assert late.status_code == 412
    assert analyst.get("/feeds/police")["expected_days"] == 7
    assert analyst.call("GET", "/feeds/none").status_code == 404
