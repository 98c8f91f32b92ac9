"""Two feeds that may tell of one event: offered, logged, never merged."""

from __future__ import annotations

import pytest
from site_fixture import OPERATOR, actor, import_text, row

from hotspots.core.errors import RightsError
from hotspots.service import Site, audit
from hotspots.service.datasets import dataset_at
from hotspots.service.same_events import same_events

TOLD = ("feed", "other_feed", "metres", "minutes_apart")


def test_rows_near_each_other_are_offered_and_both_count(site: Site) -> None:
    import_text(site, row("P1", "14/05/2025 21:30"), row("P2", "14/05/2025 09:00"))
    told = import_text(
        site,
        row("C1", "14/05/2025 22:10", x=475_241),
        row("C2", "14/05/2025 22:40"),
        row("C3", "14/05/2025 21:30", x=475_271),
        feed="council",
    )
    with site.store.writing() as session:
        pairs = same_events(site, session, OPERATOR, told.id)
    assert pairs.select(TOLD).rows() == [("council", "police", 30, 40)]
    assert dataset_at(site).incidents.n == 5, "nothing is merged"
    with site.store.reading() as session:
        assert audit.read(session, OPERATOR, limit=1)[0].action == "batch.same_events"


def test_one_feed_has_no_pairs_and_only_analysts_see_any(site: Site) -> None:
    told = import_text(site, row("P1"), row("P2"))
    with site.store.writing() as session:
        assert same_events(site, session, OPERATOR, told.id).is_empty()
        with pytest.raises(RightsError):
            same_events(site, session, actor("jag-member"), told.id)
