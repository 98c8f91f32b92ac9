"""Shapefiles in one zip, for ArcGIS and older software, with names that fit them."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import shapely

from hotspots.core.crs import BNG, shapes_to_metres
from hotspots.outputs.formats.columns import safe_columns, with_dates, words_of
from hotspots.outputs.formats.geopackage import one_kind
from hotspots.outputs.formats.layer import Layer, writing

LONGEST_NAME, LONGEST_TEXT = 10, 254
"""Characters that a Shapefile keeps of a column's name, and of a text."""


def write_shapefiles(path: Path, layers: Sequence[Layer]) -> None:
    """Write a Shapefile for each layer in the National Grid, and what columns mean.

    Longer texts are cut; in the zip ``columns.csv`` says which column is which, and
    ``about.txt`` who may see it and whose data it is.

    References
    ----------
    Esri, "ESRI Shapefile Technical Description" (1998).
    """
    import pyogrio

    lines = ["layer,column,full_name,meaning"]
    with writing(path), tempfile.TemporaryDirectory() as folder:
        for layer in layers:
            table = safe_columns(with_dates(layer.table))
            names = short_columns(table.columns)
            for name, old in zip(names, layer.table.columns, strict=True):
                meaning = words_of(old).meaning.replace('"', "'")
                lines.append(f'{layer.full_name},{name},{old},"{meaning}"')
            table.columns = names
            kind, geometry = one_kind(layer)
            arrow = _plain(table).to_arrow(compat_level=pl.CompatLevel.oldest())
            wkb = shapely.to_wkb(shapes_to_metres(geometry))
            pyogrio.write_arrow(
                arrow.append_column("geometry", [_binary(wkb)]),
                Path(folder) / f"{layer.full_name}.shp",
                driver="ESRI Shapefile",
                geometry_name="geometry",
                geometry_type=kind,
                crs=f"EPSG:{BNG}",
                encoding="UTF-8",
                layer_options={"DBF_DATE_LAST_UPDATE": "2000-01-01"},
            )
        (Path(folder) / "columns.csv").write_text("\n".join(lines) + "\n", "utf-8-sig")
        said = "\n".join(dict.fromkeys(layer.description for layer in layers))
        (Path(folder) / "about.txt").write_text(said + "\n", "utf-8-sig")
        with zipfile.ZipFile(path, "w") as packed:
            for file in sorted(Path(folder).iterdir()):
                member = zipfile.ZipInfo(file.name)
                packed.writestr(member, file.read_bytes(), zipfile.ZIP_DEFLATED)


def short_columns(names: Sequence[str]) -> list[str]:
    """Return names of at most ten characters, each once.

    Examples
    --------
    >>> short_columns(["n_incidents", "n_incidents_before", "rank"])
    ['n_incident', 'n_incide_2', 'rank']
    """
    found: list[str] = []
    for name in names:
        plain = re.sub(r"\W", "_", name)
        short, k = plain[:LONGEST_NAME], 1
        while short.casefold() in {each.casefold() for each in found}:
            k += 1
            short = f"{plain[: LONGEST_NAME - 1 - len(str(k))]}_{k}"
        found.append(short)
    return found


def _plain(table: pl.DataFrame) -> pl.DataFrame:
    """Return what the format can hold: no truth, no time of day, no long text."""
    return table.with_columns(
        pl.col(pl.Boolean).replace_strict({True: "true", False: "false"}, default=None),
        pl.col(pl.Datetime).dt.strftime("%Y-%m-%d %H:%M"),
        pl.col(pl.Null).cast(pl.String),
        pl.col(pl.UInt8, pl.UInt16).cast(pl.Int32),
        pl.col(pl.UInt32, pl.UInt64).cast(pl.Int64),
    ).with_columns(pl.col(pl.String).str.slice(0, LONGEST_TEXT))


def _binary(wkb: object) -> object:
    import pyarrow as pa

    return pa.array(wkb, type=pa.binary())
