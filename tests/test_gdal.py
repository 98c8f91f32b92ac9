from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("ours", [True, False])
def test_only_a_command_of_ours_does_without_table_libraries(ours: bool) -> None:
    code = f"""
import sys
from hotspots.gdal import load_pyogrio, own_process
if {ours}:
    own_process()
load_pyogrio().list_drivers()
print("geopandas" in sys.modules, "pandas" in sys.modules)
import pandas
assert pandas.DataFrame({{"n": [1]}}).n.sum() == 1
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(not ours)] * 2
