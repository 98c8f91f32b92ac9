"""Reads spoilt files of one format, and prints each that ended in no error of ours.

A process of its own, under limits of memory and time, so that whatever a library does
to it is seen: ``spoilt_reading.py FORMAT FIRST HOW_MANY FOLDER``.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import shapely
from spoiling import spoil

from hotspots.core.errors import HotspotsError

SECONDS, ADDRESSES = 10, 8_000_000_000


def incidents(path: Path) -> object:
    from hotspots.sources import read_incidents

    return read_incidents([path])


def areas(path: Path) -> object:
    from hotspots.sources.areas import read_areas

    return read_areas(path)


def streets(path: Path) -> object:
    from hotspots.resources.streets import read_streets

    return read_streets(path)


def premises(path: Path) -> object:
    from hotspots.resources.premises import read_premises

    return read_premises(path)


def sites(path: Path) -> object:
    from hotspots.resources.sites import read_sites

    return read_sites(path)


def deployments(path: Path) -> object:
    from hotspots.register.deployments import read_deployments

    return read_deployments(path)


def actions(path: Path) -> object:
    from hotspots.register.actions import read_actions

    return read_actions(path)


def profile(path: Path) -> object:
    from hotspots.intake.profile import Profile

    return Profile.from_toml(path)


def plan(path: Path) -> object:
    from hotspots.transparency.runs import read_plan_run

    return read_plan_run(path.parent)


def manifest(path: Path) -> object:
    from hotspots.core.folders import foreign_files

    return foreign_files(path.parent)


def first_lines(name: str, n: int = 40) -> bytes:
    path = Path(__file__).parents[1] / name
    return b"".join(path.read_bytes().splitlines(keepends=True)[:n])


def some_areas(ending: str, folder: Path) -> bytes:
    from hotspots.outputs.formats import write_geopackage
    from hotspots.outputs.formats.layer import Layer

    shapes = [shapely.box(-0.9 + k / 50, 52.7, -0.89 + k / 50, 52.71) for k in range(4)]
    frame = pl.DataFrame({"code": list("abcd"), "name": ["A", "B", "Ç", "D & E"]})
    if ending == "geojson":
        features = [
            {
                "type": "Feature",
                "properties": row,
                "geometry": shapely.geometry.mapping(s),
            }
            for row, s in zip(frame.to_dicts(), shapes, strict=True)
        ]
        made = {"type": "FeatureCollection", "features": features}
        return json.dumps(made).encode()
    path = folder / "whole.gpkg"
    layer = Layer(name="w", frame=frame, geometry=np.array(shapes), description="")
    write_geopackage(path, [layer])
    return path.read_bytes()


LINE = '{{"type":"Feature","properties":{{"name":"S{0}"}},"geometry":{{"type":\
"LineString","coordinates":[[-0.9,52.7],[-0.89{0},52.71]]}}}}'
FORMATS: dict[str, tuple[str, Callable[[Path], object], Callable[[Path], bytes]]] = {
    "incidents.csv": (
        "a.csv",
        incidents,
        lambda _: first_lines("data/simulated_incidents.csv"),
    ),
    "areas.geojson": ("a.geojson", areas, lambda f: some_areas("geojson", f)),
    "areas.gpkg": ("a.gpkg", areas, lambda f: some_areas("gpkg", f)),
    "streets.geojson": (
        "a.geojson",
        streets,
        lambda _: (
            '{"type":"FeatureCollection","features":['
            + ",".join(LINE.format(k) for k in range(5))
            + "]}"
        ).encode(),
    ),
    "premises.csv": (
        "a.csv",
        premises,
        lambda _: first_lines("data/simulated_premises.csv"),
    ),
    "columns.csv": (
        "a.csv",
        sites,
        lambda _: first_lines("data/simulated_columns.csv"),
    ),
    "deployments.csv": (
        "a.csv",
        deployments,
        lambda _: first_lines("data/simulated_deployments.csv"),
    ),
    "actions.csv": (
        "a.csv",
        actions,
        lambda _: first_lines("data/simulated_actions.csv"),
    ),
    "profile.toml": (
        "a.toml",
        profile,
        lambda _: first_lines("data/simulated_incidents.toml", 200),
    ),
    "plan.json": (
        "plan.json",
        plan,
        lambda _: json.dumps({"tactic": "cctv", "parameters": {"n": 1}}).encode(),
    ),
    "manifest.json": (
        ".hotspots.json",
        manifest,
        lambda _: json.dumps({"files": {"a.txt": "0" * 64}}).encode(),
    ),
}


def ended(read: Callable[[Path], object], path: Path) -> str:
    """Return how reading ended: nothing to say, or what went wrong."""
    started = time.monotonic()
    try:
        read(path)
    except HotspotsError as error:
        if not str(error).strip() or "Traceback" in str(error):
            return f"an error that says nothing: {error!r}"
    except BaseException as error:
        return f"{type(error).__module__}.{type(error).__name__}: {error}"[:200]
    taken = time.monotonic() - started
    return f"took {taken:.0f} s" if taken > SECONDS else ""


def main() -> None:
    name, first, how_many, folder = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    signal.alarm(SECONDS * int(how_many))
    file, read, whole = FORMATS[name]
    inside = Path(folder) / "read"
    inside.mkdir()
    data = whole(Path(folder))
    assert not ended(read, _written(inside / file, data)), "the whole file is read"
    for number in range(int(first), int(first) + int(how_many)):
        print(number, end=" ", flush=True)
        said = ended(read, _written(inside / file, spoil(data, number)))
        print(said or "well", flush=True)


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


if __name__ == "__main__":
    main()
