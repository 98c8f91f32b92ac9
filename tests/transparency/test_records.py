"""Documents filled in from a real run, blanks marked, nothing invented or leaked."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from town import sample_town
from typer.testing import CliRunner

from hotspots.cli import app
from hotspots.core.errors import OutputError, SourceError
from hotspots.delivery.status import STATUS, TASK, Run, record_run
from hotspots.disclosure import Policy
from hotspots.outputs.formats.plan_record import plan_record, write_plan_json
from hotspots.samples import sample_paths
from hotspots.tactics.plan import Plan
from hotspots.tactics.planner import PlanRequest, suggest
from hotspots.transparency import (
    build_documents,
    read_plan_run,
    read_usage,
    write_transparency,
)
from hotspots.transparency.records import Document, Entry, Section, escape_markdown
from hotspots.workflow import Analysis, analyse, evaluate


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return analyse(sample_town())


@pytest.fixture(scope="module")
def written(
    analysis: Analysis, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    paths = write_transparency(analysis, tmp_path_factory.mktemp("out") / "records")
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


def entries(document: Document) -> dict[str, Entry]:
    return {
        entry.number or entry.name: entry
        for section in document.sections
        for entry in section.entries
    }


def test_three_documents_each_as_markdown_and_json(written: dict[str, str]) -> None:
    assert sorted(written) == sorted(
        f"{name}.{ending}"
        for name in ("atrs-record", "dpia-evidence", "equality-note")
        for ending in ("md", "json")
    )
    for name in ("atrs-record", "dpia-evidence", "equality-note"):
        record = json.loads(written[f"{name}.json"])
        text = written[f"{name}.md"]
        todo = re.findall(r"\*\*(?:To|Rest to) be completed by [^*]+\.\*\*", text)
        assert len(todo) == record["to_be_completed"] > 0


def test_every_entry_is_filled_in_or_says_who_completes_it(analysis: Analysis) -> None:
    for document in build_documents(analysis).values():
        for name, entry in entries(document).items():
            assert entry.lines or entry.complete_by, name


def test_the_record_follows_the_questions_of_the_standard_in_order(
    analysis: Analysis,
) -> None:
    numbers = [
        tuple(int(part) for part in number.split("."))
        for number in entries(build_documents(analysis)["atrs-record"])
    ]
    assert numbers == sorted(numbers)
    assert {number[:2] for number in numbers} == {
        (1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 2), (2, 3), (2, 4), (2, 5),
    }  # fmt: skip


def test_hashes_and_parameters_are_those_of_the_run(
    analysis: Analysis, written: dict[str, str]
) -> None:
    for one in analysis.summary["inputs"]:
        assert one["sha256"] in written["atrs-record.md"]
        assert one["sha256"] in written["dpia-evidence.md"]
    assert analysis.summary["config_hash"] in written["atrs-record.md"]
    assert "SIMULATED" in written["atrs-record.md"]


def test_what_nobody_told_the_software_is_left_blank(analysis: Analysis) -> None:
    found = entries(build_documents(analysis)["atrs-record"])
    for number in ("1.3", "1.4", "2.1.1", "2.1.3", "2.1.4.2", "2.3.5", "2.4.3.9"):
        assert found[number].lines == ()
        assert found[number].complete_by
    assert found["2.4.2.7"].lines == ("No back-test was given to this record.",)
    assert found["2.4.2.7"].complete_by


def test_the_public_record_rounds_its_counts_and_the_evidence_does_not(
    analysis: Analysis, written: dict[str, str]
) -> None:
    summary = analysis.summary
    exact = f"Rows analysed: {summary['rows_analysed']:,}"
    assert exact in written["dpia-evidence.md"]
    public = entries(build_documents(analysis)["atrs-record"])["2.4.3.3"].lines
    counts = [line.split(": ")[1] for line in public if line.startswith("Rows ")]
    assert len(counts) == 6
    for count in counts:
        assert count == "not shown" or int(count.replace(",", "")) % 5 == 0
    told = [n for name, n in summary.items() if name.startswith("rows_") and n % 5]
    assert told
    assert not [n for n in told if f": {n:,}\n" in written["atrs-record.md"]]
    for note in summary["notes"]:
        assert note not in written["atrs-record.json"]


def test_a_stricter_policy_reaches_the_record(analysis: Analysis) -> None:
    strict = build_documents(analysis, policy=Policy(min_count=10, round_to=50))
    lines = entries(strict["atrs-record"])["2.4.3.3"].lines
    shown = [line for line in lines if re.fullmatch(r"Rows .*: [\d,]+", line)]
    assert shown
    assert all(int(s.split(": ")[1].replace(",", "")) % 50 == 0 for s in shown)


def test_a_back_test_is_carried_with_the_plain_count_beside(
    analysis: Analysis,
) -> None:
    evaluation = evaluate(analysis.dataset, resolution=8)
    made = build_documents(analysis, evaluation=evaluation)
    entry = entries(made["atrs-record"])["2.4.2.7"]
    assert entry.complete_by == ""
    assert any(evaluation.names[0] in line for line in entry.lines)
    for number in re.findall(r"found ([\d,]+) of ([\d,]+)", " ".join(entry.lines)):
        assert all(int(part.replace(",", "")) % 5 == 0 for part in number)
    evidence = entries(made["dpia-evidence"])["Does it achieve its purpose"]
    assert evaluation.sentences()[0] in evidence.lines


def test_what_is_not_known_is_not_claimed(analysis: Analysis) -> None:
    """Nothing of what a partnership does is said by the software."""
    made = build_documents(analysis, untested="No back-test was asked for.")
    found = entries(made["atrs-record"])
    assert found["2.4.2.7"].lines == ("No back-test was asked for.",)
    assert found["2.4.3.1"].lines == ("No model is trained.",)
    assert found["2.3.3"].lines == ()
    for number in ("2.3.1", "2.3.2", "2.3.3", "2.2.2", "2.5.2"):
        assert found[number].complete_by
    everything = " ".join(one.to_markdown() for one in made.values())
    for word in ("unbiased", "fair ", "accurate", "ensures", "guarantee", "compliant"):
        assert word not in everything, word


def test_missing_months_are_told(analysis: Analysis) -> None:
    """The simulated town's files hold every month; without two they say so."""
    whole = entries(build_documents(analysis)["atrs-record"])["2.4.3.5"].lines
    assert any("in 24 of its 24 months." in line for line in whole)
    incidents = analysis.dataset.incidents
    start = pl.col("start").dt.strftime("%Y-%m")
    kept = incidents.frame.select(~start.is_in(["2024-02", "2024-03"])).to_series()
    reading = replace(analysis.dataset.reading, incidents=incidents.select(kept))
    dataset = replace(analysis.dataset, reading=reading)
    fewer = build_documents(replace(analysis, dataset=dataset))
    lines = entries(fewer["atrs-record"])["2.4.3.5"].lines
    assert any("in 22 of its 24 months." in line for line in lines)


