"""What leaves with addresses: who may, by what proof and reason, and what is kept."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import polars as pl
import pytest
from site_fixture import actor, import_text, row

from hotspots.core.errors import (
    ConflictError,
    NotFoundError,
    ParameterError,
    RightsError,
    StepUpError,
)
from hotspots.service import Site, audit, exports
from hotspots.service.exports import Asked, Exported
from hotspots.store.models import Export
from hotspots.store.queries import find

WHY = "For the packs of week 24, Ada Lovelace"
ANALYST = replace(actor("analyst"), fresh=True)
ROWS = Asked(reason=WHY, feed="police")


@pytest.fixture
def filled(site: Site) -> Site:
    rows = (row("A1"), row("A2", "20/05/2025 10:00"))
    assert import_text(site, *rows, who=ANALYST).state == "done"
    return site


def export(site: Site, who: object = ANALYST, asked: Asked = ROWS) -> Exported:
    with site.store.writing() as session:
        return exports.export(site, session, who, asked)  # type: ignore[arg-type]


def test_it_carries_its_marking_and_the_day_of_recall_in_name_and_rows(
    filled: Site,
) -> None:
    made = export(filled)
    recall = (dt.date.today() + dt.timedelta(days=90)).isoformat()
    assert made.name == f"official-sensitive_recall-by-{recall}_incidents_police.csv"
    table = pl.read_csv(io.BytesIO(made.content))
    assert table["address"].to_list() == ["12 Market Place"] * 2
    assert set(table["recall_by"]) == {recall}
    assert set(table["marking"]) == {"OFFICIAL-SENSITIVE"}
    assert "A1" not in made.content.decode()


def test_it_is_in_the_log_and_in_the_list(filled: Site) -> None:
    made = export(filled)
    with filled.store.reading() as session:
        entry = audit.read(session, actor("auditor"), limit=1)[0]
        listed = exports.exports(session, actor("auditor"))
    assert (entry.action, entry.subject) == ("export.personal", made.id)
    assert WHY in entry.detail
    assert [each.id for each in listed] == [made.id]


def test_days_bound_it(filled: Site) -> None:
    day = dt.date(2025, 5, 20)
    made = export(filled, asked=replace(ROWS, first=day, last=day))
    assert pl.read_csv(io.BytesIO(made.content)).height == 1


@pytest.mark.parametrize(
    ("who", "asked", "error"),
    [
        (replace(ANALYST, fresh=False), ROWS, StepUpError),
        (replace(actor("analyst", "housing"), fresh=True), ROWS, RightsError),
        (replace(actor("administrator"), fresh=True), ROWS, RightsError),
        (ANALYST, replace(ROWS, reason="  because "), ParameterError),
        (ANALYST, replace(ROWS, feed="fire"), NotFoundError),
        (ANALYST, Asked(reason=WHY), ParameterError),
        (ANALYST, replace(ROWS, plan="x"), ParameterError),
    ],
)
def test_what_is_missing_lets_nothing_out(
    filled: Site, who: object, asked: Asked, error: type[Exception]
) -> None:
    with pytest.raises(error):
        export(filled, who, asked)
    with filled.store.reading() as session:
        assert find(session, Export) == []


def test_too_many_rows_leave_not_at_once(
    filled: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_ROWS", 1)
    with pytest.raises(ConflictError, match="at most 1 rows"):
        export(filled)


def test_an_agency_sees_what_is_its_own(filled: Site) -> None:
    export(filled)
    with filled.store.reading() as session:
        assert exports.exports(session, actor("analyst", "housing")) == []
        assert len(exports.exports(session, actor("analyst", "police"))) == 1
