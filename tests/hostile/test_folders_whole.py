"""A real run that is killed, or whose disk is full: its folder is whole or absent."""

from __future__ import annotations

import json
import resource
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hotspots.core.folders import MANIFEST, foreign_files
from hotspots.samples import sample_path

pytestmark = pytest.mark.slow
N_KILLS, N_FULL = 50, 30


def command(out: Path) -> list[str]:
    return [
        sys.executable, "-m", "hotspots", "analyse",
        str(sample_path("data/simulated_incidents.csv")),
        "--areas", str(sample_path("boundaries/simulated_wards.geojson")),
        "--today", "2025-07-01", "--out", str(out),
    ]  # fmt: skip


def run(out: Path, before: Callable[[], None] | None = None) -> int:
    return subprocess.run(
        command(out), preexec_fn=before, capture_output=True, check=False
    ).returncode


def check_whole(out: Path) -> None:
    """Look for files that the list of the folder has not, and the other way round."""
    if not out.exists():
        return
    listed = json.loads((out / MANIFEST).read_text())["files"]
    there = {p.relative_to(out).as_posix() for p in out.rglob("*")} - {MANIFEST}
    assert there == set(listed)
    assert not foreign_files(out)


def test_fifty_kills(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(out) == 0
    for number in range(N_KILLS):
        with subprocess.Popen(
            command(out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            try:  # most of these lie where outputs are written and put in place
                process.wait(timeout=0.3 + number * 0.06)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL if number % 3 else signal.SIGINT)
        check_whole(out)
    assert run(out) == 0, "the next run goes on as ever"
    check_whole(out)
    assert [path.name for path in tmp_path.iterdir()] == ["out"], "and tidies"


def test_thirty_full_disks(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for number in range(N_FULL):
        most = 200 + 2**number % 7_000_000 if number % 2 else 4_000 * (number + 1)

        def full(most: int = most) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

        status = run(out, full)
        assert status in (0, 2), f"with {most:,} bytes at most it ended with {status}"
        check_whole(out)
        left = {path.name for path in tmp_path.iterdir()}
        assert left <= {"out"}, f"with {most:,} bytes at most it left {left}"


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """A folder to mount a small disk at, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    tried = subprocess.run([*ON_A_DISK, "true", "1m", folder], check=False)
    if tried.returncode:
        pytest.skip("this user may not mount a disk in a namespace of their own")
    return folder


ON_A_DISK = (
    "unshare", "--mount", "--map-root-user", "sh", "-c",
    'run=$0; mount -t tmpfs -o size="$1" disk "$2" && shift 2 && eval "$run"',
)  # fmt: skip


def on_disk(size: int, disk: Path, *lines: str) -> list[str]:
    """Run lines of a shell on a new disk of so many bytes; return what is said."""
    done = subprocess.run(
        [*ON_A_DISK, "; ".join(lines), str(size), disk],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.stdout.splitlines()


def test_a_full_disk_leaves_the_earlier_run_as_it_was(disk: Path) -> None:
    analyse = shlex.join(command(disk / "out"))
    hashes = f"cd {disk}; find out -type f | sort | xargs md5sum | md5sum; ls -A"
    fill = f"dd if=/dev/zero of={disk}/more bs=1M 2>/dev/null; rm -f {disk}/none"
    said = on_disk(
        40_000_000, disk, f"{analyse} >/dev/null", "echo $?", hashes,
        fill, f"{analyse} >/dev/null 2>&1", "echo $?", hashes,
    )  # fmt: skip
    first, before, _, second, after, *names = said
    assert (first, second) == ("0", "2")
    assert (before, names) == (after, ["more", "out"])


def test_a_full_temporary_folder_is_said(disk: Path) -> None:
    analyse = shlex.join(command(disk.parent / "out"))
    said = on_disk(4_000, disk, f"TMPDIR={disk} {analyse} 2>&1 >/dev/null", "echo $?")
    assert said[-1] in ("0", "2"), said
    assert not [line for line in said if "(reference " in line]
    check_whole(disk.parent / "out")


def test_two_runs_at_once_leave_one_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    both = [
        subprocess.Popen(
            command(out), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    for process in both:
        _, said = process.communicate()
        assert process.returncode in (0, 2), said
        assert b"Traceback" not in said
    check_whole(out)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
