"""The simulated town: a seeded market town with villages, made to try things on.

Brindleford and all that is in it are invented: no real person, address or incident.
The committed files of ``data/`` and ``boundaries/`` are what ``write_sample`` writes
with its default seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import polars as pl

from hotspots.core.errors import OutputError, ParameterError
from hotspots.core.types import Floats
from hotspots.samples.columns import build_columns
from hotspots.samples.dice import Dice
from hotspots.samples.export import add_faults, to_export
from hotspots.samples.geography import build_villages, priority_ring
from hotspots.samples.incidents import build_incidents
from hotspots.samples.names import PRIORITY_NAMES
from hotspots.samples.premises import build_premises
from hotspots.samples.streets import build_streets
from hotspots.samples.wards import build_wards
from hotspots.samples.write import files_of

__all__ = [
    "SimulatedTown",
    "build_sample",
    "sample_path",
    "sample_paths",
    "write_sample",
]


_VILLAGE_DWELLINGS = 4_200
_FILE_COLUMNS = 10


@dataclass(frozen=True, kw_only=True)
class SimulatedTown:
    """Everything of the simulated district.

    Parameters
    ----------
    incidents : DataFrame
        The columns of ``simulated_incidents.csv``, all text.
    faults : DataFrame
        ``reference, fault``: the rows of ``incidents`` spoilt on purpose.
    premises, columns : DataFrame
        As in their files.
    streets : DataFrame
        ``street_id, name, class, simulated``.
    street_lines_m : tuple of ndarray of shape (k, 2), metres of the National Grid
    wards, priority_neighbourhoods : DataFrame
        ``code, name, kind, valid_from, valid_to, simulated``.
    ward_rings_m, priority_rings_m : tuple of ndarray of shape (k, 2), metres
        Open rings, counter-clockwise.
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


def build_sample(seed: int = 1) -> SimulatedTown:
    """Build the simulated town.

    Parameters
    ----------
    seed : int
        Zero or more; 1 gives the committed files.

    Raises
    ------
    ParameterError
        If ``seed`` is below zero.
    """
    if seed < 0:
        raise ParameterError(
            f"seed must be a whole number of 0 or more; got {seed}. Use --seed 1 for "
            "the committed files."
        )
    villages = build_villages(Dice(seed, "villages"), _VILLAGE_DWELLINGS)
    wards = build_wards(villages)
    streets = build_streets(Dice(seed, "streets"), villages)
    premises = build_premises(Dice(seed, "premises"), streets, wards)
    export = to_export(build_incidents(seed, premises), premises)
    incidents, faults = add_faults(Dice(seed, "faults"), export)
    return SimulatedTown(
        seed=seed,
        incidents=incidents,
        faults=faults,
        premises=premises[:, :_FILE_COLUMNS],
        columns=build_columns(Dice(seed, "columns"), streets),
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


def write_sample(out: Path, *, seed: int = 1) -> tuple[Path, ...]:
    """Write the files of the simulated town.

    Parameters
    ----------
    out : Path
        A folder; ``data/`` and ``boundaries/`` are made in it.
    seed : int
        1 gives the committed files.

    Returns
    -------
    tuple of Path
        What was written.

    Raises
    ------
    ParameterError
        If ``seed`` is below zero.
    OutputError
        If a file cannot be written.
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


def sample_path(name: str) -> Path:
    """Return where a committed sample file is.

    Parameters
    ----------
    name : str
        For instance ``"data/simulated_incidents.csv"``.

    Raises
    ------
    ParameterError
        If there is no such file.

    Examples
    --------
    >>> sample_path("boundaries/simulated_wards.geojson").name
    'simulated_wards.geojson'
    """
    path = Path(str(files("hotspots"))).parent / name
    folder, _, file = name.partition("/")
    for place in (path, Path(str(files("hotspots"))) / folder / file):
        if place.is_file():
            return place
    raise ParameterError(
        f"the sample has no file {name!r}. Use one that write_sample writes, such as "
        "'data/simulated_incidents.csv'."
    )


def sample_paths() -> tuple[Path, tuple[Path, ...]]:
    """Return the committed incidents, and the committed wards and neighbourhoods.

    Returns
    -------
    incidents : Path

    Examples
    --------
    >>> sample_paths()[0].name
    'simulated_incidents.csv'
    """
    areas = ("simulated_wards", "simulated_priority_neighbourhoods")
    return sample_path("data/simulated_incidents.csv"), tuple(
        sample_path(f"boundaries/{name}.geojson") for name in areas
    )
