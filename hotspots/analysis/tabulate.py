"""The tables behind the map: a row for every cell, a row for every area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.analysis.dataset import Dataset
from hotspots.analysis.periods import Comparison
from hotspots.core.pvalues import adjust_p
from hotspots.core.types import Ints
from hotspots.methods.change import ALARM, MIN_BASE_FOR_PERCENT, compare
from hotspots.model.cells import cell_names
from hotspots.model.hotspot import Change, Hotspot
from hotspots.model.incidents import Incidents
from hotspots.model.surface import Surface

CHANGED = ("higher", "lower")
UNTESTED = ("too few to say", "cannot tell")


def build_cells_table(
    surfaces: Mapping[str, Surface],
    hotspots: Sequence[Hotspot],
    incidents: Incidents,
    cell_of: npt.NDArray[np.int64],
    ward_of_place: Sequence[str],
) -> pl.DataFrame:
    """Return every non-empty cell with its values.

    Parameters
    ----------
    cell_of : ndarray of shape (n,), int64
        Position of each incident's cell.
    """
    count, gi_star = surfaces["count"], surfaces["gi_star"]
    cells = count.cells
    filled = np.flatnonzero(count.values > 0)
    rank = np.zeros(len(cells), dtype=np.int64)
    for hotspot in hotspots:
        rank[cells.index_of(hotspot.cells)] = hotspot.rank
    p_values = gi_star.p_values if gi_star.p_values is not None else gi_star.values
    table = pl.DataFrame(
        {
            "position": filled,
            "cell": cell_names(cells.ids[filled]),
            "n_incidents": count.values[filled].astype(np.int64),
            "density_per_km2": (count.values / cells.area_km2)[filled].round(4),
            "kde_per_km2": surfaces["kde"].values[filled].round(4),
            "gi_z": gi_star.values[filled].round(4),
            "gi_p_adjusted": p_values[filled].round(6),
            "hotspot_id": rank[filled],
            "area_km2": cells.area_km2[filled].round(6),
        }
    )
    wards = _ward_of_cells(incidents, cell_of, ward_of_place)
    table = table.join(wards, on="position", how="left", maintain_order="left")
    return table.select(
        "cell",
        "n_incidents",
        "density_per_km2",
        "kde_per_km2",
        "gi_z",
        "gi_p_adjusted",
        pl.when(pl.col("hotspot_id") > 0).then("hotspot_id").alias("hotspot_id"),
        pl.col("ward").fill_null(""),
        "area_km2",
    )


def build_areas_table(
    dataset: Dataset, incidents: Incidents, comparison: Comparison
) -> pl.DataFrame:
    """Return a row for every area: counts now and a year before, and a plain word.

    Notes
    -----
    Counts are null where no month can be compared: a missing period is not a zero.

    The p values of the areas of a kind that have enough incidents are adjusted by
    Benjamini and Hochberg (1995), see :func:`hotspots.core.pvalues.adjust_p`, and held
    against the level that the words have, 1% each way.
    """
    return pl.concat(
        _kind_table(dataset, incidents, comparison, kind)
        for kind in dataset.areas.kinds
    )


def areas_notes(table: pl.DataFrame) -> tuple[str, ...]:
    """Return how many changes chance alone would give, for each kind of area."""
    notes = []
    for kind in table["kind"].unique(maintain_order=True).to_list():
        tested = table.filter(pl.col("stands").is_not_null(), kind=kind)
        if tested.height < 2:
            continue
        n_changed = tested.filter(pl.col("word").is_in(CHANGED)).height
        notes.append(
            f"Areas compared, {kind}: {tested.height:,}. Higher or lower at 1% each "
            f"way: {n_changed:,}, where chance alone would give about "
            f"{ALARM * tested.height:.2g}. Still so once the number of areas is "
            f"allowed for: {tested['stands'].sum():,}."
        )
    return tuple(notes)


def stands_among(changes: Sequence[Change]) -> pl.Series:
    """Return which changes are more than so many areas would show by chance."""
    words = np.array([change.word for change in changes], dtype=object)
    tested = ~np.isin(words, UNTESTED)
    p_values = np.array([change.p_value for change in changes], dtype=np.float64)
    stands = np.full(len(words), None, dtype=object)
    stands[tested] = np.isin(words[tested], CHANGED) & (
        adjust_p(p_values[tested]) <= ALARM
    )
    return pl.Series(stands.tolist(), dtype=pl.Boolean)


def _ward_of_cells(
    incidents: Incidents,
    cell_of: npt.NDArray[np.int64],
    ward_of_place: Sequence[str],
) -> pl.DataFrame:
    wards = np.asarray(ward_of_place, dtype=object)
    rows = pl.DataFrame(
        {
            "position": cell_of,
            "ward": pl.Series(
                wards[incidents.frame["place"].to_numpy()], dtype=pl.String
            ),
        }
    )
    return (
        rows.group_by("position", "ward")
        .len()
        .sort(["position", "len", "ward"], descending=[False, True, False])
        .group_by("position", maintain_order=True)
        .first()
        .select("position", "ward")
    )


def _kind_table(
    dataset: Dataset, incidents: Incidents, comparison: Comparison, kind: str
) -> pl.DataFrame:
    rows = dataset.areas.of_kind(kind)
    located = dataset.locate_kind(kind)[incidents.frame["place"].to_numpy()]
    sides = incidents.frame.select(comparison.side(pl.col("start")).alias("s"))["s"]
    side = sides.fill_null(-1).to_numpy()
    n_areas = len(dataset.areas)
    known = located >= 0
    total = np.bincount(located[known], minlength=n_areas)
    now = np.bincount(located[known & (side == 1)], minlength=n_areas)
    before = np.bincount(located[known & (side == 0)], minlength=n_areas)
    changes = [
        compare(int(now[r]), int(before[r]), months=comparison.months) for r in rows
    ]
    frame = dataset.areas.frame[rows].select("kind", "code", "name")
    return frame.with_columns(
        n_window=pl.Series(total[rows].astype(np.int64)),
        n_now=_counts(now[rows], known=comparison.months > 0),
        n_previous=_counts(before[rows], known=comparison.months > 0),
        months_compared=pl.lit(comparison.months, dtype=pl.Int64),
        change_percent=pl.Series(
            [None if c.percent is None else round(c.percent, 1) for c in changes],
            dtype=pl.Float64,
        ),
        percent_on_small_base=pl.Series(
            [c.before < MIN_BASE_FOR_PERCENT for c in changes]
        ),
        p_value=pl.Series(
            [None if c.months == 0 else round(c.p_value, 6) for c in changes],
            dtype=pl.Float64,
        ),
        word=pl.Series([c.word for c in changes]),
        stands=stands_among(changes),
        area_km2=pl.Series(dataset.areas.area_km2[rows].round(4)),
    )


def _counts(counts: Ints, *, known: bool) -> pl.Series:
    """Return counts, or nothing at all where no month is compared: never zeros."""
    return pl.Series(counts.tolist() if known else [None] * len(counts), dtype=pl.Int64)
