"""Write the folder of outputs: all of it, or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hotspots.core.folders import atomic_folder
from hotspots.model.cells import Cells
from hotspots.outputs.formats import (
    Layer,
    write_csv,
    write_geojson,
    write_geopackage,
    write_geoparquet,
    write_gpx,
    write_kml,
)
from hotspots.sources import Progress

if TYPE_CHECKING:
    from hotspots.analysis.result import Analysis


FILES = (
    "hotspots.geojson",
    "hotspots.gpkg",
    "cells.parquet",
    "cells.geojson",
    "areas.csv",
    "patrol_areas.gpkg",
    "patrol_areas.geojson",
    "patrol_areas.kml",
    "patrol_areas.gpx",
    "map.html",
    "rejects.csv",
    "summary.json",
)
"""Every file of a complete folder."""


def write_outputs(
    analysis: Analysis, out: Path, *, progress: Progress | None = None
) -> tuple[Path, ...]:
    """Write every output of an analysis into ``out``."""
    with atomic_folder(out, is_output=FILES.__contains__) as made:
        _write_all(analysis, made, progress)
    return tuple(out / name for name in FILES)


def _write_all(analysis: Analysis, folder: Path, progress: Progress | None) -> None:
    steps: list[tuple[str, Callable[[Analysis, Path], None]]] = [
        ("hotspots", _write_hotspots),
        ("patrol areas", _write_patrol_areas),
        ("cells", _write_cells),
        ("areas", _write_areas),
        ("map", _write_map),
        ("rows not used", _write_rejects),
        ("summary", _write_summary),
    ]
    for done, (what, step) in enumerate(steps):
        if progress:
            progress(what, done, len(steps))
        step(analysis, folder)
    if progress:
        progress("", len(steps), len(steps))


def _hotspot_frame(analysis: Analysis) -> tuple[pl.DataFrame, np.ndarray]:
    rows = [
        {**hotspot.to_row(), "data": _status(analysis)} for hotspot in analysis.hotspots
    ]
    shapes = np.array([h.polygon for h in analysis.hotspots], dtype=object)
    return pl.DataFrame(rows, infer_schema_length=None), shapes


def _status(analysis: Analysis) -> str:
    """Return the word that every row of every table carries about its data."""
    return "simulated" if analysis.dataset.simulated else "as supplied"


def _description(analysis: Analysis) -> str:
    data = "SIMULATED DATA. " if analysis.dataset.simulated else ""
    return f"{data}Incidents from {analysis.window}."


def _write_hotspots(analysis: Analysis, folder: Path) -> None:
    frame, shapes = _hotspot_frame(analysis)
    text = _description(analysis)
    write_geojson(
        folder / "hotspots.geojson", frame, shapes, name="hotspots", description=text
    )
    layer = Layer(name="hotspots", frame=frame, geometry=shapes, description=text)
    write_geopackage(folder / "hotspots.gpkg", [layer])


def _write_patrol_areas(analysis: Analysis, folder: Path) -> None:
    frame, shapes = _hotspot_frame(analysis)
    text = _description(analysis)
    for suffix, write in (
        ("geojson", write_geojson),
        ("kml", write_kml),
        ("gpx", write_gpx),
    ):
        path = folder / f"patrol_areas.{suffix}"
        write(path, frame, shapes, name="patrol areas", description=text)
    layer = Layer(name="patrol_areas", frame=frame, geometry=shapes, description=text)
    write_geopackage(folder / "patrol_areas.gpkg", [layer])


def _write_cells(analysis: Analysis, folder: Path) -> None:
    table = analysis.cells_table
    ids = np.array([int(cell, 16) for cell in table["cell"]], dtype=np.uint64)
    shapes = Cells(ids=ids, resolution=analysis.cells.resolution).polygons()
    frame = table.with_columns(data=pl.lit(_status(analysis)))
    text = _description(analysis)
    write_geojson(
        folder / "cells.geojson", frame, shapes, name="cells", description=text
    )
    write_geoparquet(
        folder / "cells.parquet", frame, shapes, name="cells", description=text
    )


def _write_areas(analysis: Analysis, folder: Path) -> None:
    table = analysis.areas_table.with_columns(data=pl.lit(_status(analysis)))
    write_csv(folder / "areas.csv", table)


def _write_rejects(analysis: Analysis, folder: Path) -> None:
    names = [name for name, _ in analysis.dataset.reading.inputs]
    numbers = pl.Series("file", range(len(names)), dtype=pl.UInt16)
    files = pl.DataFrame({"file": numbers, "file_name": names})
    table = analysis.rejects.join(files, on="file", how="left", maintain_order="left")
    table = table.select(
        pl.col("file_name").alias("file"), "line", "reason", "value", "status"
    )
    write_csv(folder / "rejects.csv", table)


def _write_summary(analysis: Analysis, folder: Path) -> None:
    text = json.dumps(analysis.summary, indent=2, ensure_ascii=False, allow_nan=False)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _write_map(analysis: Analysis, folder: Path) -> None:
    from hotspots.outputs.travelling_map import MapContent, build_map

    areas = analysis.dataset.areas
    content = MapContent(
        title="Hotspots",
        subtitle=f"Incidents from {analysis.window}.",
        notes=analysis.notes,
        cells=analysis.cells_table,
        hotspots=analysis.hotspots,
        areas_frame=areas.frame,
        areas_geometry=areas.geometry,
        areas_table=analysis.areas_table,
        simulated=analysis.dataset.simulated,
        attribution=attribution(analysis),
    )
    (folder / "map.html").write_text(build_map(content), encoding="utf-8", newline="\n")


def attribution(analysis: Analysis) -> str:
    """Return the sentence on whose data these are."""
    if analysis.dataset.simulated:
        return "Simulated data: no real person, address or incident."
    if analysis.incidents.snapped:
        return (
            "Contains public sector information licensed under the Open Government "
            "Licence v3.0 (data.police.uk; ONS). Contains OS data © Crown copyright "
            "and database right."
        )
    return "Data as supplied by the partnership."
