from __future__ import annotations

from pathlib import Path

import pytest

from hotspots.core.errors import OutputError
from hotspots.core.folders import atomic_folder


def is_output(name: str) -> bool:
    return name in {"a.txt", "tables/old.csv"}


def write(out: Path, text: str) -> None:
    with atomic_folder(out, is_output=is_output) as made:
        (made / "a.txt").write_text(text)
        (made / "tables").mkdir()


def test_a_folder_is_made_and_replaced(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    write(out, "1")
    (out / "tables" / "old.csv").write_text("old")
    write(out, "2")
    assert (out / "a.txt").read_text() == "2"
    assert list((out / "tables").iterdir()) == []
    assert [path.name for path in out.parent.iterdir()] == ["out"]


@pytest.mark.parametrize("stop", [RuntimeError, KeyboardInterrupt])
def test_after_a_stop_the_earlier_folder_is_as_it_was(
    tmp_path: Path, stop: type[BaseException]
) -> None:
    out = tmp_path / "out"
    write(out, "1")

    def fail() -> None:
        with atomic_folder(out, is_output=is_output) as made:
            (made / "a.txt").write_text("half")
            raise stop

    with pytest.raises(stop):
        fail()
    assert (out / "a.txt").read_text() == "1"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_stop_between_the_two_renames_puts_the_earlier_folder_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    write(out, "1")
    rename = Path.rename

    def stop(self: Path, target: Path) -> Path:
        if Path(target) == out and not self.name.endswith("-old"):
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stop)
    with pytest.raises(KeyboardInterrupt):
        write(out, "2")
    assert (out / "a.txt").read_text() == "1"


def test_what_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.doc").write_text("mine")
    with pytest.raises(OutputError, match=r"holds 'thesis\.doc' too"):
        write(out, "1")
    assert (out / "thesis.doc").read_text() == "mine"
    with pytest.raises(OutputError, match="must be a folder"):
        write(out / "thesis.doc", "1")


def test_also_in_folders_inside(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "1")
    (out / "tables" / "mine.csv").write_text("mine")
    with pytest.raises(OutputError, match=r"holds 'tables/mine\.csv' too"):
        write(out, "2")


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="one that can be written"):
        write(tmp_path / "file" / "out", "1")
