"""How days and times are spelt, and the one way in which they are read."""

from __future__ import annotations

import polars as pl

_SPELT = (
    (r"\s+", " "),
    (r"^(mon|tues?|wed(nes)?s?|thu(rs?)?|fri|sat(ur)?|sun)(day)?,? ", ""),
    (r"\b(\d{1,2})(st|nd|rd|th)( of)?\b", "${1}"),
    # A time kept as a date, as a duration, or beside a T.
    (r"^(1899-12-3[01]|1900-01-0[01]|3[01]/12/1899|0?[01]/0?1/1900)[t ]", ""),
    (r"^(0 days |t)(\d)", "${2}"),
    (r"^pt(\d+)h(\d+)m.*$", "${1}:${2}"),
    (r"\bnoon$", "12:00"),
    (r"\bmidnight$", "00:00"),
    (r"\b(\d{1,2})h(\d\d)\b", "${1}:${2}"),
    (r" ?(hrs?|hours|h)$", ""),
    # Day and time run together, parted by a word, or the other way round.
    (r"^(\d{1,2}[-/. ]?[a-z]{3}[-/. ]?\d{4}):(\d\d)", "${1} ${2}"),
    (r"(\d),? (at|-|@) (\d)", "${1} ${3}"),
    (
        r"^([a-z]{3}) (\d{1,2}) (\d\d:\d\d:\d\d)( [a-z]{3,4})? (\d{4})$",
        "${2} ${1} ${5} ${3}",
    ),
    (
        r"^(\d{1,2}:\d\d(?::\d\d)?|\d{4}) (\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})$",
        "${2} ${1}",
    ),
    (
        r"^((?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))"
        r"((?:[01]\d|2[0-4])[0-5]\d(?:[0-5]\d)?)$",
        "${1} ${2}",
    ),
    (r"^/date\((\d+)\)/$", "${1}"),
)
"""How a day and a time are spelt, and the one way in which they are read."""
_SIMPLE = r"^\d{1,4}[-/]\d{1,2}([-/]\d{1,4}([t ]\d\d:\d\d(:\d\d)?)?)?$"


def plain_text(text: pl.Series) -> pl.Series:
    """Return texts in small letters, in the one way in which they are read."""
    bare = text.str.strip_chars(" \t\r\n'\"\u00a0").str.to_lowercase()
    odd = ~bare.str.contains(_SIMPLE) | bare.str.contains("1899|1900")
    odd = odd.fill_null(False)
    if not odd.any():
        return bare
    mended = bare.filter(odd)
    for spelt, meant in _SPELT:
        mended = mended.str.replace_all(spelt, meant)
    return bare.scatter(odd.arg_true(), mended)
