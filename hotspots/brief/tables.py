"""Every table of a brief, of what was found once before anything is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from hotspots.brief import fires_and_collisions
from hotspots.brief.emerging import alarms_table, alerts_table
from hotspots.brief.indicators import Counted, Indicator, count_indicators
from hotspots.brief.limitations import cut_off_table, not_mapped_table
from hotspots.brief.period import TABLES
from hotspots.brief.period_table import PRIORITY, areas_table, build_period_table
from hotspots.brief.places import places_table, with_counts
from hotspots.brief.public import public_kind, public_release, public_table
from hotspots.brief.repeats import find_repeats, repeats_table
from hotspots.brief.returns import area_return_table, indicator_table
from hotspots.brief.scope import Scope
from hotspots.core.table import Table, build_table
from hotspots.core.types import Bools
from hotspots.core.window import WEEKDAYS
from hotspots.disclosure.policy import Audience, Policy
from hotspots.disclosure.publish import MARKING, SENSITIVE, publish
from hotspots.evaluate.concentration import generalised_gini
from hotspots.intake.records import Records
from hotspots.methods.aoristic import week_hours
from hotspots.methods.clock import Clock
from hotspots.methods.repeat_victimisation import Repeats
from hotspots.methods.series.trend import mann_kendall
from hotspots.register.actions import actions_table, decisions_table
from hotspots.register.deployments import cameras_table, delivery_table
from hotspots.workflow import Analysis

SHARES = (0.25, 0.5, 0.75)
FEWEST_MONTHS, MONTHS = 12, 36


def concentration_table(analysis: Analysis) -> Table:
    """Return how few cells hold a quarter, a half and three quarters of incidents.

    References
    ----------
    Weisburd, D. (2015), "The law of crime concentration and the criminology of place",
    Criminology 53(2), 133-157; the Gini coefficient of Bernasco and Steenbeek (2017).
    """
    held = np.sort(analysis.surfaces["count"].values)[::-1]
    counts = np.pad(held, (0, analysis.cells.study.n - len(held)))
    reached = np.cumsum(counts)
    cells = [int(np.searchsorted(reached, s * reached[-1]) + 1) for s in SHARES]
    rows = pl.DataFrame(
        {
            "key": [f"share:{share:g}" for share in SHARES],
            "label": [f"{share:.0%} of incidents" for share in SHARES],
            "n_cells": cells,
            "share_cells": [n / len(counts) for n in cells],
        }
    )
    return build_table(
        TABLES,
        "concentration",
        rows,
        caption=(
            f"{analysis.incidents.n:,} incidents in {analysis.window} on "
            f"{len(counts):,} cells; generalised Gini coefficient "
            f"{generalised_gini(counts):.2f}."
        ),
    )


def trend_table(scope: Scope, counted: Counted) -> Table:
    """Return whether the monthly counts of each indicator rise or fall."""
    months = scope.period.steps(MONTHS)
    inside = [scope.within(m) if scope.covers(m) else None for m in months]
    while inside and inside[0] is None:
        inside.pop(0)
    lines = [
        [None if rows is None else int((mask & rows).sum()) for rows in inside]
        for mask in counted.masks
    ]
    n = sum(rows is not None for rows in inside)
    z = p = np.full(len(lines), np.nan)
    if n >= FEWEST_MONTHS:
        known = [[k for k in line if k is not None] for line in lines]
        found = mann_kendall(np.array(known, dtype=np.float64))
        z, p = found.z, found.p_value
    words = [_word(a, b) for a, b in zip(z.tolist(), p.tolist(), strict=True)]
    rows = pl.DataFrame(
        {
            "key": [i.key for i in counted.indicators],
            "label": [i.label for i in counted.indicators],
            "n_months": [n] * len(lines),
            "z": pl.Series(z).fill_nan(None),
            "p": pl.Series(p).fill_nan(None),
            "word": words,
            "series": pl.Series(lines, dtype=pl.List(pl.Int64)),
        }
    )
    return build_table(
        TABLES,
        "trend",
        rows,
        caption=(
            "Mann-Kendall test of monthly counts at 1% each way, over the months held. "
            "Not adjusted for season."
        ),
    )


def week_table(scope: Scope) -> Table | None:
    """Return how incidents fall on the policing days and shifts of the week."""
    if scope.incidents.time_precision != "minute":
        return None
    rows = scope.incidents.frame.filter(
        pl.Series(scope.within(scope.period.window) & scope.shown)
    )
    hours = week_hours(rows["start"].to_numpy(), rows["end"].to_numpy())
    shifts = Clock().shift_table(hours)
    wide = shifts.pivot(on="shift", index="day", values="share")
    day = Clock().grid(hours).sum(axis=1) / max(float(hours.sum()), 1)
    wide = wide.with_columns(
        key=pl.format("day:{}", "day"),
        all=pl.Series(day[[WEEKDAYS.index(d) for d in wide["day"]]]),
    )
    return build_table(
        TABLES,
        "week",
        wide,
        caption=(
            f"{rows.height:,} incidents of {scope.period.window}, from 06:00 to 05:59; "
            f"shifts overlap."
        ),
    )


def _word(z: float, p: float) -> str:
    if np.isnan(z):
        return "cannot tell"
    if p > 0.02:
        return "no clear trend"
    return "rising" if z > 0 else "falling"


LEFT_OUT = "Points, and what leads to an address, are left out for partners."


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a brief is made of, true figures all.

    ``analysis``: of the look-back that ends with the period.
    ``previous``: the content of the last brief.
    """

    audience: Audience
    scope: Scope
    analysis: Analysis
    indicators: Sequence[Indicator]
    deployments: Records | None
    actions: Records | None
    previous: Mapping[str, Any] | None

    @property
    def public(self) -> bool:
        """Whether anyone may read it."""
        return self.audience == "public"

    @cached_property
    def counted(self) -> Counted:
        """The indicators, or for the public rows that add up."""
        return count_indicators(self.scope, self.indicators, apart=self.public)

    @cached_property
    def repeats(self) -> dict[str, Repeats]:
        """Repeat locations by kind; none for the public."""
        return {} if self.public else find_repeats(self.scope)

    @cached_property
    def fires(self) -> Bools | None:
        """Which incidents are deliberate fires, shape (n,)."""
        return fires_and_collisions.fires_of(self.scope)

    @cached_property
    def collisions(self) -> Bools | None:
        """Which incidents are collisions, shape (n,)."""
        return fires_and_collisions.collisions_of(self.scope)


