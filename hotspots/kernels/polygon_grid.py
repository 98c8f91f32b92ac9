"""The compiled half of the polygon index: edges into a grid, points against edges.

The rule
--------
A point is inside a polygon when a ray from it to the right crosses the polygon's edges
an odd number of times; an edge is crossed where its lower end is at or below the ray
and its upper end above it. In a grid cell the edges of a polygon are

* *far*, wholly to the right of the cell as far as this row is concerned: they are
  crossed whatever the point's x is;
* *near*: listed with the cell, and tried one by one;
* to the left, or in other rows: never crossed.

Far edges are not listed. How many of them cross the bottom of the row is one bit
(``ODD``). Going up from there the count changes where a far edge starts or ends, and
at an end where two far edges meet it changes twice, that is not at all. What remains
are ends where a far edge meets a near one; the near edge's record says so
(``LOW_CHANGES``, ``HIGH_CHANGES``). All this compares whole numbers of rows and columns
and coordinates as they are: nothing is rounded, so no point falls between cells.
"""

from __future__ import annotations

import numpy as np

from hotspots.kernels.jit import njit

ON_EDGE = -2  # on an edge, or too near to say
NO_EDGE = -1  # the record of a polygon that holds the whole cell
ODD, LOW_CHANGES, HIGH_CHANGES = 1, 2, 4
SLACK = 1e-6  # of a cell: by how much an edge is widened before it is put into cells
ROUNDING = 4e-16  # bound of the error of a cross product, beside its two terms


@njit(exact=True)
def _number(value, origin, per_unit, n):  # type: ignore[no-untyped-def]
    """Return the row or column of a coordinate; never falls as the coordinate rises."""
    return min(max(int((value - origin) * per_unit), 0), n - 1)


@njit(exact=True)
def _columns(ends, e, row, shape):  # type: ignore[no-untyped-def]
    """Return the first and last column that edge ``e`` can touch in a row."""
    west, south, _, _, per_x, per_y, n_columns, n_rows = shape
    x1, y1, x2, y2 = ends[e]
    left = _number(min(x1, x2), west, per_x, n_columns)
    right = _number(max(x1, x2), west, per_x, n_columns)
    low_row, high_row = (
        _number(y1, south, per_y, n_rows),
        _number(y2, south, per_y, n_rows),
    )
    if left == right or low_row == high_row:
        return left, right
    at_bottom = (south + (row - SLACK) / per_y - y1) / (y2 - y1)
    at_top = (south + (row + 1 + SLACK) / per_y - y1) / (y2 - y1)
    xa = x1 + (x2 - x1) * min(max(at_bottom, 0.0), 1.0)
    xb = x1 + (x2 - x1) * min(max(at_top, 0.0), 1.0)
    first = int((min(xa, xb) - west) * per_x - SLACK)
    last = int((max(xa, xb) - west) * per_x + SLACK)
    if row == low_row:
        at = _number(x1, west, per_x, n_columns)
        first, last = min(first, at), max(last, at)
    if row == high_row:
        at = _number(x2, west, per_x, n_columns)
        first, last = min(first, at), max(last, at)
    return max(first, left), min(last, right)


@njit(exact=True)
def _count(ends, shape):  # type: ignore[no-untyped-def]
    """Return how many (edge, row) and (edge, cell) pairs there are."""
    n_pairs, n_records = 0, 0
    for e in range(len(ends)):
        low = _number(ends[e, 1], shape[1], shape[5], shape[7])
        high = _number(ends[e, 3], shape[1], shape[5], shape[7])
        for row in range(low, high + 1):
            first, last = _columns(ends, e, row, shape)
            n_pairs += 1
            n_records += last - first + 1
    return n_pairs, n_records


@njit(exact=True)
def rasterise(ends, next_low, next_high, starts, shape, full):  # type: ignore[no-untyped-def]
    """Put edges into cells.

    ``ends`` (e, 4): lower end first.
    ``next_low``, ``next_high`` (e,): the edge of the same ring that meets each at
    either end.
    ``starts`` (p + 1,): where each polygon's edges start.
    ``full`` (cells,), int32: filled with the first polygon that holds the whole cell;
    -1 where none.

    Returns ``cell, edge, polygon, flags`` (records,): in the order of polygons. A
    cell's records end with the polygon that holds all of it (``NO_EDGE``), if there is
    one.
    """
    n_columns, n_rows = shape[6], shape[7]
    n_pairs, n_records = _count(ends, shape)
    size = n_records + min(n_records, len(full))
    cell, edge = np.empty(size, np.int64), np.empty(size, np.int32)
    polygon, flags = np.empty(size, np.int32), np.empty(size, np.uint8)
    listed = np.zeros(len(full), np.bool_)
    by_row = np.empty(n_pairs, np.int64)
    row_starts = np.empty(n_rows + 2, np.int64)
    odd, touched = np.zeros(n_columns + 1, np.bool_), np.full(n_columns + 1, -1)
    n = 0
    stamp = 0
    for p in range(len(starts) - 1):
        bottom, top = _group_by_row(
            ends, starts[p], starts[p + 1], shape, by_row, row_starts
        )
        for row in range(bottom, top + 1):
            members = by_row[row_starts[row - bottom] : row_starts[row - bottom + 1]]
            stamp += 1
            left, right = _scan(ends, members, row, shape, odd, touched, stamp)
            base = row * n_columns
            for c in range(left, right + 1):
                if odd[c] and touched[c] != stamp and full[base + c] < 0:
                    full[base + c] = p
                    if listed[base + c]:
                        cell[n], edge[n], polygon[n], flags[n] = (
                            base + c,
                            NO_EDGE,
                            p,
                            ODD,
                        )
                        n += 1
            for e in members:
                first, last = _columns(ends, e, row, shape)
                low = _other_column(ends, e, 1, next_low, row, shape)
                high = _other_column(ends, e, 3, next_high, row, shape)
                for c in range(first, last + 1):
                    if full[base + c] >= 0:
                        continue
                    flag = ODD if odd[c] else 0
                    flag |= LOW_CHANGES if c < low else 0
                    flag |= HIGH_CHANGES if c < high else 0
                    listed[base + c] = True
                    cell[n], edge[n], polygon[n], flags[n] = base + c, e, p, flag
                    n += 1
    return cell[:n], edge[:n], polygon[:n], flags[:n]


