"""What one run found, and its account for ``summary.json``."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from hotspots._version import __version__
from hotspots.analysis.backtest import Backtest
from hotspots.analysis.dataset import Dataset
from hotspots.analysis.parameters import Parameters
from hotspots.analysis.periods import Comparison
from hotspots.analysis.persistence import Persistence
from hotspots.core.geoframe import explore, geo_frame, html_summary, plot
from hotspots.core.options import to_record
from hotspots.core.types import Shapes
from hotspots.core.window import Window
from hotspots.disclosure import MARKING
from hotspots.intake.rejects import STATUSES, by_number, count_by_reason
from hotspots.model.cells import Cells
from hotspots.model.hotspot import Hotspot
from hotspots.model.incidents import Incidents
from hotspots.model.surface import Surface

if TYPE_CHECKING:
    from geopandas import GeoDataFrame


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """Everything that one run found; the outputs are written from it.

    ``incidents``: those analysed.
    ``cells``: every cell of the study area.
    ``surfaces``: ``count``, ``kde``, ``gi_star``.
    ``months_table``: a row for each area and month that the files cover.
    ``rejects``: every row not used (:data:`hotspots.intake.rejects.SCHEMA`).
    ``notes``: every automatic choice.
    ``price_of_shape``: share by which the places hold less than single cells of the
    same area.
    ``backtest``: Backtest or None; what the same rule would have caught at the end of
    the window.
    """

    dataset: Dataset
    parameters: Parameters
    window: Window
    comparison: Comparison
    incidents: Incidents
    hotspots: tuple[Hotspot, ...]
    cells: Cells
    surfaces: dict[str, Surface]
    cells_table: pl.DataFrame
    areas_table: pl.DataFrame
    months_table: pl.DataFrame
    rejects: pl.DataFrame
    notes: tuple[str, ...]
    price_of_shape: float
    backtest: Backtest | None
    persistence: Persistence

    @cached_property
    def outside_window(self) -> pl.DataFrame:
        """Every row outside the window, as rejects: only counted unless asked for."""
        return self.dataset.reading.outside(self.window)

    @cached_property
    def unused(self) -> dict[str, dict[str, int]]:
        """How many rows were not used, by status and reason."""
        beside = _counts_outside(self.dataset.incidents.calendar, self.window)
        counted = {each: count_by_reason(self.rejects, each) for each in STATUSES}
        return counted | {"outside window": beside}

    @cached_property
    def areas_shapes(self) -> Shapes:
        """The polygon of each row of ``areas_table``, EPSG:4326."""
        areas, keys = self.dataset.areas, ["kind", "code", "name"]
        rows = areas.frame.select(keys).with_row_index("row").unique(keys, keep="first")
        found = self.areas_table.select(keys).join(
            rows, on=keys, how="left", maintain_order="left", nulls_equal=True
        )
        return np.asarray(areas.geometry[found["row"].to_numpy()])

    @cached_property
    def hotspots_frame(self) -> GeoDataFrame:
        """The hotspots, one row each, EPSG:27700."""
        rows = [each.to_row() for each in self.hotspots]
        shapes = np.array([each.polygon for each in self.hotspots], dtype=object)
        return geo_frame(pl.DataFrame(rows, infer_schema_length=None), shapes)

    @cached_property
    def cells_frame(self) -> GeoDataFrame:
        """Every cell with incidents, EPSG:27700."""
        ids = np.array([int(c, 16) for c in self.cells_table["cell"]], dtype=np.uint64)
        cells = Cells(ids=ids, resolution=self.cells.resolution)
        return geo_frame(self.cells_table, cells.polygons())

    @cached_property
    def areas_frame(self) -> GeoDataFrame:
        """Every area with its counts, EPSG:27700."""
        return geo_frame(self.areas_table, self.areas_shapes)

    def explore(self, **options: Any) -> Any:
        """Return a folium map: cells by incidents, and the hotspots on them."""
        layers = [self.cells_frame, self.hotspots_frame]
        return explore(layers, "n_incidents", **options)

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw cells by incidents, areas and hotspots on a matplotlib axes."""
        layers = [self.cells_frame, self.areas_frame, self.hotspots_frame]
        return plot(layers, "n_incidents", ax=ax, **options)

    def _repr_html_(self) -> str:
        shown = ("rank", "name", "n_incidents", "share", "trend", "stability")
        rows = [{k: each.to_row()[k] for k in shown} for each in self.hotspots]
        lines = (
            "SIMULATED DATA." if self.dataset.simulated else "",
            f"{self.incidents.n:,} incidents from {self.window}.",
            self.dataset.attribution,
        )
        return html_summary("Hotspots", lines, pl.DataFrame(rows))

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The content of ``summary.json``."""
        return describe(self)


def describe(analysis: Analysis) -> dict[str, Any]:
    """Return the account of a run as plain data."""
    reading, counts = analysis.dataset.reading, analysis.unused
    parameters = _parameters(analysis)
    return {
        "title": "Hotspots",
        "marking": MARKING["operational"],
        "simulated": analysis.dataset.simulated,
        "attribution": analysis.dataset.attribution,
        "rows_read": reading.rows_read,
        "rows_rejected": sum(counts["rejected"].values()),
        "rows_outside_areas": sum(counts["outside areas"].values()),
        "rows_outside_window": sum(counts["outside window"].values()),
        "rows_excluded": sum(counts["excluded"].values()),
        "rows_analysed": analysis.incidents.n,
        "rejected_by_reason": counts["rejected"],
        "excluded_by_reason": counts["excluded"],
        "outside_window_by_reason": counts["outside window"],
        "window": {
            "from": analysis.window.start.isoformat(),
            "to": analysis.window.last_day.isoformat(),
            "words": str(analysis.window),
        },
        "time_precision": analysis.incidents.time_precision,
        "snapped_coordinates": analysis.incidents.snapped,
        "cells": {
            "resolution": analysis.cells.resolution,
            "in_study_area": analysis.cells.study.n,
            "with_incidents": analysis.cells_table.height,
        },
        "parameters": parameters,
        "price_of_shape": round(analysis.price_of_shape, 4),
        "backtest": analysis.backtest.to_record() if analysis.backtest else None,
        "persistence": analysis.persistence.to_record(),
        "notes": list(analysis.notes),
        "software": {"name": "hotspots", "version": __version__},
        "config_hash": _config_hash(parameters, analysis),
        "inputs": [_input(*one) for one in reading.inputs],
        "area_inputs": [_input(*one) for one in analysis.dataset.area_inputs],
        "hotspots": [
            {**hotspot.to_row(), "cells": [f"{cell:x}" for cell in hotspot.cells]}
            for hotspot in analysis.hotspots
        ],
    }


def _counts_outside(calendar: pl.DataFrame, window: Window) -> dict[str, int]:
    early, late = pl.col("day") < window.start, pl.col("day") >= window.end
    counts = calendar.filter(early | late).group_by(
        reason=pl.when(early)
        .then(pl.lit("before the window"))
        .otherwise(pl.lit("after the window"))
    )
    return by_number(counts.agg(pl.col("n").sum()))


def _parameters(analysis: Analysis) -> dict[str, Any]:
    chosen = analysis.parameters
    record = asdict(chosen)
    record["categories"] = list(chosen.categories) if chosen.categories else None
    record["kde"] = to_record(chosen.kde)
    record["gi_star"] = to_record(chosen.gi_star)
    record["rule"] = to_record(chosen.rule)
    record["harm_table"] = analysis.dataset.harm.name
    return record


def _config_hash(parameters: dict[str, Any], analysis: Analysis) -> str:
    """Hash everything that decides the result but the input files."""
    harm = analysis.dataset.harm.frame.write_csv()
    text = json.dumps([parameters, harm, __version__], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _input(name: str, digest: str) -> dict[str, str]:
    return {"name": name, "sha256": digest}
