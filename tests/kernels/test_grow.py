"""Growing areas of a size band: the compiled kernel and plain Python agree."""

from __future__ import annotations

import h3
import numpy as np
import pytest
import toy

from hotspots.kernels.grow import grow_clusters
from hotspots.model.cells import Cells


def test_compiled_and_plain_python_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = np.array([int(c, 16) for c in h3.grid_disk(toy.A, 8)], dtype=np.uint64)
    cells = Cells.from_ids(ids, resolution=10)
    counts = np.random.default_rng(3).poisson(0.6, len(cells)).astype(float)
    seeds = np.argsort(-counts, kind="stable")[:60]
    options = {
        "n_clusters": 5,
        "min_cells": 3,
        "max_cells": 5,
        "n_tried": 24,
        "least_gain": 0.05,
        "gap": True,
    }
    fast = grow_clusters(counts, cells.neighbour_table, seeds, **options)
    monkeypatch.setenv("HOTSPOTS_COMPILED", "0")
    plain = grow_clusters(counts, cells.neighbour_table, seeds, **options)
    assert (fast == plain).all()
