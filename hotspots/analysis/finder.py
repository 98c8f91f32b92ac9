"""From a count per cell to ranked, contiguous places, and how sure their rank is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hotspots.core.errors import ParameterError
from hotspots.core.options import check_fields, option
from hotspots.core.types import Floats, Ints
from hotspots.kernels.grow import grow_clusters
from hotspots.model.cells import Cells

SMALLEST_HA, LARGEST_HA = 4.0, 7.0
CELL_HA = {8: 65.2, 9: 9.32, 10: 1.331, 11: 0.1902}
"""Area of a cell in the middle of England, to choose how many make a place."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Positions of contiguous cells, their total, and the stability of their rank."""

    positions: Ints
    total: float
    stability: float


@dataclass(frozen=True, kw_only=True)
class HotspotRule:
    """How cells become hotspots.

    Seed at peaks, grow compactly to the size of a walkable place (4 to 7 ha), rank by
    count. A cell joins if it touches the seed or two cells already in. A peak beside a
    place with room has been taken into it; places are kept at least one cell apart, so
    that each has a buffer in which displacement can be measured.

    Raises
    ------
    ParameterError
        If a field is impossible or ``max_cells`` is below ``min_cells``.
    """

    n_hotspots: int = option(10, help="At most so many places.", ge=1, le=100)
    min_cells: int = option(
        0, help="Fewest cells in a place; 0 is what makes 4 ha.", ge=0, le=50
    )
    max_cells: int = option(
        0, help="Most cells in a place; 0 is what makes 7 ha.", ge=0, le=50
    )
    least_gain: float = option(
        0.05, help="Share that one more cell must bring.", ge=0, le=1
    )
    apart: bool = option(True, help="Keep at least one cell between places.")
    resamples: int = option(200, help="Resamples for the stability.", ge=0, le=10_000)
    floor_per_year: float = option(
        36, help="Fewer incidents a year than this is flagged.", ge=0
    )

    def __post_init__(self) -> None:
        check_fields(self)
        if 0 < self.max_cells < self.min_cells:
            raise ParameterError(
                f"max_cells must be at least min_cells ({self.min_cells}); got "
                f"{self.max_cells}."
            )

    def size_band(self, resolution: int) -> tuple[int, int]:
        """Return the fewest and most cells of a place at a resolution."""
        cell_ha = CELL_HA[resolution]
        fewest = self.min_cells or max(1, round(SMALLEST_HA / cell_ha))
        most = self.max_cells or max(fewest, round(LARGEST_HA / cell_ha))
        return fewest, most

    def find(
        self, counts: Floats, cells: Cells, *, rng: np.random.Generator | None = None
    ) -> list[Cluster]:
        """Return the places, largest count first.

        Parameters
        ----------
        counts : ndarray of shape (m,)
            Incidents per cell, in the order of ``cells.ids``.

        Raises
        ------
        ParameterError
            If there is not one count for every cell.
        """
        if counts.shape != (len(cells),):
            raise ParameterError(
                f"there must be one count for each of {len(cells)} cells; got shape "
                f"{counts.shape}."
            )
        filled = np.flatnonzero(counts > 0)
        found = self._grow(counts, cells, filled)
        order = sorted(
            range(len(found)), key=lambda k: (-counts[found[k]].sum(), found[k][0])
        )
        places = [found[k] for k in order]
        stability = self._stability(places, counts, cells, filled, rng)
        return [
            Cluster(positions=p, total=float(counts[p].sum()), stability=float(s))
            for p, s in zip(places, stability, strict=True)
        ]

    def _grow(self, counts: Floats, cells: Cells, filled: Ints) -> list[Ints]:
        fewest, most = self.size_band(cells.resolution)
        tried = 24
        rows = grow_clusters(
            counts,
            cells.neighbour_table,
            _peaks(counts, filled, self.n_hotspots * most * 7 + tried),
            n_clusters=self.n_hotspots,
            min_cells=fewest,
            max_cells=most,
            n_tried=tried,
            least_gain=self.least_gain,
            gap=self.apart,
        )
        return [np.sort(row[row >= 0]) for row in rows if row[0] >= 0]

    def _stability(
        self,
        places: list[Ints],
        counts: Floats,
        cells: Cells,
        filled: Ints,
        rng: np.random.Generator | None,
    ) -> Floats:
        """Return the share of resamples in which half of each place is found again."""
        stays = np.zeros(len(places))
        total = int(counts.sum())
        if not places or not self.resamples or not total:
            return np.full(len(places), np.nan)
        random = rng or np.random.default_rng(20250614)
        share = counts[filled] / counts[filled].sum()
        drawn = np.zeros(len(cells))
        for _ in range(self.resamples):
            drawn[filled] = random.multinomial(total, share)
            top = np.zeros(len(cells), dtype=bool)
            for cluster in self._grow(drawn, cells, filled):
                top[cluster] = True
            stays += [2 * top[place].sum() >= len(place) for place in places]
        return stays / self.resamples


def _peaks(counts: Floats, filled: Ints, n: int) -> Ints:
    """Return the positions of the ``n`` largest counts above 0, ties by position."""
    values = counts[filled]
    if n < len(filled):
        cut = max(np.partition(values, len(values) - n)[len(values) - n], 1e-300)
        kept = np.flatnonzero(values >= cut)
    else:
        kept = np.flatnonzero(values > 0)
    order = np.lexsort((kept, -values[kept]))
    return np.asarray(filled[kept[order][:n]], dtype=np.int64)
