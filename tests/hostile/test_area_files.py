"""Files of areas of kinds that were met: read and what was done named, or refused."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from hotspots.core.errors import HotspotsError
from hotspots.sources.areas import read_areas

SQUARE = [[-0.9, 52.7], [-0.88, 52.7], [-0.88, 52.72], [-0.9, 52.72], [-0.9, 52.7]]
FAN = [
    [[-0.899 + k / 1e6, 52.701], [-0.89, 52.701], [-0.89, 52.71]] for k in range(800)
]


def collection(*features: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def feature(
    *rings: Any, kind: str = "Polygon", name: Any = "A", **more: Any
) -> dict[str, Any]:
    shape = {"type": kind, "coordinates": [*rings]}
    return {"type": "Feature", "properties": {"name": name, **more}, "geometry": shape}


def closed(rings: list[Any]) -> list[Any]:
    return [[*ring, ring[0]] for ring in rings]


def smaller(share: float) -> list[list[float]]:
    return [
        [-0.89 + (x + 0.89) * share, 52.71 + (y - 52.71) * share] for x, y in SQUARE
    ]


WHOLE = feature(SQUARE)
REFUSED = {
    "a corner is not a number": (
        collection(WHOLE).replace("-0.88", "NaN"),
        "every corner as numbers",
    ),
    "a corner is infinite": (
        collection(WHOLE, feature(SQUARE)).replace("-0.88", "Infinity"),
        "every corner as numbers",
    ),
    "holes over holes": (
        collection(feature(SQUARE, *closed(FAN))),
        "must cross themselves at most",
    ),
    "lines over lines": (
        collection(
            *(
                feature(
                    [[-0.9, 52.7 + k / 1e6], [-0.8, 52.8 - k / 1e6], SQUARE[3]] * 2
                    + [[-0.9, 52.7 + k / 1e6]]
                )
                for k in range(700)
            )
        ),
        "must cross each other at most",
    ),
    "in Paris": (
        collection(feature([[x + 3.2, y - 4] for x, y in SQUARE])),
        "must lie in Great Britain",
    ),
    "one over the other": (
        collection(*(feature(smaller(1 - k / 1e3), name=f"A{k}") for k in range(900))),
        "must overlap in at most",
    ),
    "a name without end": (collection(feature(SQUARE, name="A" * 9_000)), "letters"),
    "far too many fields": (
        collection(feature(SQUARE, **{f"field {n}": n for n in range(3_000)})),
        "at most 2,000 fields",
    ),
    "a corner is null": (collection(WHOLE).replace("-0.88", "null"), "hold polygons"),
    "no shape": (collection({**WHOLE, "geometry": None}), "hold polygons"),
    "all of it twice": (collection(WHOLE) * 2, "must be a readable .geojson"),
    "corners in depth": (
        collection(feature(json.loads("[" * 500 + "]" * 500))),
        "hold polygons",
    ),
    "what is no feature": (collection(WHOLE, None), "says that it holds 2 features"),
    "a kind of feature of its own": (
        collection(WHOLE, {**WHOLE, "type": "Featur"}),
        "says that it holds 2 features",
    ),
    "a line that is no feature": (
        "\n".join(map(json.dumps, (WHOLE, [1], WHOLE))),
        "line 2 is not",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_it_is_refused_and_says_why(kind: str, tmp_path: Path) -> None:
    text, said = REFUSED[kind]
    path = tmp_path / "areas.geojson"
    path.write_text(text)
    with pytest.raises(HotspotsError, match=said) as refused:
        read_areas(path)
    assert "(reference " not in str(refused.value)


NAMED = {
    "a shape without corners": (collection(feature(), WHOLE), "left out"),
    "no shape beside one": (collection({**WHOLE, "geometry": None}, WHOLE), "left out"),
    "a point among them": (
        collection(feature(-0.9, 52.7, kind="Point"), WHOLE),
        "left out",
    ),
    "a name that is a list": (collection(feature(SQUARE, name=["A"])), "from name"),
    "a hole outside": (
        collection(feature(SQUARE, *closed([[[0, 52], [0.1, 52], [0, 52.1]]]))),
        "repaired",
    ),
    "a bow": (collection(feature([SQUARE[k] for k in (0, 2, 1, 3, 0)])), "repaired"),
}


@pytest.mark.parametrize("kind", NAMED)
def test_it_is_read_and_what_was_done_is_named(kind: str, tmp_path: Path) -> None:
    text, said = NAMED[kind]
    path = tmp_path / "areas.geojson"
    path.write_text(text)
    areas = read_areas(path)
    assert areas.frame["name"].to_list() == ["A"]
    assert said in " ".join(areas.notes)


@pytest.mark.parametrize("what", ["folder", "pipe", "device", "link to itself"])
def test_what_is_no_file_is_refused(what: str, tmp_path: Path) -> None:
    path = tmp_path / "areas.geojson"
    make = {
        "folder": path.mkdir,
        "pipe": lambda: os.mkfifo(path),
        "device": lambda: path.symlink_to("/dev/zero"),
        "link to itself": lambda: path.symlink_to(path),
    }
    make[what]()
    with pytest.raises(HotspotsError, match="nothing is there"):
        read_areas(path)


def test_links_of_a_kml_are_named(tmp_path: Path) -> None:
    path = tmp_path / "areas.kml"
    shape = " ".join(f"{lon},{lat}" for lon, lat in SQUARE)
    path.write_text(
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link>'
        "<href>http://127.0.0.1:9/more.kml</href></Link></NetworkLink><Placemark>"
        "<name>A</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{shape}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        "</Document></kml>"
    )
    assert "1 links to other files were not followed" in read_areas(path).notes[0]
