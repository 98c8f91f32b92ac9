"""How dates are written: reading them by formats, and finding the formats.

One rule for every file: the first format that fits a value reads it, and a year before
1900 is no year ("%Y" would take "24" for the year 24).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

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


_CLOCK_PARTS = ("%H", "%I", "%T", "%R", "%X", "%c", "%k", "%l")
_ZONE_PARTS = ("%z", "%#z", "%:z")
_FIRST_YEAR = 1900
_MAXIMUM = 0.8
_ENOUGH = 200


def parse_moment(text: pl.Expr, formats: Sequence[str]) -> pl.Expr:
    """Return the moment that each text says, by the first format that fits it."""
    return pl.coalesce(_parse_one(text, form) for form in formats)


def has_clock(text: pl.Expr, formats: Sequence[str]) -> pl.Expr:
    """Return whether the format that reads each text has hours."""
    return pl.coalesce(
        pl.when(_parse_one(text, form).is_not_null()).then(
            pl.lit(any(part in form for part in _CLOCK_PARTS))
        )
        for form in formats
    ).fill_null(False)


def are_dates(text: pl.Series) -> bool:
    """Say whether most values are dates, with or without a time."""
    known = (*_with_clocks((*DAY_FIRST, *MONTH_FIRST, *UNAMBIGUOUS)), *ISO_MOMENTS)
    return most(_fits_any(text.head(_ENOUGH), known))


def are_bare_dates(text: pl.Series) -> bool:
    """Say whether most values are dates without a time, or at midnight."""
    midnight = text.head(_ENOUGH).str.replace(r"[ T]00:00(:00)?$", "")
    return most(_fits_any(midnight, (*DAY_FIRST, *MONTH_FIRST, *UNAMBIGUOUS)))


def are_clocks(text: pl.Series) -> bool:
    """Say whether most values are times of day."""
    clock = text.head(_ENOUGH).str.replace(r"^1899-12-3[01] ", "")
    fits = _none(clock)
    for form in CLOCKS:
        fits |= clock.str.to_time(form, strict=False).is_not_null()
    return most(fits)


def most(fits: pl.Series) -> bool:
    """Say whether at least four in five are true, of one or more."""
    return len(fits) > 0 and float(fits.sum()) >= _MAXIMUM * len(fits)


def choose_formats(text: pl.Series) -> tuple[tuple[str, ...], list[str]]:
    """Return the formats that some values need, and what was assumed.

    British order unless a value proves otherwise: 02/05/2024 is 2 May, but 05/25/2024
    can only be 25 May written month first.

    Examples
    --------
    >>> choose_formats(pl.Series(["02/05/2024", "25/05/2024 10:00"]))[0]
    ('%d/%m/%Y %H:%M', '%d/%m/%Y')
    """
    day_first = _with_clocks(DAY_FIRST)
    month_first = _with_clocks(MONTH_FIRST)
    fits_day = _fits_any(text, day_first)
    fits_month = _fits_any(text, month_first)
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
        fitting = _fits(text, form)
        if fitting.any():
            chosen.append(form)
            text = text.filter(~fitting)
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


def _parse_one(text: pl.Expr, form: str) -> pl.Expr:
    moment = text.str.to_datetime(form, strict=False, time_unit="us")
    if any(part in form for part in _ZONE_PARTS):
        moment = moment.dt.convert_time_zone("Europe/London").dt.replace_time_zone(None)
    return pl.when(moment.dt.year() >= _FIRST_YEAR).then(moment)


def _with_clocks(dates: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{d} {c}" for d in dates for c in CLOCKS) + tuple(dates)


def _fits(text: pl.Series, form: str) -> pl.Series:
    parsed = pl.select(_parse_one(pl.lit(text), form).is_not_null().alias("fits"))
    return parsed["fits"]


def _fits_any(text: pl.Series, formats: Sequence[str]) -> pl.Series:
    fits = _none(text)
    for form in formats:
        fits |= _fits(text, form)
    return fits


def _none(text: pl.Series) -> pl.Series:
    return pl.Series("fits", [False] * len(text), dtype=pl.Boolean)
