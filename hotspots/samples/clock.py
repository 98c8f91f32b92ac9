"""When things happen: hours of the week, seasons, school terms."""

from __future__ import annotations

import datetime as dt

import numpy as np

from hotspots.core.types import Bools, Floats

FIRST_DAY = dt.date(2022, 7, 1)
N_DAYS = 1_096
"""1 July 2022 to 30 June 2025."""

_HOLIDAYS = (
    ("2022-07-23", "2022-08-31"),
    ("2022-10-17", "2022-10-23"),
    ("2022-12-19", "2023-01-03"),
    ("2023-02-13", "2023-02-19"),
    ("2023-04-01", "2023-04-16"),
    ("2023-05-27", "2023-06-04"),
    ("2023-07-15", "2023-08-29"),
    ("2023-10-14", "2023-10-22"),
    ("2023-12-23", "2024-01-07"),
    ("2024-02-10", "2024-02-18"),
    ("2024-03-23", "2024-04-07"),
    ("2024-05-25", "2024-06-02"),
    ("2024-07-13", "2024-08-27"),
    ("2024-10-19", "2024-10-27"),
    ("2024-12-21", "2025-01-05"),
    ("2025-02-15", "2025-02-23"),
    ("2025-04-12", "2025-04-27"),
    ("2025-05-24", "2025-06-01"),
)
"""Invented school holidays, first and last day, in the rhythm of English ones."""

_SEASONS: dict[str, tuple[float, ...]] = {
    # January to December
    "flat": (1.0,) * 12,
    "summer": (0.75, 0.78, 0.9, 1.02, 1.15, 1.22, 1.3, 1.25, 1.08, 0.98, 0.8, 0.72),
    "dark": (1.3, 1.2, 1.02, 0.88, 0.8, 0.75, 0.76, 0.82, 0.92, 1.12, 1.28, 1.32),
    "frost": (1.0, 0.8, 0.3, 0.02, 0.0, 0.0, 0.0, 0.0, 0.0, 0.06, 0.55, 0.95),
    "shops": (0.92, 0.92, 0.96, 0.96, 0.98, 1.0, 1.0, 1.0, 1.0, 1.04, 1.12, 1.12),
}

_EVENING = (0.9, 0.9, 0.95, 1.05, 1.5, 1.7, 1.2)
_EVEN = (1.0,) * 7


def _week(by_day: tuple[float, ...], *bumps: tuple[float, float, float]) -> Floats:
    """Return hour-of-week weights from bumps (hour, width, height)."""
    hour = np.arange(24) + 0.5
    day = np.full(24, 0.03)
    for centre, width, height in bumps:
        away = np.abs(hour - centre)
        away = np.minimum(away, 24 - away)
        day = day + height * np.exp(-0.5 * (away / width) ** 2)
    return np.asarray(np.array(by_day)[:, None] * day[None, :])


def _night_out() -> Floats:
    """Return Thursday to Saturday nights; the small hours belong to the evening."""
    weight = _week((0.25, 0.25, 0.35, 0.6, 1.7, 2.0, 0.5), (22.5, 1.6, 1.0))
    late = _week((0.35, 0.12, 0.12, 0.2, 0.4, 1.9, 2.6), (1.2, 1.4, 1.1))
    return weight + late


HOURS: dict[str, Floats] = {
    "general": _week(_EVEN, (11, 2.5, 0.7), (17, 3.2, 1.0), (21.5, 2, 0.6)),
    "night out": _night_out(),
    "after school": _week(
        (1, 1, 1, 1.1, 1.35, 0.35, 0.3), (15.8, 0.8, 1.0), (19, 1.8, 1.0)
    ),
    "holiday youth": _week((1, 1, 1, 1, 1.3, 1.3, 1), (15.5, 2.2, 0.7), (20, 1.8, 1)),
    "evening": _week(_EVENING, (19.5, 2.8, 1.0)),
    "shops": _week((1, 1, 1, 1, 1.15, 1.25, 0.6), (12, 2, 0.9), (15.8, 1.8, 1.0)),
    "day and evening": _week((1, 1, 1, 1, 1.1, 0.9, 0.75), (12, 3, 0.9), (19, 2, 1.0)),
    "overnight": _week(
        (0.95, 0.95, 1, 1, 1.1, 1.15, 1), (2.3, 1.8, 1.0), (22.5, 1, 0.4)
    ),
    "frosty morning": _week((1.2, 1.2, 1.2, 1.2, 1.1, 0.25, 0.15), (7.4, 0.55, 1.5)),
    "home": _week(
        (0.9, 0.9, 0.9, 0.95, 1.15, 1.3, 1.25), (20.5, 3, 1), (23.8, 1.6, 0.7)
    ),
    "office": _week(
        (1.1, 1.1, 1.1, 1.1, 1.0, 0.3, 0.2), (10.5, 1.6, 0.8), (15, 1.6, 1)
    ),
}
"""Seven rows (Monday first) of 24 hours."""


def _dates() -> list[dt.date]:
    """Return every day of the three years."""
    return [FIRST_DAY + dt.timedelta(days=day) for day in range(N_DAYS)]


def is_holiday() -> Bools:
    """Say which of the days are school holidays."""
    day = np.array(_dates(), dtype="datetime64[D]")
    away = np.zeros(N_DAYS, dtype=bool)
    for first, last in _HOLIDAYS:
        away |= (day >= np.datetime64(first)) & (day <= np.datetime64(last))
    return away


def day_weights(
    hours: str, season: str, *, growth: float, term: float, cold: Floats
) -> Floats:
    """Return how likely each day is.

    ``season``: {'flat', 'summer', 'dark', 'frost', 'shops'}. ``cold`` (N_DAYS,): how
    cold each day is; only counts for the season ``frost``. Returns shape (N_DAYS,).
    """
    day = _dates()
    month = np.array([_SEASONS[season][date.month - 1] for date in day])
    week = HOURS[hours].sum(axis=1)[[date.weekday() for date in day]]
    trend = growth ** (np.arange(N_DAYS) / N_DAYS)
    school = np.where(is_holiday(), 1.0, term)
    frost = cold**3 if season == "frost" else 1.0
    return np.asarray(month * week * trend * school * frost)
