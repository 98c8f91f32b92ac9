"""Sets of hexagons: what they hold, whether in one piece, and how compact they are."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from hotspots.core.types import Bools, Floats, Ints


def most_contacts(n_cells: npt.ArrayLike) -> Ints:
    """Return the most pairs of adjoining cells that ``n_cells`` hexagons can have.

    References
    ----------
    Harary, F. and Harborth, H. (1976), as for :func:`best_areas`.

    Examples
    --------
    >>> most_contacts([1, 2, 3, 4, 5, 6, 7]).tolist()
    [0, 1, 3, 5, 7, 9, 12]
    """
    n = np.asarray(n_cells, dtype=np.int64)
    return np.asarray(3 * n - np.ceil(np.sqrt(12 * n - 3)).astype(np.int64))


def polsby_popper(area: Ints, neighbours: Ints) -> float:
    """Return 4 pi times area over squared outline: 1 for a disc, less for the ragged.

    ``area`` (n,): positions of cells, taken as regular hexagons of one size.
    ``neighbours``: shape (m, 6).

    References
    ----------
    Polsby, D. D. and Popper, R. D. (1991), "The third criterion: compactness as a
    procedural safeguard against partisan gerrymandering", Yale Law & Policy Review 9,
    301-353.
    """
    sides = 6 * len(area) - int(adjacent(area[None, :], neighbours).sum())
    return 4 * math.pi * len(area) * 1.5 * math.sqrt(3) / sides**2


def area_values(
    rows: Ints, weights: Floats, neighbours: Ints, penalty: float
) -> Floats:
    """Return demand less penalty of many areas at once.

    ``rows`` (c, n): positions of cells, -1 where a row has fewer; the first is never
    -1. ``weights``: shape (m,). ``neighbours``: shape (m, 6). Returns shape (c,).
    """
    there = rows >= 0
    demand = np.where(there, weights[rows], 0.0).sum(axis=1)
    if not penalty:
        return np.asarray(demand)
    contacts = adjacent(rows, neighbours).sum(axis=(1, 2)) // 2
    return np.asarray(demand - penalty * (most_contacts(there.sum(axis=1)) - contacts))


def adjacent(rows: Ints, neighbours: Ints) -> Bools:
    """Say which cells of each row adjoin which.

    ``rows`` (c, n): -1 where a row has fewer. ``neighbours``: shape (m, 6). Returns
    shape (c, n, n).
    """
    near = neighbours[rows]
    same = near[:, :, :, None] == rows[:, None, None, :]
    there = rows >= 0
    return np.asarray(same.any(axis=2) & there[:, :, None] & there[:, None, :])


def connected(rows: Ints, neighbours: Ints) -> Bools:
    """Say which rows are in one piece.

    ``rows`` (c, n): -1 where a row has fewer; the first is never -1. ``neighbours``:
    shape (m, 6). Returns shape (c,).
    """
    touching = adjacent(rows, neighbours)
    reached = np.zeros(rows.shape, dtype=bool)
    reached[:, 0] = True
    for _ in range(rows.shape[1] - 1):
        further = reached | (touching & reached[:, :, None]).any(axis=1)
        if (further == reached).all():
            break
        reached = further
    return np.asarray((reached | (rows < 0)).all(axis=1))
