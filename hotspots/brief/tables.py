"""Every table of a brief, of what was found once before anything is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from hotspots.brief import fires_and_collisions
from hotspots.brief.emerging import alarms_table, alerts_table
from hotspots.brief.indicators import Counted, Indicator, count_indicators
from hotspots.brief.limitations import cut_off_table, not_mapped_table
from hotspots.brief.period_table import PRIORITY, areas_table, build_period_table
from hotspots.brief.places import places_table, with_counts
from hotspots.brief.public import public_kind, public_release, public_table
from hotspots.brief.repeats import find_repeats, repeats_table
from hotspots.brief.returns import area_return_table, indicator_table
from hotspots.brief.scope import Scope
from hotspots.brief.strategic import concentration_table, trend_table, week_table
from hotspots.core.table import Table
from hotspots.core.types import Bools
from hotspots.disclosure.policy import Audience, Policy
from hotspots.disclosure.publish import MARKING, SENSITIVE, publish
from hotspots.intake.records import Records
from hotspots.methods.repeat_victimisation import Repeats
from hotspots.register.actions import actions_table, decisions_table
from hotspots.register.deployments import cameras_table, delivery_table
from hotspots.workflow import Analysis

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
