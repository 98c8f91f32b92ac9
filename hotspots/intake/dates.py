"""Dates and times as British files write them, read by one set of rules everywhere.

A text is taken apart, never guessed from a list of formats: the day in one of six
shapes, then a clock, then a zone. Day before month, unless the file proves otherwise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from hotspots.intake.spellings import plain_text

MONTHS = [dt.date(2000, month, 1).strftime("%B").lower() for month in range(1, 13)]
_MONTH_NUMBER = {m[:n]: k for k, m in enumerate(MONTHS, 1) for n in (3, len(m))}
_MONTH_NUMBER["sept"] = 9

BLANKS = (
    "",
    "-",
    "--",
    "?",
    ".",
    "n/a",
    "na",
    "nan",
    "nat",
    "n/k",
    "nk",
    "nil",
    "none",
    "not known",
    "not recorded",
    "not stated",
    "null",
    "tbc",
    "unk",
    "unknown",
    "<null>",
    "(blank)",
    "#n/a",
)
"""What people write where they know nothing."""

FILLERS = (
    dt.datetime(1753, 1, 1),
    dt.datetime(1900, 1, 1),
    dt.datetime(1970, 1, 1),
    dt.datetime(1899, 12, 30),
    dt.datetime(1899, 12, 31),
)
"""Moments that a database writes where it has none."""

_YEAR = r"(?P<y>\d{4}|\d{2})"
_REST = r"(?:[t ,]+(?P<rest>\S.*))?$"
_SHAPES = {
    "numbers": rf"^(?P<a>\d{{1,2}})[-/. ](?P<b>\d{{1,2}})[-/. ]{_YEAR}{_REST}",
    "iso": rf"^(?P<y>\d{{4}})[-/. ](?P<b>\d{{1,2}})[-/. ](?P<a>\d{{1,2}}){_REST}",
    "named": rf"^(?P<a>\d{{1,2}})[-/. ]*(?P<mon>[a-z]{{3,9}})[-/., ]*{_YEAR}{_REST}",
    "name first": rf"^(?P<mon>[a-z]{{3,9}})[-. ]+(?P<a>\d{{1,2}}),? +{_YEAR}{_REST}",
    "compact": rf"^(?P<y>(?:19|20)\d\d)(?P<b>\d\d)(?P<a>\d\d){_REST}",
    "month": r"^(?P<y>\d{4})[-/](?P<b>\d{1,2})$",
    "month, year": r"^(?P<b>\d{1,2})[-/](?P<y>\d{4})$",
    "month by name": rf"^(?P<mon>[a-z]{{3,9}})[-./ ]*{_YEAR}$",
}
_MERIDIEM = r"(?P<half>[ap])\.?m?\.?"
_ZONE = r"(?P<zone>z|utc|gmt|bst|[+-]\d\d(?::?\d\d)?)"
_CLOCKS = (
    rf"^(?P<h>\d{{1,2}})[:.](?P<m>\d\d)(?:[:.](?P<s>\d\d)(?P<f>[.,]\d+)?)?"
    rf" ?(?:{_MERIDIEM})? ?{_ZONE}?$",
    rf"^(?P<h>\d{{1,2}}) ?{_MERIDIEM}$",
    rf"^(?P<h>\d{{2}})(?P<m>\d\d)(?P<s>\d\d)? ?{_ZONE}?$",
    r"^(?P<h>\d)(?P<m>\d\d)$",
)
_DAY_S = 86_400
FIRST_YEAR = 1900
_MOST = 0.8
ORDERS = ("day first", "month first")


def without_fillers(text: pl.Expr) -> pl.Expr:
    """Return text without blanks around it; null where it says that nothing is known.

    Examples
    --------
    >>> frame = pl.DataFrame({"t": [" 22:30", "Unknown", "n/k "]})
    >>> frame.select(without_fillers(pl.col("t")))["t"].to_list()
    ['22:30', None, None]
    """
    bare = text.str.strip_chars()
    return pl.when(~bare.str.to_lowercase().is_in(BLANKS)).then(bare)


@dataclass(frozen=True, kw_only=True)
class DateRules:
    """How the dates of a file are to be read.

    ``month_first``: whether 05/06/2024 is 6 May.
    ``formats``: in the manner of ``strptime``, tried before the general rules.
    ``midnight_is_day``: whether a clock of exactly midnight is no clock: a workbook
    keeps both alike.
    ``minute_is_day``: whether 00:01 is none either: some systems write it where no time
    is known.
    """

    month_first: bool = False
    formats: tuple[str, ...] = ()
    midnight_is_day: bool = False
    minute_is_day: bool = False

    @classmethod
    def of(cls, formats: Sequence[str], order: str | None = None) -> DateRules:
        """Make the rules that a profile states."""
        month = [form for form in formats if "%m" in form and "%d" in form]
        swapped = any(-1 < f.find("%m") < f.find("%d") < f.find("%Y") for f in month)
        first = swapped if order is None else order == "month first"
        return cls(month_first=first, formats=tuple(formats))


def read_moments(text: pl.Series, rules: DateRules | None = None) -> pl.DataFrame:
    """Read each text as a moment.

    ``text``: Series of n strings.

    Returns n rows: ``moment`` (local wall clock, null where it cannot be read),
    ``clock`` (whether hours are stated), ``month`` (whether only the month is),
    ``zoned``, ``shape``.

    Examples
    --------
    >>> texts = pl.Series(["14/06/2024 24:00", "Jun-24", "2024-06-14T21:30Z"])
    >>> for moment in read_moments(texts)["moment"]:
    ...     print(moment)
    2024-06-15 00:00:00
    2024-06-01 00:00:00
    2024-06-14 22:30:00
    """
    rules = rules or DateRules()
    distinct = text.alias("text").unique()
    read = pl.DataFrame([distinct, plain_text(distinct).alias("plain")])
    frame = _by_shapes(read, rules)
    given = _by_formats(frame, rules.formats)
    joined = (
        text.alias("text")
        .to_frame()
        .join(given, on="text", how="left", nulls_equal=True, maintain_order="left")
    )
    clock = pl.col("clock")
    if rules.midnight_is_day:
        clock = clock & (pl.col("moment").dt.time() != dt.time())
    if rules.minute_is_day:
        clock = clock & (pl.col("moment").dt.time() != dt.time(0, 1))
    return joined.select(
        "moment", clock.fill_null(False).alias("clock"), "month", "zoned", "shape"
    )


def read_clocks(text: pl.Series) -> pl.Series:
    """Read each text as seconds after midnight; null where it is no time of day.

    Examples
    --------
    >>> read_clocks(pl.Series(["10:30:00 PM", "930", "0930", "24:00", "0.5"])).to_list()
    [81000, 34200, 34200, 86400, 43200]
    """
    frame = plain_text(text).alias("text").to_frame()
    numbers = frame.select(pl.col("text").str.extract(r"^\d{1,2}$", 0).cast(pl.Int64))
    small = numbers["text"]
    read = frame.select(_clock(pl.col("text")).alias("clock")).unnest("clock")
    hours_alone = small.drop_nulls().len() == text.drop_nulls().len()
    alone = small.clip(0, 24) * 3600 if hours_alone else small * 60
    return read["seconds"].fill_null(alone)


def date_order(text: pl.Series) -> tuple[int, int, int]:
    """Count the dates that only day first fits, only month first, and both."""
    plain = plain_text(text.drop_nulls())
    parts = plain.str.extract_groups(_SHAPES["numbers"]).struct.unnest()
    a, b = (pl.col(name).cast(pl.Int32) for name in "ab")
    day, month = (a > 12) & (b <= 12), (a <= 12) & (b > 12)
    counts = parts.select(day.sum(), month.sum().alias("m"), (a <= 12).sum().alias("x"))
    n_day, n_month, n_small = counts.row(0)
    return n_day, n_month, n_small - n_month


def share_of_moments(text: pl.Series, *, by_number: bool = True) -> float:
    """Return the share of known values that are dates, 0 where nothing is known.

    ``by_number``: whether a bare number may be the date of a spreadsheet or of a
    computer.
    """
    known = text.to_frame("t").select(without_fillers(pl.col("t")))["t"].drop_nulls()
    if not by_number:
        known = known.filter(~known.str.contains(r"^\d+(\.\d+)?$"))
        if len(known) < len(text.drop_nulls()) / 2:
            return 0.0
    both = [read_moments(known, DateRules(month_first=f)) for f in (False, True)]
    fits = max((int(r["moment"].is_not_null().sum()) for r in both), default=0)
    return fits / len(known) if len(known) else 0.0


def share_of_clocks(text: pl.Series) -> float:
    """Return the share of known values that are times of day."""
    known = text.to_frame("t").select(without_fillers(pl.col("t")))["t"].drop_nulls()
    if not len(known):
        return 0.0
    return int(read_clocks(known).is_not_null().sum()) / len(known)


def most(share: float) -> bool:
    """Say whether a share is at least four in five."""
    return share >= _MOST


def exchange_note(moments: pl.Series, shapes: pl.Series) -> str | None:
    """Warn where day and month may have been exchanged: no day is after the 12th."""
    days = pl.DataFrame({"d": moments.dt.date(), "s": shapes}).drop_nulls().unique()
    by_shape = days.group_by("s").agg(
        n=pl.len(), last=pl.col("d").dt.day().max(), first=pl.col("d").dt.day().min()
    )
    odd = by_shape.filter(
        (pl.col("n") >= 8) & (pl.col("last") <= 12) & (pl.col("first") < pl.col("last"))
    )
    if odd.is_empty():
        return None
    return (
        f"of {odd['n'].sum():,} days written in one way none is after the 12th of its "
        "month: day and month may have been exchanged by a spreadsheet. Compare some "
        "with the system they come from."
    )


# -- how ---------------------------------------------------------------------------


def _by_shapes(frame: pl.DataFrame, rules: DateRules) -> pl.DataFrame:
    shapes = [_one_shape(name, form, rules) for name, form in _SHAPES.items()]
    found = frame.select("text", pl.coalesce(*shapes, _number()).alias("f"))
    found = found.unnest("f")
    rests = found.select("rest").unique()
    clocks = rests.with_columns(_clock(pl.col("rest")).alias("c")).unnest("c")
    both = found.join(clocks, on="rest", how="left", nulls_equal=True)
    zone = pl.coalesce("unix", "zone")
    whole = pl.col("rest").is_null() | pl.col("seconds").is_not_null()
    seconds = pl.coalesce("seconds", "part", pl.lit(0))
    moment = pl.when(whole).then(pl.col("day") + pl.duration(seconds=seconds))
    stated = pl.col("seconds").is_not_null() | (pl.col("part") > 0)
    return both.select(
        "text",
        _to_wall_clock(moment, zone).alias("moment"),
        (stated | pl.col("unix").is_not_null()).fill_null(False).alias("clock"),
        "month",
        zone.is_not_null().alias("zoned"),
        pl.when(whole).then("shape").alias("shape"),
    )


def _found(day: pl.Expr, shape: str, **said: pl.Expr) -> pl.Expr:
    text, number = pl.lit(None, dtype=pl.String), pl.lit(None, dtype=pl.Int64)
    return pl.when(day.is_not_null()).then(
        pl.struct(
            day.cast(pl.Datetime("us")).alias("day"),
            said.get("rest", text).alias("rest"),
            said.get("part", number).alias("part"),
            said.get("unix", text).alias("unix"),
            pl.lit(shape.startswith("month")).alias("month"),
            pl.lit(shape).alias("shape"),
        )
    )


def _one_shape(name: str, form: str, rules: DateRules) -> pl.Expr:
    """Return what one shape of date says of the text, null where it does not fit."""
    groups = pl.col("plain").str.extract_groups(form)
    month, day = _part(groups, "b", form), _part(groups, "a", form)
    if "(?P<mon>" in form:
        month = groups.struct.field("mon").replace_strict(
            _MONTH_NUMBER, default=None, return_dtype=pl.Int64
        )
    if name == "numbers" and rules.month_first:
        month, day = day, month
    year = _part(groups, "y", form)
    short = groups.struct.field("y").str.len_chars() == 2
    year = year + pl.when(short).then(
        pl.when(year < 69).then(2000).otherwise(1900)
    ).otherwise(0)
    number = year * 10_000 + month * 100 + (day if "(?P<a>" in form else 1)
    date = number.cast(pl.String).str.to_datetime("%Y%m%d", strict=False)
    date = pl.when(year >= FIRST_YEAR).then(date)
    if name.startswith("month"):
        return _found(date, name)
    return _found(date, name, rest=groups.struct.field("rest"))


def _part(groups: pl.Expr, name: str, form: str) -> pl.Expr:
    if f"(?P<{name}>" not in form:
        return pl.lit(None, dtype=pl.Int64)
    return groups.struct.field(name).cast(pl.Int64, strict=False)


def _clock(text: pl.Expr) -> pl.Expr:
    """Return seconds after midnight and the zone, null where it is no time."""
    clocks = (_one_clock(text, form) for form in _CLOCKS)
    return pl.coalesce(*clocks, _fraction_of_day(text))


def _one_clock(text: pl.Expr, form: str) -> pl.Expr:
    groups = text.str.extract_groups(form)
    hour, minute, second = (_part(groups, name, form) for name in "hms")
    minute, second = minute.fill_null(0), second.fill_null(0)
    half = pl.lit(None, dtype=pl.String)
    if "(?P<half>" in form:
        half = groups.struct.field("half")
        hour = (
            pl.when(half.is_null())
            .then(hour)
            .when(hour.is_between(0, 12))
            .then(hour % 12 + pl.when(half == "p").then(12).otherwise(0))
            .when(half == "p")  # a clock of 24 hours with a mark beside it
            .then(hour)
        )
    zone = pl.lit(None, dtype=pl.String)
    if "(?P<zone>" in form:
        zone = groups.struct.field("zone")
    seconds = hour * 3600 + minute * 60 + second
    fits = (minute < 60) & (second < 60) & (seconds <= _DAY_S)
    return pl.when(fits).then(pl.struct(seconds.alias("seconds"), zone.alias("zone")))


def _fraction_of_day(text: pl.Expr) -> pl.Expr:
    part = text.str.extract(r"^0?\.\d+$", 0).cast(pl.Float64)
    seconds = (part * _DAY_S).round().cast(pl.Int64)
    return pl.when(part.is_not_null()).then(
        pl.struct(seconds.alias("seconds"), pl.lit(None, dtype=pl.String).alias("zone"))
    )


def _number() -> pl.Expr:
    """Read a spreadsheet's day number, or milliseconds since 1970 (which are UTC)."""
    serial = pl.col("plain").str.extract(r"^\d{5}(\.\d+)?$", 0).cast(pl.Float64)
    serial = pl.when(serial.is_between(20_000, 80_000)).then(serial)
    days = serial.floor().cast(pl.Int64)
    part = ((serial - serial.floor()) * _DAY_S).round().cast(pl.Int64)
    unix = pl.coalesce(
        pl.col("plain").str.extract(r"^1?\d{12}$", 0),
        pl.col("plain").str.extract(r"^1\d{9}$", 0) + "000",
    )
    moment = pl.from_epoch(unix.cast(pl.Int64), time_unit="ms")
    return pl.coalesce(
        _found(
            pl.lit(dt.datetime(1899, 12, 30)) + pl.duration(days=days),
            "number",
            part=part,
        ),
        _found(moment, "number", unix=pl.when(unix.is_not_null()).then(pl.lit("utc"))),
    )


