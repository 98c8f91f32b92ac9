"""What every command writes and every page says, by SHA-256: changed only on purpose.

``make frozen`` records what the code gives now; read which files changed, and say why
in the changelog, before committing it. Only the command line and ``create_app`` are
used, so nothing here moves when modules do. The version is replaced by a fixed word
and every run has its own working folder, so that neither is in an output.

Not frozen, because they hold the clock or this computer's paths: ``serve``,
``brief-schedule``, ``brief-send`` and ``brief-status``. Not frozen either: ``--help``.
The hashes hold for the versions pinned in ``constraints.txt``.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import subprocess
import sys
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
PAGES = HERE / "pages.py"
VERSION = (
    "import hotspots, hotspots._version as v, runpy;"
    "hotspots.__version__ = v.__version__ = 'frozen';"
)
PROGRESS = "━".encode()
TODAY = "--today 2025-07-01 --out out"
INCIDENTS = "data/simulated_incidents.csv"
WARDS = "--areas boundaries/simulated_wards.geojson"
TOWN = f"{INCIDENTS} {WARDS}"
WHOLE_TOWN = f"{TOWN} --areas boundaries/simulated_priority_neighbourhoods.geojson"
MELTON = "melton/police_uk --areas melton/boundaries/melton_wards_2013.geojson"
STREETS = "--streets boundaries/simulated_streets.geojson"
PREMISES = "--premises data/simulated_premises.csv"
RECORDS = (
    "--deployments data/simulated_deployments.csv --actions data/simulated_actions.csv"
)
GIVEN = {
    "cctv": "--columns data/simulated_columns.csv",
    "marking": f"{PREMISES} {STREETS}",
    "packs": PREMISES,
    "youth": STREETS,
    "patrol": STREETS,
    "operation": PREMISES,
}
PERIODS = {
    "week": "--week 2025-W24",
    "month": "--month 2025-05",
    "quarter": "--quarter 2025-Q1",
    "year": "--year 2024/25",
}
AUDIENCES = ("operational", "partner", "public")
EFFECT = (
    "--treated 'Brindleford Market' --control 'Brindleford Millbrook'"
    " --before 2023-07:2024-06 --after 2024-07:2025-06"
)
QUESTIONS = {
    "change": INCIDENTS,
    "clock": INCIDENTS,
    "repeats": f"{INCIDENTS} --category Burglary --at-risk 17001",
    "near-repeats": f"{INCIDENTS} --category Burglary --on 2025-06-30",
    "risk": f"{TOWN} --category Burglary",
    "history": TOWN,
    "severity": TOWN,
    "clusters": TOWN,
    "outliers": TOWN,
    "adaptive-density": TOWN,
    "edge-density": TOWN,
    "relative-risk": f"{TOWN} {PREMISES}",
    "bandwidth": TOWN,
    "evaluate": TOWN,
    "effect": f"{TOWN} {EFFECT}",
}

COMMANDS: dict[str, dict[str, str]] = {
    "analyse": {
        "town": f"analyse {WHOLE_TOWN} {TODAY}",
        "melton": f"analyse {MELTON} {TODAY}",
        "melton, other forces": f"analyse melton/police_uk_other_forces {MELTON} "
        f"--window 2024-01:2025-06 --resolution 9 {TODAY}",
        "melton, across new snap points": f"analyse {MELTON} --window all {TODAY}",
    },
    "suggest": {
        f"{tactic}, seed {seed}": f"suggest {tactic} {TOWN} {given} --full "
        f"--seed {seed} {TODAY}"
        for tactic, given in GIVEN.items()
        for seed in (1, 2, 3)
    },
    "brief": {
        **{
            f"{kind} for {audience}": f"brief {WHOLE_TOWN} {STREETS} {RECORDS} "
            f"{period} --audience {audience} {TODAY}"
            for kind, period in PERIODS.items()
            for audience in AUDIENCES
        },
        "week with its annex, after another": f"brief {WHOLE_TOWN} --week 2025-W23 "
        f"--today 2025-07-01 --out before; brief {WHOLE_TOWN} --week 2025-W24 "
        f"--previous before --annex-purpose 'Prevention visits' {TODAY}",
        "melton's month": f"brief {MELTON} --month 2025-06 {TODAY}",
    },
    "transparency": {
        "town": f"suggest patrol {TOWN} {STREETS} --today 2025-07-01 --out plan; "
        f"transparency {WHOLE_TOWN} --plan plan {TODAY}",
        "melton": f"transparency {MELTON} {TODAY}",
    },
    "questions": {
        name: f"{name} {asked} {TODAY}" for name, asked in QUESTIONS.items()
    },
    "other": {
        "sample": "sample --out out",
        "sample, seed 2": "sample --seed 2 --out out",
        "profile": f"profile {INCIDENTS} --out out",
        "effect of counts": "effect --treated 400,200 --control 400,400 --ring 50,40",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("group", "name"), [(group, name) for group in COMMANDS for name in COMMANDS[group]]
)
def test_command(
    group: str,
    name: str,
    root: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    lines = COMMANDS[group][name]
    for folder in ("data", "boundaries"):
        (tmp_path / folder).symlink_to(root / folder)
    if "melton" in lines:
        shared: Path = request.getfixturevalue("shared_data")
        (tmp_path / "melton").symlink_to(shared / "melton")
    for line in lines.split(";"):
        said = run(line, tmp_path)
    out = tmp_path / "out"
    files = (
        [out] if out.is_file() else sorted(p for p in out.rglob("[!.]*") if p.is_file())
    )
    found = {
        str(path.relative_to(tmp_path)): sha256(path.read_bytes()) for path in files
    }
    hold(group, name, {**said, **found}, tmp_path, request.config)


def run(line: str, folder: Path) -> dict[str, str]:
    start = f"{VERSION} runpy.run_module('hotspots', run_name='__main__')"
    done = python(start, folder, *shlex.split(line))
    (folder / "stdout").write_bytes(done.stdout)
    (folder / "stderr").write_bytes(done.stderr)
    assert done.returncode in (0, 2), done.stderr.decode()
    said = {"exit status": str(done.returncode), "stdout": sha256(done.stdout)}
    refusal = [line for line in done.stderr.splitlines() if PROGRESS not in line]
    return {**said, "stderr": sha256(b"\n".join(refusal))}


def python(code: str, folder: Path, *args: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", code, *args],
        cwd=folder,
        capture_output=True,
        timeout=1800,
        check=False,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1"},
    )


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def hold(
    group: str,
    name: str,
    found: dict[str, str],
    folder: Path,
    config: pytest.Config,
) -> None:
    """Compare with what is recorded, or record it; the message names each file."""
    path = HERE / f"{group}.json"
    if config.getoption("--update-frozen"):
        with path.open("a+", encoding="utf-8") as file:
            flock(file, LOCK_EX)
            file.seek(0)
            record = {**json.loads(file.read() or "{}"), name: found}
            kept = {k: record[k] for k in COMMANDS.get(group, record) if k in record}
            file.truncate(0)
            file.write(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    recorded = json.loads(path.read_text(encoding="utf-8")).get(name, {})
    both = found.keys() & recorded.keys()
    differences = {
        "changed": {key for key in both if found[key] != recorded[key]},
        "new": found.keys() - both,
        "gone": recorded.keys() - both,
    }
    lines = [
        f"  {how}: {key}" for how, keys in differences.items() for key in sorted(keys)
    ]
    if lines:
        pytest.fail(
            "\n".join([f"{group}, {name}: see {folder}", *lines]), pytrace=False
        )


def test_pages(root: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if not (root / "web/static/vendor").is_dir():
        pytest.skip("front-end files are not fetched: python tools/fetch_assets.py")
    start = f"{VERSION} runpy.run_path({str(PAGES)!r}, run_name='__main__')"
    done = python(start, root, str(tmp_path))
    assert done.returncode == 0, done.stderr.decode()
    hold("pages", "town", json.loads(done.stdout), tmp_path, request.config)
