"""Write the folder of outputs: all of it, or nothing.

Every file says its marking, what the data are and whose; counts of one are in it, so
it is for partners at work (OFFICIAL), not for publication. Names do not carry it: only
what is OFFICIAL-SENSITIVE is marked in its name, so that links to these files last.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import shapely

from hotspots.core.beside import hands
from hotspots.core.crs import BNG, shapes_to_degrees
from hotspots.core.folders import atomic_folder
from hotspots.core.window import in_words
from hotspots.disclosure import MARKING
from hotspots.model.cells import Cells
from hotspots.outputs.formats import (
    FieldFile,
    Layer,
    Mark,
    write_csv,
    write_geojson,
    write_geopackage,
    write_geoparquet,
    write_gpx,
    write_kml,
    write_kmz,
    write_shapefiles,
    write_workbook,
)
from hotspots.outputs.formats.qgis import Project
from hotspots.sources import Progress

if TYPE_CHECKING:
    from hotspots.analysis.result import Analysis
    from hotspots.resources.street_graph import StreetGraph


FILES = (
    "analysis.gpkg",
    "analysis.qgz",
    "analysis.xlsx",
    "areas.csv",
    "areas.parquet",
    "areas_by_month.csv",
    "cells.geojson",
    "cells.parquet",
    "hotspots.geojson",
    "hotspots.gpkg",
    "hotspots.parquet",
    "map.html",
    "patrol_areas.geojson",
    "patrol_areas.gpkg",
    "patrol_areas.gpx",
    "patrol_areas.kml",
    "patrol_areas.kmz",
    "rejects.csv",
    "summary.json",
)
"""Every file of a complete folder."""
ESRI = "analysis_esri.zip"
"""Written as well where it is asked for."""
OPERATIONAL = MARKING["operational"]
AS_AT = "As at {}: a later analysis takes its place."
LIBRARIES = ("hotspots.outputs.travelling_map", "pyogrio", "xlsxwriter")
"""What a second process that writes loads first."""
MOST_ROWS = 2_000
"""Of a table in the workbook: one that is longer is read by a program, not by eye."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Extras:
    """What is written only where it is asked for.

    ``esri``: Shapefiles.
    ``every_row``: rows outside the window in ``rejects.csv``; they are counted anyway.
    ``streets``: a layer under the hotspots in the QGIS project.
    ``ground``: files of streets, water and parks to draw under the travelling map.
    """

    esri: bool = False
    every_row: bool = False
    streets: StreetGraph | None = None
    ground: Sequence[Path] = ()


def write_outputs(
    analysis: Analysis,
    out: Path,
    *,
    progress: Progress | None = None,
    extras: Extras | None = None,
) -> tuple[Path, ...]:
    """Write every output of an analysis into ``out``."""
    more = extras or Extras()
    names = (*FILES, ESRI) if more.esri else FILES
    with atomic_folder(out) as made, hands(shared=True) as beside:
        folder = _Folder(analysis=analysis, path=made, extras=more, beside=beside)
        steps = folder.steps()
        for done, (what, step) in enumerate(steps):
            if progress:
                progress(what, done, len(steps))
            step()
        if progress:
            progress("", len(steps), len(steps))
    return tuple(out / name for name in names)


