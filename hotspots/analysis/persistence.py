"""How many places as stable as one were in the list again half a year later: measured.

Stability under resampling says how much the list owes to chance within its own time.
It does not say whether a place lasts: places change.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hotspots.analysis.backtest import Located
from hotspots.analysis.finder import Cluster, HotspotRule
from hotspots.core.window import Window, add_months
from hotspots.model.exposure import Exposure

EDGES = (0.5, 0.75, 0.9, 0.995)
"""Bands of stability: under a half, to three quarters, to 0.9, below 0.995, above."""
MEASURED = ((30, 5), (68, 24), (52, 23), (78, 45), (132, 109))
"""Places of each band, and how many were in the list of the next half-year, by `make
backtest`."""
SOURCE = (
    "360 places in nine districts of Leicestershire, December 2019 to June 2022, "
    "data.police.uk"
)
TRAINED_MONTHS, LATER_MONTHS = 12, 6
FEWEST = 20
"""With fewer places of a band in the district, the table of other districts serves."""


@dataclass(frozen=True, kw_only=True)
class Persistence:
    """How many places of each band of stability lasted, and where that was measured."""

    n: tuple[int, ...]
    lasted: tuple[int, ...]
    source: str

    @classmethod
    def measured(cls) -> Persistence:
        """Return the table measured over districts."""
        return cls(
            n=tuple(n for n, _ in MEASURED),
            lasted=tuple(k for _, k in MEASURED),
            source=SOURCE,
        )

    def of(self, stability: float) -> float:
        """Return the share of places so stable that lasted, 0 to 1; nan without any."""
        band = int(np.searchsorted(EDGES, stability, side="right"))
        if np.isnan(stability) or not self.n[band]:
            return float("nan")
        return self.lasted[band] / self.n[band]

    def to_record(self) -> dict[str, object]:
        """Return the table as plain data, by the lower edge of each band."""
        edges = (0.0, *EDGES)
        rows = zip(edges, self.n, self.lasted, strict=True)
        bands = [
            {"stability_from": e, "n_places": n, "n_lasted": k} for e, n, k in rows
        ]
        return {"bands": bands, "source": self.source}


def measure_persistence(
    located: Located, rule: HotspotRule, window: Window, exposure: Exposure
) -> Persistence:
    """Return what the window's own past says, else the table over districts.

    Notes
    -----
    From the end of the window back in steps of half a year: the places of a covered
    year and their stability, and whether at least half of the cells of each are in the
    list of the half-year after it. A band with fewer than 20 places of its own takes
    the table.
    """
    n, lasted = np.zeros(len(EDGES) + 1, int), np.zeros(len(EDGES) + 1, int)
    for trained, later in _origins(window, exposure):
        found = rule.find(located.counts(trained), located.cells)
        again = rule.find(located.counts(later), located.cells, stability=False)
        for place, stays in zip(found, lasting(found, again), strict=True):
            band = int(np.searchsorted(EDGES, place.stability, side="right"))
            n[band] += 1
            lasted[band] += stays
    enough, table = n >= FEWEST, Persistence.measured()
    if not enough.any():
        return table
    both = "measured here" if enough.all() else f"measured here, or {SOURCE}"
    return Persistence(
        n=tuple(np.where(enough, n, table.n).tolist()),
        lasted=tuple(np.where(enough, lasted, table.lasted).tolist()),
        source=both,
    )


def lasting(found: list[Cluster], again: list[Cluster]) -> list[bool]:
    """Return whether at least half of the cells of each place are in a later list."""
    later = {cell for place in again for cell in place.positions.tolist()}
    return [
        2 * sum(cell in later for cell in place.positions.tolist())
        >= len(place.positions)
        for place in found
    ]


def _origins(window: Window, exposure: Exposure) -> list[tuple[Window, Window]]:
    pairs, end = [], window.end
    while (split := add_months(end, -LATER_MONTHS)) and (
        start := add_months(split, -TRAINED_MONTHS)
    ) >= window.start:
        trained, later = Window(start=start, end=split), Window(start=split, end=end)
        if exposure.covers(trained) and exposure.covers(later):
            pairs.append((trained, later))
        end = split
    return pairs
