"""Why here: the counts behind a place, in words that a chair can defend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from hotspots.analysis.finder import Cluster, HotspotRule
from hotspots.analysis.periods import Comparison
from hotspots.analysis.persistence import Persistence
from hotspots.analysis.safeguards import kinds_within, mixed_rows
from hotspots.core.window import Window
from hotspots.methods.change import compare
from hotspots.methods.clock import PEAK_P, largest_part_p
from hotspots.model.cells import Cells
from hotspots.model.exposure import Exposure
from hotspots.model.harm import HarmTable, harm_of
from hotspots.model.hotspot import Change, Hotspot
from hotspots.model.incidents import Incidents

_BLOCKS = (
    "midnight and 06:00",
    "06:00 and noon",
    "noon and 18:00",
    "18:00 and midnight",
)

DAYS_A_YEAR = 365.25
"""A time of day is named where chance fills the fullest part so only so often."""

_KINDS_OF_PLACE = (
    "Airport/Airfield",
    "Bus/Coach Station",
    "Conference/Exhibition Centre",
    "Ferry Terminal",
    "Fire Station",
    "Further/Higher Educational Building",
    "Nightclub",
    "Park/Open Space",
    "Parking Area",
    "Pedestrian Subway",
    "Petrol Station",
    "Race Track",
    "Shopping Area",
    "Sports/Recreation Area",
    "Supermarket",
    "Theatre/Concert Hall",
    "Theme/Adventure Park",
    "Train Station",
)
"""What data.police.uk writes where a snap point is a kind of place, not a street."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything that the reasons for a place are taken from.

    ``incidents``: those analysed.
    ``weights``: n rows; from the harm table, aligned with the incidents.
    ``cell_of`` (n,), int64: position of each incident's cell.
    ``counts`` (m,): incidents per cell.
    ``ward_of_place``: name of the ward of each place of the incidents, empty where
    none.
    ``dispersion``: variance over mean of monthly counts of the district's areas, at
    least 1.
    """

    incidents: Incidents
    weights: pl.DataFrame
    cell_of: npt.NDArray[np.int64]
    counts: npt.NDArray[np.float64]
    cells: Cells
    ward_of_place: Sequence[str]
    harm: HarmTable
    comparison: Comparison
    window: Window
    exposure: Exposure
    dispersion: float
    persistence: Persistence
    rule: HotspotRule

    @property
    def months_covered(self) -> int:
        """How many months of data the window holds."""
        return self.exposure.n_months(self.window)


def build_hotspots(
    clusters: Sequence[Cluster], evidence: Evidence
) -> tuple[Hotspot, ...]:
    """Turn clusters of cells into ranked, named, explained hotspots."""
    rows = _rows_by_cluster(clusters, evidence)
    totals = [int(c.total) for c in clusters]
    leads = [a - b for a, b in pairwise(totals)]
    names = _distinct_names([_name(r) for r in rows])
    built = [
        _build(k + 1, names[k], cluster, rows[k], lead, evidence)
        for k, (cluster, lead) in enumerate(zip_longest(clusters, leads))
    ]
    by_harm = sorted(built, key=lambda h: (-h.harm, h.rank))
    harm_rank = {h.rank: place for place, h in enumerate(by_harm, start=1)}
    return tuple(replace(h, harm_rank=harm_rank[h.rank]) for h in built)


def _rows_by_cluster(
    clusters: Sequence[Cluster], evidence: Evidence
) -> list[pl.DataFrame]:
    """Return the incidents of each cluster with what the reasons need."""
    owner = np.full(len(evidence.cells), -1, dtype=np.int64)
    for number, cluster in enumerate(clusters):
        owner[cluster.positions] = number
    of_row = owner[evidence.cell_of]
    inside = np.flatnonzero(of_row >= 0)
    frame = evidence.incidents.frame[inside].with_columns(
        cluster=pl.Series(of_row[inside]),
        harm=pl.Series(harm_of(evidence.weights)[inside]),
        unweighted=evidence.weights["severity_weight"].is_null().gather(inside),
        mixed=mixed_rows(evidence.incidents, evidence.harm).gather(inside),
        side=evidence.comparison.side(pl.col("start")),
    )
    wards = np.asarray(evidence.ward_of_place, dtype=object)
    frame = frame.with_columns(
        ward=pl.Series(wards[frame["place"].to_numpy()], dtype=pl.String)
    )
    return [frame.filter(pl.col("cluster") == k) for k in range(len(clusters))]


def _build(
    rank: int,
    name: str,
    cluster: Cluster,
    rows: pl.DataFrame,
    lead: int | None,
    evidence: Evidence,
) -> Hotspot:
    ids = evidence.cells.ids[cluster.positions]
    part = Cells(ids=ids, resolution=evidence.cells.resolution)
    n, total = rows.height, evidence.incidents.n
    trend = _trend(rows, evidence.comparison, evidence.dispersion)
    days = evidence.exposure.n_days(evidence.window)
    per_year = n * DAYS_A_YEAR / max(days, 1)
    below = per_year < evidence.rule.floor_per_year
    hotspot = Hotspot(
        rank=rank,
        name=name,
        ward=_most_common(rows["ward"]),
        cells=ids,
        polygon=shapely.union_all(part.polygons(), grid_size=1e-9),
        n_incidents=n,
        share=n / total,
        area_ha=float(part.area_km2.sum() * 100),
        harm=float(rows["harm"].sum()),
        trend=trend,
        stability=cluster.stability,
        persistence=evidence.persistence.of(cluster.stability),
        below_floor=below,
        why="",
        categories=_top_categories(rows),
    )
    count = _count_sentence(hotspot, total, evidence)
    kinds, change = _category_sentence(hotspot), _trend_sentence(trend)
    repeats, hours = (_repeat_sentence(rows), _hours_sentence(rows, evidence.incidents))
    sure = [
        _harm_sentence(hotspot, rows),
        _stability_sentence(hotspot, lead, evidence),
        _floor_sentence(below, per_year, evidence),
    ]
    mixed = _mixed_sentence(rows, evidence.harm)
    every = [count, kinds, mixed, change, repeats, hours, *sure]
    return replace(
        hotspot,
        why=" ".join(filter(None, every)),
        facts=tuple(filter(None, (count, kinds, change, hours or repeats))),
        how_sure=" ".join(filter(None, [mixed, repeats if hours else "", *sure])),
    )


def _trend(rows: pl.DataFrame, comparison: Comparison, dispersion: float) -> Change:
    now, before = (int((rows["side"] == side).sum()) for side in (1, 0))
    return compare(now, before, months=comparison.months, dispersion=dispersion)


def _top_categories(rows: pl.DataFrame) -> tuple[tuple[str, int], ...]:
    counts = Counter(rows["category"].cast(pl.String).to_list())
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _most_common(values: pl.Series) -> str:
    counts = Counter(v for v in values.cast(pl.String).to_list() if v)
    return min(counts, key=lambda v: (-counts[v], v)) if counts else ""


def _name(rows: pl.DataFrame) -> str:
    """Name a place by its commonest street; a kind of place only beside a street."""
    streets = rows["street"].cast(pl.String)
    kind = streets.is_in(_KINDS_OF_PLACE).fill_null(False)
    street, ward = _most_common(streets), _most_common(rows["ward"])
    if street in _KINDS_OF_PLACE and (nearby := _most_common(streets.filter(~kind))):
        street = f"{nearby} ({street.lower()})"
    return ", ".join(part for part in (street, ward) if part) or "Unnamed place"


def _distinct_names(names: Sequence[str]) -> list[str]:
    seen: Counter[str] = Counter()
    repeated = Counter(names)
    distinct = []
    for name in names:
        seen[name] += 1
        number = f" ({seen[name]})" if repeated[name] > 1 else ""
        distinct.append(name + number)
    return distinct


def _count_sentence(hotspot: Hotspot, total: int, evidence: Evidence) -> str:
    covered = evidence.months_covered
    length = f"{covered} months" if covered > 1 else "one month"
    if not evidence.exposure.covers(evidence.window):
        length = f"the {length} of data in the window"
    return (
        f"{hotspot.n_incidents:,} of {total:,} incidents "
        f"({100 * hotspot.share:.1f}%) in {length}, on {hotspot.area_ha:.1f} ha."
    )


def _category_sentence(hotspot: Hotspot) -> str:
    top = hotspot.categories[:3]
    shown = ", ".join(f"{name.lower()} {n:,}" for name, n in top)
    rest = hotspot.n_incidents - sum(n for _, n in top)
    return f"Mostly {shown}" + (f", other {rest:,}." if rest else ".")


def _mixed_sentence(rows: pl.DataFrame, harm: HarmTable) -> str:
    """Say how many cannot be told from kinds whose places are never shown."""
    mixed = rows.filter("mixed")["category"].cast(pl.String)
    if mixed.is_empty():
        return ""
    kinds = " or ".join(kinds_within(harm, name) for name in sorted(mixed.unique()))
    return f"{len(mixed):,} of these may be {kinds}: the file does not say."


def _trend_sentence(trend: Change) -> str:
    if not trend.months:
        return "Trend: cannot tell, no month of the last year has a month to compare."
    words = {
        "higher": "higher than chance would give",
        "lower": "lower than chance would give",
        "usual": "a difference that may be chance",
        "too few to say": "too few to say",
    }
    if trend.months == 1:
        span, same = "comparable month", "month"
    else:
        span, same = f"{trend.months} comparable months", "months"
    return (
        f"{trend.now:,} in the last {span}, {trend.before:,} in the same {same} a year "
        f"before: {words[trend.word]}."
    )


def _repeat_sentence(rows: pl.DataFrame) -> str:
    counts = rows["premises"].drop_nulls().value_counts()
    repeated = counts.filter(pl.col("count") > 1)
    if repeated.is_empty():
        return ""
    at = "address has" if repeated.height == 1 else "addresses have"
    return (
        f"{repeated.height:,} {at} two or more "
        f"({int(repeated['count'].sum()):,} incidents)."
    )


def _hours_sentence(rows: pl.DataFrame, incidents: Incidents) -> str:
    if incidents.time_precision != "minute":
        return ""
    known = rows.filter((pl.col("end") - pl.col("start")) <= pl.duration(hours=2))
    if known.height < 10:
        return ""
    blocks = Counter(hour // 6 for hour in known["start"].dt.hour().to_list())
    block = min(blocks, key=lambda b: (-blocks[b], b))
    p = largest_part_p(blocks[block], known.height, n_parts=len(_BLOCKS))
    if p > PEAK_P:
        return f"Of {known.height:,} with a known time no part of the day stands out."
    return (
        f"{blocks[block]:,} of {known.height:,} with a known time were between "
        f"{_BLOCKS[block]}."
    )


def _harm_sentence(hotspot: Hotspot, rows: pl.DataFrame) -> str:
    without = int(rows["unweighted"].sum())
    many = "incident has" if without == 1 else "incidents have"
    note = f" ({without:,} {many} no severity weight)" if without else ""
    return f"Harm score {hotspot.harm:,.0f}{note}."


def _stability_sentence(hotspot: Hotspot, lead: int | None, evidence: Evidence) -> str:
    ahead = "" if lead is None else f"{lead:,} more than the next place. "
    ahead = "Level with the next place. " if lead == 0 else ahead
    if np.isnan(hotspot.stability):
        return ahead.strip()
    resamples = evidence.rule.resamples
    times = round(hotspot.stability * resamples)
    last = (
        ""
        if np.isnan(hotspot.persistence)
        else f" Of places this stable {100 * hotspot.persistence:.0f} in 100 were in "
        "the list again half a year later."
    )
    return (
        f"{ahead}In the top {evidence.rule.n_hotspots} in {times:,} of {resamples:,} "
        f"resamples.{last}"
    )


def _floor_sentence(below: bool, per_year: float, evidence: Evidence) -> str:
    if not below:
        return ""
    return (
        f"Below the floor: about {per_year:.0f} a year, where "
        f"{evidence.rule.floor_per_year:.0f} are wanted for a hotspot."
    )
