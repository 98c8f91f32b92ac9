"""Work that another process does beside this one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hotspots.core import beside
from hotspots.core.errors import OutputError


def put(path: Path, text: str) -> None:
    path.write_text(f"{os.getpid()} {text}", encoding="utf-8")


def refuse(text: str) -> None:
    raise OutputError(text)


def hand_both(path: Path) -> None:
    with beside.hands() as hand:
        hand(put, path, "b")
        hand(refuse, "no room")


def test_work_is_done_at_once_where_no_process_was_begun(tmp_path: Path) -> None:
    beside.begin("json")  # nobody allowed it: this is no command
    with beside.hands() as hand:
        hand(put, tmp_path / "a", text="b")
        assert (tmp_path / "a").read_text() == f"{os.getpid()} b"


def test_another_process_does_it_and_its_errors_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside._Beside, "may_begin", True)
    beside.begin("json")
    with pytest.raises(OutputError, match="no room"):
        hand_both(tmp_path / "a")
    pid, text = (tmp_path / "a").read_text().split()
    assert int(pid) != os.getpid()
    assert text == "b"
    assert beside._Beside.begun is None


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_the_other_process_ends_with_the_one_that_began_it(tmp_path: Path) -> None:
    script = tmp_path / "begin.py"
    script.write_text(
        "import os, time\nfrom hotspots.core import beside\n"
        "if __name__ == '__main__':\n"
        "    beside.allow(); beside.begin('json')\n"
        "    print(beside._Beside.begun.submit(os.getpid).result(), flush=True)\n"
        "    time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        int(process.stdout.readline())
        os.kill(process.pid, signal.SIGKILL)
        # the other holds the pipe too: it is closed when both are gone
        assert process.stdout.read() == ""
