"""Made-up national files of any size: places, kinds and streets of the real ones.

Rows of the real national file drawn anew, each with a month of the quarter of its file;
so places repeat as they do in data.police.uk.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

ROWS_A_FILE = 5_000_000
FIRST_YEAR = 2020


def write_nation(real: Path, out: Path, n_rows: int) -> list[Path]:
    """Write ``n_rows`` rows in files of a quarter each, and return them.

    Small sizes have few months, as a small file would.
    """
    rows = pl.read_parquet(real).with_columns(pl.exclude(pl.Float64).cast(pl.String))
    rows = rows.filter(pl.col("Longitude").is_not_null())
    out.mkdir(parents=True, exist_ok=True)
    files = []
    for number, start in enumerate(range(0, n_rows, ROWS_A_FILE)):
        files.append(out / f"{number:03}-street.parquet")
        rng = np.random.default_rng(number)
        n = min(ROWS_A_FILE, n_rows - start)
        months = pl.Series(
            f"{FIRST_YEAR + number // 4}-{number % 4 * 3 + 1 + k:02}" for k in range(3)
        )
        drawn = rows[rng.integers(0, rows.height, n)]
        month = months.gather(pl.Series(rng.integers(0, 3, n)))
        drawn.with_columns(month.alias("Month")).write_parquet(files[-1])
    return files
