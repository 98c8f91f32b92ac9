"""The areas of an operation, and which incidents it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from hotspots.analysis.finder import WalkableRule
from hotspots.core.budget import steps
from hotspots.core.crs import bng_of, lonlat_of, shapes_to_metres
from hotspots.core.errors import PlanError, did_you_mean
from hotspots.core.types import Bools, Floats, Ints
from hotspots.model.cells import Cells, bin_points
from hotspots.model.incidents import Incidents
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import share_in
from hotspots.tactics.operation.template import HOTSPOTS, Template
from hotspots.tactics.selection import open_cells

RESOLUTION = 10


@dataclass(frozen=True, kw_only=True)
class OperationArea:
    """One area, made of cells or taken from a file of areas.

    ``geometry``: EPSG:4326.
    ``xy_m`` (2,), metres: its centre.
    ``places``: which of them lie in it.
    ``weight``: incidents within operating hours, by aoristic share.
    ``stability``: share of resamples in which it is found again.
    ``name``: empty where it has none of its own.
    """

    geometry: Any
    xy_m: Floats
    area_ha: float
    places: Bools
    weight: float
    stability: float | None
    name: str = ""


def about(incidents: Incidents, template: Template) -> pl.Series:
    """Say which incidents an operation is about, at whatever time."""
    frame = incidents.frame
    chosen = _is_any(frame["category"], template.categories, "categories")
    if template.subcategories:
        chosen &= _is_any(frame["subcategory"], template.subcategories, "subcategories")
    if template.qualifiers:
        marks = frame["qualifiers"].cast(pl.String).fill_null("").str.split(";")
        wanted = [mark.lower() for mark in template.qualifiers]
        chosen &= marks.list.eval(
            pl.element().str.strip_chars().str.to_lowercase().is_in(wanted)
        ).list.any()
    return chosen


def season(incidents: Incidents, template: Template) -> pl.Series:
    """Say which incidents began in the months of an operation."""
    return incidents.frame["start"].dt.month().is_in(list(template.months))


def in_season(days: npt.NDArray[np.datetime64], template: Template) -> Bools:
    """Say which days lie in the months of an operation."""
    months = days.astype("datetime64[M]").astype(int) % 12 + 1
    return np.isin(months, template.months)


@dataclass(frozen=True, kw_only=True)
class AreaSearch:
    """How the areas of an operation are looked for.

    ``n``: how many at most.
    ``resamples``: over which stability is told; none where 0.
    """

    context: PlanningContext
    template: Template
    n: int
    reserve_percent: float = 0.0
    resamples: int = 0

    def find(self, incidents: Incidents) -> tuple[list[OperationArea], tuple[str, ...]]:
        """Return the areas with most of the incidents within the hours.

        Raises PlanError if the kind of area was not given, or no area is left.
        """
        template = self.template
        share = share_in(incidents.frame, template.mask)
        look = self._grown if template.areas_from == HOTSPOTS else self._given
        areas, notes = look(incidents, share)
        if not areas:
            raise PlanError(
                f"at least one area must have {template.incident_words} within "
                f"{template.hours_words}; none has. Take a longer window, other hours "
                "or a smaller reserve."
            )
        return areas, notes

    def _grown(
        self, incidents: Incidents, share: Floats
    ) -> tuple[list[OperationArea], tuple[str, ...]]:
        """Grow areas from the cells that an area may be made of."""
        context, percent = self.context, self.reserve_percent
        cells = context.dataset.study_cells(RESOLUTION)
        counts = _cell_counts(context, incidents, cells, share)
        notes: list[str] = []
        allowed, n_reserved = open_cells(
            context, cells, counts, reserve_percent=percent
        )
        if percent > 0:
            notes.append(
                f"{n_reserved} of {int((counts > 0).sum())} cells with such incidents "
                f"lie in the reserve ({percent:g}% of the ground, seed {context.seed})."
            )
        if self.template.land_use == "residential":
            homes, words = _residential(context, cells)
            notes.append(words)
            allowed = allowed[homes[allowed]]
        return _groups(context, counts, self.n, self.resamples, allowed), tuple(notes)

    def _given(
        self, incidents: Incidents, share: Floats
    ) -> tuple[list[OperationArea], tuple[str, ...]]:
        """Rank the areas of one kind by the incidents within operating hours."""
        areas, kind = self.context.dataset.areas, self.template.areas_from
        if kind not in areas.kinds:
            raise PlanError(
                f"areas of kind '{kind}' must be given for this template; there are "
                f"{', '.join(areas.kinds)}. Add them as '{kind}=FILE' or change "
                "areas.from."
            )
        of_place = self.context.dataset.locate_kind(kind)
        at = of_place[incidents.frame["place"].to_numpy()]
        at, share = at[at >= 0], share[at >= 0]
        sums = np.bincount(at, share, minlength=len(areas))
        ranked = np.argsort(-sums, kind="stable")
        order = [int(k) for k in ranked if sums[k] > 0][: self.n]
        again = self._again(at, share, order)
        return [
            OperationArea(
                geometry=areas.geometry[k],
                xy_m=_centre_m(areas.geometry[k]),
                area_ha=_hectares(areas.geometry[k]),
                places=of_place == k,
                weight=float(sums[k]),
                stability=float(again[number]) if self.resamples else None,
                name=str(areas.frame["name"][k]),
            )
            for number, k in enumerate(order)
        ], (f"Areas: each {kind}, ranked by count.",)

    def _again(self, at: Ints, share: Floats, order: list[int]) -> Floats:
        n, rng = self.resamples, self.context.rng("operation areas")
        n_areas = len(self.context.dataset.areas)
        hits = np.zeros(len(order))
        for _ in steps(range(n), "resamples", n):
            rows = rng.integers(0, len(at), len(at))
            sums = np.bincount(at[rows], share[rows], minlength=n_areas)
            top = np.argsort(-sums, kind="stable")[: len(order)]
            hits += np.isin(order, top)
        return hits / max(1, n)


def in_areas(areas: list[OperationArea], incidents: Incidents) -> Ints:
    """Return the first area of each incident, -1 where it lies in none."""
    at = np.full(incidents.n, -1)
    place = incidents.frame["place"].to_numpy()
    for number in reversed(range(len(areas))):
        at[areas[number].places[place]] = number
    return at


def district_hotspots(
    context: PlanningContext, incidents: Incidents, *, n: int = 10
) -> list[OperationArea]:
    """Return the ordinary hotspots: all counted incidents, at any time."""
    cells = context.dataset.study_cells(RESOLUTION)
    counts = _cell_counts(context, incidents, cells, np.ones(incidents.n))
    return _groups(context, counts, n, 0)


def _is_any(values: pl.Series, names: tuple[str, ...], key: str) -> pl.Series:
    lower = values.cast(pl.String).fill_null("").str.to_lowercase()
    found = lower.is_in([name.lower() for name in names])
    if not found.any():
        known = sorted(set(values.cast(pl.String).drop_nulls().to_list()))
        raise PlanError(
            f"one of the template's {key} ({', '.join(names)}) must occur in the data; "
            f"none does. There are {', '.join(known) or 'none'}."
            f"{did_you_mean(names[0], known)}"
        )
    return found


def _cell_counts(
    context: PlanningContext, incidents: Incidents, cells: Cells, share: Floats
) -> Floats:
    at = context.dataset.cells_of(incidents, cells)
    inside = at >= 0
    counts = np.bincount(at[inside], share[inside], minlength=len(cells))
    return counts.astype(np.float64)


def _residential(context: PlanningContext, cells: Cells) -> tuple[Bools, str]:
    """Say which cells are homes for at least half of their premises."""
    premises = context.resources.premises
    if premises is None:
        return np.ones(len(cells), dtype=bool), (
            "Residential streets were asked for, but there is no file of premises: no "
            "cell was left out."
        )
    lon, lat = premises.lonlat
    at = cells.index_of(bin_points(lon, lat, resolution=RESOLUTION))
    inside = at >= 0
    every = np.bincount(at[inside], minlength=len(cells))
    homes = np.bincount(
        at[inside], premises.is_dwelling[inside].astype(float), minlength=len(cells)
    )
    fits = (every > 0) & (2 * homes >= every)
    return fits, (
        "Residential: at least half of a cell's premises are dwellings "
        f"({int(fits.sum()):,} of {int((every > 0).sum()):,} cells with premises)."
    )


def _groups(
    context: PlanningContext,
    counts: Floats,
    n: int,
    resamples: int,
    allowed: Ints | None = None,
) -> list[OperationArea]:
    cells = context.dataset.study_cells(RESOLUTION)
    if allowed is not None:
        if not len(allowed):
            return []
        counts = counts[allowed]
        cells = Cells(ids=cells.ids[allowed], resolution=RESOLUTION)
    of_place = cells.index_of(context.dataset.cells_of_places(RESOLUTION))
    rule = WalkableRule(n_hotspots=n, resamples=resamples)
    found = rule.find(counts, cells, rng=context.rng("operation areas"))
    areas = []
    for cluster in found:
        own = Cells(ids=cells.ids[cluster.positions], resolution=RESOLUTION)
        areas.append(
            OperationArea(
                geometry=shapely.union_all(own.polygons()),
                xy_m=cells.xy_m[cluster.positions].mean(axis=0),
                area_ha=float(own.area_km2.sum() * 100),
                places=np.isin(of_place, cluster.positions),
                weight=cluster.total,
                stability=cluster.stability if resamples else None,
            )
        )
    return areas


def _centre_m(shape: Any) -> Floats:
    point = shapely.get_coordinates(shapely.point_on_surface(shape))
    return np.asarray(bng_of(point)[0])


def _hectares(shape: Any) -> float:
    return float(shapely.area(shapes_to_metres(shape))) / 10_000


def centres_lonlat(areas: list[OperationArea]) -> Floats:
    """Return the centres of areas, shape (n, 2), degrees."""
    return lonlat_of(np.array([area.xy_m for area in areas]))
