"""Settings and records of ours that are nested deep, or hold numbers without end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from hotspots.brief.comment import read_comment
from hotspots.brief.record import JSON, read_previous
from hotspots.core.errors import HotspotsError
from hotspots.core.folders import MANIFEST, foreign_files
from hotspots.core.small import MOST_LEVELS, json_of, toml_of
from hotspots.delivery.mail_settings import MailSettings
from hotspots.delivery.status import read_runs
from hotspots.intake.profile import Profile
from hotspots.service.site import Settings
from hotspots.tactics.operation.template import read_template
from hotspots.transparency.runs import read_plan_run

N = 100_000
TOML = {
    "arrays": "a = " + "[" * N,
    "whole arrays": "a = " + "[" * N + "]" * N,
    "tables in lines": "a = " + "{a=" * N,
    "a dotted key": ".".join(["a"] * N) + " = 1",
    "a dotted table": "[" + " . ".join(["a"] * N) + "]",
    "quoted parts": '"a".' * N + "a = 1",
    "a dotted key in a line": "a = {" + "b." * 200 + "b = 1}",
    "digits": "a = " + "9" * 5_000,
}
JSONS = {
    "arrays": "[" * N,
    "whole arrays": "[" * N + "]" * N,
    "objects": '{"a":' * N + "1" + "}" * N,
    "deep inside": '{"files": ' + "[" * 500 + "]" * 500 + "}",
    "digits": "9" * 5_000,
    "a power": '{"files": 1e400, "runs": NaN}',
}
READERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "profile": ("p.toml", Profile.from_toml),
    "comment": ("comment.toml", lambda path: read_comment(path, period="2025-05")),
    "mail": ("mail.toml", MailSettings.from_toml),
    "site": ("site.toml", Settings.from_toml),
    "template": ("t.toml", lambda path: read_template(str(path))),
    "plan": ("plan.json", lambda path: read_plan_run(path.parent)),
    "brief": (JSON, lambda path: read_previous(path.parent, before=dt.date.max)),
    "runs": ("runs.json", read_runs),
}


@pytest.mark.parametrize("reader", READERS)
def test_no_reader_of_ours_falls_into_it(reader: str, tmp_path: Path) -> None:
    name, read = READERS[reader]
    path = tmp_path / name
    texts = TOML if path.suffix == ".toml" else JSONS
    for what, text in texts.items():
        path.write_text(text)
        with pytest.raises(HotspotsError) as refused:
            read(path)
        assert "(reference " not in str(refused.value), what
        assert len(str(refused.value)) < 2_000, what


@pytest.mark.parametrize("what", JSONS)
def test_a_list_of_files_that_is_none_makes_all_foreign(
    what: str, tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / MANIFEST).write_text(JSONS[what])
    assert foreign_files(tmp_path) == {"mine.txt"}


def test_levels_are_counted_to_the_last() -> None:
    inner = MOST_LEVELS - 1
    assert json_of("[" * inner + "1" + "]" * inner)
    with pytest.raises(ValueError, match="nested more than"):
        json_of("[" * MOST_LEVELS + "1" + "]" * MOST_LEVELS)
    assert toml_of("a." * 40 + "a = 1")
    with pytest.raises(ValueError, match="nested more than"):
        toml_of("a." * 70 + "a = 1")
