"""Everything that a brief is made of: found once, before anything is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hotspots.brief.delivery import cameras_table, delivery_table
from hotspots.brief.emerging import alarms_table, alerts_table
from hotspots.brief.indicators import Counted, Indicator, count_indicators
from hotspots.brief.neighbourhoods import PRIORITY, areas_table
from hotspots.brief.own_clocks import collisions_of, fires_of, own_table
from hotspots.brief.period_table import build_period_table
from hotspots.brief.places import places_table
from hotspots.brief.public import public_kind
from hotspots.brief.repeat_locations import find_repeats, repeats_table
from hotspots.brief.results import with_counts
from hotspots.brief.return_table import area_return_table, indicator_table
from hotspots.brief.scope import Scope
from hotspots.brief.strategic import concentration_table, trend_table, week_table
from hotspots.brief.unknowns import cut_off_table, not_mapped_table
from hotspots.core.records import Records
from hotspots.core.table import Table
from hotspots.core.types import Bools
from hotspots.methods.repeat_victimisation import Repeats
from hotspots.register.actions import actions_table, decisions_table
from hotspots.workflow import Analysis


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """What was found, true figures all.

    Parameters
    ----------
    analysis : Analysis
        Of the look-back that ends with the period.
    counted : Counted
        The indicators, or for the public rows that add up.
    previous : mapping or None
        The content of the last brief.
    fires, collisions : ndarray of shape (n,), bool, or None
    """

    audience: str
    scope: Scope
    analysis: Analysis
    counted: Counted
    deployments: Records | None
    actions: Records | None
    previous: Mapping[str, Any] | None
    repeats: dict[str, Repeats]
    fires: Bools | None
    collisions: Bools | None


def gather(
    scope: Scope,
    analysis: Analysis,
    *,
    indicators: Sequence[Indicator],
    audience: str,
    deployments: Records | None,
    actions: Records | None,
    previous: Mapping[str, Any] | None,
) -> Gathered:
    """Find everything that the sections need."""
    public = audience == "public"
    return Gathered(
        audience=audience,
        scope=scope,
        analysis=analysis,
        counted=count_indicators(scope, indicators, apart=public),
        deployments=deployments,
        actions=actions,
        previous=previous,
        repeats={} if public else find_repeats(scope),
        fires=fires_of(scope),
        collisions=collisions_of(scope),
    )


def build_tables(found: Gathered) -> dict[str, Table]:
    """Return every table of a brief of this kind, by id."""
    scope, kind = found.scope, found.scope.period.kind
    now, on = scope.period.window, scope.period.window.last_day
    made: list[Table | None] = [cut_off_table(scope), not_mapped_table(scope)]
    if kind in ("weekly", "monthly"):
        period = build_period_table(scope, found.counted)
        areas = [areas_table(scope, PRIORITY, name="priority")]
        if kind == "monthly":
            areas.append(areas_table(scope, scope.dataset.ward_kind, name="areas"))
        there = [table for table in areas if table is not None]
        made += [
            period,
            alarms_table(period, *there),
            alerts_table(scope, streets=found.audience == "operational"),
        ]
        made += areas
        made.append(own_table(scope, found.fires, found.collisions))
    else:
        made.append(indicator_table(scope, found.counted))
        made.append(area_return_table(scope, found.counted, public_kind(scope)))
    if kind != "weekly":
        decided = decisions_table(found.actions, now)
        made.append(with_counts(decided, scope, found.analysis))
    if kind == "annual":
        made += [concentration_table(found.analysis), trend_table(scope, found.counted)]
        made.append(week_table(scope))
    made += [
        places_table(scope, found.analysis, found.deployments),
        repeats_table(scope, found.repeats),
        delivery_table(found.deployments, now),
        cameras_table(found.deployments, on),
        actions_table(found.actions, now),
    ]
    return {table.id: table for table in made if table is not None}
