"""What a notebook shows: GeoDataFrames, maps and small tables."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import polars as pl

from hotspots.core.crs import BNG, WGS84
from hotspots.core.types import Shapes

if TYPE_CHECKING:
    from geopandas import GeoDataFrame


def geo_frame(table: pl.DataFrame, geometry: Shapes) -> GeoDataFrame:
    """Return a table with geometry of EPSG:4326 as a GeoDataFrame of EPSG:27700.

    Whole numbers, truth and text that may be missing keep their kind (``Int64``,
    ``boolean``, ``string``); nothing known is ``<NA>``, never a zero.
    """
    import geopandas

    kinds = {name: _kind(dtype) for name, dtype in table.schema.items()}
    frame = table.to_pandas().astype({k: v for k, v in kinds.items() if v})
    made = geopandas.GeoDataFrame(frame, geometry=list(geometry), crs=WGS84)
    return made.to_crs(BNG)


def _kind(dtype: pl.DataType) -> str:
    """Return what pandas calls a column in which values may be missing."""
    if dtype.is_integer():
        return "Int64"
    if dtype == pl.Boolean:
        return "boolean"
    if dtype == pl.Date:
        return "datetime64[ms]"
    return "string" if dtype in (pl.String, pl.Categorical) else ""


def explore(layers: Sequence[GeoDataFrame], column: str = "", **options: Any) -> Any:
    """Return a folium map of layers, the first below, coloured by its ``column``.

    Without ``tiles`` nothing is asked of the network.
    """
    settings = {"tiles": None, **options}
    drawn: Any = None
    for k, layer in enumerate(layers):
        if not len(layer):
            continue
        style = {"column": column} if column and not k else {}
        fill = {"fill": not k, "color": "#0b0c0c", "weight": 2}
        shown = _readable(layer)
        if drawn is None:
            drawn = shown.explore(**style, **settings)
        else:
            drawn = shown.explore(m=drawn, style_kwds=fill)
    return drawn


def plot(
    layers: Sequence[GeoDataFrame], column: str = "", *, ax: Any = None, **options: Any
) -> Any:
    """Draw layers on a matplotlib axes, the first below, coloured by its ``column``."""
    if ax is None:
        from matplotlib.figure import Figure

        ax = Figure(figsize=(8, 8)).subplots()
    for k, layer in enumerate(layers):
        if not len(layer):
            continue
        if column and not k:
            layer.plot(ax=ax, column=column, legend=True, **options)
        else:
            layer.plot(ax=ax, facecolor="none", edgecolor="#0b0c0c", linewidth=1.2)
        if "rank" in layer.columns:
            for rank, at in zip(
                layer["rank"], layer.representative_point(), strict=True
            ):
                ax.annotate(str(rank), (at.x, at.y), ha="center", weight="bold")
    ax.set_axis_off()
    ax.set_aspect("equal")
    return ax


def html_summary(title: str, lines: Sequence[str], table: pl.DataFrame) -> str:
    """Return a heading, sentences and a table as HTML, whatever the text holds."""
    head = "".join(f"<th>{escape(name)}</th>" for name in table.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>"
        for row in table.iter_rows()
    )
    said = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    body = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f"<div><h3>{escape(title)}</h3>{said}{body if table.width else ''}</div>"


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.3g}"
    return f"{value:,}" if type(value) is int else escape(str(value))


def _readable(layer: GeoDataFrame) -> GeoDataFrame:
    """Return a layer whose texts cannot be taken for markup, dates as text."""
    plain = layer.copy()
    for name in plain.columns.drop("geometry"):
        if plain[name].dtype.kind not in "iufb":
            plain[name] = plain[name].map(
                lambda value: escape(str(value)), na_action="ignore"
            )
    return plain
