"""The simulated town: a seeded market town with villages, made to try things on.

Brindleford and all that is in it are invented: no real person, address or incident.
The committed files of ``data/`` and ``boundaries/`` are what ``write_sample`` writes
with its default seed.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from hotspots.core.errors import ParameterError
from hotspots.samples.town import SimulatedTown, build_sample
from hotspots.samples.write import write_sample

__all__ = [
    "SimulatedTown",
    "build_sample",
    "sample_path",
    "sample_paths",
    "write_sample",
]


def sample_path(name: str) -> Path:
    """Return where a committed sample file is.

    Raises ParameterError if there is no such file.

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

    Examples
    --------
    >>> sample_paths()[0].name
    'simulated_incidents.csv'
    """
    areas = ("simulated_wards", "simulated_priority_neighbourhoods")
    return sample_path("data/simulated_incidents.csv"), tuple(
        sample_path(f"boundaries/{name}.geojson") for name in areas
    )
