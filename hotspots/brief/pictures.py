"""The pictures of a brief: maps of its places, and a chart where it tells more."""

from __future__ import annotations

from collections.abc import Mapping

from hotspots.brief.blocks import Picture
from hotspots.brief.charts import interval_chart, period_ends, series_chart, week_chart
from hotspots.brief.content import Brief
from hotspots.brief.place_maps import area_map, place_maps
from hotspots.core.table import Table
from hotspots.outputs.printing import Background

AREA_TABLES = ("priority", "areas")
CHARTS_WIDE_MM = 178.0


def build_pictures(
    brief: Brief, background: Background | None = None
) -> Mapping[str, tuple[Picture, ...]]:
    """Draw everything."""
    numbers = {table.id: n for n, table in enumerate(brief.tables, start=1)}
    made: dict[str, tuple[Picture, ...]] = {}
    for table in brief.tables:
        picture = _chart(brief, table, numbers[table.id])
        if picture is not None:
            made[table.id] = (picture,)
    if "places" in numbers:
        made["places"] = place_maps(brief, background)
    for table in brief.tables:
        if brief.audience == "public" and table.id in AREA_TABLES:
            made[table.id] = area_map(brief, table, numbers[table.id])
    return made


def _chart(brief: Brief, table: Table, number: int) -> Picture | None:
    names = table.rows.columns
    if table.id == "indicators" and "percent_low" in names:
        if table.rows["percent"].null_count() == table.rows.height:
            return None
        return _intervals(table, number)
    if table.id == "week" and table.rows.height:
        return _week(table, number)
    if table.id in ("period", "trend") and "series" in names:
        return _series(brief, table, number)
    return None


def _series(brief: Brief, table: Table, number: int) -> Picture | None:
    row = table.rows.row(0, named=True)
    values = row["series"]
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    labels = period_ends(brief, len(values))
    low, high = row.get("usual_low"), row.get("usual_high")
    usual = (low, high) if low is not None and high is not None else None
    every = "28 days" if brief.kind == "weekly" else "month"
    what = f"{row['label']}, every {every}"
    alt = (
        f"Line chart. {what}: {_number(values[-1])} {labels[-1]}; between "
        f"{min(known):,} and {max(known):,} in the {len(known)} periods shown"
        + (f"; {low:,} to {high:,} are usual." if usual else ".")
    )
    band = "; the grey band is what is usual" if usual else ""
    svg = series_chart(
        values,
        labels,
        usual=usual,
        title=what,
        description=alt,
        id_prefix=f"chart-{table.id}",
    )
    return Picture(
        id=f"chart-{table.id}",
        svg=svg,
        alt=alt,
        caption=f"{what}{band}. The numbers are those of table {number}, first row.",
        width_mm=CHARTS_WIDE_MM,
    )


def _intervals(table: Table, number: int) -> Picture:
    rows = table.rows.filter(table.rows["percent"].is_not_null())
    clear = [
        row["label"]
        for row in rows.iter_rows(named=True)
        if row["percent_low"] is not None
        and row["percent_high"] is not None
        and (row["percent_low"] > 0 or row["percent_high"] < 0)
    ]
    alt = (
        f"Chart of the change of {rows.height} indicators with 95% intervals. "
        + (f"Only these keep clear of no change: {', '.join(clear)}." if clear else "")
        + ("" if clear else "Every interval holds no change.")
    )
    return Picture(
        id="chart-indicators",
        svg=interval_chart(
            table,
            title=table.title,
            description=alt,
            id_prefix="chart-indicators",
        ),
        alt=alt,
        caption=(
            "A line that crosses 0% cannot be told from no change; lines end at +200%. "
            f"The numbers are those of table {number}."
        ),
        width_mm=CHARTS_WIDE_MM,
    )


def _week(table: Table, number: int) -> Picture:
    top = table.rows.sort(["all", "key"], descending=[True, False]).row(0, named=True)
    most = f"{top['day']}, {top['all']:.1f}%"
    alt = f"Bar chart of the share of each policing day. Most: {most}."
    return Picture(
        id="chart-week",
        svg=week_chart(
            table, title=table.title, description=alt, id_prefix="chart-week"
        ),
        alt=alt,
        caption=f"Per cent of incidents on each policing day; see table {number}.",
        width_mm=CHARTS_WIDE_MM,
    )


def _number(value: int | None) -> str:
    return "not known" if value is None else f"{value:,}"
