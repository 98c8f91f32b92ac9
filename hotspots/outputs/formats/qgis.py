"""For QGIS: how each layer is drawn, in its GeoPackage and in a project with a layout.

QGIS looks for a table ``layer_styles`` in a GeoPackage and takes the style marked as
default. Patterns and sizes differ from layer to layer, so that a print without colour
can be read.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from hotspots.core.crs import shapes_to_metres
from hotspots.outputs.formats.columns import safe_columns, words_of
from hotspots.outputs.formats.layer import Layer, render_template, writing

TABLE = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
    f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
    update_time DATETIME
)
"""
CONTENTS = """
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)
VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)
"""
STYLE = """
INSERT INTO layer_styles VALUES
(NULL, '', '', ?, 'geom', ?, ?, '', 1, ?, '', NULL, ?)
"""
KINDS = ("marker", "line", "fill")
GEOMETRY = ("Point", "Line", "Polygon")
SHAPES = ("circle", "triangle", "square", "diamond", "cross_fill")
FILLS = ("b_diagonal", "dense6", "horizontal", "vertical", "cross")
DASHES = ("solid", "dash", "dot", "dash dot", "dash dot dot")
INK, GREY, NONE = "11,12,12,255", "138,138,138,255", "255,255,255,0"
STEPS = (0.0, 0.5, 0.75, 0.9, 0.975)
MAP_RATIO = 205 / 164
"""Width of the map on the layout over its height."""
RAMP = (
    "254,240,217,255",
    "253,204,138,255",
    "252,141,89,255",
    "227,74,51,255",
    "179,0,0,255",
)
"""Few to many, also without colour (ColorBrewer OrRd, C. Brewer 2002)."""
GROUND: dict[str, dict[str, Any]] = {
    "areas": {"fill": "no", "edge": "dash", "colour": NONE, "label": '"name"'},
    "streets": {"dash": "solid", "colour": GREY, "label": '"name"'},
    "walks": {"dash": "solid", "strong": True},
}
"""Layers that look the same wherever they are: the ground, and walks upon it."""


@dataclass(frozen=True, kw_only=True)
class Class:
    """A step of a graduated colour."""

    low: float
    high: float
    label: str
    colour: str


