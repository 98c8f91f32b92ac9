"""Naive references for times: minute by minute, pair by pair."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence


def week_hours(windows: Sequence[tuple[dt.datetime, dt.datetime]]) -> list[float]:
    """Walk through every minute of every window; times must be whole minutes."""
    hours = [0.0] * 168
    for start, end in windows:
        minutes = int((end - start).total_seconds()) // 60
        if minutes == 0:
            hours[start.weekday() * 24 + start.hour] += 1
            continue
        if minutes > 7 * 24 * 60:
            hours = [value + 1 / 168 for value in hours]
            continue
        for step in range(minutes):
            now = start + dt.timedelta(minutes=step)
            hours[now.weekday() * 24 + now.hour] += 1 / minutes
    return hours


def mann_kendall(series: Sequence[float]) -> tuple[int, float, float]:
    """S, its variance with ties, and z, as Gilbert (1987) writes them."""
    n = len(series)
    s = 0
    for i in range(n):
        for j in range(i + 1, n):
            s += (series[j] > series[i]) - (series[j] < series[i])
    variance = n * (n - 1) * (2 * n + 5) / 18
    for value in set(series):
        t = list(series).count(value)
        variance -= t * (t - 1) * (2 * t + 5) / 18
    if s == 0 or variance <= 0:
        return s, variance, 0.0
    return s, variance, (s - math.copysign(1, s)) / math.sqrt(variance)
