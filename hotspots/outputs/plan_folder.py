"""Write the folder of a plan: maps, lists, cards and the record, all of it or nothing.

Every file carries the marking and says whether the data are simulated. Where any of it
is OFFICIAL-SENSITIVE, every file's name says so too. Files that go out alone carry the
plan's name, as it stands on the cards, in theirs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
import shapely

from hotspots.core.beside import hands
from hotspots.core.crs import BNG
from hotspots.core.errors import OutputError
from hotspots.core.folders import atomic_folder
from hotspots.outputs.formats import (
    Layer,
    write_csv,
    write_geojson,
    write_geopackage,
    write_gpx,
    write_kml,
    write_kmz,
    write_shapefiles,
    write_workbook,
)
from hotspots.outputs.formats.plan_layers import (
    by_dimension,
    cell_layer,
    describe_plan,
    extra_layers,
    located,
    stamped,
    suggestion_layer,
    suggestion_spots,
)
from hotspots.outputs.formats.plan_marks import plan_marks, shift_files
from hotspots.outputs.formats.plan_record import plan_id, plan_record, write_plan_json
from hotspots.outputs.formats.qgis import Project
from hotspots.outputs.printing.background import Background
from hotspots.outputs.printing.cards import Cards
from hotspots.outputs.printing.sheets import plan_sheet
from hotspots.outputs.printing.typst import write_pdf
from hotspots.tactics.plan import Plan
from hotspots.tactics.suggestion import MARKINGS

SENSITIVE_PREFIX = "official-sensitive_"
NAME = re.compile(r"[a-z0-9][a-z0-9_]*")


def write_plan(
    plan: Plan,
    out: Path,
    *,
    url: str | None = None,
    background: Background | None = None,
    esri: bool = False,
) -> tuple[Path, ...]:
    """Write every file of a plan into ``out``; Shapefiles only where asked for."""
    _check_names(plan)
    record, ground = plan_record(plan), background or Background()
    cards = Cards(plan=plan, record=record, background=ground, url=url)
    with atomic_folder(out) as made, hands() as beside:
        folder = _Folder(
            plan=plan, path=made, record=record, background=ground, beside=beside
        )
        written = [
            *folder.write_maps(),
            *folder.write_project(),
            *(folder.write_esri() if esri else ()),
            *folder.write_tables(),
            folder.write_record(),
            *folder.write_cards(cards),
            folder.write_sheet(),
        ]
    return tuple(out / path.relative_to(made) for path in written)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Folder:
    plan: Plan
    path: Path
    record: Mapping[str, Any]
    background: Background
    beside: Callable[..., None]

    @property
    def name(self) -> str:
        return plan_id(self.record)

    @property
    def title(self) -> str:
        return f"{self.plan.title} ({self.name})"

    @cached_property
    def text(self) -> str:
        return f"{describe_plan(self.plan)} Plan {self.name}."

    def file(self, name: str) -> Path:
        prefix = SENSITIVE_PREFIX if self.plan.marking == MARKINGS[1] else ""
        return self.path / f"{prefix}{name}"

    @cached_property
    def layers(self) -> list[tuple[Layer, int]]:
        """Each layer of one kind of geometry, with the order of its symbol."""
        every = (suggestion_layer(self.plan), *extra_layers(self.plan))
        parts = [by_dimension(whole) for whole in every]
        return [
            (part.of_plan(self.name, self.text), k)
            for k, several in enumerate(parts)
            for part in several
        ]

    def write_maps(self) -> list[Path]:
        names = ("geojson", "gpkg", "kml", "gpx")
        paths = [self.file(f"suggestions.{ending}") for ending in names]
        own = suggestion_layer(self.plan)
        write_geojson(paths[0], own.of_plan(self.name, self.text))
        self.beside(
            write_geopackage,
            paths[1],
            [layer for layer, _ in self.layers],
            symbols=[k for _, k in self.layers],
            dated=self.plan.data_to,
        )
        marks = plan_marks(self.plan, self.name)
        write_kml(paths[2], marks)
        write_gpx(paths[3], marks)
        paths.append(self.file(f"{self.name}.kmz"))
        write_kmz(paths[-1], marks)
        for part, content in shift_files(self.plan, self.name):
            paths.append(self.file(f"{self.name}_{part}.gpx"))
            write_gpx(paths[-1], content)
        return paths

    def write_project(self) -> list[Path]:
        """Write a QGIS project in the National Grid, on wards and streets."""
        lower = self.background.layers(self.text)
        cells = cell_layer(self.plan)
        ground = [(each.of_plan(self.name, self.text), 0) for each in (*lower, *cells)]
        filled = [pair for pair in self.layers if len(pair[0].geometry)]
        layers = [*sorted(filled, key=_dimension), *ground]
        data, project = self.file(f"{self.name}.gpkg"), self.file(f"{self.name}.qgz")
        self.beside(
            write_geopackage,
            data,
            [layer for layer, _ in layers],
            symbols=[k for _, k in layers],
            crs=BNG,
            dated=self.plan.data_to,
        )
        made = Project(
            title=f"{self.title}, {self.plan.window}",
            name=self.title,
            marking=self.plan.marking,
            text=self.text,
            credit=" ".join(
                dict.fromkeys([*self.plan.attribution, *self.background.attribution])
            ),
            layers=layers,
            words={
                "suggestions": self.plan.title.partition(":")[0],
                "cells": "Incidents by cell",
                "areas": "Wards",
                **self.plan.layer_titles,
            },
        )
        self.beside(made.write, project, data.name)
        return [data, project]

    def write_esri(self) -> list[Path]:
        path = self.file(f"{self.name}_esri.zip")
        layers = [layer for layer, _ in self.layers]
        self.beside(write_shapefiles, path, layers)
        return [path]

    def write_tables(self) -> list[Path]:
        (self.path / "tables").mkdir()
        paths = []
        for name, table in self.tables.items():
            paths.append(self.path / "tables" / self.file(f"{name}.csv").name)
            write_csv(paths[-1], table)
        about = {
            "Title": self.title,
            "Marking": self.plan.marking,
            "From": str(self.plan.made_for),
            "Incidents": self.plan.window,
            "Data": "SIMULATED" if self.plan.simulated else "as supplied",
            "Whose data": " ".join(self.plan.attribution),
            "Summary": self.plan.headline,
            "Notes": "\n".join(self.plan.notes),
        }
        paths.append(self.file(f"{self.name}.xlsx"))
        self.beside(
            write_workbook, paths[-1], about, self.tables, dated=self.plan.data_to
        )
        return paths

    @cached_property
    def tables(self) -> dict[str, pl.DataFrame]:
        rows = [each.to_row() for each in self.plan.suggestions]
        lines = [
            {"rank": each.rank, "name": each.name, "line": heading, "text": text}
            for each in self.plan.suggestions
            for heading, text in each.rationale()
        ]
        tables = {
            "suggestions": pl.DataFrame(rows, infer_schema_length=None),
            "reasons": pl.DataFrame(lines),
            **self.plan.tables,
        }
        stamps = {
            "plan": pl.lit(self.name),
            "attribution": pl.lit(" ".join(self.plan.attribution)),
        }
        spots = suggestion_spots(self.plan)
        return {
            name: stamped(self.plan, located(table, spots)).with_columns(**stamps)
            for name, table in tables.items()
        }

    def write_record(self) -> Path:
        path = self.file("plan.json")
        write_plan_json(path, self.record)
        return path

    def write_sheet(self) -> Path:
        path = self.file(f"{self.name}_sheet.pdf")
        sheet = plan_sheet(self.plan, self.record, self.background)
        self.beside(write_pdf, path, *sheet.to_set())
        return path

    def write_cards(self, cards: Cards) -> list[Path]:
        n = len(self.plan.suggestions)
        paths = [self.file(f"{self.name}_cards.pdf")]
        paths += [self.file(f"{self.name}_card_{k:02d}.pdf") for k in range(1, n + 1)]
        for k, path in enumerate(paths[1:] if n > 1 else ()):
            self.beside(write_pdf, path, *cards.one_to_set(k))
        for path in paths if n == 1 else paths[:1]:
            self.beside(write_pdf, path, *cards.all_to_set())
        return paths


def _dimension(layer: tuple[Layer, int]) -> int:
    """Sort points above lines above areas."""
    return int(shapely.get_dimensions(layer[0].geometry).max())


def _check_names(plan: Plan) -> None:
    for what, names in (("table", plan.tables), ("layer", plan.layers)):
        for name in names:
            if not NAME.fullmatch(name) or name in {"suggestions", "reasons"}:
                raise OutputError(
                    f"a {what} of a plan must be called by small letters, digits and "
                    "'_', and not 'suggestions' or 'reasons'; got "
                    f"{name!r}. Rename it where the plan is made."
                )
