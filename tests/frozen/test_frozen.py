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
from every_command import COMMANDS, link_files

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
PAGES = HERE / "pages.py"
VERSION = (
    "import hotspots, hotspots._version as v, runpy;"
    "hotspots.__version__ = v.__version__ = 'frozen';"
)
PROGRESS = "━".encode()


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
    link_files(lines, tmp_path, root, request)
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