@njit(exact=True)
def _other_column(ends, e, end, following, row, shape):  # type: ignore[no-untyped-def]
    """Return the first column, in a row, of the edge that meets ``e`` there; or -1."""
    if _number(ends[e, end], shape[1], shape[5], shape[7]) != row:
        return -1
    return _columns(ends, following[e], row, shape)[0]


@njit(exact=True)
def _group_by_row(ends, first, stop, shape, by_row, row_starts):  # type: ignore[no-untyped-def]
    """Sort one polygon's edges into rows; return its bottom and top row."""
    south, per_y, n_rows = shape[1], shape[5], shape[7]
    bottom, top = n_rows, -1
    for e in range(first, stop):
        bottom = min(bottom, _number(ends[e, 1], south, per_y, n_rows))
        top = max(top, _number(ends[e, 3], south, per_y, n_rows))
    row_starts[: max(top - bottom, 0) + 3] = 0
    for e in range(first, stop):
        low = _number(ends[e, 1], south, per_y, n_rows)
        for row in range(low, _number(ends[e, 3], south, per_y, n_rows) + 1):
            row_starts[row - bottom + 2] += 1
    for row in range(bottom, top + 1):
        row_starts[row - bottom + 2] += row_starts[row - bottom + 1]
    for e in range(first, stop):
        low = _number(ends[e, 1], south, per_y, n_rows)
        for row in range(low, _number(ends[e, 3], south, per_y, n_rows) + 1):
            by_row[row_starts[row - bottom + 1]] = e
            row_starts[row - bottom + 1] += 1
    return bottom, top


@njit(exact=True)
def _scan(ends, members, row, shape, odd, touched, stamp):  # type: ignore[no-untyped-def]
    """Say of each column if an odd number of far edges crosses the row's bottom."""
    south, per_y, n_columns, n_rows = shape[1], shape[5], shape[6], shape[7]
    left, right = n_columns, -1
    for e in members:
        first, last = _columns(ends, e, row, shape)
        left, right = min(left, first), max(right, last)
    odd[left : right + 1] = False
    for e in members:
        first, last = _columns(ends, e, row, shape)
        touched[first : last + 1] = stamp
        crosses = _number(ends[e, 1], south, per_y, n_rows) < row
        if crosses and first > left:
            odd[first - 1] = not odd[first - 1]
    for c in range(right - 1, left - 1, -1):
        odd[c] = odd[c] != odd[c + 1]
    return left, right


@njit(exact=True)
def find(x, y, shape, state, starts, edge, polygon, flags, ends, found, begin, stop):  # type: ignore[no-untyped-def]
    """Fill ``found[begin:stop]``: the first polygon of each point, or ``ON_EDGE``."""
    west, south, east, north, per_x, per_y, n_columns, n_rows = shape
    for k in range(begin, stop):
        px, py = x[k], y[k]
        if not (px >= west and px <= east and py >= south and py <= north):
            found[k] = -1
            continue
        row = _number(py, south, per_y, n_rows)
        here = state[row * n_columns + _number(px, west, per_x, n_columns)]
        if here >= -1:
            found[k] = here
        else:
            first, last = starts[-2 - here], starts[-1 - here]
            found[k] = _try_edges(px, py, edge, polygon, flags, ends, first, last)


@njit(exact=True)
def _try_edges(px, py, edge, polygon, flags, ends, first, last):  # type: ignore[no-untyped-def]
    """Return the first polygon among a cell's records that holds the point."""
    current, inside = -1, False
    for r in range(first, last):
        if polygon[r] != current:
            if inside:
                return current
            current, inside = polygon[r], (flags[r] & ODD) != 0
        e = edge[r]
        if e == NO_EDGE:
            return current
        x1, y1, x2, y2 = ends[e]
        if (flags[r] & LOW_CHANGES) != 0 and y1 <= py:
            inside = not inside
        if (flags[r] & HIGH_CHANGES) != 0 and y2 <= py:
            inside = not inside
        if py < y1 or py > y2:
            continue
        if py == y2:
            if px == x2 or (y1 == y2 and px >= x1 and px <= x2):
                return ON_EDGE
            continue
        ahead, along = (x2 - x1) * (py - y1), (px - x1) * (y2 - y1)
        if abs(ahead - along) <= ROUNDING * (abs(ahead) + abs(along)):
            return ON_EDGE
        if ahead > along:
            inside = not inside
    return current if inside else -1
