from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from hotspots.core.temporary import remove_folder, temporary_folder


def test_only_this_user_can_read_it() -> None:
    made = temporary_folder("plan")
    assert made.stat().st_mode & 0o077 == 0
    (made / "card.pdf").write_text("OFFICIAL-SENSITIVE")
    remove_folder(made)
    remove_folder(made)
    assert not made.exists()


def test_a_command_leaves_nothing_in_the_temporary_folder(
    tmp_path: Path, root: Path
) -> None:
    command = [sys.executable, "-m", "hotspots", "suggest", "packs"]
    files = ["data/simulated_incidents.csv"]
    areas = ["--areas", "boundaries/simulated_wards.geojson"]
    held = tmp_path / "held"
    held.mkdir()
    done = subprocess.run(
        [*command, *files, *areas, "--out", str(tmp_path / "out")],
        env={**os.environ, "TMPDIR": str(held)},
        capture_output=True,
        text=True,
        cwd=root,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "out").glob("*.pdf")) != []
    assert list(held.iterdir()) == []


def test_nor_does_the_page_when_it_is_stopped(tmp_path: Path, root: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "hotspots", "serve", "--port", "0"],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=root,
    )
    assert process.stdout is not None
    seen = ""
    while "http://" not in seen:
        line = process.stdout.readline()
        assert line, seen
        seen += line
    assert list(tmp_path.glob("hotspots-*")) != []
    process.send_signal(signal.SIGTERM)
    process.stdout.read()
    process.stdout.close()
    process.wait(timeout=600)
    assert list(tmp_path.iterdir()) == []
