"""Hotspots: contiguous cells with their rank, evidence and how sure the rank is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, kw_only=True)
class Change:
    """Two counts of the same length of time, and a plain word for the difference.

    ``months``: how many calendar months each count covers.
    ``p_value``: two-sided exact test that both have one rate (E-test).
    ``z``: Poisson z, ``2 (sqrt(now) - sqrt(before))``.
    ``word`` ({"higher", "lower", "usual", "too few to say", "cannot tell"}): ``cannot
    tell`` where there is nothing to compare with.
    """

    now: int
    before: int
    months: int
    p_value: float
    z: float
    word: str

    @property
    def percent(self) -> float | None:
        """Change in per cent of ``before``; none where that is 0."""
        if self.before == 0:
            return None
        return 100 * (self.now - self.before) / self.before


@dataclass(frozen=True, kw_only=True)
class Hotspot:
    """A ranked place.

    ``rank``: 1 is the place with the most incidents.
    ``name``: nearest street or place, and ward.
    ``ward``: empty where the place lies in none.
    ``cells`` (k,): contiguous H3 cells.
    ``polygon`` (EPSG:4326): the cells dissolved.
    ``share``: of all incidents analysed, 0 to 1.
    ``area_ha``: true area of the cells, hectares.
    ``harm``: square root of severity, summed over incidents.
    ``trend``: the last 12 months against the 12 before, over months that both have.
    ``stability``: share of bootstrap resamples in which the place stays in the list:
    how much the list owes to chance within its own time, not whether the place lasts.
    ``persistence``: measured share of places so stable that were in the list again half
    a year later; nan where it is not known.
    ``below_floor``: whether it has fewer incidents a year than a hotspot should.
    ``why``: the reasons in words, with counts. ``facts``: the first of them, one line
    and up to three facts; ``how_sure``: the others.
    ``categories``: most frequent first.
    ``harm_rank``: 1 is the place with the most harm among these: the second view.
    """

    rank: int
    name: str
    ward: str
    cells: npt.NDArray[np.uint64]
    polygon: Any
    n_incidents: int
    share: float
    area_ha: float
    harm: float
    trend: Change
    stability: float
    below_floor: bool
    why: str
    categories: tuple[tuple[str, int], ...] = ()
    harm_rank: int = 0
    persistence: float = math.nan
    facts: tuple[str, ...] = ()
    how_sure: str = ""

    def to_row(self) -> dict[str, Any]:
        """Return the columns that every export shares, in their order.

        The two counts of the trend are none where no month can be compared.
        """
        compared = self.trend.months > 0
        return {
            "rank": self.rank,
            "name": self.name,
            "ward": self.ward,
            "n_incidents": self.n_incidents,
            "share": round(self.share, 4),
            "area_ha": round(self.area_ha, 2),
            "harm": round(self.harm, 1),
            "harm_rank": self.harm_rank,
            "trend": self.trend.word,
            "n_last": self.trend.now if compared else None,
            "n_before": self.trend.before if compared else None,
            "months_compared": self.trend.months,
            "stability": round(self.stability, 3),
            "persistence": None
            if math.isnan(self.persistence)
            else round(self.persistence, 2),
            "below_floor": self.below_floor,
            "why": self.why,
        }
