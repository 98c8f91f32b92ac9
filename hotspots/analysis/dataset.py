"""Incidents and areas together: what an analysis starts from."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from hotspots.analysis.area_files import joined, kind_and_path, read_area_files
from hotspots.core.crs import lonlat_to_bng, shapes_to_metres
from hotspots.core.errors import CrsError, NoUsableRowsError
from hotspots.core.geoframe import html_summary
from hotspots.core.gridref import format_grid_reference
from hotspots.core.types import Floats, Ints
from hotspots.intake.gazetteer import Lookups
from hotspots.intake.profile import Profile
from hotspots.model.areas import Areas
from hotspots.model.cells import MAX_CELLS, Cells, bin_points
from hotspots.model.exposure import Exposure
from hotspots.model.harm import HarmTable
from hotspots.model.incidents import SIMULATED, Incidents
from hotspots.model.institutions import Apart
from hotspots.sources import Progress, Reading, read_incidents
from hotspots.sources.reading.lake import Chooser, lake_among, lake_areas

if TYPE_CHECKING:
    from geopandas import GeoDataFrame


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Incidents, areas and where both came from.

    ``area_inputs``: tuple of (str, str); name and SHA-256 of each file of areas.
    """

    reading: Reading
    areas: Areas
    area_inputs: tuple[tuple[str, str], ...] = ()
    harm: HarmTable = field(default_factory=HarmTable.default)
    _cells: dict[tuple[int, str | None], Cells] = field(
        default_factory=dict, repr=False, compare=False
    )
    _of_places: dict[int, tuple[pl.DataFrame, npt.NDArray[np.uint64]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def incidents(self) -> Incidents:
        """The incidents that were read."""
        return self.reading.incidents

    def valid_on(self, day: dt.date) -> Dataset:
        """Return the dataset with only the areas that were valid on a day."""
        areas = self.areas.valid_on(day)
        return self if areas is self.areas else replace(self, areas=areas, _cells={})

    def known_on(self, day: dt.date) -> Dataset:
        """Return the dataset as one knew it before a day."""
        incidents = self.incidents.known_on(day)
        if incidents.frame["apart"].equals(self.incidents.frame["apart"]):
            return self
        return replace(self, reading=replace(self.reading, incidents=incidents))

    @property
    def simulated(self) -> bool:
        """Whether incidents or areas are made up."""
        return self.incidents.simulated or self.areas.simulated

    def _repr_html_(self) -> str:
        kinds = self.areas.frame["kind"].value_counts(sort=True, name="areas")
        lines = (
            "SIMULATED DATA." if self.simulated else "",
            f"{self.incidents.n:,} incidents of {len(self.categories)} categories, "
            f"precise to the {self.incidents.time_precision}.",
            self.attribution,
        )
        return html_summary("Incidents and areas", lines, kinds)

    @property
    def attribution(self) -> str:
        """Whose data these are, to be shown wherever they go."""
        return SIMULATED if self.simulated else self.incidents.attribution

    @cached_property
    def exposure(self) -> Exposure:
        """The days that the files cover, by source."""
        names = [name for name, _ in self.reading.inputs]
        return Exposure.of(self.incidents, names)

    @cached_property
    def area_of_place(self) -> npt.NDArray[np.int64]:
        """Row of the first area of each place, -1 outside all areas."""
        return self._locate(None)

    @cached_property
    def ward_kind(self) -> str:
        """The kind of area that stands for "ward": wards where given."""
        return "ward" if "ward" in self.areas.kinds else self.areas.kinds[0]

    @cached_property
    def ward_of_place(self) -> tuple[str, ...]:
        """Name of the ward of each place, empty where none."""
        names = [*self.areas.frame["name"].to_list(), ""]
        return tuple(names[row] for row in self.locate_kind(self.ward_kind).tolist())

    @cached_property
    def weights(self) -> pl.DataFrame:
        """Weights of each incident, from the harm table."""
        return self.harm.look_up(self.incidents)

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """The categories that occur and may be counted, in alphabetical order."""
        pairs = self.incidents.calendar.select("category", "subcategory").unique()
        counted = self.harm.weigh(pairs)["included"] != "never"
        values = pairs["category"].filter(counted)
        return tuple(sorted(values.cast(pl.String).unique().to_list()))

    @cached_property
    def _located(self) -> dict[str, Ints]:
        return {}

    def locate_kind(self, kind: str) -> npt.NDArray[np.int64]:
        """Return the row of the area of one kind for each place, or -1."""
        if self.areas.kinds == (kind,):
            return self.area_of_place
        if kind not in self._located:
            self._located[kind] = self._locate(kind)
        return self._located[kind]

    def cells_of(self, incidents: Incidents, cells: Cells) -> Ints:
        """Return the position of the cell of each incident, -1 for none, (n,)."""
        of_place = cells.index_of(self.cells_of_places(cells.resolution))
        return np.asarray(of_place[incidents.frame["place"].to_numpy()])

    def names_near(self, incidents: Incidents, xy_m: Floats) -> list[str]:
        """Return "street, ward" of the incident nearest to each point.

        ``xy_m``: shape (m, 2), metres. Empty where no incident names a street.
        """
        from scipy.spatial import cKDTree

        street = pl.col("street").cast(pl.String)
        named = incidents.frame.select("place", street=street).filter(street != "")
        first = named.unique(subset=["place"], keep="first", maintain_order=True)
        if first.is_empty():
            return []
        places, streets = first["place"].to_numpy(), first["street"].to_list()
        _, nearest = cKDTree(incidents.place_xy_m[places]).query(xy_m)
        wards = self.ward_of_place
        return [
            ", ".join(part for part in (streets[k], wards[places[k]]) if part)
            for k in nearest
        ]

    def cells_of_places(self, resolution: int) -> npt.NDArray[np.uint64]:
        """Return the H3 cell of each place, kept for the next analysis."""
        places = self.incidents.places
        kept = self._of_places.get(resolution)
        if kept is None or kept[0] is not places:
            lon, lat = (places[name].to_numpy() for name in ("lon", "lat"))
            kept = places, bin_points(lon, lat, resolution=resolution)
            self._of_places[resolution] = kept
        return kept[1]

    def outline_of(self, area: str | None) -> Any:
        """Return the polygon of one area by its code, or of all, EPSG:4326."""
        if not area:
            return self.areas.outline
        rows = (self.areas.frame["code"] == area).to_numpy()
        return shapely.union_all(self.areas.geometry[rows])

    def study_cells(
        self, resolution: int, *, area: str | None = None, most: int = MAX_CELLS
    ) -> Cells:
        """Return the cells that cover the areas, kept for the next analysis."""
        key = (resolution, area)
        if key not in self._cells:
            self._cells[key] = Cells.from_polygon(
                self.outline_of(area), resolution=resolution, most=most
            )
        return self._cells[key]

    def _locate(self, kind: str | None) -> npt.NDArray[np.int64]:
        places = self.incidents.places
        return self.areas.locate(
            places["lon"].to_numpy(), places["lat"].to_numpy(), kind=kind
        )


def load(
    files: Sequence[Path | str] | GeoDataFrame,
    areas: Sequence[Path | str] | GeoDataFrame,
    *,
    profile: Path | str | None = None,
    harm: Path | str | None = None,
    today: dt.date | None = None,
    progress: Progress | None = None,
    apart: Apart | None = None,
    lookups: Lookups | None = None,
    only: Chooser | None = None,
) -> Dataset:
    """Read incident files and area polygons.

    ``files``, ``areas``: paths, or a GeoDataFrame with its coordinate system: incidents
    with a column of times and one of categories, polygons with codes and names. A lake
    may bring its own areas.
    ``apart``: what is set apart before anything is counted; default
    institutions.
    ``lookups``: files of postcodes and UPRNs that place what has no
    coordinates.
    ``only``: chooses, from the days that a lake holds, the window whose rows are read;
    what lies far from the areas is then read by place, time and category only.

    Raises SourceError, AreaError, ParameterError if a file cannot be used; the message
    says which and what to do.
    """
    if hasattr(files, "geometry") or hasattr(areas, "geometry"):
        with tempfile.TemporaryDirectory() as folder:
            return load(
                _as_files(files, Path(folder), "incidents"),
                _as_files(areas, Path(folder), "areas"),
                profile=profile,
                harm=harm,
                today=today,
                progress=progress,
                apart=apart,
                lookups=lookups,
            )
    lake = lake_among(files)
    texts = [str(text) for text in areas or (lake_areas(lake) if lake else ())]
    with ThreadPoolExecutor(1) as beside:
        finding = beside.submit(copy_context().run, read_area_files, texts)
        try:
            ground = joined(finding.result()).outline if lake and only else None
            reading, table = read(
                files,
                profile=profile,
                harm=harm,
                today=today,
                progress=progress,
                only=only,
                ground=ground,
                but_not=[Path(kind_and_path(str(text))[1]) for text in areas],
                apart=apart,
                lookups=lookups,
            )
        finally:
            area_files = finding.result()  # what is wrong with them is said first
    every = joined(area_files)
    dataset = Dataset(
        reading=reading,
        areas=every,
        area_inputs=tuple((file.name, file.sha256) for file in area_files),
        harm=table,
    )
    return _of_one_district(dataset)


def _of_one_district(dataset: Dataset) -> Dataset:
    """Refuse areas of another district, and warn where most incidents are outside."""
    every = dataset.reading.everywhere
    if every is None:
        n_of, at = dataset.incidents.place_counts(), dataset.area_of_place
    else:
        n_of, lon, lat = (every[name].to_numpy() for name in ("n", "lon", "lat"))
        at = dataset.areas.locate(lon, lat)
    n, inside = int(n_of.sum()), int(n_of[at >= 0].sum())
    if 2 * inside >= n:
        return dataset
    words = _far_apart(dataset)
    if not inside:
        raise NoUsableRowsError(
            f"the areas must be those of the incidents; of {n:,} incidents none lies "
            f"in one. {words} Give the boundaries of the right district."
        )
    note = (
        f"{n - inside:,} of {n:,} incidents lie in none of the areas. {words} Are the "
        "boundaries those of the whole district?"
    )
    areas = replace(dataset.areas, notes=(*dataset.areas.notes, note))
    return replace(dataset, areas=areas)


def _far_apart(dataset: Dataset) -> str:
    """Say where the incidents lie, where the areas do, and how far that is."""
    every, xy = dataset.reading.everywhere, dataset.incidents.xy_m
    if every is not None:
        places = every.select("lon", "lat").to_numpy()
        xy = np.column_stack(lonlat_to_bng(*places.T)).repeat(every["n"], axis=0)
    xy_m = np.nanmedian(xy, axis=0)  # OSTN15 knows no place at sea
    west, south, east, north = shapely.total_bounds(dataset.areas.geometry)
    corners = shapely.points([west, east], [south, north])
    x, y = shapely.get_coordinates(shapes_to_metres(corners)).T
    away = np.maximum(0, np.maximum([x[0], y[0]] - xy_m, xy_m - [x[1], y[1]]))
    east, north = np.clip([x.mean(), y.mean()], 0, [699_999, 1_299_999])
    there = format_grid_reference(float(east), float(north), 6)
    here = format_grid_reference(xy_m[0], xy_m[1], 6)
    return (
        f"The incidents lie around {here}, the areas around "
        f"{there}, {np.hypot(*away) / 1000:,.1f} km away at their nearest."
    )


def read(
    files: Sequence[Path | str],
    *,
    profile: Path | str | None = None,
    harm: Path | str | None = None,
    **how: Any,
) -> tuple[Reading, HarmTable]:
    """Read incidents alone, as :func:`load` does, and the harm table they are held to.

    Raises SourceError if a file cannot be used.
    """
    table = HarmTable.from_csv(Path(harm)) if harm else HarmTable.default()
    reading = read_incidents(
        [Path(file) for file in files],
        profile=Profile.from_toml(Path(profile)) if profile else None,
        harm=table,
        **how,
    )
    return reading, table


def _as_files(given: Any, folder: Path, name: str) -> Sequence[Path | str]:
    """Return paths; a GeoDataFrame is read by the same reader as any file."""
    if not hasattr(given, "geometry"):
        return list(given)
    if given.crs is None:
        raise CrsError(
            f"a GeoDataFrame of {name} must have a coordinate system; it has none. "
            "Say it with frame.set_crs(27700)."
        )
    path = folder / f"{name}.parquet"
    given.to_parquet(path, index=False)
    return [path]