def build_tables(found: Found) -> dict[str, Table]:
    """Return every table of a brief of this kind, by id."""
    scope, analysis = found.scope, found.analysis
    kind, now = scope.period.kind, scope.period.window
    made: list[Table | None] = [cut_off_table(scope), not_mapped_table(scope)]
    short = kind in ("weekly", "monthly")
    made += _counts(found) if short else _returns(found)
    if kind != "weekly":
        made.append(with_counts(decisions_table(found.actions, now), scope, analysis))
    if kind == "annual":
        made += [concentration_table(analysis), trend_table(scope, found.counted)]
        made.append(week_table(scope))
    made += [
        places_table(scope, analysis, found.deployments),
        repeats_table(scope, found.repeats),
        delivery_table(found.deployments, now),
        cameras_table(found.deployments, now.last_day),
        actions_table(found.actions, now),
    ]
    return {table.id: table for table in made if table is not None}


def _counts(found: Found) -> list[Table | None]:
    scope = found.scope
    period = build_period_table(scope, found.counted)
    areas = [areas_table(scope, PRIORITY, name="priority")]
    if scope.period.kind == "monthly":
        areas.append(areas_table(scope, scope.dataset.ward_kind, name="areas"))
    return [
        period,
        alarms_table(scope.period.words, period, *(t for t in areas if t is not None)),
        alerts_table(scope, streets=found.audience == "operational"),
        *areas,
        fires_and_collisions.fires_and_collisions_table(
            scope, found.fires, found.collisions
        ),
    ]


def _returns(found: Found) -> list[Table | None]:
    scope, counted = found.scope, found.counted
    return [
        indicator_table(scope, counted),
        area_return_table(scope, counted, public_kind(scope)),
    ]


def publish_tables(
    tables: Mapping[str, Table], found: Found, policy: Policy
) -> tuple[dict[str, Table], str]:
    """Return what the audience may see of every table, and the marking of it all."""
    who = found.audience
    if who == "public":
        release = public_release(found.scope, found.counted, policy)
        made = {
            name: public_table(table, found.scope, release)
            for name, table in tables.items()
        }
        return {n: t for n, t in made.items() if t is not None}, MARKING[who]
    seen, markings = {}, [MARKING[who]]
    for name, table in tables.items():
        seen[name], marking = _for_partners(table, who)
        markings.append(marking)
    return seen, SENSITIVE if SENSITIVE in markings else markings[0]


def _for_partners(table: Table, audience: str) -> tuple[Table, str]:
    published = publish(
        table.rows,
        audience=audience,
        counts=[c.name for c in table.columns if c.kind == "count"],
        keys=["key"],
    )
    rows = published.frame
    columns = tuple(c for c in table.columns if c.name in rows.columns)
    notes = (*table.notes, *([LEFT_OUT] if published.notes else []))
    return replace(table, rows=rows, columns=columns, notes=notes), published.marking
