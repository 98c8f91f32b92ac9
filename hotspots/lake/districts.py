"""Ten places for every district from one reading: what a nation asks first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl
import shapely

from hotspots.core.errors import NoUsableRowsError, ParameterError, did_you_mean
from hotspots.core.spread import Engine, InTurn
from hotspots.core.types import Ints
from hotspots.methods.change import compare
from hotspots.model.areas import Areas
from hotspots.model.hotspot import Change
from hotspots.model.incidents import within
from hotspots.outputs.districts_folder import District, Nation
from hotspots.sources import Progress
from hotspots.workflow import Analysis, Dataset, Parameters, analyse


def each_district(
    dataset: Dataset,
    kind: str,
    parameters: Parameters,
    *,
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> Nation:
    """Analyse every area of a kind by itself, as if its polygon alone had been given.

    Other areas that lie in it name its places; its own comparison is over its area.
    ``engine``: who does the parts; default this process, one after another.

    Raises ParameterError if no area is of that kind.
    """
    kinds = dataset.areas.kinds
    if kind not in kinds:
        raise ParameterError(
            f"--each must be a kind of the areas given; they are "
            f"{', '.join(kinds)}, got {kind!r}.{did_you_mean(kind, kinds)} Give them "
            f"with --areas {kind}=PATH."
        )
    window = parameters.choose_window(dataset.incidents)
    parts = ((*part, parameters) for part in _parts(dataset, kind, parameters))
    n_parts = len(dataset.valid_on(window.last_day).areas.of_kind(kind))
    found: dict[int, District] = {}
    say = progress or (lambda _what, _done, _total: None)
    say("", 0, n_parts)
    for number, district in (engine or InTurn()).each(_district, parts):
        found[number] = district
        say(district.name, len(found), n_parts)
    return Nation(
        districts=[found[number] for number in sorted(found)],
        kind=kind,
        window=str(window),
        attribution=dataset.attribution,
        simulated=dataset.simulated,
    )


def _parts(
    dataset: Dataset, kind: str, parameters: Parameters
) -> Iterator[tuple[str, str, Dataset]]:
    """Yield code, name and data of each area of a kind, in the order of the codes."""
    window = parameters.choose_window(dataset.incidents)
    dataset = dataset.valid_on(window.last_day)
    every = dataset.incidents
    inside = every.select(within(window))
    row_of = dataset.locate_kind(kind)[inside.frame["place"].to_numpy()]
    order = np.argsort(row_of, kind="stable")
    edges = np.searchsorted(row_of[order], np.arange(len(dataset.areas) + 1))
    home = _homes(dataset, kind)
    frame = dataset.areas.frame.with_row_index("row").filter(kind=kind)
    for row, code, name in frame.sort("code").select("row", "code", "name").rows():
        rows = inside.frame[order[edges[row] : edges[row + 1]]]
        here = replace(inside, frame=rows, whole=every.calendar)
        areas = _some(dataset.areas, np.flatnonzero(home == row))
        reading = replace(dataset.reading, incidents=here.compact())
        yield code, name, replace(dataset, reading=reading, areas=areas, _cells={})


def _some(areas: Areas, rows: Ints) -> Areas:
    geometry = areas.geometry[rows]
    return replace(areas, frame=areas.frame[rows], geometry=geometry, _indexes={})


def _homes(dataset: Dataset, kind: str) -> Ints:
    """Return the row of the area of a kind that each lies in; its own for its own."""
    points = shapely.get_coordinates(shapely.point_on_surface(dataset.areas.geometry))
    home = dataset.areas.locate(points[:, 0], points[:, 1], kind=kind)
    own = dataset.areas.of_kind(kind)
    home[own] = own
    return home


def _district(code: str, name: str, part: Dataset, parameters: Parameters) -> District:
    if not part.incidents.n:
        return District(code=code, name=name, why_none="No incident lies in it.")
    try:
        analysis = analyse(part, parameters)
    except NoUsableRowsError as error:
        return District(code=code, name=name, why_none=str(error))
    return District(
        code=code,
        name=name,
        n_incidents=analysis.incidents.n,
        hotspots=analysis.hotspots,
        change=_change(analysis, code),
        notes=analysis.notes,
    )


def _change(analysis: Analysis, code: str) -> Change | None:
    row = analysis.areas_table.filter(pl.col("code") == code).row(0, named=True)
    now, before = row["n_now"], row["n_previous"]
    if now is None:
        return None
    return compare(
        now, before, months=row["months_compared"], dispersion=row["dispersion"]
    )
