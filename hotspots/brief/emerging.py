"""What is new: near-repeat alerts that are open, and counts outside what is usual."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from hotspots.brief.content import Alert
from hotspots.brief.indicators import headline
from hotspots.brief.period import TABLES
from hotspots.brief.scope import Scope
from hotspots.core.table import Table, build_table
from hotspots.core.window import in_words
from hotspots.methods.near_repeat import NearRepeat, group_zones

ALERTED = "burglary_dwelling"
"""Key of the indicator whose incidents open an alert."""
ROUND_DEGREES = 3
"""About 100 m: an alert is an area, not an address."""
MOST_ALERTS = 10
"""Groups shown; more cannot be visited."""


def alarms_table(words: Mapping[str, str], *tables: Table) -> Table:
    """Return the rows of tables that are outside their usual range."""
    names = ("label", "now", "usual_low", "usual_high", "word")
    columns = ("key", *names, "alarm", "p_adjusted", "significant_overall")
    rows = pl.concat([table.rows.select(columns) for table in tables])
    rows = rows.unique("key", keep="first", maintain_order=True)  # the whole district
    return build_table(
        TABLES,
        "alarms",
        rows.filter(pl.col("alarm") != ""),
        words=words,
        caption=(
            "Counts that chance alone would give at most once in 100, each way; "
            f"{rows.height:,} rows were compared."
        ),
    )


def alerts_table(scope: Scope, *, streets: bool = True) -> Table | None:
    """Return the near-repeat alerts open on the last day of the period."""
    incidents = scope.incidents
    if incidents.time_precision == "month" or incidents.snapped:
        return None
    burgled = headline(ALERTED).counts(incidents)
    if burgled is None:
        return None
    chosen = incidents.select(pl.Series(burgled & scope.shown))
    rule = NearRepeat()
    zones = rule(chosen, on=scope.period.window.last_day)
    n_groups = zones.filter(pl.col("phase") != "fading")["chain"].n_unique()
    zones = group_zones(zones, most=MOST_ALERTS)
    worth = rule.lift(chosen, on=scope.period.window.last_day)[-1]
    wards = _wards(scope, zones)
    nowhere = pl.lit("outside the wards")
    street = pl.col("street").cast(pl.String) if streets else pl.lit(None, pl.String)
    rows = zones.with_row_index("n", offset=1).with_columns(ward=wards, street=street)
    name = pl.concat_str(["street", "ward"], separator=", ", ignore_nulls=True)
    rows = rows.with_columns(
        key=pl.format("alert:{}", "n"),
        rank=pl.col("n").cast(pl.Int64),
        name=pl.when(name == "").then(nowhere).otherwise(name),
        lon=pl.col("lon").round(ROUND_DEGREES),
        lat=pl.col("lat").round(ROUND_DEGREES),
    )
    return build_table(
        TABLES,
        "alerts",
        rows.select(
            *("key", "rank", "name", "street", "ward", "opened", "phase"),
            *("next_door_until", "alert_until", "n_zones", "n_in_chain", "lon", "lat"),
        ),
        caption=(
            f"Open on {in_words(scope.period.window.last_day)}: "
            f"{zones.height:,} of {n_groups:,} groups, most pressing first. Each "
            f"covers {rule.radius_m:g} m for {rule.alert_days} days; homes next door "
            f"come first, for {rule.next_door_days} days. {worth.sentence()}"
        ),
    )


def alerts_of(table: Table) -> tuple[Alert, ...]:
    """Return the alerts of a table with a sentence each."""
    return tuple(
        Alert(
            key=row["key"],
            name=row["name"],
            text=_sentence(row),
            opened=row["opened"],
            expires=row["alert_until"],
            phase=row["phase"],
            at=(row["lon"], row["lat"]) if "lon" in row else None,
        )
        for row in table.rows.iter_rows(named=True)
    )


def _sentence(row: dict[str, Any]) -> str:
    until = in_words(row["alert_until"])
    if row["phase"] == "next door":
        first = in_words(row["next_door_until"])
        return f"Visit homes next door first, until {first}; expires {until}."
    return f"Expires {until}."


def _wards(scope: Scope, zones: pl.DataFrame) -> pl.Series:
    dataset = scope.dataset
    lon, lat = (zones[name].to_numpy() for name in ("lon", "lat"))
    row = dataset.areas.locate(lon, lat, kind=dataset.ward_kind)
    names = np.array([*dataset.areas.frame["name"].to_list(), None], dtype=object)
    return pl.Series("ward", names[row].tolist(), dtype=pl.String)
