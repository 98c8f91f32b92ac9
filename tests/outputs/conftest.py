"""A small layer with everything that goes wrong in files: names, holes, parts."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely

from hotspots.outputs.formats import FieldFile, Layer, Mark

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "]]> & </name>",
    "=cmd|' /C calc'!A0",
    'O\'Brien "quoted"',
    "Café 🚓 \u202eend",
    "two\nlines",
)


def hexagon(lon: float, lat: float, radius: float = 0.001) -> shapely.Polygon:
    angles = np.arange(6) * np.pi / 3
    corners = np.column_stack([np.cos(angles), np.sin(angles)]) * radius
    return shapely.Polygon(np.add(corners[::-1], (lon, lat)))  # clockwise, on purpose


def make_layer(names: tuple[str, ...] = HOSTILE) -> Layer:
    n = len(names)
    frame = pl.DataFrame(
        {
            "rank": pl.Series(range(1, n + 1), dtype=pl.UInt32),
            "name": names,
            "why": [f"{k} incidents: {name}" for k, name in enumerate(names)],
            "kind": pl.Series(["ward"] * n, dtype=pl.Categorical),
            "share": [0.25 / (k + 1) for k in range(n)],
            "lon": [-0.5 - k for k in range(n)],
            "gi_z": [float("nan"), *[1.5] * (n - 1)],
            "below_floor": [k % 2 == 0 for k in range(n)],
            "valid_from": [dt.date(2013, 5, 2)] * n,
        }
    )
    shapes = [hexagon(-0.88 + 0.01 * k, 52.76) for k in range(n)]
    if n > 1:
        ring = hexagon(-0.9, 52.7).exterior
        hole = hexagon(-0.9, 52.7, 0.0005).exterior
        shapes[1] = shapely.MultiPolygon(
            [hexagon(-0.8, 52.8), shapely.Polygon(ring, [hole])]
        )
    return Layer(
        name="hotspots",
        frame=frame,
        geometry=np.array(shapes, dtype=object),
        description="Simulated <data> & more",
    )


def field_file(layer: Layer) -> FieldFile:
    """Return a layer as what is carried on the ground."""
    return FieldFile(
        title=layer.name,
        text=layer.description,
        begins=dt.date(2025, 7, 1),
        ends=dt.date(2025, 7, 29),
        marks=tuple(
            Mark(
                number=str(row.get("rank", "")),
                place=row.get("name", ""),
                kind="hotspot",
                words=("area", "edge"),
                lines=(row.get("why", ""), "OFFICIAL"),
                geometry=shape,
                data=row,
                folder=layer.name,
            )
            for row, shape in zip(
                layer.table.iter_rows(named=True), layer.geometry, strict=True
            )
        ),
    )


@pytest.fixture
def to_marks() -> Callable[[Layer], FieldFile]:
    return field_file


@pytest.fixture
def layer() -> Layer:
    return make_layer()


@pytest.fixture
def ogrinfo() -> Callable[..., str]:
    """GDAL's own reader, of whatever version the machine has."""
    program = shutil.which("ogrinfo")
    if program is None:
        pytest.skip("ogrinfo is not installed (Debian and Ubuntu: gdal-bin)")

    def run(path: Path, *options: str) -> str:
        done = subprocess.run(
            [program, "-ro", "-al", *(options or ("-so",)), str(path)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert "ERROR" not in done.stderr
        assert "Warning" not in done.stderr
        return done.stdout

    return run


@pytest.fixture
def count_features(ogrinfo: Callable[..., str]) -> Callable[[Path], dict[str, int]]:
    """Layer name to feature count, as GDAL reads the file."""
    return lambda path: _counts(ogrinfo(path))


def _counts(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    name = ""
    for line in text.splitlines():
        key, _, value = line.partition(": ")
        if key == "Layer name":
            name = value
        elif key == "Feature Count":
            found[name] = int(value)
    return found
