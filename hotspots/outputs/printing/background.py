"""What lies under the places on a drawn map: areas, streets, buildings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.crs import shapes_to_degrees, shapes_to_metres
from hotspots.core.errors import ParameterError
from hotspots.core.types import Shapes
from hotspots.outputs.basemap import Ground, read_ground
from hotspots.outputs.formats.layer import Layer

if TYPE_CHECKING:
    from hotspots.model.areas import Areas
    from hotspots.resources import Resources


GROUND_KINDS = ("built", "green", "wood", "water", "rail")
"""In the order in which they are drawn."""


def _none() -> Shapes:
    return np.empty(0, dtype=object)


@dataclass(frozen=True, kw_only=True)
class Background:
    """Areas, streets and buildings to draw places on.

    ``areas`` (a,), shapely (Multi)Polygons, EPSG:27700.
    ``streets`` (m,), shapely (Multi)LineStrings, EPSG:27700.
    ``street_names``: empty where a street has no name.
    ``main`` (m,): which streets are drawn wider.
    ``buildings`` (b,), shapely polygons, EPSG:27700.
    ``ground``: mapping of str to (names, ndarray of shapes, EPSG:27700); water, parks,
    woods and railways, by their kind.
    ``attribution``: whose data these are.

    Raises ParameterError if there is not one name for each area and each street.
    """

    areas: Shapes = field(default_factory=_none)
    area_names: Sequence[str] = ()
    streets: Shapes = field(default_factory=_none)
    street_names: Sequence[str] = ()
    main: npt.NDArray[np.bool_] | None = None
    buildings: Shapes = field(default_factory=_none)
    ground: Mapping[str, tuple[tuple[str, ...], Shapes]] = field(default_factory=dict)
    attribution: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for what, shapes, names in (
            ("area", self.areas, self.area_names),
            ("street", self.streets, self.street_names),
        ):
            if len(shapes) != len(names):
                raise ParameterError(
                    f"a map must have one name for each {what}; got {len(shapes):,} "
                    f"and {len(names):,} names. Give '' where there is none."
                )

    def layers(self, text: str) -> tuple[Layer, ...]:
        """Return streets and areas as layers for GIS software, the upper first."""
        ground = {
            "streets": (self.street_names, self.streets),
            "areas": (self.area_names, self.areas),
        }
        return tuple(
            _layer(name, names, shapes, text)
            for name, (names, shapes) in ground.items()
            if len(shapes)
        )

    @classmethod
    def from_areas(
        cls, areas: Areas, *, resources: Resources | None = None, kind: str = ""
    ) -> Background:
        """Take areas, and streets and buildings where there are any."""
        kinds = areas.frame["kind"].to_list()
        wanted = kind or ("ward" if "ward" in kinds else "")
        rows = [k for k, each in enumerate(kinds) if each == wanted or not wanted]
        names = areas.frame["name"].to_list()
        streets = resources.streets if resources else None
        buildings = resources.buildings if resources else None
        lines = _none() if streets is None else _as_array(streets.lines)
        credits = [streets.attribution if streets else ""]
        ground = {}
        if resources and resources.ground:
            read = read_ground([resources.ground])
            ground = _by_kind(read)
            credits.append(read.credit)
        return cls(
            areas=shapes_to_metres(areas.geometry[rows]),
            area_names=tuple(names[row] for row in rows),
            streets=lines,
            street_names=() if streets is None else tuple(streets.names),
            buildings=_none() if buildings is None else buildings,
            ground=ground,
            attribution=tuple(dict.fromkeys(filter(None, credits))),
        )


def _by_kind(read: Ground) -> dict[str, tuple[tuple[str, ...], Shapes]]:
    kinds, names = read.table["kind"].to_numpy(), read.table["name"].to_numpy()
    return {
        kind: (
            tuple(names[kinds == kind]),
            shapes_to_metres(read.shapes[kinds == kind]),
        )
        for kind in GROUND_KINDS
        if (kinds == kind).any()
    }


def _layer(name: str, names: Sequence[str], geometry: Shapes, text: str) -> Layer:
    return Layer(
        name=name,
        frame=pl.DataFrame({"name": list(names)}, schema={"name": pl.String}),
        geometry=shapes_to_degrees(geometry),
        description=text,
    )


def _as_array(shapes: Any) -> Shapes:
    made = np.empty(len(shapes), dtype=object)
    made[:] = list(shapes)
    return made
