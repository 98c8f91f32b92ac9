"""The tables behind the map: a row for every cell, a row for every area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from hotspots.analysis.dataset import Dataset
from hotspots.analysis.periods import Comparison
from hotspots.core.pvalues import adjust_p
from hotspots.core.types import Floats, Ints
from hotspots.core.window import Window
from hotspots.kernels.dispersion import shrunk_dispersions
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

    ``cell_of`` (n,), int64: position of each incident's cell.
    """
    values = cell_values(surfaces)
    cells = surfaces["count"].cells
    rank = np.zeros(len(cells), dtype=np.int64)
    for hotspot in hotspots:
        rank[cells.index_of(hotspot.cells)] = hotspot.rank
    at = values["position"].to_numpy()
    table = values.with_columns(hotspot_id=pl.Series(rank[at]))
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


def cell_values(surfaces: Mapping[str, Surface]) -> pl.DataFrame:
    """Return the values of every non-empty cell, and its position among the cells."""
    count, gi_star = surfaces["count"], surfaces["gi_star"]
    filled = np.flatnonzero(count.values > 0)
    cells = count.cells.at(filled)
    p_values = gi_star.p_values if gi_star.p_values is not None else gi_star.values
    return pl.DataFrame(
        {
            "position": filled,
            "cell": cell_names(cells.ids),
            "n_incidents": count.values[filled].astype(np.int64),
            "density_per_km2": (count.values[filled] / cells.area_km2).round(4),
            "kde_per_km2": surfaces["kde"].values[filled].round(4),
            "gi_z": gi_star.values[filled].round(4),
            "gi_p_adjusted": p_values[filled].round(6),
            "area_km2": cells.area_km2.round(6),
        }
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


def typical_dispersion(table: pl.DataFrame, kind: str) -> float:
    """Return the mean dispersion of the areas of a kind, 1 where it is not known."""
    known = table.filter(pl.col("kind") == kind)["dispersion"].drop_nulls()
    return float(known.mean()) if len(known) else 1.0  # type: ignore[arg-type]


def build_months_table(
    dataset: Dataset, incidents: Incidents, window: Window
) -> pl.DataFrame:
    """Return a row for each area and month: a long table, for a chart or Power BI.

    ``kind, code, name, lon, lat, month`` (its first day), ``days_covered``, ``n``. A
    month of which the files cover no day has no row: it is not a zero.
    """
    days = pl.Series("month", dataset.exposure.covered(window)).cast(pl.Date)
    months = days.dt.month_start().value_counts(name="days_covered").sort("month")
    areas = dataset.areas
    inside = shapely.get_coordinates(shapely.point_on_surface(areas.geometry))
    rows = areas.frame.select("kind", "code", "name").with_columns(
        lon=pl.Series(inside[:, 0]).round(6), lat=pl.Series(inside[:, 1]).round(6)
    )
    rows = rows.with_row_index("area")
    month = incidents.frame["start"].dt.date().dt.month_start()
    place = incidents.frame["place"].to_numpy()
    located = [dataset.locate_kind(kind)[place] for kind in areas.kinds]
    counts = pl.concat(
        pl.DataFrame({"area": pl.Series(at, dtype=pl.Int64), "month": month})
        for at in located
    )
    counts = counts.filter(pl.col("area") >= 0).group_by("area", "month").len("n")
    return (
        rows.with_columns(pl.col("area").cast(pl.Int64))
        .join(months, how="cross")
        .join(counts, on=["area", "month"], how="left", maintain_order="left")
        .with_columns(
            pl.col("n").fill_null(0).cast(pl.Int64),
            pl.col("days_covered").cast(pl.Int64),
        )
        .drop("area")
    )


def areas_notes(table: pl.DataFrame) -> tuple[str, ...]:
    """Return how many changes chance alone would give, for each kind of area."""
    notes = []
    for kind in table["kind"].unique(maintain_order=True).to_list():
        tested = table.filter(pl.col("significant_overall").is_not_null(), kind=kind)
        if tested.height < 2:
            continue
        n_changed = tested.filter(pl.col("word").is_in(CHANGED)).height
        varies = float(tested["dispersion"].median())  # type: ignore[arg-type]
        notes.append(
            f"Areas compared, {kind}: {tested.height:,}. Higher or lower at 1% each "
            f"way: {n_changed:,}, where chance alone would give at most about "
            f"{ALARM * tested.height:.2g}; counts from month to month vary "
            f"{varies:.1f} times as much as pure chance (median), which is allowed "
            "for. Still so once the number of areas is allowed for: "
            f"{tested['significant_overall'].sum():,}."
        )
    return tuple(notes)


def significant_among(changes: Sequence[Change]) -> pl.Series:
    """Return which changes are more than so many areas would show by chance."""
    words = np.array([change.word for change in changes], dtype=object)
    tested = ~np.isin(words, UNTESTED)
    p_values = np.array([change.p_value for change in changes], dtype=np.float64)
    significant = np.full(len(words), None, dtype=object)
    significant[tested] = np.isin(words[tested], CHANGED) & (
        adjust_p(p_values[tested]) <= ALARM
    )
    return pl.Series(significant.tolist(), dtype=pl.Boolean)


def _ward_of_cells(
    incidents: Incidents, cell_of: npt.NDArray[np.int64], ward_of_place: Sequence[str]
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
    total = np.bincount(located[located >= 0], minlength=len(dataset.areas))
    now, before = (
        _by_month(incidents, located, len(dataset.areas), side)[rows]
        for side in (comparison.now, comparison.before)
    )
    dispersions = shrunk_dispersions([now, before])
    changes = [
        compare(int(n), int(b), months=comparison.months, dispersion=float(phi))
        for n, b, phi in zip(
            now.sum(axis=1), before.sum(axis=1), dispersions, strict=True
        )
    ]
    frame = dataset.areas.frame[rows].select("kind", "code", "name")
    compared = comparison.months > 0
    return frame.with_columns(
        n_window=pl.Series(total[rows].astype(np.int64)),
        n_now=_counts(now.sum(axis=1), known=compared),
        n_previous=_counts(before.sum(axis=1), known=compared),
        months_compared=pl.lit(comparison.months, dtype=pl.Int64),
        change_percent=_rounded([c.percent for c in changes], 1),
        percent_on_small_base=pl.Series(
            [c.before < MIN_BASE_FOR_PERCENT for c in changes]
        ),
        dispersion=_rounded([phi if compared else None for phi in dispersions], 2),
        p_value=_rounded([c.p_value if compared else None for c in changes], 6),
        word=pl.Series([c.word for c in changes]),
        significant_overall=significant_among(changes),
        area_km2=pl.Series(dataset.areas.area_km2[rows].round(4)),
    )


def _by_month(
    incidents: Incidents, located: Ints, n_areas: int, months: Sequence[Window]
) -> Floats:
    """Return incidents by area and month, shape (n_areas, len(months))."""
    start = incidents.frame["start"].to_numpy()
    counts = np.zeros((n_areas, len(months)))
    for k, month in enumerate(months):
        first, end = (np.datetime64(day) for day in (month.start, month.end))
        here = located[(start >= first) & (start < end)]
        counts[:, k] = np.bincount(here[here >= 0], minlength=n_areas)
    return counts


def _rounded(values: Sequence[float | None], digits: int) -> pl.Series:
    shown = [None if v is None else round(float(v), digits) for v in values]
    return pl.Series(shown, dtype=pl.Float64)


def _counts(counts: Floats, *, known: bool) -> pl.Series:
    """Return counts, or nothing at all where no month is compared: never zeros."""
    whole = counts.astype(np.int64).tolist()
    return pl.Series(whole if known else [None] * len(whole), dtype=pl.Int64)
