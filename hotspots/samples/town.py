"""The simulated district, built from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from hotspots.core.errors import ParameterError
from hotspots.core.types import Floats
from hotspots.samples.export import add_faults, to_export
from hotspots.samples.frontage import line_lengths, points_along
from hotspots.samples.geography import build_villages, priority_ring
from hotspots.samples.ground import Piece, build_ground
from hotspots.samples.incidents import build_incidents
from hotspots.samples.names import PRIORITY_NAMES
from hotspots.samples.premises import build_premises
from hotspots.samples.rng import Rng
from hotspots.samples.streets import Streets, build_streets
from hotspots.samples.wards import build_wards


def build_columns(rng: Rng, streets: Streets) -> pl.DataFrame:
    """Stand lamp columns along the streets, on alternate sides."""
    length = line_lengths(streets.lines_m)
    main = streets.kind == "main"
    apart = np.where(streets.place == "town", np.where(main, 24.0, 25.5), 44.0)
    n = np.floor(length / apart).astype(np.int64)
    n[streets.place == "rural"] = 0
    edge = np.repeat(np.arange(len(n)), n)
    step = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)
    at = (step + 0.5) * length[edge] / n[edge]
    front, way = points_along(streets.lines_m, edge, at)
    side = np.where(step % 2 == 0, 4.5, -4.5)[:, None]
    xy = np.round(front + side * np.column_stack((-way[:, 1], way[:, 0])))
    tall = np.where(main[edge], 10, np.where(rng.happens(len(edge), 0.3), 5, 6))
    return pl.DataFrame(
        {
            "column_id": [f"LC{number + 1:05d}" for number in range(len(edge))],
            "easting": xy[:, 0].astype(np.int64),
            "northing": xy[:, 1].astype(np.int64),
            "street": streets.name[edge],
            "height_m": tall,
            "powered": np.where(rng.happens(len(edge), 0.93), "yes", "no"),
        }
    )


_VILLAGE_DWELLINGS = 4_200
_FILE_COLUMNS = 10


@dataclass(frozen=True, kw_only=True)
class SimulatedTown:
    """Everything of the simulated district.

    ``incidents``: the columns of ``simulated_incidents.csv``, all text.
    ``faults``: ``reference, fault``: the rows of ``incidents`` spoilt on purpose.
    ``premises``, ``columns``: as in their files.
    ``streets``: ``street_id, name, class, simulated``.
    ``street_lines_m`` (tuple of ndarray of shape (k, 2), metres of the National Grid).
    ``wards``, ``priority_neighbourhoods``: ``code, name, kind, valid_from, valid_to,
    simulated``.
    ``ward_rings_m``, ``priority_rings_m`` (tuple of ndarray of shape (k, 2), metres):
    open rings, counter-clockwise.
    ``ground``: what lies on the ground beside the streets; ``hotspots.samples.ground``.
    """

    seed: int
    incidents: pl.DataFrame
    faults: pl.DataFrame
    premises: pl.DataFrame
    columns: pl.DataFrame
    streets: pl.DataFrame
    street_lines_m: tuple[Floats, ...]
    wards: pl.DataFrame
    ward_rings_m: tuple[Floats, ...]
    priority_neighbourhoods: pl.DataFrame
    priority_rings_m: tuple[Floats, ...]
    ground: list[Piece]


def build_sample(seed: int = 1) -> SimulatedTown:
    """Build the simulated town.

    ``seed``: zero or more; 1 gives the committed files.

    Raises ParameterError if ``seed`` is below zero.
    """
    if seed < 0:
        raise ParameterError(
            f"seed must be a whole number of 0 or more; got {seed}. Use --seed 1 for "
            "the committed files."
        )
    villages = build_villages(Rng(seed, "villages"), _VILLAGE_DWELLINGS)
    wards = build_wards(villages)
    streets = build_streets(Rng(seed, "streets"), villages)
    premises = build_premises(Rng(seed, "premises"), streets, wards)
    export = to_export(build_incidents(seed, premises), premises)
    incidents, faults = add_faults(Rng(seed, "faults"), export)
    return SimulatedTown(
        seed=seed,
        incidents=incidents,
        faults=faults,
        premises=premises[:, :_FILE_COLUMNS],
        columns=build_columns(Rng(seed, "columns"), streets),
        streets=pl.DataFrame(
            {
                "street_id": streets.street_id,
                "name": streets.name,
                "class": streets.kind,
                "simulated": True,
            }
        ),
        street_lines_m=tuple(streets.lines_m),
        wards=_areas([w.code for w in wards], [w.name for w in wards], "ward"),
        ward_rings_m=tuple(ward.ring_m for ward in wards),
        priority_neighbourhoods=_areas(
            ["SIM-P01", "SIM-P02"], list(PRIORITY_NAMES), "priority neighbourhood"
        ),
        priority_rings_m=(priority_ring("estate north"), priority_ring("estate south")),
        ground=build_ground(villages, premises),
    )


def _areas(codes: list[str], names: list[str], kind: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "code": codes,
            "name": names,
            "kind": kind,
            "valid_from": "2019-05-02",
            "valid_to": pl.Series([None] * len(codes), dtype=pl.String),
            "simulated": True,
        }
    )
