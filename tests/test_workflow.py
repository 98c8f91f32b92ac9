"""From files to outputs on the toy town: hand answers, an account that adds up."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely
import toy

from hotspots.analysis.finder import HotspotRule
from hotspots.core.errors import (
    NoUsableRowsError,
    OutputError,
    ParameterError,
    PrecisionError,
)
from hotspots.outputs.analysis_folder import FILES, Extras
from hotspots.workflow import Analysis, Dataset, Parameters, analyse, load, write

TODAY = dt.date(2025, 7, 1)
PARTS = (
    "rows_rejected",
    "rows_outside_areas",
    "rows_outside_window",
    "rows_excluded",
    "rows_analysed",
)


def line(
    cell: str, month: str, kind: str = "Burglary", street: str = "Low Road"
) -> str:
    lon, lat = toy.centre(cell)
    return f",{month},{lon},{lat},On or near {street},{kind}"


def toy_lines() -> list[str]:
    lines = [line(c, "2025-06") for c, n in toy.COUNTS.items() for _ in range(n)]
    lines += [line(toy.A, "2024-06") for _ in range(5)]
    lines += [line(toy.E, "2025-06")] * 2  # outside the town
    lines += [line(toy.A, "2023-05")] * 3  # before the window
    lines += [line(toy.B, "2025-06", "Drugs")] * 4
    lines += [line(toy.B, "2025-06", street="Police Station")]
    lines += [",2025-06,,,No Location,Burglary"] * 6
    return lines


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("toy")
    toy.write_police_uk(path / "2025-06-toy-street.csv", toy_lines())
    toy.write_town(path / "wards.geojson")
    return path


@pytest.fixture(scope="module")
def dataset(folder: Path) -> Dataset:
    return load(
        [folder / "2025-06-toy-street.csv"], [folder / "wards.geojson"], today=TODAY
    )


@pytest.fixture(scope="module")
def analysis(dataset: Dataset) -> Analysis:
    return analyse(dataset)


def test_every_row_is_accounted_for(analysis: Analysis) -> None:
    summary = analysis.summary
    assert {name: summary[name] for name in PARTS} == {
        "rows_rejected": 6,
        "rows_outside_areas": 2,
        "rows_outside_window": 3,
        "rows_excluded": 5,
        "rows_analysed": 27,
    }
    assert summary["rows_read"] == sum(summary[name] for name in PARTS) == 43
    assert summary["rejected_by_reason"] == {"no coordinates": 6}
    assert summary["excluded_by_reason"] == {
        "category left out: Drugs": 4,
        "recorded at a police station, hospital, prison or no fixed place": 1,
    }
    assert analysis.cells_table["n_incidents"].sum() == 27
    assert analysis.rejects.height == 13
    assert analysis.outside_window.height == 3


def test_cells_have_the_hand_counts_and_true_areas(analysis: Analysis) -> None:
    table = analysis.cells_table
    counts = dict(zip(table["cell"], table["n_incidents"], strict=True))
    assert counts == {toy.A: 14, toy.B: 6, toy.C: 3, toy.D: 4}
    a = table.row(by_predicate=pl.col("cell") == toy.A, named=True)
    assert a["hotspot_id"] == 1
    assert a["gi_z"] > 3
    assert 0 <= a["gi_p_adjusted"] < 0.05


def test_the_first_place_by_hand(analysis: Analysis) -> None:
    first = analysis.hotspots[0]
    assert first.n_incidents == 14 + 6 + 3
    assert first.share == pytest.approx(23 / 27)
    assert first.name.startswith("Low Road, ")
    assert first.trend.now == 18
    assert first.trend.before == 5
    assert first.trend.word == "higher"
    assert first.trend.months == 1
    assert "23 of 27 incidents (85.2%)" in first.why
    assert first.stability > 0.95
    assert analysis.hotspots[1].n_incidents == 4


def test_the_floor_allows_for_months_without_data(dataset: Dataset) -> None:
    """27 incidents in 2 covered months: place 2 has 4, or 24 a year, under 36."""
    places = analyse(dataset).hotspots
    assert [place.below_floor for place in places] == [False, True]
    assert "about 24 a year" in places[1].why


def test_areas_show_both_counts_beside_any_percentage(analysis: Analysis) -> None:
    table = analysis.areas_table
    assert table["n_window"].sum() == 27
    assert table["n_now"].sum() == 22
    assert table["n_previous"].sum() == 5
    for row in table.iter_rows(named=True):
        if row["n_previous"] == 0:
            assert row["change_percent"] is None
        assert row["word"] in {"higher", "lower", "usual", "too few to say"}
        assert row["percent_on_small_base"]


def test_every_automatic_choice_is_noted(analysis: Analysis) -> None:
    notes = " ".join(analysis.notes)
    for words in (
        "last 24 months",
        "cover 60 of the 731 days",
        "1 month in",
        "snap points",
        "weekly, time-of-day and near-repeat analysis is refused",
        "code from WD13CD",
        "severity",
    ):
        assert words in notes


def test_filters(dataset: Dataset) -> None:
    only_west = analyse(dataset, Parameters(area="W0"))
    only_east = analyse(dataset, Parameters(area="W1"))
    assert only_west.incidents.n == 14 + 6 + 3
    assert only_east.incidents.n == 4
    drugs = analyse(dataset, Parameters(categories=("Drugs",)))
    assert drugs.incidents.n == 4, "asked for by name, so analysed"
    for chosen in (only_west, only_east, drugs):
        summary = chosen.summary
        assert summary["rows_read"] == sum(summary[name] for name in PARTS)


def test_one_area_has_no_background_outside_it(dataset: Dataset) -> None:
    everywhere = analyse(dataset, Parameters())
    only_west = analyse(dataset, Parameters(area="W0"))
    west = dataset.outline_of("W0")
    assert len(only_west.cells) < len(everywhere.cells)
    assert shapely.intersects(only_west.cells.polygons(), west).all()


def test_impossible_choices_are_refused(dataset: Dataset) -> None:
    with pytest.raises(ParameterError, match="Did you mean 'Burglary'"):
        analyse(dataset, Parameters(categories=("Burglry",)))
    with pytest.raises(ParameterError, match="code of one that was given"):
        analyse(dataset, Parameters(area="nowhere"))
    with pytest.raises(NoUsableRowsError, match="at least one incident"):
        analyse(dataset, Parameters(window="2023-05:2023-05", categories=("Drugs",)))
    with pytest.raises(ParameterError, match="must overlap"):
        analyse(dataset, Parameters(window="2019-01:2019-02"))
    with pytest.raises(ParameterError):
        Parameters(resolution=7)
    with pytest.raises(ParameterError):
        Parameters(window_months=0)


def test_the_order_of_files_and_rows_changes_no_number(
    tmp_path: Path, analysis: Analysis, folder: Path
) -> None:
    lines = toy_lines()
    np.random.default_rng(5).shuffle(lines)
    half = len(lines) // 2
    one = toy.write_police_uk(tmp_path / "one.csv", lines[:half])
    two = toy.write_police_uk(tmp_path / "two.csv", lines[half:])
    again = analyse(load([two, one], [folder / "wards.geojson"], today=TODAY))
    assert again.cells_table.equals(analysis.cells_table)
    assert again.areas_table.equals(analysis.areas_table)
    assert [h.why for h in again.hotspots] == [h.why for h in analysis.hotspots]


def test_outputs_are_complete_and_byte_identical(
    analysis: Analysis, dataset: Dataset, tmp_path: Path
) -> None:
    first = write(analysis, tmp_path / "one")
    assert sorted(p.name for p in first) == sorted(FILES)
    assert sorted(p.name for p in (tmp_path / "one").glob("[!.]*")) == sorted(FILES)
    fresh = replace(dataset, _cells={})
    second = write(analyse(fresh), tmp_path / "two")
    for a, b in zip(first, second, strict=True):
        assert a.read_bytes() == b.read_bytes(), a.name
    summary = json.loads((tmp_path / "one" / "summary.json").read_text("utf-8"))
    assert summary["inputs"][0]["name"] == "2025-06-toy-street.csv"
    assert len(summary["inputs"][0]["sha256"]) == 64
    assert len(summary["config_hash"]) == 64


def test_rejects_csv_lists_each_row_not_used(
    analysis: Analysis, tmp_path: Path
) -> None:
    write(analysis, tmp_path / "out", extras=Extras(every_row=True))
    table = pl.read_csv(tmp_path / "out" / "rejects.csv")
    assert table.columns == [
        "file",
        "line",
        "reason",
        "value",
        "status",
        "data",
        "marking",
        "attribution",
    ]
    assert table.height == 43 - 27
    assert set(table["file"]) == {"2025-06-toy-street.csv"}
    assert table["line"].n_unique() == 16
    assert table["status"][0] == "rejected"
    outside = table.filter(pl.col("status") == "outside window")
    assert set(outside["reason"]) == {"before the window"}
    write(analysis, tmp_path / "out")
    shorter = pl.read_csv(tmp_path / "out" / "rejects.csv")
    assert shorter.equals(table.filter(pl.col("status") != "outside window"))


def test_an_earlier_run_is_replaced_and_strange_folders_are_left_alone(
    analysis: Analysis, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    write(analysis, out)
    write(analysis, out)
    (out / "notes.docx").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"notes\.docx"):
        write(analysis, out)
    assert (out / "notes.docx").exists()
    assert (out / "summary.json").exists()
    with pytest.raises(OutputError, match="is a file"):
        write(analysis, out / "notes.docx")


def test_a_failed_write_leaves_nothing_behind(
    analysis: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("hotspots.outputs.analysis_folder._Folder.write_summary", fail)
    with pytest.raises(OutputError, match="disk full"):
        write(analysis, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_snapped_points_refuse_a_window_across_july_2022(tmp_path: Path) -> None:
    path = toy.write_police_uk(
        tmp_path / "a.csv", [line(toy.A, "2022-05"), line(toy.A, "2022-08")] * 3
    )
    data = load([path], [toy.write_town(tmp_path / "w.geojson")], today=TODAY)
    with pytest.raises(PrecisionError, match="July 2022"):
        analyse(data, Parameters(window="all"))
    assert analyse(data).window.start == dt.date(2022, 7, 1)


def test_config_hash_follows_the_parameters(dataset: Dataset) -> None:
    base = analyse(dataset).summary["config_hash"]
    other = analyse(dataset, Parameters(rule=HotspotRule(n_hotspots=3)))
    assert other.summary["config_hash"] != base
    assert analyse(dataset).summary["config_hash"] == base
