"""Counts, density and Gi* of a lake of any size: its rows are taken up month by month.

What is counted is decided by the rules of an analysis. Left of each month are its
places, with how many incidents each holds, on the disk by the part of the country that
they are in; then every part is done with those around it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from hotspots.analysis.area_files import joined, read_area_files
from hotspots.analysis.dataset import Dataset
from hotspots.analysis.parameters import Parameters
from hotspots.analysis.parted import PlacePoints, parted_surfaces
from hotspots.analysis.selection import counted_in
from hotspots.analysis.tabulate import cell_values
from hotspots.core.folders import atomic_folder
from hotspots.core.spread import Engine
from hotspots.lake.staging import Spool
from hotspots.model.cells import MAX_STUDY, Cells, Ids
from hotspots.model.harm import HarmTable
from hotspots.model.incidents import Incidents
from hotspots.sources import Progress
from hotspots.sources.reading.lake import lake_areas, read_months

KEYS = ["lon", "lat", "cell"]
_NONE = pl.DataFrame(
    schema={"lon": pl.Float64, "lat": pl.Float64, "cell": pl.UInt64, "n": pl.Int64}
)


@dataclass(frozen=True, kw_only=True)
class _Places:
    """Places on the disk, by their part."""

    spool: Spool
    months: list[pl.DataFrame] = field(default_factory=list)

    def add(self, month: PlacePoints) -> None:
        """Put the places of a month beside the others."""
        self.spool.append(month.places.with_columns(part=pl.Series(month.parents)))
        self.months.append(month.per_cell)

    @property
    def per_cell(self) -> pl.DataFrame:
        """How many each cell holds."""
        every = pl.concat(self.months)
        return every.group_by("cell").agg(pl.col("n").sum()).sort("cell")

    def near(self, parents: Ids) -> pl.DataFrame:
        """Return the places in some coarser cells."""
        held = [self.spool.rows(str(parent)) for parent in parents]
        found = [each.drop("part") for each in held if each is not None]
        rows = pl.concat([_NONE, *found])
        return rows.group_by(KEYS).agg(pl.col("n").sum())


@dataclass(frozen=True, kw_only=True)
class Written:
    """What was written of a lake."""

    window: str
    n_incidents: int
    n_cells: int
    n_searched: int

    def sentence(self) -> str:
        """Say it."""
        return (
            f"{self.n_incidents:,} incidents, {self.window}, in {self.n_cells:,} of "
            f"{self.n_searched:,} cells."
        )


def write_cells(
    lake: Path,
    out: Path,
    chosen: Parameters,
    *,
    areas: Sequence[str] = (),
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> Written:
    """Write ``cells.parquet``, and ``cube/MONTH.parquet`` of cell, category and ``n``.

    Raises SourceError, AreaError, ParameterError, NoUsableRowsError as an analysis.
    """
    say = progress or (lambda _what, _done, _total: None)
    harm = HarmTable.default()
    every = joined(read_area_files(list(areas or lake_areas(lake))))
    window, months = read_months(lake, chosen.choose_window, harm=harm)
    valid = every.valid_on(window.last_day)
    study = Cells.from_polygon(
        valid.outline, resolution=chosen.resolution, most=MAX_STUDY
    )
    with tempfile.TemporaryDirectory() as folder, atomic_folder(out) as made:
        (made / "cube").mkdir()
        places = _Places(spool=Spool(Path(folder) / "places", by=pl.col("part")))
        for month, reading in months:
            say(f"counting {month}", 0, 1)
            dataset = Dataset(reading=reading, areas=valid, harm=harm)
            counted = counted_in(dataset, chosen, month)
            cells = dataset.cells_of_places(chosen.resolution)
            places.add(PlacePoints.of(counted, cells, chosen.resolution))
            cube = made / "cube" / f"{month.start:%Y-%m}.parquet"
            _cube(counted, cells).write_parquet(cube)
        surfaces = parted_surfaces(
            places, study, chosen, engine, lambda done, n: say("density", done, n)
        )
        table = cell_values(surfaces).drop("position")
        table.write_parquet(made / "cells.parquet")
    return Written(
        window=str(window),
        n_incidents=int(table["n_incidents"].sum()),
        n_cells=table.height,
        n_searched=surfaces["count"].cells.study.n,
    )


def _cube(counted: Incidents, cell_of_place: Ids) -> pl.DataFrame:
    """Return how many incidents each cell has of each category."""
    cell = cell_of_place[counted.frame["place"].to_numpy()]
    rows = counted.frame.select(
        pl.col("category").cast(pl.String), cell=pl.Series(cell)
    )
    return rows.group_by("cell", "category").len("n").sort("cell", "category")
