"""The compiled half of the kernel sums: points by column, and the loop over them.

Every kernel gets the grid as one tuple: west, south, strips and columns per metre, how
many strips, how many columns, the radius.
"""

from __future__ import annotations

import numpy as np

from hotspots.kernels.jit import njit

PAD = 32  # empty points after each strip, so that runs are whole vectors
FAR = 1e30  # where empty points are
LOG2_E = 1.4426950408889634
LN_2 = 0.6931471805599453
POWERS_OF_2 = np.append(0.0, 2.0 ** np.arange(-1073, 1))  # what is below counts 0


@njit(exact=True)
def by_column(xy_m, shape):  # type: ignore[no-untyped-def]
    """Sort points into columns, keeping their order; return where each one starts."""
    x0, y0, per_strip, per_column, n_strips, n_columns, _ = shape
    n = len(xy_m)
    cell, order = np.empty(n, np.int32), np.empty(n, np.int32)
    starts = np.zeros(n_strips * n_columns + 1, np.int64)
    for k in range(n):
        row = min(int((xy_m[k, 1] - y0) * per_strip), n_strips - 1)
        column = min(int((xy_m[k, 0] - x0) * per_column), n_columns - 1)
        cell[k] = row * n_columns + column
        starts[cell[k] + 1] += 1
    for c in range(n_strips * n_columns):
        starts[c + 1] += starts[c]
    at = starts[:-1].copy()
    for k in range(n):
        order[at[cell[k]]] = k
        at[cell[k]] += 1
    return order, starts


@njit(exact=True)
def merge_strips(xy_m, weights, order, starts, shape, points, first_strip, end_strip):  # type: ignore[no-untyped-def]
    """Fill ``points`` with the distinct points of some strips, column by column.

    ``points`` are x, y, weight, the begin and the end of each column. A strip has room
    for all its points and ``PAD`` empty ones, so that no strip waits for another.
    """
    n_columns = shape[5]
    x, y, w, begins, ends = points
    seats = np.full(
        2 * (starts[end_strip * n_columns] - starts[first_strip * n_columns]),
        -1,
        np.int32,
    )
    shift = starts[first_strip * n_columns]
    for strip in range(first_strip, end_strip):
        filled = starts[strip * n_columns] + strip * PAD
        for c in range(strip * n_columns, (strip + 1) * n_columns):
            begins[c] = filled
            members = order[starts[c] : starts[c + 1]]
            taken = seats[2 * (starts[c] - shift) : 2 * (starts[c + 1] - shift)]
            filled = _merge_equal(xy_m, weights, members, taken, x, y, w, filled)
            ends[c] = filled


@njit(exact=True)
def _merge_equal(xy_m, weights, members, seats, x, y, w, filled):  # type: ignore[no-untyped-def]
    """Append the distinct points of one column; return where the next one goes."""
    n_seats = len(seats)
    for k in members:
        px, py = xy_m[k, 0], xy_m[k, 1]
        mixed = np.int64((px * 7919.0 + py) * 1000.0) * np.int64(0x9E3779B97F4A7C1)
        seat = (((mixed >> 20) & 0xFFFFFFFF) * n_seats) >> 32
        while seats[seat] >= 0 and (x[seats[seat]] != px or y[seats[seat]] != py):
            seat = (seat + 1) % n_seats
        found = seats[seat]
        if found < 0:
            seats[seat] = filled
            x[filled], y[filled], w[filled] = px, py, weights[k]
            filled += 1
        else:
            w[found] += weights[k]
    return filled


@njit(exact=True)
def _run(begins, ends, shape, row, tx, ty):  # type: ignore[no-untyped-def]
    """Return the run of points of one strip that can be within the radius."""
    x0, y0, per_strip, per_column, _, n_columns, radius = shape
    low, high = y0 + row / per_strip, y0 + (row + 1) / per_strip
    away = max(max(low - ty, ty - high), 0.0)
    half = np.sqrt(max(radius * radius - away * away, 0.0)) + 1e-3 * radius
    first = (tx - half - x0) * per_column
    last = (tx + half - x0) * per_column
    if last < 0 or first >= n_columns:
        return 0, 0
    left = row * n_columns + int(max(first, 0.0))
    right = row * n_columns + int(min(last, n_columns - 1.0))
    return begins[left], ends[right]


@njit(exact=True)
def _rows(shape, ty):  # type: ignore[no-untyped-def]
    """Return the first strip within the radius of ``ty`` and the one after the last."""
    _, y0, per_strip, _, n_strips, _, radius = shape
    first = (ty - radius * 1.001 - y0) * per_strip
    last = (ty + radius * 1.001 - y0) * per_strip
    if last < 0 or first >= n_strips:
        return 0, 0
    return int(max(first, 0.0)), int(min(last, n_strips - 1.0)) + 1


@njit
def gather_quartic(points, shape, at_m, order, start, bandwidth_m, sums):  # type: ignore[no-untyped-def]
    """Fill the sums of the quartic kernel for targets ``start + order``."""
    x, y, w, begins, ends = points
    per_h2 = 1 / (bandwidth_m * bandwidth_m)
    for k in range(len(order)):
        target = start + order[k]
        tx, ty = at_m[target, 0], at_m[target, 1]
        total = 0.0
        first_row, end_row = _rows(shape, ty)
        for row in range(first_row, end_row):
            first, end = _run(begins, ends, shape, row, tx, ty)
            whole = (end - first + PAD - 1) // PAD * PAD
            xs, ys, ws = x[first:], y[first:], w[first:]
            for p in range(whole):
                dx, dy = xs[p] - tx, ys[p] - ty
                near = 1 - (dx * dx + dy * dy) * per_h2
                near = near if near > 0 else 0.0
                total += ws[p] * near * near
        sums[target] = total


@njit
def gather_gaussian(points, shape, at_m, order, start, bandwidth_m, sums):  # type: ignore[no-untyped-def]
    """Fill the sums of the Gaussian kernel for targets ``start + order``."""
    x, y, w, begins, ends = points
    scale = -0.5 * LOG2_E / (bandwidth_m * bandwidth_m)
    for k in range(len(order)):
        target = start + order[k]
        tx, ty = at_m[target, 0], at_m[target, 1]
        total = 0.0
        first_row, end_row = _rows(shape, ty)
        for row in range(first_row, end_row):
            first, end = _run(begins, ends, shape, row, tx, ty)
            whole = (end - first + PAD - 1) // PAD * PAD
            xs, ys, ws = x[first:], y[first:], w[first:]
            for p in range(whole):
                dx, dy = xs[p] - tx, ys[p] - ty
                total += ws[p] * _power_of_2((dx * dx + dy * dy) * scale)
        sums[target] = total


@njit
def _power_of_2(z):  # type: ignore[no-untyped-def]
    """Return 2**z for z <= 0 to 13 digits, by a Taylor series that runs on vectors."""
    z = max(z, -1074.0)
    whole = np.floor(z + 0.5)
    t = (z - whole) * LN_2
    series = 1 + t / 10 * (1 + t / 11 * (1 + t / 12 * (1 + t / 13)))
    series = 1 + t / 6 * (1 + t / 7 * (1 + t / 8 * (1 + t / 9 * series)))
    series = 1 + t * (1 + t / 2 * (1 + t / 3 * (1 + t / 4 * (1 + t / 5 * series))))
    return series * POWERS_OF_2[np.int64(whole) + 1074]
