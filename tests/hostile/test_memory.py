"""No process of a suggestion holds more than 600 MB, whichever tactic it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from suggest_fixture import GIVEN, town

MOST_MB = 600
COUNTED = """
import resource, subprocess, sys
subprocess.run([sys.executable, "-m", "hotspots", *sys.argv[1:]], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""A small process between: what is begun straight from here counts as large as this."""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in Linux's way")
@pytest.mark.parametrize("tactic", GIVEN)
def test_no_process_of_a_suggestion_holds_more(tactic: str, tmp_path: Path) -> None:
    words = ["suggest", *town(tactic), "--out", str(tmp_path / "out")]
    counted = subprocess.run(
        [sys.executable, "-c", COUNTED, *words, "--today", "2025-07-01"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(counted.stdout.split()[-1]) / 1000 < MOST_MB
