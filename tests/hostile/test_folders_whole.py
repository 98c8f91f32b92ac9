"""A real run that is killed, or whose disk is full: its folder is whole or absent."""

from __future__ import annotations

import json
import resource
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from hotspots.core.folders import MANIFEST, foreign_files
from hotspots.samples import sample_path

pytestmark = pytest.mark.slow
N_KILLS, N_FULL = 50, 30


TOWN = (
    str(sample_path("data/simulated_incidents.csv")),
    "--areas", str(sample_path("boundaries/simulated_wards.geojson")),
)  # fmt: skip
COLUMNS = str(sample_path("data/simulated_columns.csv"))


def hotspots(*words: object) -> list[str]:
    return [sys.executable, "-m", "hotspots", *map(str, words)]


def command(out: Path) -> list[str]:
    return hotspots("analyse", *TOWN, "--today", "2025-07-01", "--out", out)


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


MADE = {
    "analyse": ("analyse", *TOWN, "--today", "2025-07-01"),
    "suggest": ("suggest", "cctv", *TOWN, "--columns", COLUMNS),
    "brief": ("brief", *TOWN, "--week", "2025-W20"),
}


@pytest.mark.parametrize("name", MADE)
def test_disks_that_hold_less_than_a_folder(name: str, disk: Path) -> None:
    """The folder is there whole on a disk that holds it, and absent on all others."""
    run = shlex.join(hotspots(*MADE[name], "--out", disk / "out"))
    measure = f"du -s --apparent-size -B1 {disk}/out | cut -f1"
    *_, size = on_disk(200_000_000, disk, f"{run} >/dev/null", measure)
    for part in range(6):
        said = on_disk(
            4096 + int(size) * part // 6, disk,
            f"{run} >/dev/null 2>{disk.parent}/said", "echo $?", f"ls -A {disk}",
        )  # fmt: skip
        assert said == ["2"], f"{part} of 6 parts of {size} bytes: {said}"
        check_said(disk.parent / "said")


def check_said(path: Path) -> None:
    said = path.read_text()
    assert " must " in said
    assert "(reference " not in said


@dataclass(frozen=True)
class Kept:
    """Lines of a shell: to begin what is kept, to add to it, to look what is in it."""

    begin: list[str]
    more: list[str]
    look: list[str]
    room: int = 20_000

    def check(self, disk: Path) -> None:
        """Look before and after more is added, on six disks with ever more room."""
        look, most = f"{shlex.join(self.look)} | head -1", 400_000_000
        for part in range(6):
            said = "\n".join(on_disk(
                most, disk, f"{shlex.join(self.begin)} >/dev/null", look, "echo more",
                f"used=$(du -s -B1 {disk} | cut -f1)",
                f"mount -o remount,size=$((used + {self.room * 3**part})) {disk}",
                f"{shlex.join(self.more)} >/dev/null 2>{disk.parent}/said",
                "echo $?", f"mount -o remount,size={most} {disk}", look, "echo left",
                f"find {disk} -name '*.part' -o -name '*.tar'",
            ))  # fmt: skip
            before, _, rest = said.partition("\nmore\n")
            status, _, rest = rest.partition("\n")
            after, _, left = rest.partition("\nleft")
            if status != "0":
                assert (status, after, left) == ("2", before, ""), f"{part}: {said}"
                check_said(disk.parent / "said")


def test_a_lake_on_a_full_disk_is_as_it_was(disk: Path) -> None:
    later = disk.parent / "later.csv"
    first, *rows = Path(TOWN[0]).read_text(encoding="utf-8").splitlines()
    later.write_text("\n".join([first, *(f"x{row}" for row in rows)]), encoding="utf-8")
    profile = ("--profile", sample_path("data/simulated_incidents.toml"))
    lake = disk / "lake"
    Kept(
        hotspots("lake", "build", TOWN[0], "--out", lake),
        hotspots("lake", "add", later, "--lake", lake, *profile),
        hotspots("lake", "verify", lake),
    ).check(disk)


HELD = """
import sqlite3, sys
open = sqlite3.connect(sys.argv[1]).execute
print(*open("SELECT count(*) FROM incident"), *open("PRAGMA integrity_check"))
"""


@pytest.mark.parametrize("more", ["import", "backup"])
def test_a_site_on_a_full_disk_is_as_it_was(more: str, disk: Path) -> None:
    site = disk / "site"
    added = {
        "import": (*TOWN[:1], "--feed", "police", "--today", "2025-07-01"),
        "backup": ("--out", disk / "copy.tar"),
    }
    Kept(
        hotspots("site", "init", site, "--name", "Town", *TOWN[1:]),
        hotspots(more, *added[more], "--site", site),
        [sys.executable, "-c", HELD, str(site / "site.sqlite3")],
    ).check(disk)


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
