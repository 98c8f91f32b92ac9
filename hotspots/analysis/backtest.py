"""What places chosen by a rule held of the months that followed: before it is promised.

The rule of an analysis is run on the first part of its window and scored on the last,
beside the best simple choice of the same size: the fullest single cells.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.analysis.finder import HotspotRule
from hotspots.core.types import Floats, Ints
from hotspots.core.window import Window, in_words, month_start
from hotspots.model.cells import Cells
from hotspots.model.exposure import Exposure
from hotspots.model.incidents import Incidents

TESTED_DAYS, TESTED_SHARE = 182, 0.25
"""Tested is half a year, or a quarter of the days covered where that is less."""
FEWEST_DAYS, FEWEST_INCIDENTS = 112, 30


@dataclass(frozen=True, kw_only=True)
class Located:
    """Incidents by day and cell, and the cells they are searched in.

    ``day`` (n,), datetime64[D].
    ``cell`` (n,), int64: position in ``cells``.
    """

    day: npt.NDArray[np.datetime64]
    cell: Ints
    cells: Cells

    @classmethod
    def of(
        cls, incidents: Incidents, cell_of_place: npt.NDArray[np.uint64], cells: Cells
    ) -> Located:
        """Return the incidents by their day and the position of their cell."""
        place = incidents.frame["place"].to_numpy()
        return cls(
            day=incidents.frame["start"].dt.date().to_numpy(),
            cell=cells.index_of(cell_of_place)[place],
            cells=cells,
        )

    def counts(self, window: Window) -> Floats:
        """Return the incidents of each cell in a window, shape (m,)."""
        first, end = (np.datetime64(day) for day in (window.start, window.end))
        inside = (self.day >= first) & (self.day < end)
        counts = np.bincount(self.cell[inside], minlength=len(self.cells))
        return counts.astype(np.float64)


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """What places found on earlier months held of later ones.

    ``captured``, ``baseline``: incidents; of ``n_tested``: inside the places, and
    inside as many single cells, the fullest of the same earlier months or of the last
    12 of them, whichever did better.
    ``share_area``: of the area searched that the places take, 0 to 1.
    """

    trained: Window
    tested: Window
    n_places: int
    n_cells: int
    n_tested: int
    captured: float
    baseline: float
    share_area: float

    @property
    def hit_rate(self) -> float:
        """Share of the tested incidents inside the places."""
        return self.captured / self.n_tested

    @property
    def pai(self) -> float:
        """Hit rate over share of the area."""
        return self.hit_rate / self.share_area

    def sentence(self) -> str:
        """Return the result for people."""
        return (
            f"Back-test: {self.n_places} places found in the same way on data to "
            f"{in_words(self.trained.last_day)} held {self.captured:,.0f} of "
            f"{self.n_tested:,} incidents of {self.tested} ({self.hit_rate:.1%}) in "
            f"{self.share_area:.2%} of the area (PAI {self.pai:,.0f}); the "
            f"{self.n_cells} fullest single cells, the best simple choice of the same "
            f"size, held {self.baseline:,.0f}."
        )

    def to_record(self) -> dict[str, object]:
        """Return the figures as plain data."""
        return {
            "trained": str(self.trained),
            "tested": str(self.tested),
            "n_places": self.n_places,
            "n_cells": self.n_cells,
            "n_tested": self.n_tested,
            "captured": round(self.captured, 1),
            "baseline": round(self.baseline, 1),
            "share_area": round(self.share_area, 6),
            "pai": round(self.pai, 1),
        }


def back_test(
    located: Located, rule: HotspotRule, window: Window, exposure: Exposure
) -> Backtest | None:
    """Return what the rule would have caught at the end of its own window.

    None where under 16 weeks are covered or under 30 incidents are there to test on.
    """
    split = _split(window, exposure)
    if split is None:
        return None
    trained = Window(start=window.start, end=split)
    tested = Window(start=split, end=window.end)
    earlier, later = located.counts(trained), located.counts(tested)
    places = rule.find(earlier, located.cells, stability=False)
    if later.sum() < FEWEST_INCIDENTS or not places:
        return None
    inside = np.concatenate([place.positions for place in places])
    year = Window(
        start=max(window.start, split - dt.timedelta(days=365)), end=trained.end
    )
    cells = located.cells
    return Backtest(
        trained=trained,
        tested=tested,
        n_places=len(places),
        n_cells=len(inside),
        n_tested=int(later.sum()),
        captured=float(later[inside].sum()),
        baseline=max(
            caught_by_fullest(earlier, later, len(inside)),
            caught_by_fullest(located.counts(year), later, len(inside)),
        ),
        share_area=float(cells.at(np.sort(inside)).area_km2.sum() / cells.study.km2),
    )


def caught_by_fullest(earlier: Floats, later: Floats, n_cells: int) -> float:
    """Return what the ``n_cells`` fullest cells caught later, the mean over ties."""
    n_cells = min(n_cells, int((earlier > 0).sum()))
    if not n_cells:
        return 0.0
    least = np.partition(earlier, -n_cells)[-n_cells]
    sure, tied = earlier > least, earlier == least
    share = (n_cells - sure.sum()) / tied.sum()
    return float(later[sure].sum() + share * later[tied].sum())


def _split(window: Window, exposure: Exposure) -> dt.date | None:
    """Return the first day tested: the start of a month."""
    days = exposure.covered(window)
    if len(days) < FEWEST_DAYS:
        return None
    first: dt.date = days[-min(TESTED_DAYS, int(TESTED_SHARE * len(days)))].item()
    split = month_start(first + dt.timedelta(days=15))
    return split if window.start < split < window.end else None
