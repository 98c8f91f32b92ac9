"""Other grounds than the cells of one grid: the same grid moved, and street sections.

All at equal area: as many cells as the hotspots have, or sections of street, each with
25 m on either side, up to that area. A part of ``tools/backtest.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import shapely

from hotspots.analysis.backtest import caught_by_fullest
from hotspots.analysis.finder import HotspotRule, PlaceRule
from hotspots.core.crs import lonlat_to_bng
from hotspots.core.types import Bools, Floats
from hotspots.model.cells import Cells, bin_points
from hotspots.resources.streets import read_streets

MOVES_M = ((0, 0), (45, 0), (-45, 0), (22, 40), (-22, 40), (22, -40), (-22, -40))
"""East and north: six other positions of the grid, of cells 130 m across."""
METRES_A_DEGREE = 111_195.0
BESIDE_M, NEAR_M = 25.0, 60.0
"""Either side of a street; and how far from one an incident may lie."""
HEAD_MOVED = (
    "| data | districts | hotspots | grid moved | single cells | grid moved "
    "| any position |\n|---|---|---|---|---|---|---|"
)
HEAD_STREETS = (
    "| data | later | hotspots | single cells | fullest sections "
    "| most incidents a hectare |\n|---|---|---|---|---|---|"
)


@dataclass(frozen=True, kw_only=True)
class Points:
    """Incidents of one district, and which of them came later."""

    lon: Floats
    lat: Floats
    later: Bools

    @classmethod
    def of(cls, part: pl.DataFrame, cut: str) -> Points:
        """Make them of a district, those from ``cut`` on being the later ones."""
        lon, lat = (part[name].to_numpy() for name in ("lon", "lat"))
        return cls(lon=lon, lat=lat, later=(part["time"] >= cut).to_numpy())

    def counts(self, ids: np.ndarray, cells: Cells) -> tuple[Floats, Floats]:
        """Return the earlier and the later incidents of each cell, shape (m,)."""
        at = cells.index_of(ids)
        earlier, later = (
            np.bincount(at[rows & (at >= 0)], minlength=len(cells)).astype(np.float64)
            for rows in (~self.later, self.later)
        )
        return earlier, later

    def cells(self, east: float, north: float) -> np.ndarray:
        """Return the cell of each, the grid moved by so many metres."""
        across = METRES_A_DEGREE * np.cos(np.radians(self.lat.mean()))
        lon, lat = self.lon + east / across, self.lat + north / METRES_A_DEGREE
        return bin_points(lon, lat, resolution=10)


def inside_of(rule: PlaceRule, counts: Floats, cells: Cells) -> np.ndarray:
    """Return the positions of the cells of the places that a rule finds."""
    found = rule.find(counts, cells, stability=False)
    return np.concatenate([place.positions for place in found])


class Moved:
    """What is caught on each position of the grid, added up over districts."""

    def __init__(self) -> None:
        self.n = self.n_districts = 0
        self.caught = np.zeros((2, len(MOVES_M)))
        self.anywhere = 0.0

    def add(self, points: Points, around: Callable[[np.ndarray], Cells]) -> None:
        """Score one district."""
        ids = [points.cells(*move) for move in MOVES_M]
        sizes = []
        for k, own in enumerate(ids):
            cells = around(own)
            earlier, later = points.counts(own, cells)
            inside = inside_of(HotspotRule(), earlier, cells)
            sizes.append(len(inside))
            single = caught_by_fullest(earlier, later, len(inside))
            self.caught[:, k] += later[inside].sum(), single
        self.anywhere += caught_anywhere(np.array(ids), points.later, sizes[0])
        self.n += int(points.later.sum())
        self.n_districts += 1

    def row(self, name: str) -> str:
        """Return a line of the table."""
        share = 100 * self.caught / self.n
        here = [f"{each:.1f}%" for each in share[:, 0]]
        moved = [
            f"{line.mean():.1f}% (s.d. {line.std(ddof=1):.2f})" for line in share[:, 1:]
        ]
        return (
            f"| {name} | {self.n_districts} | {here[0]} | {moved[0]} | {here[1]} | "
            f"{moved[1]} | {100 * self.anywhere / self.n:.1f}% |"
        )


def caught_anywhere(ids: np.ndarray, later: Bools, n_cells: int) -> float:
    """Return what the fullest cells caught later where each may have its own position.

    ``ids`` is of shape (positions, n). Each cell counts what earlier ones left.
    """
    _, code = np.unique(ids, return_inverse=True)
    code = code.reshape(ids.shape)
    code += (np.arange(len(ids)) * (code.max() + 1))[:, None]
    earlier, tested = code[:, ~later], code[:, later]
    counts = np.bincount(earlier.ravel())
    left, held = np.ones(earlier.shape[1], bool), np.zeros(tested.shape[1], bool)
    for _ in range(n_cells):
        best = int(np.argmax(counts))
        taken = left & (earlier == best).any(axis=0)
        counts -= np.bincount(earlier[:, taken].ravel(), minlength=len(counts))
        left &= ~taken
        held |= (tested == best).any(axis=0)
    return float(held.sum())


def streets_row(name: str, points: Points, cells: Cells, roads: Path) -> str:
    """Return what sections of street would have caught, beside cells of equal area."""
    earlier, later = points.counts(points.cells(0, 0), cells)
    inside = inside_of(HotspotRule(), earlier, cells)
    budget = float(cells.area_km2[inside].sum())
    sections = _sections(points, roads)
    n = int(points.later.sum())
    caught = (
        later[inside].sum(),
        caught_by_fullest(earlier, later, len(inside)),
        *(sections.caught(budget, by_area) for by_area in (False, True)),
    )
    return (
        f"| {name} | {n:,} | " + " | ".join(f"{each / n:.1%}" for each in caught) + " |"
    )


@dataclass(frozen=True, kw_only=True)
class _Sections:
    earlier: Floats
    later: Floats
    area_km2: Floats

    def caught(self, budget: float, by_area: bool) -> float:
        """Take sections in their order until the area is spent, the last in part."""
        score = self.earlier / self.area_km2 if by_area else self.earlier
        order = np.argsort(-score, kind="stable")
        spent = np.cumsum(self.area_km2[order])
        whole = int(np.searchsorted(spent, budget, side="right"))
        before = spent[whole - 1] if whole else 0.0
        last = order[whole]
        part = (budget - before) / self.area_km2[last]
        return float(self.later[order[:whole]].sum() + part * self.later[last])


def _sections(points: Points, roads: Path) -> _Sections:
    graph = read_streets(roads)
    x, y = lonlat_to_bng(points.lon, points.lat)
    tree = shapely.STRtree(graph.lines)
    spots = shapely.points(x, y)
    rows, nearest = tree.query_nearest(spots, max_distance=NEAR_M, all_matches=False)
    is_later = points.later[rows]
    earlier, later = (
        np.bincount(nearest[keep], minlength=len(graph.lines)).astype(np.float64)
        for keep in (~is_later, is_later)
    )
    area = graph.length_m * 2 * BESIDE_M + np.pi * BESIDE_M**2
    return _Sections(earlier=earlier, later=later, area_km2=area / 1e6)