def _to_wall_clock(moment: pl.Expr, zone: pl.Expr) -> pl.Expr:
    """Turn a moment with a zone into the wall clock of the United Kingdom."""
    sign = pl.when(zone.str.starts_with("-")).then(-1).otherwise(1)
    digits = zone.str.replace_all(r"[^\d]", "").str.pad_end(4, "0")
    hours = digits.str.slice(0, 2).cast(pl.Int64, strict=False).fill_null(0)
    minutes = digits.str.slice(2, 2).cast(pl.Int64, strict=False).fill_null(0)
    offset = pl.when(zone == "bst").then(60).otherwise(sign * (60 * hours + minutes))
    utc = (moment - pl.duration(minutes=offset)).dt.replace_time_zone("UTC")
    local = utc.dt.convert_time_zone("Europe/London").dt.replace_time_zone(None)
    return pl.when(zone.is_not_null()).then(local).otherwise(moment)


def _by_formats(frame: pl.DataFrame, formats: Sequence[str]) -> pl.DataFrame:
    """Prefer what the formats of a profile read."""
    for form in reversed(formats):
        moment = (
            pl.col("text")
            .str.strip_chars()
            .str.to_datetime(form, strict=False, time_unit="us")
        )
        zoned = any(part in form for part in ("%z", "%#z", "%:z"))
        if zoned:
            local = moment.dt.convert_time_zone("Europe/London")
            moment = local.dt.replace_time_zone(None)
        fits = (moment.dt.year() >= FIRST_YEAR).fill_null(False)
        has_clock = any(p in form for p in ("%H", "%I", "%T", "%R", "%X", "%c", "%k"))
        said = {"clock": has_clock, "month": False, "zoned": zoned, "shape": form}
        frame = frame.with_columns(
            pl.when(fits).then(moment).otherwise("moment").alias("moment"),
            *(
                pl.when(fits).then(pl.lit(value)).otherwise(name).alias(name)
                for name, value in said.items()
            ),
        )
    return frame
