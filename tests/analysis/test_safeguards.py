"""What a data set leaves out and cannot tell apart, counted by hand."""

from __future__ import annotations

import datetime as dt

import polars as pl
import toy

from hotspots.analysis.safeguards import mixed_rows, safeguard_notes
from hotspots.model.harm import HarmTable
from hotspots.model.incidents import Incidents

VIOLENCE = "Violence and sexual offences"
HARM = HarmTable.default()


def incidents(kinds: list[tuple[str, str | None]]) -> Incidents:
    lon, lat = toy.centre(toy.A)
    frame = pl.DataFrame(kinds, schema=["category", "subcategory"], orient="row")
    return Incidents.from_located(
        frame.with_columns(lon=lon, lat=lat, start=dt.datetime(2025, 1, 1, 12))
    )


def rejects(*reasons: str) -> pl.DataFrame:
    kinds = {"status": pl.String, "reason": pl.String}
    rows = {"status": ["excluded"] * len(reasons), "reason": list(reasons)}
    return pl.DataFrame(rows, schema=kinds)


def test_rows_that_do_not_say_their_kind_may_be_of_one_that_is_never_shown() -> None:
    held = incidents(
        [
            (VIOLENCE, None),
            (VIOLENCE.upper(), VIOLENCE.upper()),
            (VIOLENCE, "Assault with injury"),
            ("Burglary", None),
        ]
    )
    assert mixed_rows(held, HARM).to_list() == [True, True, False, False]


def test_the_notes_count_both() -> None:
    held = incidents([(VIOLENCE, None)] * 3 + [("Burglary", None)])
    out = rejects(*["category left out: Drugs"] * 2, "category left out: Hate crime")
    out = pl.concat([out, rejects("marked domestic in the file")])
    assert safeguard_notes(held, out, HARM) == (
        "Left out of hotspot counts for what they are: drugs 2, hate crime 1, marked "
        "domestic in the file 1 rows.",
        "Counted, because the files cannot tell them apart: 3 rows of 'Violence and "
        "sexual offences' do not say their kind and may be domestic assaults or sexual "
        "offences.",
    )


def test_where_every_row_says_its_kind_nothing_is_mixed() -> None:
    held = incidents([(VIOLENCE, "Stalking"), ("Burglary", None)])
    assert safeguard_notes(held, rejects(), HARM) == (
        "No row was left out of hotspot counts for what it is.",
    )
