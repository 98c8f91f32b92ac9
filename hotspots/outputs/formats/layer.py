"""What every writer is given: a table and a geometry for each of its rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import shapely

from hotspots.core.errors import OutputError
from hotspots.core.sanitise import clean_table, clean_text
from hotspots.core.types import Shapes

if TYPE_CHECKING:
    from jinja2 import Environment

RESERVED = ("fid", "geom", "geometry", "ogc_fid")


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A table with a geometry for each row.

    ``name``: what it holds.
    ``frame``: n rows; the attributes.
    ``geometry`` (n,), shapely, EPSG:4326.

    Raises OutputError if there is not one geometry for each row, one is missing or
    empty, a coordinate is not a longitude and latitude, or a column has a reserved
    name.
    """

    name: str
    frame: pl.DataFrame
    geometry: Shapes
    description: str = ""
    plan: str = ""

    def __post_init__(self) -> None:
        _check_rows(self)
        _check_columns(self)
        _check_degrees(self)

    def __getstate__(self) -> dict[str, Any]:
        """Go to another process: all geometry at once, not one by one."""
        kept = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return kept | {"geometry": shapely.to_wkb(self.geometry)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Arrive there."""
        vars(self).update(state, geometry=shapely.from_wkb(state["geometry"]))

    def named(self, name: str) -> Layer:
        """Return the same layer under another name."""
        return replace(self, name=name)

    def of_plan(self, plan: str, description: str) -> Layer:
        """Return the same layer as one of a plan, with the plan's words."""
        return replace(self, plan=plan, description=description)

    @property
    def full_name(self) -> str:
        """As GIS software lists it: with the plan's name, so that two come apart."""
        return f"{self.plan}_{self.name}".replace("-", "_") if self.plan else self.name

    @cached_property
    def table(self) -> pl.DataFrame:
        """The attributes, with text that no program takes for code."""
        return clean_table(self.frame)

    @cached_property
    def oriented(self) -> Shapes:
        """The geometry with outer rings anticlockwise, as RFC 7946 asks."""
        return np.asarray(shapely.orient_polygons(self.geometry), dtype=object)

    @property
    def geometry_types(self) -> tuple[str, ...]:
        """The kinds of geometry that are there, sorted."""
        _, first = np.unique(shapely.get_type_id(self.geometry), return_index=True)
        return tuple(sorted(self.geometry[k].geom_type for k in first))


def _check_rows(layer: Layer) -> None:
    if len(layer.geometry) != layer.frame.height:
        raise OutputError(
            f"layer '{layer.name}' must have one geometry for each row; got "
            f"{len(layer.geometry):,} geometries and {layer.frame.height:,} rows."
        )
    empty = shapely.is_missing(layer.geometry) | shapely.is_empty(layer.geometry)
    if empty.any():
        raise OutputError(
            f"every row of layer '{layer.name}' must have a place; "
            f"{int(empty.sum()):,} of {len(empty):,} have none, first: row "
            f"{int(np.argmax(empty)) + 1:,}. Leave those rows out."
        )


def _check_columns(layer: Layer) -> None:
    taken = [name for name in layer.frame.columns if name.lower() in RESERVED]
    if taken:
        raise OutputError(
            f"columns of layer '{layer.name}' must not be called "
            f"{', '.join(RESERVED)}; got '{taken[0]}'. Rename it."
        )
    nested = [name for name, kind in layer.frame.schema.items() if kind.is_nested()]
    if nested:
        raise OutputError(
            f"columns of layer '{layer.name}' must hold single values; '{nested[0]}' "
            "holds lists or records. Join them into text first."
        )


def _check_degrees(layer: Layer) -> None:
    if not len(layer.geometry):
        return
    west, south, east, north = shapely.total_bounds(layer.geometry)
    if not (west >= -180 and south >= -90 and east <= 180 and north <= 90):
        raise OutputError(
            f"layer '{layer.name}' must be in longitude and latitude (EPSG:4326); its "
            f"bounds are {west:g}, {south:g}, {east:g}, {north:g}. Reproject it."
        )


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a file is written into one sentence.

    Raises OutputError if the file cannot be written, or a device or pipe stands there.
    """
    if path.exists() and not path.is_file():
        raise OutputError(
            f"{path} must be a file, or not there yet; it is something else, which is "
            "never replaced. Choose another."
        )
    try:
        yield
    except (OSError, RuntimeError, ValueError, pl.exceptions.PolarsError) as error:
        raise OutputError(
            f"it must be possible to write {path.name} in {path.parent}; got: {error}. "
            "Check that the folder exists, that it may be written to and that the disk "
            "is not full."
        ) from error


def render_template(template: str, **values: Any) -> str:
    """Fill in an XML or HTML template of this package; values arrive as text."""
    return str(_environment().get_template(template).render(**values))


@cache
def _environment() -> Environment:
    """Return what holds the templates, each compiled once."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("hotspots.outputs.formats", ""),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _clean(value: Any) -> Any:
    is_text = isinstance(value, str) and not hasattr(value, "__html__")
    return clean_text(value) if is_text else value
