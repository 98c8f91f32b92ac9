"""Every file that a command writes is read back by a program that knows its format."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from every_command import COMMANDS, link_files
from program import run
from read_back import READERS, read_back

pytestmark = pytest.mark.slow

ROOMS = ("analyse", "suggest", "brief", "transparency", "questions")
CASES = [
    (room, name)
    for room in ROOMS
    for name in COMMANDS[room]
    if not name.endswith((", seed 2", ", seed 3", "snap points", "other forces"))
]
CREDIT = {"town": "imulated", "melton": "Open Government Licence"}


@pytest.mark.parametrize(("room", "name"), CASES)
def test_every_file_is_read_and_credits_its_source(
    room: str,
    name: str,
    root: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    lines = COMMANDS[room][name]
    link_files(lines, tmp_path, root, request)
    for line in lines.split(";"):
        extra = ["--format", "esri"] if room in ("analyse", "suggest") else []
        done = run(*shlex.split(line), *extra, at=tmp_path)
        assert done.returncode in (0, 2), done.stderr
    if not (tmp_path / "out").is_dir():
        return  # a question without a picture says all on the screen
    words = read_back(tmp_path / "out")
    credit = CREDIT["melton" if "melton" in lines else "town"]
    silent = [
        path
        for path, text in words.items()
        if credit not in text and path != "comment.toml"  # a form, to be filled in
    ]
    assert not silent, f"no word of whose data they are: {silent}"


def test_a_file_without_a_reader_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "new.dxf").write_text("0")
    assert ".dxf" not in READERS
    with pytest.raises(AssertionError, match=r"no reader for \['new\.dxf'\]"):
        read_back(tmp_path / "out")
