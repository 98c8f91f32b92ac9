"""The commands that ask one question: real runs on the simulated town."""

from __future__ import annotations

from pathlib import Path

import pytest
import toy
from test_cli import run
from test_workflow import toy_lines

from hotspots.samples import sample_paths

TODAY = ("--today", "2025-07-01")


def ask(*args: str | Path) -> str:
    done = run(*args)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def town() -> tuple[Path, tuple[Path, ...]]:
    return sample_paths()


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
    assert "zones are open on 30 June 2025" in said
    assert "[1, 100) m" in said


def test_clock_writes_an_accessible_picture(
    town: tuple[Path, tuple[Path, ...]], tmp_path: Path
) -> None:
    said = ask("clock", town[0], "--out", tmp_path / "clock.svg", *TODAY)
    assert "The busiest four hours" in said
    picture = (tmp_path / "clock.svg").read_text(encoding="utf-8")
    assert 'role="img"' in picture
    assert "<title" in picture


def test_change_says_usual_in_words(town: tuple[Path, tuple[Path, ...]]) -> None:
    said = ask("change", town[0], *TODAY)
    assert "3 June 2025 to 30 June 2025" in said
    assert "usual" in said
    assert "too few to say" in said


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


def test_effect_says_cannot_tell_when_it_cannot() -> None:
    said = ask("effect", "--treated", "40,36", "--control", "200,190")
    assert said.startswith("Cannot tell.")
    said = ask("effect", "--treated", "400,200", "--control", "400,400")
    assert said.startswith("Fell more than comparison.")
    done = run("effect", "--treated", "forty", "--control", "1,2")
    assert done.returncode == 2
    assert "two whole numbers" in done.stderr


@pytest.mark.parametrize("command", ["repeats", "near-repeats", "clock"])
def test_month_only_files_are_refused_with_the_reason(
    tmp_path: Path, command: str
) -> None:
    lines = [line for line in toy_lines() if ",2025-06," in line]
    done = run(command, toy.write_police_uk(tmp_path / "toy.csv", lines), *TODAY)
    assert done.returncode == 2
    assert "only the month" in " ".join(done.stderr.split())
