"""The files of the simulated town: plain text, the same bytes every time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.errors import OutputError
from hotspots.core.types import Floats
from hotspots.samples.deployments import build_actions, build_deployments
from hotspots.samples.ground import ground_features
from hotspots.samples.survey import build_survey
from hotspots.samples.town import SimulatedTown, build_sample

PROFILE = """\
# How to read simulated_incidents.csv. Simulated: no real person, address or incident.

[dataset]
name = "Simulated incidents"
simulated = true

[columns]
reference = "Reference"
start = "From"
end = "To"
category = "Category"
subcategory = "Sub category"
easting = "Easting"
northing = "Northing"
street = "Street"
premises = "UPRN"
address = "Address"
source_flag = "Source"
qualifiers = "Qualifiers"

[dates]
formats = ["%d/%m/%Y %H:%M"]

[coordinates]
crs = 27700

[source_flags]
"Public report" = "public report"
"Partner" = "partner"
"Officer-generated" = "officer-generated"
"""


def write_sample(out: Path, *, seed: int = 1) -> tuple[Path, ...]:
    """Write the files of the simulated town, in the folders data and boundaries.

    ``seed``: 1 gives the committed files.

    Raises ParameterError if ``seed`` is below zero; OutputError if a file cannot be
    written.
    """
    if Path(out).is_file():
        raise OutputError(
            f"the sample must be written to a folder; {out} is a file. Choose another "
            "--out."
        )
    written = []
    for path, text in files_of(build_sample(seed)).items():
        whole = Path(out) / path
        try:
            whole.parent.mkdir(parents=True, exist_ok=True)
            whole.write_bytes(text.encode())
        except OSError as error:
            raise OutputError(
                f"the sample must be written to a folder that can be written to; "
                f"{whole}: {error.strerror}. Choose another --out."
            ) from error
        written.append(whole)
    return tuple(written)


def files_of(town: SimulatedTown) -> dict[Path, str]:
    """Return the text of each file of a simulated town."""
    data, boundaries = Path("data"), Path("boundaries")
    return {
        data / "simulated_incidents.csv": _csv(town.incidents),
        data / "simulated_incidents.toml": PROFILE,
        data / "simulated_premises.csv": _csv(town.premises),
        data / "simulated_columns.csv": _csv(town.columns),
        data / "simulated_deployments.csv": _csv(
            build_deployments(town.seed, town.incidents)
        ),
        data / "simulated_actions.csv": _csv(build_actions(town.incidents)),
        data / "simulated_survey.csv": _csv(build_survey(town.seed, town.wards)),
        boundaries / "simulated_wards.geojson": _areas(
            "Wards of Brindleford district (simulated)", town.wards, town.ward_rings_m
        ),
        boundaries / "simulated_priority_neighbourhoods.geojson": _areas(
            "Priority neighbourhoods of Brindleford (simulated)",
            town.priority_neighbourhoods,
            town.priority_rings_m,
        ),
        boundaries / "simulated_streets.geojson": _collection(
            "Streets of Brindleford district (simulated)",
            town.streets,
            "LineString",
            [line.tolist() for line in _degrees(town.street_lines_m)],
        ),
        boundaries / "simulated_ground.geojson": _listed(
            "Ground of Brindleford district (simulated)", ground_features(town.ground)
        ),
    }


def _csv(frame: pl.DataFrame) -> str:
    """Return a frame as CSV: blank where there is nothing, quoted where it must be."""
    blank = pl.col(pl.String).replace("", None)
    return frame.with_columns(blank).write_csv(line_terminator="\n")


def _areas(name: str, frame: pl.DataFrame, rings_m: tuple[Floats, ...]) -> str:
    closed = [np.vstack((ring, ring[:1])) for ring in rings_m]
    rings = [[ring.tolist()] for ring in _degrees(closed)]
    return _collection(name, frame, "Polygon", rings)


def _degrees(parts_m: list[Floats] | tuple[Floats, ...]) -> list[Floats]:
    """Project all parts at once, to six decimals of a degree."""
    every = np.vstack(parts_m)
    lon, lat = bng_to_lonlat(every[:, 0], every[:, 1])
    degrees = np.round(np.column_stack((lon, lat)), 6)
    return np.split(degrees, np.cumsum([len(part) for part in parts_m])[:-1])


def _collection(
    name: str, frame: pl.DataFrame, kind: str, coordinates: list[Any]
) -> str:
    """Return a GeoJSON collection, a feature a line."""
    return _listed(
        name,
        [
            {
                "type": "Feature",
                "properties": properties,
                "geometry": {"type": kind, "coordinates": part},
            }
            for properties, part in zip(frame.to_dicts(), coordinates, strict=True)
        ],
    )


def _listed(name: str, features: list[dict[str, Any]]) -> str:
    lines = ",\n".join(map(_dumps, features))
    head = f'"type":"FeatureCollection","name":{json.dumps(name)},"simulated":true'
    return f'{{{head},"features":[\n{lines}\n]}}\n'


def _dumps(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str)
