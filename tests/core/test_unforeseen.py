from __future__ import annotations

import stat
from pathlib import Path

import pytest

from hotspots.core.unforeseen import record_unforeseen

SECRET = "Mary Smith, 4 High Street"


def failed(depth: int = 0) -> BaseException:
    try:
        if depth:
            raise RuntimeError(SECRET) from failed(0)
        raise KeyError(SECRET)
    except Exception as error:
        return error


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


def test_the_log_says_where_and_nothing_of_the_data(state: Path) -> None:
    said = record_unforeseen(failed(1), task="analyse")
    (log,) = state.rglob("*.log")
    text = log.read_text("utf-8")
    assert str(log) in said
    assert "KeyError" in text
    assert "RuntimeError" in text
    assert "test_unforeseen.py:" in text
    assert "doing analyse" in text
    assert "Mary" not in text + said
    assert str(Path(__file__).parent) not in text
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700


def test_the_same_mistake_has_the_same_reference(state: Path) -> None:
    first, second = (record_unforeseen(failed()) for _ in range(2))
    other = record_unforeseen(failed(1))
    assert first.split("reference ")[1][:8] == second.split("reference ")[1][:8]
    assert first.split("reference ")[1][:8] != other.split("reference ")[1][:8]
    assert len(list(state.rglob("*.log"))) >= 2


def test_memory_that_ran_out_is_said_so(state: Path) -> None:
    assert record_unforeseen(MemoryError()).startswith("The computer's memory")
    assert list(state.rglob("*.log"))


def test_without_a_place_to_write_it_is_still_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert "reference" in record_unforeseen(failed())
