"""Where there is more, or less, than in an earlier period: cell by cell, with a word.

Most cells hold a handful of incidents, so for most of them nothing can be said, and
that is a word too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely
from h3ronpy import cells_area_km2

from hotspots.analysis.result import Analysis
from hotspots.analysis.selection import counted_in
from hotspots.analysis.tabulate import typical_dispersion
from hotspots.core.errors import ParameterError, PrecisionError
from hotspots.core.pvalues import adjust_p
from hotspots.core.types import Bools, Floats, Ints
from hotspots.core.window import Window
from hotspots.model.cells import cell_names
from hotspots.model.incidents import SNAP_CHANGE, Incidents

Ids = npt.NDArray[np.uint64]

MORE, FEWER, CANNOT_TELL = "more", "fewer", "cannot tell"
LEVEL = 0.05
"""False discovery rate over the cells of a map."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Two periods beside each other.

    ``table``: a row for each cell with an incident in either period: ``cell``,
    ``ward``, ``street`` (the most frequent), ``n_now``, ``n_before``, ``p_adjusted``,
    ``word`` (:data:`MORE`, :data:`FEWER` or :data:`CANNOT_TELL`).
    ``resolution``: of the cells, one coarser than the analysis has.
    ``days``: how many days of each period the files cover.
    ``there``: the area that cells are set beside, instead of a period; ``n_before`` is
    then what as much ground holds there on average.
    """

    table: pl.DataFrame
    resolution: int
    periods: tuple[str, str]
    days: tuple[int, int]
    there: str = ""

    @property
    def sentence(self) -> str:
        """What the map shows, in words."""
        words = self.table["word"].to_list()
        now, before = (int(self.table[name].sum()) for name in ("n_now", "n_before"))
        more, fewer = words.count(MORE), words.count(FEWER)
        found = (
            f"Of {len(words):,} cells {more:,} have more and {fewer:,} fewer than "
            "chance gives, after allowing for the number of cells; of the others "
            "nothing can be said."
            if more or fewer
            else f"After allowing for the number of cells ({len(words):,}), of none of "
            "them can it be said that it has more or fewer than chance gives."
        )
        if self.there:
            return (
                f"Each cell with an incident beside as much ground of {self.there} on "
                f"average, in {self.periods[0]}. {found}"
            )
        return (
            f"{self.periods[0]} ({now:,} incidents in {self.days[0]:,} days of data) "
            f"beside {self.periods[1]} ({before:,} in {self.days[1]:,}). {found}"
        )


def compare_cells(analysis: Analysis, before: Window | None = None) -> Difference:
    """Set each cell beside an earlier period, by default the same months a year before.

    Raises ParameterError if the periods overlap, or the files hold nothing of one of
    them; PrecisionError if snapped places would be compared across July 2022.
    """
    if before is None:
        now_windows, before_windows = (
            analysis.comparison.now,
            analysis.comparison.before,
        )
        periods = _span(now_windows), f"the same {_months(now_windows)} a year before"
    else:
        now_windows, before_windows = (analysis.window,), (before,)
        periods = str(analysis.window), str(before)
        _check(analysis, before)
    days = _days(analysis, now_windows), _days(analysis, before_windows)
    if not all(days):
        raise ParameterError(
            "both periods must be in the files; they hold "
            f"{days[0]:,} days of the later and {days[1]:,} of the earlier one. Choose "
            "another period to compare with."
        )
    resolution = max(analysis.cells.resolution - 1, 0)
    sides = [
        _in_windows(_counted(analysis, windows), windows)
        for windows in (now_windows, before_windows)
    ]
    cell_of_place = analysis.dataset.cells_of_places(resolution)
    at = [cell_of_place[side.frame["place"].to_numpy()] for side in sides]
    cells = np.unique(np.concatenate(at))
    n_now, n_before = (_per_cell(one, cells) for one in at)
    dispersion = typical_dispersion(analysis.areas_table, analysis.dataset.ward_kind)
    p = split_p(n_now, n_before, share=days[0] / sum(days), dispersion=dispersion)
    table = _table(cells, n_now, n_before, p, n_now * days[1] > n_before * days[0])
    named = _names(sides, at, analysis.dataset.ward_of_place)
    table = table.join(named, on="cell", how="left", maintain_order="left")
    return Difference(table=table, resolution=resolution, periods=periods, days=days)


def compare_with_area(analysis: Analysis, code: str) -> Difference:
    """Set each cell beside what as much ground of another area holds on average.

    Raises ParameterError if there is no such area, or nothing is counted in it.
    """
    dataset = analysis.dataset
    areas = dataset.areas
    known = areas.frame["code"].to_list()
    if code not in known:
        raise ParameterError(f"an area to compare with must be known; got {code!r}.")
    row = known.index(code)
    everywhere = counted_in(
        dataset, replace(analysis.parameters, area=None), analysis.window
    )
    lonlat = dataset.incidents.places.select("lon", "lat").to_numpy()
    here = shapely.intersects_xy(areas.geometry[row], lonlat[:, 0], lonlat[:, 1])
    n_there = int(here[everywhere.frame["place"].to_numpy()].sum())
    if not n_there:
        raise ParameterError("an area to compare with must hold an incident.")
    resolution = max(analysis.cells.resolution - 1, 0)
    at = dataset.cells_of_places(resolution)[
        analysis.incidents.frame["place"].to_numpy()
    ]
    cells, n_now = np.unique(at, return_counts=True)
    ratio = np.asarray(cells_area_km2(cells)) / areas.area_km2[row]
    mean = n_there * ratio
    p = split_p(
        n_now,
        np.full(len(cells), n_there),
        share=ratio / (1 + ratio),
        dispersion=typical_dispersion(analysis.areas_table, dataset.ward_kind),
    )
    table = _table(cells, n_now, mean.round(1), p, n_now > mean)
    named = _names([analysis.incidents], [at], dataset.ward_of_place)
    days = analysis.dataset.exposure.n_days(analysis.window)
    return Difference(
        table=table.join(named, on="cell", how="left", maintain_order="left"),
        resolution=resolution,
        periods=(str(analysis.window), str(analysis.window)),
        days=(days, days),
        there=areas.frame["name"][row],
    )


def split_p(
    n_now: Ints, n_before: Ints, *, share: float | Floats, dispersion: float
) -> Floats:
    """Return two-sided p values that totals split other than by exposure.

    ``n_now``, ``n_before`` (n,): counts. ``share``: of the exposure, that of ``n_now``,
    one for all or (n,).
    ``dispersion``: variance over mean of a count, 1 for chance alone. Returns (n,).

    Notes
    -----
    Given its total, a Poisson count splits as a binomial; two negative binomial counts
    whose variance is ``dispersion`` times the mean split as a beta-binomial. Twice the
    smaller tail, the observed split included, at most 1.

    Examples
    --------
    >>> split_p(np.array([60, 8]), np.array([40, 0]), share=0.5, dispersion=1).round(4)
    array([0.0569, 0.0078])
    """
    from scipy.stats import betabinom, binom

    total = n_now + n_before
    if dispersion <= 1:
        split = binom(total, share)
    else:
        size = np.maximum(total, 1) / (dispersion - 1)
        split = betabinom(total, size * share, size * (1 - share))
    tails = np.minimum(split.cdf(n_now), split.sf(n_now - 1))
    return np.asarray(np.minimum(1.0, 2 * tails))


def _table(cells: Ids, n_now: Ints, n_before: Any, p: Floats, rose: Bools) -> Any:
    adjusted = adjust_p(p)
    word = np.where(adjusted > LEVEL, CANNOT_TELL, np.where(rose, MORE, FEWER))
    return pl.DataFrame(
        {
            "cell": cell_names(cells),
            "n_now": n_now,
            "n_before": n_before,
            "p_adjusted": adjusted.round(6),
            "word": word.astype(str),
        }
    )


def _check(analysis: Analysis, before: Window) -> None:
    if before.end > analysis.window.start:
        raise ParameterError(
            "the period to compare with must end before the other begins, on "
            f"{analysis.window.start}; it is {before}. Choose an earlier one."
        )
    crosses = before.start < SNAP_CHANGE < analysis.window.end
    if analysis.incidents.snapped and crosses:
        raise PrecisionError(
            "places of data.police.uk can be compared only on one side of July 2022, "
            f"when its snap points were drawn anew; {before} lies on the other side. "
            "Choose a later period."
        )


def _counted(analysis: Analysis, windows: Sequence[Window]) -> Incidents:
    """Return what is counted by the same rules in the stretch of some windows."""
    if not windows or windows[0].start >= analysis.window.start:
        return analysis.incidents
    whole = Window(start=windows[0].start, end=windows[-1].end)
    return counted_in(analysis.dataset, analysis.parameters, whole)


def _in_windows(incidents: Incidents, windows: Sequence[Window]) -> Incidents:
    start = pl.col("start").dt.date()
    inside = [(start >= one.start) & (start < one.end) for one in windows]
    return incidents.select(pl.any_horizontal(inside))


def _per_cell(cell_of: Ids, cells: Ids) -> Ints:
    return np.bincount(np.searchsorted(cells, cell_of), minlength=len(cells))


def _days(analysis: Analysis, windows: Sequence[Window]) -> int:
    return sum(analysis.dataset.exposure.n_days(one) for one in windows)


def _names(
    sides: Sequence[Incidents], at: Sequence[Ids], wards: Sequence[str]
) -> pl.DataFrame:
    """Return the most frequent ward and street of each cell."""
    rows = pl.concat(
        pl.DataFrame(
            {
                "cell": cell_names(cells),
                "ward": np.asarray(wards, dtype=object)[side.frame["place"].to_numpy()],
                "street": side.frame["street"].cast(pl.String),
            },
            schema_overrides={"ward": pl.String},
        )
        for side, cells in zip(sides, at, strict=True)
    )
    most = [
        pl.col(name).drop_nulls().mode().sort().first() for name in ("ward", "street")
    ]
    return rows.group_by("cell").agg(most)


def _span(windows: Sequence[Window]) -> str:
    if not windows:
        return "no month"
    return str(Window(start=windows[0].start, end=windows[-1].end))


def _months(windows: Sequence[Window]) -> str:
    return "month" if len(windows) == 1 else f"{len(windows)} months"
