"""Reads spoilt files of one format, and prints each that ended in no error of ours.

A process of its own, under limits of memory and time, so that whatever a library does
to it is seen: ``spoilt_reading.py FORMAT FIRST HOW_MANY FOLDER``.
"""

from __future__ import annotations

import gzip
import json
import re
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import shapely
from spoiling import spoil_inside, zipped

from hotspots.core.errors import HotspotsError

SECONDS, MEMORY, ADDRESSES = 10, 600 << 20, 8_000_000_000


def incidents(path: Path) -> object:
    from hotspots.intake.profile import Profile
    from hotspots.sources import read_incidents

    mapping = Path(__file__).parents[1] / "data" / "simulated_incidents.toml"
    return read_incidents([path], profile=Profile.from_toml(mapping))


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


def whole_plan() -> bytes:
    from hotspots.transparency.runs import PLAN_FORMAT, plan_hash

    record: dict[str, Any] = {
        "format": PLAN_FORMAT,
        "title": "Mobile CCTV",
        "tactic": "cctv",
        "window": "January 2025",
        "marking": "OFFICIAL",
        "data": "simulated",
        "parameters": {"n": 1},
        "suggestions": [],
    }
    return json.dumps({**record, "sha256": plan_hash(record)}).encode()


def manifest(path: Path) -> object:
    from hotspots.core.folders import foreign_files

    return foreign_files(path.parent)


def first_lines(name: str, n: int = 40) -> bytes:
    path = Path(__file__).parents[1] / name
    return b"".join(path.read_bytes().splitlines(keepends=True)[:n])


def some_areas(ending: str, folder: Path) -> bytes:
    from hotspots.outputs.formats import write_geopackage
    from hotspots.outputs.formats.layer import Layer

    shapes = squares()
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
    layer = Layer(name="w", frame=frame, geometry=shapes, description="")
    write_geopackage(path, [layer])
    return path.read_bytes()


LINE = '{{"type":"Feature","properties":{{"name":"S{0}"}},"geometry":{{"type":\
"LineString","coordinates":[[-0.9,52.7],[-0.89{0},52.71]]}}}}'
GRAPHML = """<graphml><key id="d0" for="node" attr.name="x"/>
<key id="d1" for="node" attr.name="y"/><key id="d2" for="edge" attr.name="wkt"/>
<graph edgedefault="undirected">
<node id="a"><data key="d0">-0.9</data><data key="d1">52.7</data></node>
<node id="b"><data key="d0">-0.89</data><data key="d1">52.71</data></node>
<edge source="a" target="b">
<data key="d2">LINESTRING (-0.9 52.7, -0.89 52.71)</data></edge></graph></graphml>"""


def table_as(ending: str, folder: Path) -> bytes:
    """Return the first incidents of the sample in another format."""
    text = first_lines("data/simulated_incidents.csv")
    if ending == "csv.gz":
        return gzip.compress(text)
    if ending == "zip":
        return zipped({"a.csv": text, "b.csv": text.replace(b"2025", b"2024")})
    frame = pl.read_csv(text, infer_schema=False)
    path = folder / f"whole.{ending}"
    if ending == "parquet":
        frame.write_parquet(path)
    elif ending == "feather":
        frame.write_ipc(path, compat_level=pl.CompatLevel.oldest())
    else:
        frame.write_excel(path)
    return path.read_bytes()


def layer_as(ending: str, folder: Path) -> bytes:
    """Return four areas in another format."""
    import pyogrio

    names = np.array(["A", "B", "C", "D"], dtype=object)
    driver = {"shp": "ESRI Shapefile", "fgb": "FlatGeobuf", "kml": "LIBKML"}[ending]
    inside = folder / "whole"
    inside.mkdir()
    pyogrio.raw.write(
        inside / f"w.{ending}", shapely.to_wkb(squares()), [names, names],
        ["code", "name"], driver=driver, geometry_type="Polygon", crs="EPSG:4326",
    )  # fmt: skip
    if ending == "shp":
        return zipped({p.name: p.read_bytes() for p in sorted(inside.iterdir())})
    return (inside / f"w.{ending}").read_bytes()


def squares() -> np.ndarray[Any, Any]:
    return np.array(
        [shapely.box(-0.9 + k / 50, 52.7, -0.89 + k / 50, 52.71) for k in range(4)]
    )


def some_areas_parquet(folder: Path) -> bytes:
    from hotspots.outputs.formats.geoparquet import write_geoparquet
    from hotspots.outputs.formats.layer import Layer

    frame = pl.DataFrame({"code": list("abcd"), "name": list("ABCD")})
    path = folder / "whole.parquet"
    layer = Layer(name="w", frame=frame, geometry=squares(), description="")
    write_geoparquet(path, layer)
    return path.read_bytes()


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
    "incidents.csv.gz": ("a.csv.gz", incidents, lambda f: table_as("csv.gz", f)),
    "incidents.zip": ("a.zip", incidents, lambda f: table_as("zip", f)),
    "incidents.xlsx": ("a.xlsx", incidents, lambda f: table_as("xlsx", f)),
    "incidents.parquet": ("a.parquet", incidents, lambda f: table_as("parquet", f)),
    "incidents.feather": ("a.feather", incidents, lambda f: table_as("feather", f)),
    "areas.parquet": ("a.parquet", areas, some_areas_parquet),
    "areas.zip": ("a.zip", areas, lambda f: layer_as("shp", f)),
    "areas.fgb": ("a.fgb", areas, lambda f: layer_as("fgb", f)),
    "areas.kml": ("a.kml", areas, lambda f: layer_as("kml", f)),
    "streets.graphml": ("a.graphml", streets, lambda _: GRAPHML.encode()),
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
        lambda _: whole_plan(),
    ),
    "manifest.json": (
        ".hotspots.json",
        manifest,
        lambda _: json.dumps({"files": {"a.txt": "0" * 64}}).encode(),
    ),
}


def ended(read: Callable[[Path], object], path: Path) -> str:
    """Return how reading ended: nothing to say, or what went wrong."""
    started = time.process_time()
    try:
        read(path)
    except HotspotsError as error:
        if not str(error).strip() or "(reference " in str(error):
            return f"an error that says nothing: {error!r}"
    except BaseException as error:
        return f"{type(error).__module__}.{type(error).__name__}: {error}"[:200]
    taken, most = time.process_time() - started, _most_memory()
    if taken > SECONDS or most > MEMORY:
        return f"took {taken:.0f} s and {most >> 20} MB"
    return ""


def _most_memory() -> int:
    """Return the most that this process, or one that it began, had at once.

    The system's own figure of a process begins with that of the one it was begun by,
    which may be a run of tests of some gigabytes.
    """
    own = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    assert own is not None
    begun = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return max(int(own[1]), begun) << 10


def main() -> None:
    name, first, how_many, folder = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    signal.alarm(60 + SECONDS * int(how_many))
    file, read, whole = FORMATS[name]
    inside = Path(folder) / "read"
    inside.mkdir()
    data = whole(Path(folder))
    read(_written(inside / file, data))  # the whole file is no error
    for number in range(int(first), int(first) + int(how_many)):
        print(number, end=" ", flush=True)
        said = ended(read, _written(inside / file, spoil_inside(data, number)))
        print(said or "well", flush=True)


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


if __name__ == "__main__":
    main()
