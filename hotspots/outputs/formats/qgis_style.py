"""How QGIS draws the layers of a GeoPackage, kept inside the file.

QGIS looks for a table ``layer_styles`` and takes the style marked as default. Patterns
and sizes differ from layer to layer, so that a print without colour can be read.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import shapely

from hotspots.outputs.formats.layer import Layer, render_template

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
SHAPES = ("circle", "triangle", "square", "diamond", "cross_fill")
FILLS = ("b_diagonal", "dense6", "horizontal", "vertical", "cross")
DASHES = ("solid", "dash", "dot", "dash dot", "dash dot dot")


def qgis_style(layer: Layer, order: int = 0) -> str:
    """Return the style of a layer as QGIS's own XML (QML)."""
    dimension = max(shapely.get_dimensions(layer.geometry), default=2)
    k = order % len(SHAPES)
    columns = layer.frame.columns
    label = next((name for name in ("rank", "name") if name in columns), "")
    return render_template(
        "qgis_style.xml.j2",
        kind=KINDS[int(dimension)],
        shape=SHAPES[k],
        fill=FILLS[k],
        dash=DASHES[k],
        strong=order == 0,
        label=label if order == 0 else "",
    )


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
        (layer.name, layer.name[:30], qgis_style(layer, k), layer.description, moment)
        for layer, k in layers
    ]
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(TABLE)
        database.execute(CONTENTS, (moment,))
        database.executemany(STYLE, rows)
