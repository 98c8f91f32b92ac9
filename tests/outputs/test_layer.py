from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely

from hotspots.core.errors import OutputError
from hotspots.outputs.formats import Layer
from hotspots.outputs.formats.layer import render_template, writing

FRAME = pl.DataFrame({"rank": [1, 2]})
BOXES = np.array([shapely.box(0, 50, 1, 51), shapely.box(1, 50, 2, 51)])


def make(**changes: object) -> Layer:
    return replace(Layer(name="a", frame=FRAME, geometry=BOXES), **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"geometry": BOXES[:1]}, "one geometry for each row; got 1 geometries and 2"),
        ({"geometry": np.array([BOXES[0], None])}, "1 of 2 have none, first: row 2"),
        ({"geometry": np.array([shapely.Point(), BOXES[0]])}, "first: row 1"),
        ({"frame": FRAME.rename({"rank": "FID"})}, "got 'FID'. Rename it"),
        ({"frame": pl.DataFrame({"rank": [[1], [2]]})}, "'rank' holds lists"),
        ({"geometry": shapely.transform(BOXES, lambda v: v * 1e4)}, "longitude and"),
    ],
)
def test_a_layer_cannot_exist_in_a_bad_state(
    changes: dict[str, object], message: str
) -> None:
    with pytest.raises(OutputError, match=message):
        make(**changes)


def test_a_layer_may_be_empty() -> None:
    layer = make(frame=FRAME.clear(), geometry=BOXES[:0])
    assert layer.geometry_types == ()
    assert len(layer.oriented) == 0


def test_table_is_cleaned_and_rings_are_turned() -> None:
    clockwise = np.array([shapely.box(0, 50, 1, 51, ccw=False)])
    layer = make(frame=pl.DataFrame({"name": ["a\x07b"]}), geometry=clockwise)
    assert layer.table["name"].to_list() == ["ab"]
    assert layer.oriented[0].exterior.is_ccw


def test_writing_says_what_went_wrong_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "absent" / "file.txt"
    with (
        pytest.raises(OutputError, match=r"write file\.txt in .*Check that the folder"),
        writing(path),
    ):
        path.write_text("x")


def test_templates_refuse_a_name_that_was_not_given() -> None:
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError):
        render_template("gpx.xml.j2", name="x")
