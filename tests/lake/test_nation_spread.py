"""The real national file: two workers, one killed, give what one process gives."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import shapely
from polars.testing import assert_frame_equal

from hotspots.core.spread import Engine, InTurn, gathered
from hotspots.core.window import Window
from hotspots.lake.cluster import Cluster
from hotspots.methods.knox import KnoxTest, knox_test
from hotspots.methods.repeats.table import target_table, targets_by_part
from hotspots.methods.usual_range import PeriodTable
from hotspots.outputs.formats import Layer, write_geojson
from hotspots.workflow import Dataset, Parameters, analyse, load

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
MONTHS = 12


@pytest.fixture(scope="module")
def nation(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    land = tmp_path_factory.mktemp("nation") / "land.geojson"
    frame = pl.DataFrame({"code": ["E"], "name": ["England and Wales"]})
    shape = np.array([shapely.box(-5.7, 50.0, 1.7, 55.8)], dtype=object)
    write_geojson(land, Layer(name="land", frame=frame, geometry=shape))
    file = shared_data / "scale" / "police_uk_street_2018-10_2019-02.parquet"
    return load([file], [f"other={land}"])


def third_dies(work: Callable[..., Any], folder: str, number: int, *part: Any) -> Any:
    """Kill the own worker at the third part, once."""
    mark = Path(folder) / "died"
    if number == 2 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return work(*part)


@dataclass
class Deadly:
    """Two workers, one of which is killed in the middle."""

    folder: Path

    def each(
        self, work: Callable[..., Any], parts: Iterable[tuple[Any, ...]]
    ) -> Iterator[tuple[int, Any]]:
        told = ((work, str(self.folder), k, *part) for k, part in enumerate(parts))
        yield from Cluster(workers=2).each(third_dies, told)


@pytest.fixture(params=["two workers", "one killed"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    deadly = request.param == "one killed"
    yield Deadly(tmp_path) if deadly else Cluster(workers=2)
    assert (tmp_path / "died").exists() == deadly


def test_counts_density_gi_and_hotspots(nation: Dataset, engine: Engine) -> None:
    chosen = Parameters(resolution=8)
    one, two = (analyse(nation, chosen, engine=each) for each in (InTurn(), engine))
    assert two.cells_table.equals(one.cells_table)
    assert two.summary == one.summary
    assert [p.to_row() for p in two.hotspots] == [p.to_row() for p in one.hotspots]
    for name, surface in one.surfaces.items():
        np.testing.assert_allclose(two.surfaces[name].values, surface.values, rtol=1e-9)


def test_knox_counts(nation: Dataset, engine: Engine) -> None:
    incidents = nation.incidents
    kept = incidents.select(incidents.frame["category"].cast(pl.String) == "Burglary")
    days = kept.frame["start"].dt.date().to_physical().to_numpy()

    def asked(engine: Engine | None) -> KnoxTest:
        bands = ([0, 1, 100, 200], [0, 28, 56, 84])
        how = {"n_permutations": 19, "rng": 1, "engine": engine}
        return knox_test(kept.xy_m, days, *bands, **how)  # type: ignore[arg-type]

    one, two = asked(None), asked(engine)
    assert one.observed.min() > 0
    for name in ("observed", "expected", "p_value"):
        np.testing.assert_array_equal(getattr(two, name), getattr(one, name))


def test_change(nation: Dataset, engine: Engine) -> None:
    table = PeriodTable(period="month", n_past=3)
    one, two = (table(nation.incidents, engine=each).frame for each in (None, engine))
    assert two.equals(one)
    assert one.height > 10


def test_repeat_tables(nation: Dataset, engine: Engine) -> None:
    incidents = nation.incidents
    place = incidents.frame["place"].to_numpy().astype(np.int64)
    how = (Window.from_text("2018-10:2019-02"), MONTHS, 42.0)
    parts = ((*part, *how) for part in targets_by_part(incidents, place))
    spread = pl.concat(gathered(engine, target_table, parts)).sort("target")
    one = target_table(incidents, place, *how).sort("target")
    assert_frame_equal(spread, one, rel_tol=1e-9, abs_tol=0)
    assert spread.drop("score").equals(one.drop("score"))