def test_left_out_is_what_the_run_left_out(analysis: Analysis) -> None:
    lines = entries(build_documents(analysis)["atrs-record"])["2.2.1"].lines
    reasons = analysis.summary["excluded_by_reason"]
    assert set(reasons) <= set(lines)
    held = analysis.incidents.frame.select("category", "subcategory").unique().rows()
    for reason in reasons:
        if reason.startswith("category left out: "):
            told = reason.removeprefix("category left out: ")
            assert tuple(told.split(", ")) not in held


def test_runs_of_the_brief_are_counted_from_their_record(tmp_path: Path) -> None:
    assert read_usage(tmp_path) == ("No run of the weekly brief is on record.",)
    monday = dt.datetime(2025, 6, 2, 5, tzinfo=dt.UTC)
    for week, code in enumerate((0, 1, 0)):
        when = monday + dt.timedelta(days=7 * week)
        record_run(
            tmp_path / STATUS,
            Run(task=TASK, started=when, finished=when, exit_code=code, message="x"),
        )
    (line,) = read_usage(tmp_path)
    assert line == (
        "Runs of the weekly brief on record, 2 June 2025 to 16 June 2025: 3, of which "
        "2 were done and 1 failed."
    )


@pytest.fixture(scope="module")
def plan(analysis: Analysis) -> Plan:
    return suggest(
        analysis.dataset,
        PlanRequest(tactic="operation", options={"template": "op-defrost"}),
    )


def test_a_plan_is_told_from_its_file_as_from_itself(
    analysis: Analysis, plan: Plan, tmp_path: Path
) -> None:
    folder = tmp_path / "plan"
    folder.mkdir()
    path = folder / "plan.json"
    write_plan_json(path, plan_record(plan))
    read = read_plan_run(folder)
    made = build_documents(analysis, plans=[read])
    assert made == build_documents(analysis, plans=[plan])
    assert read in entries(made["equality-note"])["What the plans suggest"].lines
    assert f"{len(plan.suggestions)} suggestion" in read

    path.write_text(path.read_text().replace(plan.title, "Another title"))
    with pytest.raises(SourceError, match="was changed since"):
        read_plan_run(folder)
    path.write_text("{}")
    with pytest.raises(SourceError, match="Make it again"):
        read_plan_run(folder)
    path.unlink()
    with pytest.raises(SourceError, match="must hold"):
        read_plan_run(folder)


def test_the_command_writes_the_six_files(tmp_path: Path) -> None:
    incidents, areas = sample_paths()
    typed = ["transparency", str(incidents), "--areas", str(areas[0])]
    options = ["--out", str(tmp_path / "out"), "--briefs", str(tmp_path)]
    done = CliRunner().invoke(
        app, [*typed, *options, "--no-back-test"], catch_exceptions=False
    )
    assert done.exit_code == 0
    names = sorted(path.name for path in (tmp_path / "out").glob("[!.]*"))
    assert len(names) == 6
    assert all(name in done.stdout.replace("\n", "") for name in names)
    record = (tmp_path / "out" / "atrs-record.md").read_text()
    assert "No back-test was asked for." in record
    assert "No run of the weekly brief is on record." in record


def test_the_same_run_gives_the_same_bytes(
    analysis: Analysis, written: dict[str, str], tmp_path: Path
) -> None:
    for path in write_transparency(analysis, tmp_path):
        assert path.read_text(encoding="utf-8") == written[path.name]


def test_a_hostile_name_stays_text(analysis: Analysis) -> None:
    name = "<script>alert(1)</script>\n# [x](javascript:1) | `y`"
    first = replace(analysis.hotspots[0], ward=name)
    changed = replace(analysis, hotspots=(first, *analysis.hotspots[1:]))
    text = build_documents(changed)["equality-note"].to_markdown()
    assert "<script>" not in text
    assert "\n# [x]" not in text
    assert r"\<script\>alert(1)\</script\> \# \[x\]" in text
    assert escape_markdown("1. a") == r"\1. a"


def test_a_folder_that_cannot_be_written_is_said(
    analysis: Analysis, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="Choose another"):
        write_transparency(analysis, tmp_path / "file")


def test_blanks_are_counted() -> None:
    made = Document(
        title="t",
        marking="m",
        introduction="i",
        sections=(Section(title="s", entries=(Entry(name="a", complete_by="b"),)),),
    )
    assert made.n_blanks == 1
    assert "**To be completed by b.**" in made.to_markdown()
