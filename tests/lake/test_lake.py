"""A lake gives what its files give, to the byte, and stays whole whatever happens."""

from __future__ import annotations

import datetime as dt
import fcntl
import filecmp
import json
import shutil
from pathlib import Path

import duckdb
import fsspec
import polars as pl
import pytest
import toy
from deltalake import DeltaTable
from polars.testing import assert_frame_equal
from program import run
from town import town_on_its_day

from hotspots.core.errors import HotspotsError, OutputError, ParameterError, SourceError
from hotspots.intake.profile import Profile
from hotspots.lake import add, build, forget, history, verify
from hotspots.lake.build import Reader
from hotspots.lake.cube import write_cells
from hotspots.model.harm import HarmTable
from hotspots.outputs.analysis_folder import Extras
from hotspots.samples import sample_paths
from hotspots.sources import read_incidents
from hotspots.sources.reading.lake import ACCOUNTS, Lake
from hotspots.workflow import Parameters, analyse, load, write

TODAY = dt.date(2025, 7, 1)
READER = Reader(today=TODAY)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of the simulated town with its areas; tests must not change it."""
    incidents, areas = sample_paths()
    lake = tmp_path_factory.mktemp("town") / "lake"
    added = build([incidents], lake, [str(path) for path in areas], READER)
    assert (added.files, added.rows, added.rejected) == (1, 12_054, 35)
    return lake


@pytest.fixture
def copied(town: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(town, tmp_path / "lake"))


def test_a_lake_copied_through_an_object_store_is_whole(
    town: Path, tmp_path: Path
) -> None:
    store, lake = fsspec.filesystem("memory"), tmp_path / "lake"
    store.put(f"{town}/", "bucket/lake/", recursive=True)
    store.get("bucket/lake/", f"{lake}/", recursive=True)
    assert not verify(lake).wrong
    part = next(iter(Lake.open(lake).account.parts))
    (lake / part).unlink()  # as one that did not arrive
    assert verify(lake).wrong


@pytest.mark.parametrize("window", [None, "2024-01:2024-06"])
def test_an_analysis_of_a_lake_is_that_of_its_files(
    window: str | None, town: Path, tmp_path: Path
) -> None:
    chosen = Parameters(window=window)
    files = town_on_its_day()
    lake = load([town], [], only=chosen.choose_window)
    assert lake.incidents.n < files.incidents.n
    extras = Extras(every_row=True)
    write(analyse(files, chosen), tmp_path / "files", extras=extras)
    written = write(analyse(lake, chosen), tmp_path / "lake", extras=extras)
    names = [path.name for path in written]
    same, *other = filecmp.cmpfiles(
        tmp_path / "files", tmp_path / "lake", names, shallow=False
    )
    assert (sorted(same), other) == (sorted(names), [[], []])


def test_of_what_is_far_from_the_areas_only_place_and_time_are_read(
    town: Path, tmp_path: Path
) -> None:
    incidents, areas = sample_paths()
    ward = tmp_path / "ward.geojson"
    wards = json.loads(areas[0].read_text(encoding="utf-8"))
    wards["features"] = wards["features"][:1]
    ward.write_text(json.dumps(wards), encoding="utf-8")
    chosen = Parameters()
    files = load([incidents], [ward], today=TODAY)
    lake = load([town], [ward], only=chosen.choose_window)
    written = write(analyse(files, chosen), tmp_path / "files")
    write(analyse(lake, chosen), tmp_path / "lake")
    for path in written:
        there = tmp_path / "lake" / path.name
        assert there.read_bytes() == path.read_bytes(), path.name
    known = lake.incidents.frame["reference"].is_not_null()
    inside = lake.area_of_place[lake.incidents.frame["place"].to_numpy()] >= 0
    assert known.filter(pl.Series(inside)).all()
    assert known.mean() < 0.9


@pytest.mark.parametrize(
    "question", ["change", "near-repeats", "clock", "repeats", "severity"]
)
def test_a_question_has_one_answer(question: str, town: Path) -> None:
    incidents, areas = sample_paths()
    given = [word for area in areas for word in ("--areas", area)]
    files = run(question, incidents, *given, "--today", "2025-07-01")
    lake = run(question, town, *given)
    assert lake.returncode == 0, lake.stderr
    assert lake.stdout == files.stdout


def overlapping(folder: Path) -> list[Path]:
    """Two downloads that hold the same June, one row of it twice over."""
    june = [
        f"{k:064x},2025-06,{lon},{lat},On or near Low Road,Burglary"
        for k, (lon, lat) in enumerate(map(toy.centre, (toy.A, toy.B, toy.C)))
    ]
    bare = [
        f",2025-06,{lon},{lat},On or near High Road,Anti-social behaviour"
        for lon, lat in map(toy.centre, [toy.A] * 15 + [toy.D] * 15)
    ]
    may = [line.replace("2025-06", "2025-05") for line in bare]
    wrong = [",2025-06,,,On or near No Road,Drugs"]
    first = toy.write_police_uk(folder / "2025-06-a-street.csv", june + bare + wrong)
    second = toy.write_police_uk(folder / "2025-06-b-street.csv", may + bare + june)
    return [first, second]


@pytest.mark.parametrize("at_once", [True, False])
def test_overlapping_files_are_counted_once(at_once: bool, tmp_path: Path) -> None:
    paths = overlapping(tmp_path)
    lake = tmp_path / "lake"
    build(paths if at_once else paths[:1], lake, [], READER)
    if not at_once:
        add(paths[1:], lake, READER)
    files, kept = read_incidents(paths, today=TODAY), read_incidents([lake])
    assert_frame_equal(kept.incidents.frame, files.incidents.frame)
    assert_frame_equal(kept.incidents.places, files.incidents.places)
    assert_frame_equal(kept.rejects, files.rejects)
    assert kept.incidents.notes == files.incidents.notes
    assert (kept.rows_read, kept.inputs) == (files.rows_read, files.inputs)
    assert kept.rejects.height == 1 + 33
    assert verify(lake).wrong == ()


def test_a_file_that_is_there_changes_nothing(copied: Path) -> None:
    incidents, _ = sample_paths()
    before = {path: path.stat().st_mtime_ns for path in copied.rglob("*.*")}
    added = add([incidents], copied, READER)
    assert added.skipped == ("simulated_incidents.csv",)
    assert "Nothing was changed" in added.sentences()[-1]
    after = {path: path.stat().st_mtime_ns for path in copied.rglob("*.*")}
    assert after == before


def test_others_read_it_without_us(town: Path) -> None:
    files = DeltaTable(town).file_uris()
    held = duckdb.sql(
        "select category, count(*) as n from read_parquet("
        f"'{town}/month=*/*.parquet', hive_partitioning=true) "
        "where month >= '2025-01' group by category order by category"
    ).fetchall()
    scanned = pl.scan_delta(str(town)).filter(pl.col("month") >= "2025-01")
    counted = scanned.group_by("category").len("n").sort("category").collect()
    assert len(files) == 36
    assert held == counted.rows()
    ours = read_incidents([town]).incidents.frame
    of_2025 = ours.filter(pl.col("start") >= dt.datetime(2025, 1, 1))
    assert sum(n for _, n in held) == of_2025.height


def test_a_part_is_sorted_by_cell_and_placed_in_its_areas(town: Path) -> None:
    rows = pl.read_parquet(town / "month=2025-06" / "*.parquet")
    assert rows["cell"].is_sorted()
    assert rows["area_ward"].null_count() < rows.height / 10
    assert rows["reference_id"].n_unique() == rows.height
    assert rows["reference_id"].str.contains(r"^[0-9a-f]{12}-\d+$").all()


def test_what_is_spoilt_is_seen(copied: Path) -> None:
    part = next(iter(Lake.open(copied).account.parts))
    whole = (copied / part).read_bytes()
    (copied / part).write_bytes(whole[:-9] + b"spoilt!!!")
    assert verify(copied).wrong == (f"{part} is not as it was written.",)
    assert run("lake", "verify", copied).returncode == 1
    (copied / part).unlink()
    assert verify(copied).wrong == (f"{part} is missing.",)
    (copied / part).write_bytes(whole)
    (copied / "month=2025-06" / "left.parquet").write_bytes(whole)
    assert (verify(copied).wrong, verify(copied).left) == ((), 1)


def test_what_is_forgotten_is_gone(copied: Path) -> None:
    day = dt.date(2024, 3, 15)
    ours = read_incidents([copied]).incidents.frame
    kept = ours.filter(pl.col("start") >= dt.datetime(2024, 3, 15))
    done = forget(copied, day)
    assert done.rows == ours.height - kept.height
    assert "15 March 2024" in done.sentence()
    assert verify(copied).wrong == ()
    left = read_incidents([copied]).incidents.frame
    beside = ["place", "premises", "apart"]  # judged among the rows that are left
    assert_frame_equal(left.drop(beside), kept.drop(beside))
    on_disk = pl.read_parquet(copied / "month=*" / "*.parquet")
    assert on_disk["start"].min() == kept["start"].min()
    assert not (copied / "month=2024-02").exists()
    assert history(copied)[-2]["what"] == "build"
    assert "forget" in {entry["what"] for entry in history(copied)}
    with pytest.raises(ParameterError, match="must be older than 2024-03-15"):
        forget(copied, day)


def test_forgetting_takes_the_refused_rows_of_files_with_nothing_left(
    tmp_path: Path,
) -> None:
    old = toy.write_police_uk(
        tmp_path / "a.csv",
        [",2024-01,-0.886,52.765,On or near Low Road,Drugs", ",2024-01,,,X,Drugs"],
    )
    new = toy.write_police_uk(
        tmp_path / "b.csv",
        [",2025-01,-0.886,52.765,On or near Low Road,Drugs", ",2025-01,,,X,Drugs"],
    )
    build([old, new], tmp_path / "lake", [], READER)
    assert forget(tmp_path / "lake", dt.date(2025, 1, 1)).refused == 1
    reading = read_incidents([tmp_path / "lake"])
    assert (reading.rows_read, reading.rejects.height, reading.incidents.n) == (2, 1, 1)
    assert reading.rejects["file"].to_list() == [1]


def test_a_lake_that_cannot_be_built_leaves_nothing(tmp_path: Path) -> None:
    incidents, _ = sample_paths()
    torn = tmp_path / "in" / "torn.csv"
    torn.parent.mkdir()
    torn.write_bytes(bytes(100))
    for files, areas, said in (
        ([torn], [], "binary file"),
        ([incidents], ["none.geojson"], "nothing is there"),
        ([torn.parent], [], "must lie outside"),
    ):
        with pytest.raises(HotspotsError, match=said):
            build(files, tmp_path / "in" / "lake", areas, READER)
    assert [path.name for path in tmp_path.rglob("*")] == ["in", "torn.csv"]


def test_a_lake_is_built_where_nothing_is(tmp_path: Path, town: Path) -> None:
    incidents, _ = sample_paths()
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="where nothing is"):
        build([incidents], tmp_path, [], READER)
    with pytest.raises(OutputError, match="lake add"):
        build([incidents], town, [], READER)
    with pytest.raises(SourceError, match="lake build"):
        add([incidents], tmp_path, READER)


def test_a_build_of_wrong_files_can_be_built_again(tmp_path: Path) -> None:
    incidents, _ = sample_paths()
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceError):
        build([bad], tmp_path / "lake", [], READER)
    with pytest.raises(SourceError, match="finished version"):
        Lake.open(tmp_path / "lake")
    assert build([incidents], tmp_path / "lake", [], READER).version == 1


def test_what_was_settled_when_files_came_in_is_refused(town: Path) -> None:
    incidents, areas = sample_paths()
    profile = incidents.with_suffix(".toml")
    with pytest.raises(SourceError, match="must be given alone"):
        read_incidents([town, incidents])
    with pytest.raises(SourceError, match="holds some to 2025-06-30"):
        read_incidents([town], today=dt.date(2025, 1, 1))
    with pytest.raises(SourceError, match="column mapping"):
        read_incidents([town], profile=Profile.from_toml(profile))
    assert load([town], []).area_inputs == load([town], list(areas)).area_inputs


def test_one_run_at_a_time_changes_it(copied: Path, tmp_path: Path) -> None:
    more = overlapping(tmp_path)
    with (copied / ACCOUNTS / "lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(OutputError, match="one run at a time"):
            add(more, copied, READER)
    assert add(more[:1], copied, READER).version == 2


def test_a_category_that_nobody_knows_is_refused(town: Path) -> None:
    table = HarmTable.default()
    some = HarmTable(frame=table.frame.filter(pl.col("category") == "Robbery"))
    assert read_incidents([town], harm=some).incidents.n == 12_054


def test_cells_counted_month_by_month_are_those_of_an_analysis(
    town: Path, tmp_path: Path
) -> None:
    chosen = Parameters(window="2024-01-20:2025-03", categories=("Burglary", "Robbery"))
    whole = analyse(town_on_its_day(), chosen)
    written = write_cells(town, tmp_path / "out", chosen)
    cells = pl.read_parquet(tmp_path / "out" / "cells.parquet")
    assert_frame_equal(cells, whole.cells_table.select(cells.columns))
    assert written.n_incidents == whole.incidents.n
    assert written.n_searched == len(whole.cells)
    cube = pl.read_parquet(tmp_path / "out" / "cube" / "*.parquet")
    assert cube.height > 100
    by_cell = cube.group_by("cell").agg(pl.col("n").sum()).sort("cell")
    assert by_cell["n"].to_list() == cells["n_incidents"].to_list()
    again = cube.group_by("category").agg(pl.col("n").sum()).sort("category")
    counted = whole.incidents.frame["category"].cast(pl.String).value_counts()
    assert again.rows() == counted.sort("category").rows()
    assert len(list((tmp_path / "out" / "cube").iterdir())) == 15


def test_the_command_writes_the_cells(town: Path, tmp_path: Path) -> None:
    done = run("lake", "cells", town, "--out", tmp_path / "out", "--resolution", "9")
    assert done.returncode == 0, done.stderr
    assert "cells." in done.stdout
    assert (tmp_path / "out" / "cells.parquet").is_file()
