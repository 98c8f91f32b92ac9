"""Counts, density and Gi* part by part, as one process would have them at once.

A part is the study area's cells in one coarser H3 cell. Beside them it needs a halo as
wide as the kernel, of cells and of places; what no part can know alone, the sums over
the whole area, is found first. Only cells near an incident are kept, so that England
fits at resolution 10.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import polars as pl

from hotspots.analysis.dataset import Dataset
from hotspots.analysis.parameters import Parameters
from hotspots.core.arrays import rising
from hotspots.core.crs import lonlat_to_bng
from hotspots.core.errors import ParameterError
from hotspots.core.spread import Engine, gathered
from hotspots.core.types import Floats, Ints
from hotspots.methods.count import Count
from hotspots.methods.gistar import count_p, z_of_sums
from hotspots.methods.kde import Kde, density, ids_around, rings_of, share_at
from hotspots.model.cells import MAX_CELLS, Cells, Extent, Ids, cells_needed
from hotspots.model.incidents import Incidents
from hotspots.model.surface import Surface

COARSER = 6
"""A part is a cell so many resolutions coarser: 117,649 cells at most."""
AT_ONCE = 500_000
"""Cells up to which an area is searched at once: two forces at resolution 10."""
PART_KM = {2: 158.0, 3: 59.0, 4: 22.0, 5: 8.0}
"""The least radius of a part: no kernel may reach beyond the parts around it."""


class Points(Protocol):
    """Places with how many incidents they hold, wherever they are kept."""

    @property
    def per_cell(self) -> pl.DataFrame:
        """How many each cell holds: ``cell, n``, cells rising."""

    def near(self, parents: Ids) -> pl.DataFrame:
        """Return ``lon, lat, cell, n`` of the places in some coarser cells."""


@dataclass(frozen=True, kw_only=True)
class PlacePoints:
    """Places in memory: ``lon, lat, cell, n``, and the coarser cell of each."""

    places: pl.DataFrame
    parents: Ids

    @classmethod
    def of(
        cls, incidents: Incidents, cell_of_place: Ids, resolution: int
    ) -> PlacePoints:
        """Return the places that hold an incident."""
        places = incidents.places.select(
            "lon",
            "lat",
            cell=pl.Series(cell_of_place),
            n=pl.Series(incidents.place_counts()),
        )
        places = places.filter(pl.col("n") > 0)
        parents = parents_of(places["cell"].to_numpy(), resolution)
        return cls(places=places, parents=parents)

    @property
    def per_cell(self) -> pl.DataFrame:
        """How many each cell holds."""
        return self.places.group_by("cell").agg(pl.col("n").sum()).sort("cell")

    def near(self, parents: Ids) -> pl.DataFrame:
        """Return the places in some coarser cells."""
        return self.places.filter(pl.Series(np.isin(self.parents, parents)))


def parents_of(cells: Ids, resolution: int) -> Ids:
    """Return the part that each cell is in."""
    from h3ronpy import change_resolution

    return np.asarray(change_resolution(cells, resolution - COARSER))


def parted_anyway(dataset: Dataset, chosen: Parameters) -> bool:
    """Say whether a study area is too large to be searched at once."""
    needed = cells_needed(dataset.outline_of(chosen.area), chosen.resolution)
    return needed > (AT_ONCE if chosen.kde.kernel == "quartic" else MAX_CELLS)


def parted_surfaces(
    points: Points,
    study: Cells,
    chosen: Parameters,
    engine: Engine | None = None,
    say: Callable[[int, int], None] | None = None,
) -> dict[str, Surface]:
    """Return the surfaces ``count``, ``kde`` and ``gi_star`` of a study area.

    Their cells are those near an incident, with the whole area as ``within``. Counts
    are those of one process, floats to a relative 1e-9.

    Raises ParameterError if the kernel is not quartic, whose reach ends, or reaches
    beyond a part.
    """
    check_kernel(chosen)
    per_cell = points.per_cell
    ids = per_cell["cell"].to_numpy()
    missing = ids[study.index_of(ids) < 0]
    if len(missing):
        study = study.union(missing)
    whole = _Whole.of(per_cell["n"].to_numpy().astype(np.float64), len(study))
    jobs = _Jobs(study=study, points=points, per_cell=per_cell, chosen=chosen)
    total = len(jobs.parents)
    told = None if say is None else lambda done: say(done, total)
    return _merged(
        gathered(engine, _part, jobs.parts(whole), told), study, whole, chosen
    )


def check_kernel(chosen: Parameters) -> None:
    """Refuse a kernel that needs more than the parts around.

    Raises ParameterError if it is not quartic, or too wide.
    """
    reach_km = chosen.kde.bandwidth_m / 1e3
    most_km = PART_KM[chosen.resolution - COARSER]
    if chosen.kde.kernel != "quartic" or reach_km > most_km:
        raise ParameterError(
            "an area searched part by part needs the quartic kernel with a bandwidth "
            f"of at most {most_km:g} km at resolution {chosen.resolution}; got "
            f"{chosen.kde.kernel}, {reach_km:g} km. Choose that, or a smaller area."
        )


@dataclass(frozen=True, kw_only=True)
class _Whole:
    """What no part knows alone: of all cells of the study area."""

    n: int
    total: float
    variance: float

    @classmethod
    def of(cls, counts: Floats, n: int) -> _Whole:
        mean = counts.sum() / n
        squares = ((counts - mean) ** 2).sum() + (n - len(counts)) * mean**2
        return cls(n=n, total=float(counts.sum()), variance=float(squares / n))


@dataclass(frozen=True, kw_only=True)
class _Jobs:
    """The parts of a study area, made as they are asked for."""

    study: Cells
    points: Points
    per_cell: pl.DataFrame
    chosen: Parameters

    @property
    def _parent(self) -> Ids:
        return parents_of(self.study.ids, self.study.resolution)

    @property
    def parents(self) -> Ids:
        return rising(self._parent)

    def parts(self, whole: _Whole) -> Iterator[tuple[Any, ...]]:
        """Yield cells of a part, those of the parts around it, counts and places."""
        from h3ronpy import grid_disk

        # the children of a cell are numbered in one run
        parent = self._parent
        parents = rising(parent)
        first = np.searchsorted(parent, parents)
        last = np.searchsorted(parent, parents, side="right")
        counted = parents_of(self.per_cell["cell"].to_numpy(), self.study.resolution)
        for each, low, high in zip(parents, first, last, strict=True):
            disk = np.asarray(grid_disk(np.array([each]), 1, flatten=True))
            beside = [
                self.study.ids[first[k] : last[k]]
                for k in np.flatnonzero(np.isin(parents, disk) & (parents != each))
            ]
            yield (
                self.study.ids[low:high],
                np.concatenate([*beside, np.empty(0, np.uint64)]),
                self.per_cell.filter(pl.Series(np.isin(counted, disk))),
                self.points.near(disk),
                self.chosen,
                whole,
            )


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What a part found: of cells near an incident all, of the others their size."""

    near: pl.DataFrame
    around_km2: Floats
    km2: float
    raised: int


