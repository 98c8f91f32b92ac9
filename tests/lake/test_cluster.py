"""Workers of another process give what one process gives, also when one is killed."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from program import run

from hotspots.core.errors import ParameterError
from hotspots.lake.cluster import Cluster, InTurn
from hotspots.lake.districts import each_district
from hotspots.outputs.districts_folder import write_districts
from hotspots.samples import sample_paths
from hotspots.workflow import Parameters, load

pytestmark = pytest.mark.filterwarnings("ignore")


def dies_once(number: int, folder: str) -> int:
    """Kill the own worker at the third part, the first time only."""
    mark = Path(folder) / "died"
    if number == 2 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.05)
    return number * number


def fails(number: int) -> int:
    if number == 1:
        raise ParameterError("number must not be 1.")
    return number


def test_a_part_whose_worker_is_lost_is_done_again(tmp_path: Path) -> None:
    parts = [(number, str(tmp_path)) for number in range(6)]
    found = dict(Cluster(workers=2).each(dies_once, parts))
    assert (tmp_path / "died").exists()
    assert found == dict(InTurn().each(dies_once, parts))


def test_what_a_part_raises_is_raised() -> None:
    with pytest.raises(ParameterError, match="must not be 1"):
        list(Cluster(workers=1).each(fails, [(number,) for number in range(3)]))


def test_two_workers_write_what_one_process_writes(tmp_path: Path) -> None:
    incidents, areas = sample_paths()
    import datetime as dt

    dataset = load([incidents], list(areas), today=dt.date(2025, 7, 1))
    for name, engine in (("one", None), ("two", Cluster(workers=2))):
        nation = each_district(dataset, "ward", Parameters(), engine=engine)
        write_districts(nation, tmp_path / name)
    one, two = (sorted((tmp_path / n).rglob("*.*")) for n in ("one", "two"))
    assert [path.name for path in one] == [path.name for path in two]
    for a, b in zip(one, two, strict=True):
        assert a.read_bytes() == b.read_bytes(), a.name


def test_the_engine_spreads_only_what_has_parts(tmp_path: Path) -> None:
    incidents, areas = sample_paths()
    given = [incidents, "--areas", areas[0], "--out", tmp_path / "out"]
    done = run("analyse", *given, "--engine", "dask")
    assert done.returncode == 2
    assert "spreads the areas of --each" in done.stderr
    with pytest.raises(ParameterError, match="at least 1"):
        Cluster(workers=0)
