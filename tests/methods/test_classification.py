"""Classification end to end: planted histories come back, missing months or not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import h3
import numpy as np
import polars as pl
import pytest
import toy

from hotspots.core.errors import ParameterError, PrecisionError, TooFewError
from hotspots.core.window import Window
from hotspots.methods.classification import Classification
from hotspots.model.cells import Cells
from hotspots.model.incidents import Incidents

HISTORY = {
    "persistent": "888888888888",
    "emerging": "000000005678",
    "diminishing": "777700000000",
    "intermittent": "070007007000",
    "one-off": "000007000000",
}
FAR = dict(zip(HISTORY, sorted(h3.grid_ring(toy.A, 20))[::20], strict=False))


def town() -> Cells:
    disk = h3.grid_disk(toy.A, 25)
    ids = np.array([h3.str_to_int(c) for c in disk], dtype=np.uint64)
    return Cells.from_ids(ids, resolution=10)


def incidents(missing: tuple[int, ...] = ()) -> Incidents:
    rows = []
    for name, history in HISTORY.items():
        lon, lat = toy.centre(FAR[name])
        for at, n in enumerate(history):
            month = at + sum(gap <= at for gap in missing)
            start = dt.datetime(2024 + month // 12, month % 12 + 1, 10)
            rows += [{"lon": lon, "lat": lat, "start": start}] * int(n)
    frame = pl.DataFrame(rows).with_columns(category=pl.lit("Burglary"))
    return Incidents.from_located(frame)


@pytest.mark.parametrize("missing", [(), (0, 3, 4), (7, 8, 9, 10)])
def test_planted_histories_come_back(missing: tuple[int, ...]) -> None:
    cells, method = town(), Classification()
    found = method(incidents(missing), cells)
    for name, cell in FAR.items():
        at = cells.index_of(np.array([h3.str_to_int(cell)], dtype=np.uint64))[0]
        assert found.labels[at] == name
    assert len(found.periods) == 12
    assert set(found.frame["label"]) == set(HISTORY)
    assert found.frame["cell"][0] == FAR["persistent"]
    assert found.frame["n_hot"][0] == 12
    left_out = "Without data" if set(missing) - {0} else "No period is missing"
    assert left_out in found.notes[1]
    assert f"{len(cells) - 5:,} never hot" in found.notes[2]


def test_a_rise_is_seen_and_corrected() -> None:
    frame = Classification()(incidents(), town()).frame
    rising = frame.filter(pl.col("label") == "emerging").row(0, named=True)
    assert rising["trend"] == "rising"
    assert rising["trend_z"] > 2.5
    assert (rising["early_share"], rising["late_share"]) == (0, 1)
    plain = frame.filter(pl.col("label") == "intermittent").row(0, named=True)
    assert plain["trend"] == "no clear trend"
    assert plain["trend_p"] > rising["trend_p"]


def test_neighbours_share_their_heat_but_empty_cells_do_not() -> None:
    found = Classification()(incidents(), town())
    lit = found.hot.any(axis=1)
    assert lit.sum() == len(HISTORY)


def test_the_rule_is_printed_with_its_figures() -> None:
    method = Classification(fewest=4, persistent_share=0.9, shift=0.4)
    assert Classification(fewest=4, persistent_share=0.9, shift=0.4) == method
    for words in ("at least 4 incidents", "hot in 90% of periods", "0.4 or more above"):
        assert words in method.rule()
    assert method(incidents(), town()).rule == method.rule()


def test_refusals() -> None:
    cells = town()
    short = Window.from_text("2024-01:2024-03")
    with pytest.raises(TooFewError, match="at least 4 periods with data; got 3"):
        Classification()(incidents(), cells, window=short)
    with pytest.raises(ParameterError, match="period must be one of"):
        Classification(period="week")  # type: ignore[arg-type]
    for bad in ({"hot_p": 0.0}, {"fewest": 0}, {"shift": 1.5}):
        with pytest.raises(ParameterError, match=next(iter(bad))):
            Classification(**bad)  # type: ignore[arg-type]


def test_the_real_district(shared_data: Path) -> None:
    from hotspots.sources import read_incidents
    from hotspots.sources.areas import read_areas

    folder = shared_data / "melton"
    files = [folder / "police_uk" / f"2020-{k:02d}" for k in range(1, 13)]
    melton = read_incidents(files).incidents
    areas = read_areas(folder / "boundaries" / "melton_wards_2013.geojson")
    cells = Cells.from_polygon(areas.outline, resolution=10)
    found = Classification()(melton, cells)
    words = found.frame["label"].value_counts()
    counts = dict(words.iter_rows())
    assert len(found.periods) == 12
    assert counts["persistent"] >= 10
    assert counts["persistent"] < 0.01 * len(cells)
    with pytest.raises(PrecisionError, match="28 days"):
        Classification(period="28 days")(melton, cells)
