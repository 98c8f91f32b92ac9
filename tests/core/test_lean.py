from __future__ import annotations

import subprocess
import sys

import pytest

CODE = """
import sys
from hotspots.core.lean import own_process
if {ours}:
    own_process()
import polars, pyarrow, pyogrio
pyogrio.list_drivers()
pyarrow.array([b"a"])
print(sys.modules.get("geopandas") is not None, sys.modules.get("pandas") is not None)
"""


@pytest.mark.parametrize("ours", [True, False])
def test_only_a_command_of_ours_does_without_table_libraries(ours: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(ours=ours)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(not ours)] * 2


def test_tables_that_are_loaded_already_stay() -> None:
    code = (
        "import pandas\nfrom hotspots.core.lean import own_process\nown_process()\n"
        "import pandas\nprint(pandas.DataFrame({'n': [1]}).n.sum())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "1", done.stderr
