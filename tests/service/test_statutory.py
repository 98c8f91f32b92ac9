"""What the law has shared each quarter: its template, and who is late."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from site_fixture import OPERATOR, TODAY, finish

from hotspots.service import Site, statutory
from hotspots.service.feeds import feed_state
from hotspots.service.uploads import request_import

FEED = "statutory fires"


@pytest.mark.parametrize(
    ("day", "ends", "due"),
    [
        ("2025-06-30", "2024-12-31", "2025-03-31"),
        ("2025-07-01", "2025-03-31", "2025-06-30"),
        ("2025-01-01", "2024-09-30", "2024-12-31"),
    ],
)
def test_a_quarter_is_due_by_the_end_of_the_next(day: str, ends: str, due: str) -> None:
    found = statutory.last_due(dt.date.fromisoformat(day))
    assert [each.isoformat() for each in found] == [ends, due]


def send(site: Site, when: str) -> None:
    row = f"F1,{when},,Deliberate secondary fire,,475211,319108\n"
    text = f"{statutory.HEADER}\n{row}".encode()
    given = [("fires.csv", io.BytesIO(text))]
    id = request_import(site, OPERATOR, given, feed=FEED, today=TODAY)
    job = finish(site, id)
    assert job.state == "done", job.sentence


def test_the_template_is_read_and_the_board_says_who_is_late(site: Site) -> None:
    def standing() -> statutory.Standing:
        with site.store.reading() as session:
            found = statutory.standings(session, OPERATOR, TODAY)
        return next(each for each in found if each.share.feed == FEED)

    assert standing().days_late == 1
    assert "nothing was sent" in standing().sentence
    send(site, "02/01/2025 20:00")
    assert "was due by 30 June 2025, 1 day ago" in standing().sentence
    send(site, "20/03/2025 20:00")
    assert standing().days_late == 0
    with site.store.reading() as session:
        feed = feed_state(session, OPERATOR, FEED, TODAY).feed
    assert feed.legal_regime == "SI 2007/1831, schedule, paragraph 3"
    assert feed.expected_days == statutory.EXPECTED_DAYS