@dataclass(frozen=True, eq=False)
class _Folder:
    """The outputs of one analysis, each written when its turn comes."""

    analysis: Analysis
    path: Path
    extras: Extras
    beside: Callable[..., None]

    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        steps: list[tuple[str, Callable[[], None]]] = [
            ("hotspots", self.write_hotspots),
            ("patrol areas", self.write_patrol_areas),
            ("areas", self.write_areas),
            ("cells", self.write_cells),
            ("QGIS", self.write_project),
            ("map", self.write_map),
            ("workbook", self.write_workbook),
            ("cells to draw", self.draw_cells),  # long, and the others go on beside it
            ("rows not used", self.write_rejects),
            ("summary", self.write_summary),
        ]
        return [*steps, ("Shapefiles", self.write_esri)] if self.extras.esri else steps

    # --- what every file says ---------------------------------------------------

    @cached_property
    def title(self) -> str:
        where = self.analysis.dataset.areas.words
        return f"Hotspots in {where}, {self.analysis.window}"

    @property
    def dated(self) -> dt.date:
        """The last day that it tells of."""
        return self.analysis.window.last_day

    @cached_property
    def text(self) -> str:
        simulated = "SIMULATED DATA." if self.analysis.dataset.simulated else ""
        parts = (
            f"{OPERATIONAL}.",
            simulated,
            f"Incidents from {self.analysis.window}.",
            self.analysis.dataset.attribution,
        )
        return " ".join(part for part in parts if part)

    @property
    def credits(self) -> tuple[str, ...]:
        """Whose data are on the map to print."""
        graph = self.extras.streets
        own = self.analysis.dataset.attribution
        return (own, graph.attribution) if graph and graph.attribution else (own,)

    def stamped(self, table: pl.DataFrame) -> pl.DataFrame:
        """Return a table whose every row says what the data are, and who may see it."""
        simulated = self.analysis.dataset.simulated
        return table.with_columns(
            data=pl.lit("simulated" if simulated else "as supplied"),
            marking=pl.lit(OPERATIONAL),
        )

    # --- layers -------------------------------------------------------------------

    def layer(self, name: str, frame: pl.DataFrame, geometry: Any) -> Layer:
        shapes = np.empty(len(geometry), dtype=object)
        shapes[:] = list(geometry)
        stamped = self.stamped(frame)
        return Layer(name=name, frame=stamped, geometry=shapes, description=self.text)

    @cached_property
    def hotspots(self) -> Layer:
        rows = [each.to_row() for each in self.analysis.hotspots]
        frame = pl.DataFrame(rows, infer_schema_length=None)
        return self.layer(
            "hotspots", frame, [each.polygon for each in self.analysis.hotspots]
        )

    @cached_property
    def cells(self) -> Layer:
        table = self.analysis.cells_table
        ids = np.array([int(cell, 16) for cell in table["cell"]], dtype=np.uint64)
        cells = Cells(ids=ids, resolution=self.analysis.cells.resolution)
        return self.layer("cells", table, cells.polygons())

    @cached_property
    def areas(self) -> Layer:
        shapes = self.analysis.areas_shapes
        inside = shapely.get_coordinates(shapely.point_on_surface(shapes))
        frame = self.analysis.areas_table.with_columns(
            period_from=pl.lit(self.analysis.window.start),
            period_to=pl.lit(self.analysis.window.last_day),
            lon=pl.Series(inside[:, 0]).round(6),
            lat=pl.Series(inside[:, 1]).round(6),
        )
        return self.layer("areas", frame, shapes)

    @cached_property
    def streets(self) -> tuple[Layer, ...]:
        """The streets, and whose they are in their description."""
        graph = self.extras.streets
        if graph is None:
            return ()
        names = pl.DataFrame({"name": graph.names}, schema={"name": pl.String})
        layer = self.layer("streets", names, shapes_to_degrees(graph.lines))
        return (replace(layer, description=f"{self.text} {graph.attribution}".strip()),)

    # --- files --------------------------------------------------------------------

    def write_hotspots(self) -> None:
        write_geojson(self.path / "hotspots.geojson", self.hotspots)
        self.beside(write_geoparquet, self.path / "hotspots.parquet", self.hotspots)
        self._package("hotspots.gpkg", [(self.hotspots, 0)])

    def _package(self, name: str, layers: list[tuple[Layer, int]], **how: Any) -> None:
        self.beside(
            write_geopackage,
            self.path / name,
            [layer for layer, _ in layers],
            symbols=[k for _, k in layers],
            dated=self.dated,
            **how,
        )

    def write_patrol_areas(self) -> None:
        layer = self.hotspots.named("patrol_areas")
        write_geojson(self.path / "patrol_areas.geojson", layer)
        self._package("patrol_areas.gpkg", [(layer, 0)])
        content = FieldFile(
            title=self.title,
            text=self.text,
            marks=self.marks(),
            begins=self.analysis.window.start,
            ends=self.dated,
            dated=self.dated,
        )
        self.beside(write_kml, self.path / "patrol_areas.kml", content)
        self.beside(write_kmz, self.path / "patrol_areas.kmz", content)
        self.beside(write_gpx, self.path / "patrol_areas.gpx", content)

    def marks(self) -> tuple[Mark, ...]:
        """Return each hotspot as what is carried on the ground."""
        layer = self.hotspots
        return tuple(
            Mark(
                number=str(row["rank"]),
                place=row["name"],
                kind="hotspot",
                words=("area", "edge"),
                lines=(row["why"], self.text, AS_AT.format(in_words(self.dated))),
                geometry=shape,
                data=row,
                folder="patrol areas",
            )
            for row, shape in zip(
                layer.table.iter_rows(named=True), layer.geometry, strict=True
            )
        )

    def write_cells(self) -> None:
        self.beside(write_geoparquet, self.path / "cells.parquet", self.cells)

    def draw_cells(self) -> None:
        write_geojson(self.path / "cells.geojson", self.cells)

    def write_areas(self) -> None:
        self.write_credited("areas.csv", self.areas.frame)
        self.beside(write_geoparquet, self.path / "areas.parquet", self.areas)
        months = self.stamped(self.analysis.months_table)
        self.write_credited("areas_by_month.csv", months)

    def write_credited(self, name: str, table: pl.DataFrame) -> None:
        """Write a CSV, which has no other place for whose data it holds."""
        credit = pl.lit(self.analysis.dataset.attribution)
        write_csv(self.path / name, table.with_columns(attribution=credit))

    def write_project(self) -> None:
        layers = [(self.hotspots, 0), *((each, 0) for each in self.streets)]
        layers += [(self.areas, 2), (self.cells, 1)]
        filled = [(layer, k) for layer, k in layers if len(layer.geometry)]
        self._package("analysis.gpkg", filled, crs=BNG)
        project = Project(
            title=self.title,
            name=self.title,
            marking=OPERATIONAL,
            text=self.text,
            credit=" ".join(self.credits),
            layers=filled,
            words={"cells": "Incidents by cell"},
        )
        self.beside(project.write, self.path / "analysis.qgz", "analysis.gpkg")

    def write_esri(self) -> None:
        layers = [self.hotspots, self.cells, self.areas]
        filled = [each for each in layers if len(each.geometry)]
        self.beside(write_shapefiles, self.path / ESRI, filled)

    def write_rejects(self) -> None:
        self.write_credited("rejects.csv", self.rejects)

    @cached_property
    def rejects(self) -> pl.DataFrame:
        names = [name for name, _ in self.analysis.dataset.reading.inputs]
        numbers = pl.Series("file", range(len(names)), dtype=pl.UInt16)
        files = pl.DataFrame({"file": numbers, "file_name": names})
        rows = self.analysis.rejects
        if self.extras.every_row:
            rows = pl.concat([rows, self.analysis.outside_window])
        table = rows.join(files, on="file", how="left", maintain_order="left")
        return self.stamped(
            table.select(
                pl.col("file_name").alias("file"), "line", "reason", "value", "status"
            )
        )

    def write_workbook(self) -> None:
        about = {
            "Title": self.title,
            "Marking": OPERATIONAL,
            "Period": str(self.analysis.window),
            "Data": "SIMULATED" if self.analysis.dataset.simulated else "as supplied",
            "Whose data": self.analysis.dataset.attribution,
            "Notes": "\n".join(self.analysis.notes),
        }
        tables = {
            "hotspots": self.hotspots.frame,
            "areas": self.areas.frame,
            "areas by month": self.analysis.months_table,
            "cells": self.cells.frame,
            "rejected and excluded rows": self.rejects,
        }
        longest = {name: t.height for name, t in tables.items() if t.height > MOST_ROWS}
        if longest:
            about["Rows"] = "; ".join(
                f"{name}: the first {MOST_ROWS:,} of {height:,}, all in the other files"
                for name, height in longest.items()
            )
        short = {name: table.head(MOST_ROWS) for name, table in tables.items()}
        path = self.path / "analysis.xlsx"
        self.beside(write_workbook, path, about, short, dated=self.dated)

    def write_summary(self) -> None:
        text = json.dumps(
            self.analysis.summary, indent=2, ensure_ascii=False, allow_nan=False
        )
        path = self.path / "summary.json"
        path.write_text(text + "\n", encoding="utf-8", newline="\n")

    def write_map(self) -> None:
        from hotspots.outputs.basemap import read_ground
        from hotspots.outputs.travelling_map import MapContent, write_map

        analysis, areas = self.analysis, self.analysis.dataset.areas
        content = MapContent(
            title=self.title,
            marking=OPERATIONAL,
            subtitle=f"Incidents from {analysis.window}.",
            notes=analysis.notes,
            cells=analysis.cells_table,
            hotspots=analysis.hotspots,
            areas_frame=areas.frame,
            areas_geometry=areas.geometry,
            areas_table=analysis.areas_table,
            simulated=analysis.dataset.simulated,
            attribution=analysis.dataset.attribution,
            ground=read_ground(self.extras.ground) if self.extras.ground else None,
        )
        self.beside(write_map, self.path / "map.html", content)