@dataclass(frozen=True, kw_only=True)
class Look:
    """How one layer is drawn.

    ``numbered``: whether a point is a disc with its label in it, as on paper.
    ``label``: an expression of QGIS; empty for none.
    ``classes``: steps of ``field``; empty for one symbol.
    ``aliases``: tuple of (str, str); what each column is called.
    """

    kind: str
    shape: str = SHAPES[0]
    fill: str = FILLS[0]
    dash: str = DASHES[0]
    colour: str = INK
    outline: str = INK
    edge: str = "solid"
    strong: bool = False
    numbered: bool = False
    label: str = ""
    field: str = ""
    classes: tuple[Class, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()


def look_of(layer: Layer, order: int = 0) -> Look:
    """Return how a layer is drawn; the first is drawn strongest and labelled.

    Cells are graduated by their incidents; areas and streets lie below in grey.
    """
    dimension = int(max(shapely.get_dimensions(layer.geometry), default=2))
    columns = safe_columns(layer.frame).columns
    aliases = tuple(
        (name, words_of(old).heading)
        for name, old in zip(columns, layer.frame.columns, strict=True)
    )
    shared: dict[str, Any] = {"kind": KINDS[dimension], "aliases": aliases}
    if layer.name in GROUND:
        return Look(**shared, **GROUND[layer.name])
    if layer.name == "cells":
        classes = classes_of(layer.frame["n_incidents"].to_numpy())
        return Look(
            **shared, fill="solid", edge="no", field="n_incidents", classes=classes
        )
    k = order % len(SHAPES)
    if layer.name == "comparison":
        shared |= {"colour": GREY, "outline": GREY}
    label = _label(columns, strong=order == 0)
    if label and order and dimension == 0:
        return Look(**shared, numbered=True, label=label)
    return Look(
        **shared,
        shape=SHAPES[k],
        fill=FILLS[k],
        dash=DASHES[k],
        strong=order == 0,
        label=label,
    )


def _label(columns: Sequence[str], *, strong: bool) -> str:
    """Return number and place of the strongest layer, else the number of a point."""
    if not strong:
        point = next((each for each in ("sequence", "stop") if each in columns), "")
        return f'"rank" || \'.\' || "{point}"' if point and "rank" in columns else ""
    place = "regexp_replace(\"name\", ',.*', '')"
    words = {"rank": '"rank"', "name": place}
    return " || ' ' || ".join(words[name] for name in words if name in columns)


def classes_of(values: Any) -> tuple[Class, ...]:
    """Return at most five steps: half of the cells, a quarter, and so on to the top.

    Examples
    --------
    >>> [step.label for step in classes_of(np.array([1, 1, 2, 3, 5, 9]))]
    ['1 to 2', '3 to 4', '5 to 8', '9']
    """
    if not len(values):
        return ()
    starts = np.unique(np.quantile(values, STEPS, method="higher"))
    ends = np.append(starts[1:] - 1, values.max())
    colours = RAMP[-len(starts) :]
    return tuple(
        Class(
            low=float(low) - 0.5,
            high=float(high) + 0.5,
            label=f"{low:,.0f}" if low >= high else f"{low:,.0f} to {high:,.0f}",
            colour=colour,
        )
        for low, high, colour in zip(starts, ends, colours, strict=True)
    )


def qgis_style(layer: Layer, order: int = 0) -> str:
    """Return the style of a layer as QGIS's own XML (QML)."""
    return render_template("qgis_style.xml.j2", look=look_of(layer, order))


def add_styles(
    path: Path, layers: Sequence[tuple[Layer, int]], *, last_change: dt.datetime
) -> None:
    """Put the style of each layer into a GeoPackage.

    References
    ----------
    QGIS user guide, "Saving styles in a database".
    """
    moment = f"{last_change:%Y-%m-%dT%H:%M:%S}.000Z"
    rows: list[tuple[Any, ...]] = [
        (
            layer.full_name,
            layer.full_name[-30:],
            qgis_style(layer, k),
            layer.description,
            moment,
        )
        for layer, k in layers
    ]
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA synchronous = OFF")  # as the layers were written
        database.execute(TABLE)
        database.execute(CONTENTS, (moment,))
        database.executemany(STYLE, rows)


@dataclass(frozen=True, kw_only=True)
class Project:
    """A QGIS project over the layers of one GeoPackage beside it.

    ``name``: of the group of layers: title and name of the plan.
    ``marking``, ``credit``: printed on the layout: who may see it, and whose data they
    are.
    ``layers``: sequence of (Layer, int); top first, each with the order of its symbol.
    ``words``: what layers are called, where it is not their name.
    """

    title: str
    name: str
    marking: str
    text: str
    credit: str
    layers: Sequence[tuple[Layer, int]]
    words: Mapping[str, str] = field(default_factory=dict)

    def write(self, path: Path, geopackage: str) -> None:
        """Write the project; ``geopackage`` is the name of the file in its folder."""
        document = render_template(
            "qgis_project.xml.j2",
            title=self.title,
            group=self.name,
            text=self.text,
            credit=self.credit,
            extent=self._extent(),
            layers=[self._layer(each, k, geopackage) for each, k in self.layers],
            labels=self._labels(),
        )
        member = zipfile.ZipInfo(f"{path.stem}.qgs")
        with writing(path), zipfile.ZipFile(path, "w") as packed:
            packed.writestr(member, document, zipfile.ZIP_DEFLATED)

    def _layer(self, layer: Layer, order: int, geopackage: str) -> dict[str, Any]:
        dimension = int(max(shapely.get_dimensions(layer.geometry), default=2))
        return {
            "id": f"layer_{layer.name}",
            "title": self.words.get(
                layer.name, layer.name.replace("_", " ").capitalize()
            ),
            "source": f"./{geopackage}|layername={layer.full_name}",
            "abstract": layer.description,
            "geometry": GEOMETRY[dimension],
            "look": look_of(layer, order),
            "shown": True,
        }

    def _extent(self) -> list[float]:
        """Return what the layout shows: the first layer, with some room around it."""
        first = self.layers[0][0]
        west, south, east, north = shapely.total_bounds(
            shapes_to_metres(first.geometry)
        )
        room = max(0.1 * max(east - west, north - south), 300.0)
        high = max(north - south + 2 * room, (east - west + 2 * room) / MAP_RATIO)
        wide = high * MAP_RATIO
        x, y = (west + east) / 2, (south + north) / 2
        box = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
        return [round(float(each), 1) for each in box]

    def _labels(self) -> list[dict[str, Any]]:
        return [
            _text(
                "Marking", self.marking, at="8,4", size="281,6", points=11, bold=True
            ),
            _text("Title", self.title, at="8,11", size="281,12", points=12, bold=True),
            _text("Whose data", self.credit, at="8,192", size="281,12", points=8),
        ]


def _text(name: str, text: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "text": text, "bold": False, **more}
