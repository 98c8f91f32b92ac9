"""Priority neighbourhoods and wards: one line each."""

from __future__ import annotations

import polars as pl

from hotspots.brief.period_table import columns_of, period_rows
from hotspots.brief.scope import Scope
from hotspots.core.table import Column, Table

PRIORITY = "priority neighbourhood"
TOTAL = "area:all"
"""Key of the row of the whole district."""
SHOWN = ("now", "previous", "last_year", "usual_low", "usual_high", "word", "series")


def areas_table(scope: Scope, kind: str, *, name: str) -> Table | None:
    """Return a row for each area of a kind."""
    areas = scope.dataset.areas
    if kind not in areas.kinds:
        return None
    rows = areas.of_kind(kind)
    frame = areas.frame[rows]
    located = scope.dataset.locate_kind(kind)[scope.incidents.frame["place"].to_numpy()]
    keys = [f"area:{code}" for code in frame["code"]]
    masks = [(located == row) & scope.shown for row in rows]
    figures, notes = period_rows(scope, [*keys, TOTAL], [*masks, scope.shown])
    figures = figures.with_columns(label=pl.Series([*frame["name"], "Whole district"]))
    order = pl.col("key") == TOTAL
    own = {column.name: column for column in columns_of(scope.period)}
    heading = "Ward" if kind == "ward" else "Area"
    return Table(
        id=name,
        title=f"{kind.capitalize()}s" if kind != "lsoa" else "Statistical areas",
        columns=(
            Column(name="label", label=heading),
            *(own[column] for column in SHOWN),
        ),
        rows=figures.sort(order, "label", "key"),
        caption=(
            f"{scope.period.counted}. Drugs, weapons, domestic, sexual and hate "
            "offences, and records at stations and hospitals, are left out."
        ),
        notes=notes,
        adds_up=True,
        total=TOTAL,
    )
