"""The questions: one definition makes the command, the page and the documentation."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import polars as pl
import pytest
import toy
from program import run
from test_workflow import toy_lines
from town import sample_town

from hotspots.core.errors import ParameterError, PrecisionError, TooFewError
from hotspots.core.table import text_table
from hotspots.core.window import Window
from hotspots.methods.usual_range import PeriodReport
from hotspots.model.harm import protected_reason
from hotspots.questions import QUESTIONS, Answer, change
from hotspots.questions.gather import gather
from hotspots.questions.manual import manual
from hotspots.resources import load_resources
from hotspots.samples import sample_path, sample_paths
from hotspots.workflow import Dataset, load

TODAY = ("--today", "2025-07-01")
ROOT = Path(__file__).resolve().parent.parent


def ask(*args: str | Path) -> str:
    done = run(*args)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def town() -> tuple[Path, tuple[Path, ...]]:
    return sample_paths()


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return sample_town()


def answer(dataset: Dataset, name: str, **text: str) -> Answer:
    question = QUESTIONS[name]
    categories = ["Burglary"] if question.needs_moments else None
    premises = load_resources(premises=sample_path("data/simulated_premises.csv"))
    material = gather(question, dataset, categories=categories, resources=premises)
    return question.answer(material, text)


@pytest.mark.parametrize("name", [n for n in QUESTIONS if n != "effect"])
def test_every_question_has_an_answer_in_words_and_numbers(
    dataset: Dataset, name: str
) -> None:
    found = answer(dataset, name)
    assert found.sentences
    assert any(re.search(r"\d", sentence) for sentence in found.sentences)
    assert any(table.rows.height for table in found.tables)
    for picture in found.pictures:
        assert 'role="img"' in picture.svg
        assert "<title" in picture.svg


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_is_explained_in_the_documentation(name: str) -> None:
    question = QUESTIONS[name]
    page = ROOT / "docs" / "methods" / f"{question.document}.md"
    text = page.read_text(encoding="utf-8").lower()
    for part in ("use it|when|use ", "not", "source"):
        assert re.search(part, text), f"{page.name} lacks '{part}'"
    assert manual() == (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
    index = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
    assert f"hotspots {name} " in index
    assert f"methods/{question.document}.md" in index
    for param in question.options:
        assert f"`--{param.name.replace('_', '-')}`" in index, param.name


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_option_that_is_not_there_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(ParameterError, match="has no option 'colour'"):
        QUESTIONS[name].build({"colour": "red"})


def test_a_table_row_of_another_length_is_refused() -> None:
    with pytest.raises(ParameterError, match="must have 2 values"):
        text_table("t", ["a", "b"], [("1",)])


def test_repeats_gives_both_counts_and_what_chance_would_give(
    town: tuple[Path, tuple[Path, ...]],
) -> None:
    said = ask(
        "repeats", town[0], "--category", "Burglary", "--at-risk", "17001", *TODAY
    )
    assert "targets were targets again" in said
    assert "Chance would give" in said
    assert "0 to 7" in said


def test_near_repeats_shows_pairs_beside_chance_and_the_open_zones(
    town: tuple[Path, tuple[Path, ...]],
) -> None:
    said = ask(
        "near-repeats", town[0], "--category", "Burglary", "--on", "2025-06-30", *TODAY
    )
    assert "where chance gives" in said
    assert "zones are open on 30 June 2025; " in said
    assert "groups of incidents are on alert." in said
    assert "times as many others here as chance" in " ".join(said.split())
    assert "1 to under 100 m" in said


def test_clock_writes_an_accessible_picture(
    town: tuple[Path, tuple[Path, ...]], tmp_path: Path
) -> None:
    said = ask("clock", town[0], "--out", tmp_path / "pictures", *TODAY)
    assert "he busiest four hours" in said
    picture = (tmp_path / "pictures" / "clock.svg").read_text(encoding="utf-8")
    assert 'role="img"' in picture
    assert "<title" in picture


def test_change_says_usual_in_words(town: tuple[Path, tuple[Path, ...]]) -> None:
    said = ask("change", town[0], *TODAY)
    assert "3 June 2025 to 30 June 2025" in said
    assert "usual" in said
    assert "too few to" in said


@pytest.mark.parametrize(
    ("alarm", "overall", "said"),
    [
        ("rise", True, "after allowing for the number of rows compared: Arson (30, us"),
        ("rise", False, "looked at alone: Arson."),
        ("", False, "rows is outside its usual range once the number of rows is allow"),
    ],
)
def test_what_change_says_is_what_its_table_shows(
    alarm: str, overall: bool, said: str
) -> None:
    row = {
        "name": "All", "now": 90, "previous": 80, "last_year": None, "usual_low": 60,
        "usual_high": 99, "word": "usual", "alarm": "", "significant_overall": False,
        "percent": 12.0, "small_base": False,
    }  # fmt: skip
    arson = {**row, "name": "Arson", "now": 30, "alarm": alarm}
    arson |= {"usual_high": 20, "significant_overall": overall}
    window = Window(start=dt.date(2025, 6, 1), end=dt.date(2025, 7, 1))
    report = PeriodReport(frame=pl.DataFrame([row, arson]), window=window, notes=())
    words = " ".join(change._sentences(report))
    assert said in words
    assert ("Arson" in words) == bool(alarm)
    shown = change._table(report).rows.row(1)
    assert shown[-2:] == (alarm or "none", "yes" if overall else "no")


def test_evaluate_holds_methods_against_the_plain_count(
    town: tuple[Path, tuple[Path, ...]], tmp_path: Path
) -> None:
    said = ask(
        "evaluate", town[0], "--areas", town[1][0], "--out", tmp_path / "curves", *TODAY
    )
    assert "the plain count of 12 months found" in " ".join(said.split())
    assert "95% interval" in said
    assert sorted(p.name for p in (tmp_path / "curves").iterdir()) == [
        "capture.svg",
        "lorenz.svg",
    ]


def asked_of(dataset: Dataset, name: str, *, text=None, **chosen) -> tuple:
    question = QUESTIONS[name]
    material = gather(question, dataset, **chosen)
    return material, question.answer(material, text or {})


def test_evaluate_is_asked_of_the_category_and_the_area_that_were_chosen(
    dataset: Dataset,
) -> None:
    material, found = asked_of(
        dataset, "evaluate", categories=["Burglary"], area="SIM-W01"
    )
    row = dataset.areas.frame["code"].to_list().index("SIM-W01")
    km2 = re.search(r"\(([\d.]+) km2\)", found.sentences[0])
    assert km2
    area = 0.005 * dataset.areas.area_km2[row]
    assert area <= float(km2[1]) < 1.5 * area
    tested = int(found.tables[0].shown()[0][3].replace(",", ""))
    assert 0 < tested < material.incidents.n
    assert set(material.incidents.frame["category"]) == {"Burglary"}
    assert "28 days" in found.sentences[0]
    _, months = asked_of(
        dataset, "evaluate", text={"period": "month"}, categories=["Burglary"]
    )
    assert "unseen months" in months.sentences[0]
    with pytest.raises(TooFewError, match="the 6 months with incidents allow 0"):
        asked_of(dataset, "evaluate", window="2025-01:2025-06")


def test_cells_beyond_the_area_that_was_asked_for_are_no_background(
    dataset: Dataset,
) -> None:
    text = {"resolution": "10"}
    whole, _ = asked_of(dataset, "clusters", text=text)
    within, found = asked_of(dataset, "clusters", text=text, area="SIM-W01")
    assert len(within.cells(10)) < 0.2 * len(whole.cells(10))
    assert f" of {len(within.cells(10)):,} cells" in found.sentences[0]


def test_effect_from_counts_says_cannot_tell_when_it_cannot() -> None:
    said = ask("effect", "--treated", "40,36", "--control", "200,190")
    assert said.startswith("Cannot tell.")
    said = ask("effect", "--treated", "400,200", "--control", "400,400")
    assert said.startswith("Fell more than comparison.")
    done = run("effect", "--treated", "forty", "--control", "1,2")
    assert done.returncode == 2
    assert "file of incidents must be given" in done.stderr


def test_effect_from_areas_counts_what_lies_in_them(dataset: Dataset) -> None:
    found = answer(
        dataset,
        "effect",
        treated="Brindleford Market",
        control="Brindleford Millbrook;Brindleford Eastfield",
        before="2023-07:2024-06",
        after="2024-07:2025-06",
    )
    hidden = protected_reason(dataset.incidents, dataset.weights)
    apart = dataset.incidents.frame["apart"].is_not_null()
    frame = dataset.incidents.frame.filter(hidden.is_null() & ~apart)
    wards = [dataset.ward_of_place[place] for place in frame["place"]]
    counted = [
        sum(
            ward == "Brindleford Market" and (start.year, start.month) in months
            for ward, start in zip(wards, frame["start"], strict=True)
        )
        for months in (
            {(2023, m) for m in range(7, 13)} | {(2024, m) for m in range(1, 7)},
            {(2024, m) for m in range(7, 13)} | {(2025, m) for m in range(1, 7)},
        )
    ]
    row = found.tables[0].shown()[0]
    assert row == ["Where you acted", f"{counted[0]:,}", f"{counted[1]:,}"]
    assert "95% interval" in " ".join(found.sentences)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"after": "2024-07:2024-09"}, "equally long"),
        ({"control": "Brindleford Market"}, "must not overlap"),
        ({"treated": "Brindleford Markt"}, "Did you mean 'Brindleford Market'"),
    ],
)
def test_an_effect_that_cannot_be_judged_is_refused(
    dataset: Dataset, change: dict[str, str], message: str
) -> None:
    asked = {
        "treated": "Brindleford Market",
        "control": "Brindleford Millbrook",
        "before": "2023-07:2024-06",
        "after": "2024-07:2025-06",
    }
    with pytest.raises(ParameterError, match=message):
        answer(dataset, "effect", **{**asked, **change})


def test_an_effect_judged_by_the_counts_that_chose_the_place_is_cautioned(
    dataset: Dataset,
) -> None:
    found = answer(
        dataset,
        "effect",
        treated="Brindleford Market",
        control="Brindleford Millbrook",
        before="2023-07:2024-06",
        after="2024-07:2025-06",
        chosen_on="2024-01:2024-12",
    )
    assert "falls by itself" in " ".join(found.notes)


@pytest.mark.parametrize("command", ["repeats", "near-repeats", "clock"])
def test_month_only_files_are_refused_with_the_reason(
    tmp_path: Path, command: str
) -> None:
    lines = [line for line in toy_lines() if ",2025-06," in line]
    done = run(command, toy.write_police_uk(tmp_path / "toy.csv", lines), *TODAY)
    assert done.returncode == 2
    assert "only the month" in " ".join(done.stderr.split())


def test_a_question_of_areas_is_not_asked_without_them(
    town: tuple[Path, tuple[Path, ...]],
) -> None:
    done = run("clusters", town[0], *TODAY)
    assert done.returncode == 2
    assert "--areas" in done.stderr


def test_exact_places_are_not_compared_across_new_snap_points() -> None:
    melton = ROOT.parent / "shared" / "data" / "melton"
    if not melton.is_dir():
        pytest.skip("the shared data are not beside the checkout")
    real = load(
        [melton / "police_uk"], [melton / "boundaries" / "melton_wards_2013.geojson"]
    )
    with pytest.raises(PrecisionError, match="July 2022"):
        gather(QUESTIONS["history"], real, window="all")
    assert gather(QUESTIONS["change"], real).incidents.n > 10_000
