"""How dates are written: reading them by formats, and finding the formats.

One rule for every file: the first format that fits a value reads it, and a year before
1900 is no year ("%Y" would take "24" for the year 24).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

__all__ = [
    "DEFAULT_FORMATS",
    "are_bare_dates",
    "are_clocks",
    "are_dates",
    "choose_formats",
    "has_clock",
    "parse_moment",
]

DEFAULT_FORMATS = (
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%dT%H:%M:%S%.f%#z",
    "%Y-%m-%d",
)
"""Read where a profile gives no formats: day before month, and ISO 8601."""

CLOCKS = ("%H:%M:%S", "%H:%M", "%I:%M %p", "%H%M")
DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d-%m-%y")
MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y")
UNAMBIGUOUS = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%d %b %Y",
    "%d %B %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%Y%m%d",
)
ISO_MOMENTS = (
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%dT%H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M:%S%.f",
)



def _with_clocks(dates: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{d} {c}" for d in dates for c in CLOCKS) + tuple(dates)


def fits(text: pl.Series, form: str) -> pl.Series:
    """Return whether each value fits a format, in a year after 1900."""
    moments = text.str.to_datetime(form, strict=False, time_unit="us")
    return (moments.dt.year() >= 1900).fill_null(False)


def fits_any(
    text: pl.Series, formats: Sequence[str], *, clock: bool = False
) -> pl.Series:
    fits = pl.Series([False] * len(text), dtype=pl.Boolean)
    for form in formats:
        if clock:
            fits |= text.str.to_time(form, strict=False).is_not_null()
        else:
            fits |= fits(text, form)
    return fits


def are_dates(text: pl.Series) -> bool:
    known = (*_with_clocks((*DAY_FIRST, *MONTH_FIRST, *UNAMBIGUOUS)), *ISO_MOMENTS)
    return most(fits_any(text.head(200), known))


def are_bare_dates(text: pl.Series) -> bool:
    midnight = text.head(200).str.replace(r"[ T]00:00(:00)?$", "")
    return most(fits_any(midnight, (*DAY_FIRST, *MONTH_FIRST, *UNAMBIGUOUS)))


def most(fits: pl.Series) -> bool:
    return len(fits) > 0 and float(fits.sum()) >= _MOST * len(fits)


def choose_formats(text: pl.Series) -> tuple[tuple[str, ...], list[str]]:
    """Return the formats that the values need, and what was assumed.

    British order unless a value proves otherwise: 02/05/2024 is 2 May, but 05/25/2024
    can only be 25 May written month first.
    """
    day_first = _with_clocks(DAY_FIRST)
    month_first = _with_clocks(MONTH_FIRST)
    fits_day = fits_any(text, day_first)
    fits_month = fits_any(text, month_first)
    proves_month = int((fits_month & ~fits_day).sum())
    proves_day = int((fits_day & ~fits_month).sum())
    american = proves_month > proves_day
    ordered = month_first if american else day_first
    known = (*ordered, *_with_clocks(UNAMBIGUOUS), *ISO_MOMENTS)
    return _needed(text, known), _order_comments(
        fits_day & fits_month, proves_day, proves_month, american=american
    )


def _needed(text: pl.Series, known: Sequence[str]) -> tuple[str, ...]:
    chosen = []
    for form in known:
        fits = fits(text, form)
        if fits.any():
            chosen.append(form)
            text = text.filter(~fits)
    return tuple(chosen)


def _order_comments(
    both: pl.Series, proves_day: int, proves_month: int, *, american: bool
) -> list[str]:
    if proves_day and proves_month:
        return [
            f"Dates disagree: {proves_day:,} can only be day/month and "
            f"{proves_month:,} only month/day. Check them; those that do not fit the "
            "formats below are refused."
        ]
    if american:
        return [
            "Dates are month first (05/25/2024): some values can be read no other way."
        ]
    if both.any() and not proves_day:
        return [
            "Dates were taken as day/month/year, as is usual in Britain; no value in "
            "the sample proves it."
        ]
    return []


