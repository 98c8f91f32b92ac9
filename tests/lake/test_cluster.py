"""Workers of another process give what one process gives, also when one is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from program import run
from town import town_on_its_day

from hotspots.core.budget import Budget, CancelledError
from hotspots.core.errors import ParameterError
from hotspots.core.spread import InTurn, gathered
from hotspots.lake.cluster import Cluster
from hotspots.lake.districts import each_district
from hotspots.outputs.districts_folder import write_districts
from hotspots.samples import sample_paths
from hotspots.workflow import Dataset, Parameters, analyse

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def town() -> Dataset:
    return town_on_its_day()


def fails(number: int) -> int:
    if number == 1:
        raise ParameterError("number must not be 1.")
    return number


def test_what_a_part_raises_is_raised() -> None:
    with pytest.raises(ParameterError, match="must not be 1"):
        list(Cluster(workers=1).each(fails, [(number,) for number in range(3)]))


def touched(folder: str, number: int) -> int:
    (Path(folder) / str(number)).touch()
    return number


@pytest.mark.slow
def test_a_stop_is_heard_after_a_part_and_the_rest_is_not_done(tmp_path: Path) -> None:
    parts = [(str(tmp_path), number) for number in range(500)]
    budget, heard = Budget(600), list[int]()

    def say(done: int) -> None:
        heard.append(done)
        if done == 3:
            budget.cancel()

    with pytest.raises(CancelledError):
        budget.run(lambda: gathered(Cluster(workers=1), touched, parts, say))
    assert heard == [1, 2, 3]
    assert 4 <= len(list(tmp_path.iterdir())) < 500


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to a process")
def test_ctrl_c_ends_the_command_and_its_workers(tmp_path: Path) -> None:
    incidents, _ = sample_paths()
    words = ["near-repeats", incidents, "--n-permutations", 99_999]
    words += ["--today", "2025-07-01", "--engine", "dask", "--out", tmp_path / "out"]
    line = [sys.executable, "-m", "hotspots", *map(str, words)]
    with subprocess.Popen(
        line, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as command:
        process = psutil.Process(command.pid)
        workers: list[psutil.Process] = []
        while command.poll() is None and len(workers) < 3:  # two, and who begins them
            workers = process.children(recursive=True)
        os.killpg(command.pid, signal.SIGINT)  # as a terminal does
        _, said = command.communicate(timeout=120)
    assert command.returncode == 130, said
    assert "Stopped. Nothing was written." in said
    assert not (tmp_path / "out").exists()
    _, alive = psutil.wait_procs(workers, timeout=60)
    assert not alive


def test_two_workers_write_what_one_process_writes(
    town: Dataset, tmp_path: Path
) -> None:
    for name, engine in (("one", None), ("two", Cluster(workers=2))):
        nation = each_district(town, "ward", Parameters(), engine=engine)
        write_districts(nation, tmp_path / name)
    one, two = (sorted((tmp_path / n).rglob("*.*")) for n in ("one", "two"))
    assert [path.name for path in one] == [path.name for path in two]
    for a, b in zip(one, two, strict=True):
        assert a.read_bytes() == b.read_bytes(), a.name


def first_dies(work: Callable[..., Any], folder: str, *part: Any) -> Any:
    """Kill the own worker at the first part that comes, once."""
    mark = Path(folder) / "died"
    if not mark.exists():
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
        told = ((work, str(self.folder), *part) for part in parts)
        yield from Cluster(workers=2).each(first_dies, told)


def test_an_analysis_is_spread_and_a_worker_killed(
    town: Dataset, tmp_path: Path
) -> None:
    chosen = Parameters(resolution=11)
    one = analyse(town, chosen, engine=InTurn())
    two = analyse(town, chosen, engine=Deadly(tmp_path))
    assert (tmp_path / "died").exists()
    assert one.cells_table.equals(two.cells_table)
    assert one.summary == two.summary
    for name, surface in one.surfaces.items():
        assert np.array_equal(surface.values, two.surfaces[name].values)


def test_an_engine_that_is_none_is_refused(tmp_path: Path) -> None:
    incidents, areas = sample_paths()
    given = [incidents, "--areas", areas[0], "--out", tmp_path / "out"]
    done = run("analyse", *given, "--engine", "spark")
    assert done.returncode == 2
    assert "--engine must be dask" in done.stderr
    with pytest.raises(ParameterError, match="at least 1"):
        Cluster(workers=0)