def _part(
    ids: Ids,
    beside: Ids,
    per_cell: pl.DataFrame,
    points: pl.DataFrame,
    chosen: Parameters,
    whole: _Whole,
) -> _Found:
    """Do one part; ``beside``: cells of the study area in the parts around."""
    core = Cells(ids=ids, resolution=chosen.resolution)
    few = Cells(ids=ids[:: max(1, len(ids) // 100)], resolution=chosen.resolution)
    rings = rings_of(few, chosen.kde.bandwidth_m, chosen.kde.kernel)
    reached = ids_around(core, max(1, rings))
    inside = Cells(ids=beside, resolution=chosen.resolution).index_of(reached) >= 0
    local = core.union(reached[inside])
    local.read_areas_off()
    at = local.index_of(ids)
    counts = np.zeros(len(local))
    where = local.index_of(per_cell["cell"].to_numpy())
    counts[where[where >= 0]] = per_cell["n"].to_numpy()[where >= 0]
    around = np.asarray(local.neighbours @ counts)[at] + counts[at]
    km2 = np.asarray(local.neighbours @ local.area_km2)[at] + local.area_km2[at]
    beyond = Cells(ids=reached[~inside], resolution=chosen.resolution)
    kde, raised = _density(points, local, at, beyond, chosen.kde)
    near = (around > 0) | (kde > 0)
    n_around = np.diff(local.neighbours.indptr)[at] + 1.0
    flat = np.zeros(len(at))
    centred = around - n_around * (whole.total / whole.n)
    z = z_of_sums(centred, n_around, flat, flat + whole.variance, whole.n)
    rows = {"cell": ids, "n": counts[at], "kde": kde, "z": z, "around": around}
    return _Found(
        near=pl.DataFrame({**rows, "around_km2": km2}).filter(pl.Series(near)),
        around_km2=km2[~near],
        km2=float(local.area_km2[at].sum()),
        raised=raised,
    )


def _density(
    points: pl.DataFrame, local: Cells, at: Ints, beyond: Cells, kde: Kde
) -> tuple[Floats, int]:
    """Return the density at some of the cells, and how many the edge raised."""
    points = points.filter(pl.Series(local.index_of(points["cell"].to_numpy()) >= 0))
    if points.is_empty():
        values = np.zeros(len(at))
    else:
        lon, lat = (points[name].to_numpy() for name in ("lon", "lat"))
        values = density(
            np.column_stack(lonlat_to_bng(lon, lat)),
            local.xy_m[at],
            bandwidth_m=kde.bandwidth_m,
            weights=points["n"].to_numpy(),
        )
    if kde.edge != "target":
        return values, 0
    share = share_at(local.xy_m[at], local, beyond, kde)
    return np.asarray(values / share), int((share < 1).sum())


def _merged(
    found: list[_Found], study: Cells, whole: _Whole, chosen: Parameters
) -> dict[str, Surface]:
    rows = pl.concat(part.near for part in found)  # of parts in a row: cells rise
    around_km2 = np.concatenate([rows["around_km2"], *(p.around_km2 for p in found)])
    around = np.zeros(len(around_km2))
    around[: rows.height] = rows["around"].to_numpy()
    km2 = sum(part.km2 for part in found)
    raised = sum(part.raised for part in found)
    found.clear()
    p = count_p(around, around_km2 / km2, round(whole.total))
    rows = rows.drop("around", "around_km2")
    cells = Cells(
        ids=rows["cell"].to_numpy(),
        resolution=study.resolution,
        within=Extent(whole.n, km2),
    )
    adjusted = chosen.gi_star.adjusted(p)[: rows.height]
    return {
        "count": Count().surface_of(rows["n"].to_numpy(), cells),
        "kde": chosen.kde.surface_of(rows["kde"].to_numpy(), cells, raised),
        "gi_star": chosen.gi_star.surface_of(rows["z"].to_numpy(), adjusted, cells),
    }
