"""School terms and holidays: disorder after school vanishes when there is none.

Days go by the policing day, 06:00 to 05:59, so that the last night of term is term.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import polars as pl

from hotspots.core.errors import ParameterError
from hotspots.core.types import Floats
from hotspots.core.window import Window
from hotspots.model.incidents import Incidents


def policing_day(start: pl.Expr, *, day_starts_hour: int = 6) -> pl.Expr:
    """Return the date of the policing day that each moment belongs to.

    ``day_starts_hour``: hours from midnight.

    Examples
    --------
    >>> late = pl.DataFrame({"start": [dt.datetime(2025, 6, 14, 5, 59)]})
    >>> late.select(policing_day(pl.col("start"))).item()
    datetime.date(2025, 6, 13)
    """
    return (start - pl.duration(hours=day_starts_hour)).dt.date()


def split_by_term(
    incidents: Incidents, holidays: Sequence[Window], *, day_starts_hour: int = 6
) -> tuple[Incidents, Incidents]:
    """Return the incidents of school terms and those of school holidays.

    ``holidays``: days without school, end left out. Weekends in term are term.
    ``day_starts_hour``: hours from midnight; each incident goes by the policing day in
    which its window starts.

    Raises PrecisionError if the files state only the month.
    """
    incidents.check_moments("Comparing school terms with holidays")
    day = policing_day(pl.col("start"), day_starts_hour=day_starts_hour)
    off = pl.lit(False)
    for window in holidays:
        off = off | day.is_between(window.start, window.end, closed="left")
    return incidents.select(~off), incidents.select(off)


def term_table(
    term_hours: Floats,
    holiday_hours: Floats,
    window: Window,
    holidays: Sequence[Window],
) -> pl.DataFrame:
    """Compare the hours of a day in term with those in the holidays, per day of each.

    ``term_hours``, ``holiday_hours`` (168,), incidents.
    ``window``: the days that the incidents come from.

    Returns 24 rows: ``hour``, ``term``, ``holiday`` (incidents), ``n_term_days``,
    ``n_holiday_days``, ``term_per_100_days``, ``holiday_per_100_days`` (nan where there
    is no such day).

    Raises ParameterError if there are not 168 hours of each.
    """
    n_holiday = sum(_is_in(day, holidays) for day in _days(window))
    n_days = {"term": window.days - n_holiday, "holiday": n_holiday}
    table = pl.DataFrame({"hour": [f"{hour:02d}:00" for hour in range(24)]})
    for name, hours in (("term", term_hours), ("holiday", holiday_hours)):
        of_day = _by_hour_of_day(hours)
        per = of_day * (100 / n_days[name]) if n_days[name] else of_day * np.nan
        table = table.with_columns(
            pl.Series(name, of_day),
            pl.lit(n_days[name]).alias(f"n_{name}_days"),
            pl.Series(f"{name}_per_100_days", per),
        )
    return table


def _days(window: Window) -> list[dt.date]:
    return [window.start + dt.timedelta(days=k) for k in range(window.days)]


def _is_in(day: dt.date, windows: Sequence[Window]) -> bool:
    return any(window.contains(day) for window in windows)


def _by_hour_of_day(hours: Floats) -> Floats:
    week = np.asarray(hours, dtype=np.float64)
    if week.shape != (168,) or not np.isfinite(week).all():
        raise ParameterError(
            "hours must be 168 finite numbers from Monday 00:00; got shape "
            f"{week.shape}. Use week_hours(start, end)."
        )
    return np.asarray(week.reshape(7, 24).sum(axis=0))
