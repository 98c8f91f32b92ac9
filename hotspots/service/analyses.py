"""Analyses of a site: made once, by whoever is first, and taken up by every process.

What is sealed is what was found; the rows that it was found in are those of the data
version, which each process has by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.analysis.dataset import Dataset
from hotspots.analysis.parameters import Parameters
from hotspots.analysis.result import Analysis
from hotspots.core import beside
from hotspots.model.cells import Cells
from hotspots.outputs.analysis_folder import LIBRARIES
from hotspots.sources import Progress
from hotspots.workflow import analyse

_DATA = ("dataset", "incidents")
MANY = 100_000
"""With so many incidents a second process is begun to write the files."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """An analysis without its data; ``rows``: a bit for each incident analysed."""

    rest: dict[str, Any]
    rows: npt.NDArray[np.uint8]

    def of(self, dataset: Dataset) -> Analysis:
        """Return the analysis of its data."""
        used = np.unpackbits(self.rows, count=dataset.incidents.n).astype(bool)
        return Analysis(
            dataset=dataset.valid_on(self.rest["window"].last_day),
            incidents=dataset.incidents.select(used),
            **self.rest,
        )


def found_by(
    dataset: Dataset, told: Mapping[str, Any], progress: Progress | None = None
) -> tuple[Analysis, Found]:
    """Make an analysis; return it whole, and as it is kept."""
    made = analyse(dataset, parameters_of(told), progress=progress)
    cells = Cells(
        ids=made.cells.ids, resolution=made.cells.resolution, within=made.cells.within
    )
    slim = replace(
        made,
        cells=cells,  # without what was worked out of them
        surfaces={k: replace(each, cells=cells) for k, each in made.surfaces.items()},
    )
    names = (each.name for each in fields(Analysis) if each.name not in _DATA)
    rows = _line(dataset.incidents.frame).is_in(_line(made.incidents.frame).implode())
    return made, Found(
        rest={name: getattr(slim, name) for name in names},
        rows=np.packbits(rows.to_numpy()),
    )


@contextmanager
def writing_beside(dataset: Dataset) -> Iterator[None]:
    """Begin a process that will write, while this one still counts, where it pays."""
    if dataset.incidents.n >= MANY:
        beside.begin(*LIBRARIES)
    try:
        yield
    finally:
        beside.end()


def told_of(parameters: Parameters) -> dict[str, Any]:
    """Return the choices of an analysis as plain data."""
    return asdict(parameters)


def parameters_of(told: Mapping[str, Any]) -> Parameters:
    """Return what :func:`told_of` was given."""
    kinds = told["categories"]
    return Parameters.from_options(
        **{**told, "categories": None if kinds is None else tuple(kinds)}
    )


def _line(frame: pl.DataFrame) -> pl.Series:
    """Return a number for each row: its file and line."""
    file, line = (pl.col(name).cast(pl.UInt64) for name in ("file", "line"))
    return frame.select((file * 2**32 + line).alias("line")).to_series()
