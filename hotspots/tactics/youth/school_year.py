"""School holidays: the usual English pattern, or the council's own dates."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt

from hotspots.core.errors import ParameterError
from hotspots.core.window import Window

Days = npt.NDArray[np.datetime64]


def usual_holidays(year: int) -> tuple[Window, ...]:
    """Return the school holidays of a calendar year as England usually has them.

    References
    ----------
    The date of Easter by the anonymous Gregorian algorithm, Meeus, J. (1991),
    "Astronomical Algorithms", chapter 8.

    Examples
    --------
    >>> print(usual_holidays(2025)[2])
    12 April 2025 to 27 April 2025
    """
    easter = _easter(year)
    february = _monday_from(dt.date(year, 2, 12))
    may = _monday_from(dt.date(year, 5, 25))
    october = _monday_from(dt.date(year, 10, 22))
    spans = (
        (dt.date(year, 1, 1), dt.date(year, 1, 4)),
        (_saturday(february), february + dt.timedelta(days=7)),
        (easter - dt.timedelta(days=8), easter + dt.timedelta(days=8)),
        (_saturday(may), may + dt.timedelta(days=7)),
        (dt.date(year, 7, 21), dt.date(year, 9, 1)),
        (_saturday(october), october + dt.timedelta(days=7)),
        (dt.date(year, 12, 20), dt.date(year + 1, 1, 1)),
    )
    return tuple(Window(start=start, end=end) for start, end in spans)


def read_holidays(text: str) -> tuple[Window, ...]:
    """Read the council's own holidays.

    Raises ParameterError if one is not two dates.

    Examples
    --------
    >>> [str(each) for each in read_holidays("2025-07-11:2025-08-26")]
    ['11 July 2025 to 26 August 2025']
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    try:
        return tuple(Window.from_text(part) for part in parts)
    except ParameterError as error:
        raise ParameterError(
            f"holidays must be FROM:TO with commas between, for instance "
            f"2025-07-11:2025-08-26,2025-10-13:2025-10-17; {error}"
        ) from error


def in_holiday(days: Days, given: tuple[Window, ...] = ()) -> npt.NDArray[np.bool_]:
    """Say which days are school holidays.

    ``days``: shape (n,). Returns shape (n,).
    """
    spans = given
    if not spans and len(days):
        first, last = (
            int(str(day.astype("datetime64[Y]"))) for day in (days.min(), days.max())
        )
        spans = tuple(
            span for year in range(first, last + 1) for span in usual_holidays(year)
        )
    off = np.zeros(len(days), dtype=bool)
    for span in spans:
        off |= (days >= np.datetime64(span.start)) & (days < np.datetime64(span.end))
    return off


def _monday_from(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=-day.weekday() % 7)


def _saturday(monday: dt.date) -> dt.date:
    return monday - dt.timedelta(days=2)


def _easter(year: int) -> dt.date:
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return dt.date(year, month, day + 1)
