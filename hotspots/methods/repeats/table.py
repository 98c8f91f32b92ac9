"""Targets in a table, each followed from its first incident, and their totals.

With enough incidents on few enough places some targets are hit twice anyway: what
counts is how many more than by chance alone.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from hotspots.core.arrays import as_int, as_number, as_numbers
from hotspots.core.errors import ParameterError, TooFewError
from hotspots.core.types import Floats, Ints
from hotspots.core.window import Window, add_months
from hotspots.model.incidents import Incidents
from hotspots.model.parts import rows_by_part

MAXIMUM = 10**15


@dataclass(frozen=True, kw_only=True)
class ChanceOfRepeats:
    """What repeats there would be if every place at risk were as likely as any other.

    ``n_targets``: expected number of places with one incident or more.
    ``n_repeat_targets``: expected number of those with two or more.
    ``share_targets``: the second over the first.
    ``share_incidents``: expected share of the incidents that lie at repeat targets.
    """

    n_targets: float
    n_repeat_targets: float
    share_targets: float
    share_incidents: float


def chance_of_repeats(n_incidents: int, n_at_risk: int) -> ChanceOfRepeats:
    """Return the repeats that chance alone gives when incidents fall on places evenly.

    ``n_incidents``: at least 1.
    ``n_at_risk``: places that could be hit, those never hit included; at least 1.

    Raises ParameterError if a number is below 1.

    Notes
    -----
    Each of N incidents falls on one of M places with the same probability, so that a
    place has a binomial number of them. Of the places, ``M (1 - (1 - 1/M)^N)`` are
    hit and ``N (1 - 1/M)^(N-1)`` hit once; an incident stands alone with probability
    ``(1 - 1/M)^(N-1)``. For many places this is the Poisson distribution with mean
    N/M. Places differ in risk, so that some excess over it is expected always.

    References
    ----------
    Sparks, R. F. (1981). Multiple victimization: evidence, theory, and future
    research. Journal of Criminal Law and Criminology 72(2), 762-778: the Poisson
    comparison. Feller, W. (1968). An Introduction to Probability Theory and Its
    Applications, volume 1, section II.5: occupancy.

    Examples
    --------
    Two incidents on two doors: both at one door every second time.

    >>> chance = chance_of_repeats(2, 2)
    >>> chance.n_targets, chance.n_repeat_targets, chance.share_incidents
    (1.5, 0.5, 0.5)
    """
    n_incidents = as_int(n_incidents, name="incidents", minimum=1, maximum=MAXIMUM)
    n_at_risk = as_int(n_at_risk, name="places at risk", minimum=1, maximum=MAXIMUM)
    missed = (1 - 1 / n_at_risk) ** (n_incidents - 1)
    hit = n_at_risk * (1 - missed * (1 - 1 / n_at_risk))
    repeat = hit - n_incidents * missed
    return ChanceOfRepeats(
        n_targets=hit,
        n_repeat_targets=repeat,
        share_targets=repeat / hit,
        share_incidents=1 - missed,
    )


def chance_while_followed(
    followed_days: Floats, *, rate_per_day: float
) -> ChanceOfRepeats:
    """Return the repeats chance gives at targets followed for different times.

    ``followed_days`` (k,), days: how long each target was followed after its first
    incident.
    ``rate_per_day``: incidents per place and day; all incidents over places at risk
    times days.

    Returns ChanceOfRepeats: ``n_targets`` is k.

    Raises ParameterError if a time or the rate is negative or not finite.

    Notes
    -----
    A target followed for e days has a further incident with probability
    ``1 - exp(-rate e)`` (Poisson), so that targets hit shortly before the files end
    are not expected to show what could not yet be seen.

    Examples
    --------
    >>> chance = chance_while_followed(np.array([365.0]), rate_per_day=0.01 / 365)
    >>> round(chance.share_targets, 5)
    0.00995
    """
    followed = as_numbers(followed_days, name="followed_days")
    rate_per_day = as_number(rate_per_day, name="rate_per_day")
    mean = followed * rate_per_day
    if not (np.isfinite(mean).all() and (followed >= 0).all() and rate_per_day >= 0):
        raise ParameterError(
            "days followed and the rate must be finite numbers, 0 or more; got a rate "
            f"of {rate_per_day!r} and days from {followed.min(initial=0):g}."
        )
    again = float(-np.expm1(-mean).sum())
    n = len(followed)
    incidents = n + float(mean.sum())
    return ChanceOfRepeats(
        n_targets=n,
        n_repeat_targets=again,
        share_targets=again / n if n else float("nan"),
        share_incidents=(again + float(mean.sum())) / incidents if n else float("nan"),
    )


Summary = dict[str, float | int | None]
DAY_US = 86_400_000_000


def target_table(
    incidents: Incidents, of: Ints, window: Window, months: int, decay_days: float
) -> pl.DataFrame:
    """Return a row for each target, followed for some months from its first incident.

    ``incidents``: n of them; all within the window.
    ``of`` (n,), int64: the target of each.
    ``window``: its end is where following ends.

    Returns a row a target: as
    :attr:`hotspots.methods.repeat_victimisation.Repeats.frame`.
    """
    end = dt.datetime.combine(window.end, dt.time())
    latest = dt.datetime.combine(add_months(window.end, -months), dt.time())
    rows = incidents.frame.with_columns(target=pl.Series("target", of, pl.Int64))
    first = pl.col("start").min().over("target")
    follow_end = first.dt.offset_by(f"{months}mo")
    age_days = (end - pl.col("start")).dt.total_microseconds() / DAY_US
    rows = rows.with_columns(
        pl.col("street").cast(pl.String),
        follow_end=follow_end,
        followed=pl.col("start") < follow_end,
        latest=pl.col("start") >= latest,
        weight=(-age_days / decay_days).exp(),
    ).sort("start", "file", "line", maintain_order=True)
    table = rows.group_by("target", maintain_order=True).agg(
        *(pl.col(c).drop_nulls().first() for c in ("premises", "address", "street")),
        pl.col("place").first(),
        pl.len().cast(pl.Int64).alias("n_incidents"),
        pl.col("start").first().alias("first"),
        pl.col("start").last().alias("last"),
        pl.col("follow_end").first(),
        pl.col("followed").sum().cast(pl.Int64).alias("n_followed"),
        pl.col("latest").sum().cast(pl.Int64).alias("n_latest"),
        pl.col("weight").sum().alias("score"),
    )
    return _finished(table, incidents, end)


def _finished(
    table: pl.DataFrame, incidents: Incidents, end: dt.datetime
) -> pl.DataFrame:
    places = incidents.places.with_row_index("place")
    seen_until = pl.min_horizontal(pl.col("follow_end"), pl.lit(end))
    days = (seen_until - pl.col("first")).dt.total_microseconds() / DAY_US
    return (
        table.join(places, on="place", how="left", maintain_order="left")
        .with_columns(
            followed_days=days,
            followed_in_full=pl.col("follow_end") <= end,
            repeat=pl.col("n_followed") >= 2,
        )
        .drop("place", "follow_end")
        .pipe(by_score)
    )


def by_score(table: pl.DataFrame) -> pl.DataFrame:
    """Return a table of targets with the highest score first."""
    order = ["score", "n_incidents", "target"]
    return table.sort(order, descending=[True, True, False])


def targets_by_part(incidents: Incidents, of: Ints) -> Iterator[tuple[Incidents, Ints]]:
    """Yield incidents and their targets by the part in which each target was first hit.

    So a target is never cut in two, wherever its incidents are.
    """
    part = np.empty(incidents.n, np.int64)
    for number, rows in enumerate(rows_by_part(incidents)):
        part[rows] = number
    _, first, target = np.unique(of, return_index=True, return_inverse=True)
    home = part[first][target.reshape(-1)]
    for number in np.unique(home):
        mine = home == number
        yield incidents.select(pl.Series(mine)).compact(), of[mine]


def summarise(
    table: pl.DataFrame, *, window: Window, n_at_risk: int | None = None
) -> Summary:
    """Add up a table of targets and compare it with chance.

    ``table``: as :func:`target_table` returns it.
    ``n_at_risk``: places that could be hit.

    As :attr:`hotspots.methods.repeat_victimisation.Repeats.summary`.

    Raises ParameterError if fewer places are at risk than were hit.
    """
    repeat, full = table.filter("repeat"), table.filter("followed_in_full")
    n_again_in_full = full.filter("repeat").height
    n_followed, n_at_repeats = (int(t["n_followed"].sum()) for t in (table, repeat))
    return {
        "n_incidents": int(table["n_incidents"].sum()),
        "n_targets": table.height,
        "n_repeat_targets": repeat.height,
        "share_targets": _share(repeat.height, table.height),
        "n_followed": n_followed,
        "n_at_repeat_targets": n_at_repeats,
        "share_incidents": _share(n_at_repeats, n_followed),
        "n_followed_in_full": full.height,
        "n_repeat_in_full": n_again_in_full,
        "share_targets_in_full": _share(n_again_in_full, full.height),
        **_against_chance(table, window, n_at_risk),
    }


def _against_chance(
    table: pl.DataFrame, window: Window, n_at_risk: int | None
) -> Summary:
    names = (
        "expected_repeat_targets",
        "expected_share_targets",
        "expected_share_incidents",
        "times_chance",
        "p_value",
    )
    if n_at_risk is None:
        return {"n_at_risk": None, **dict.fromkeys(names)}
    rate = rate_per_day(
        int(table["n_incidents"].sum()), table.height, window, n_at_risk
    )
    chance = chance_while_followed(table["followed_days"].to_numpy(), rate_per_day=rate)
    n_again, expected = int(table["repeat"].sum()), chance.n_repeat_targets
    values = (expected, chance.share_targets, chance.share_incidents)
    more = _share(n_again, expected), _at_least(n_again, expected)
    return {"n_at_risk": n_at_risk, **dict(zip(names, values + more, strict=True))}


def _at_least(n: int, mean: float) -> float:
    """Return the Poisson probability of a count of n or more."""
    from scipy.special import gammainc

    return float(gammainc(n, mean)) if n else 1.0


def _share(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def rate_per_day(
    n_incidents: int, n_targets: int, window: Window, n_at_risk: int | None
) -> float:
    """Return the incidents that a place at risk has in a day by chance.

    Incidents per place and day; nan where the places at risk are not given.

    Raises ParameterError if fewer places are at risk than were hit.
    """
    if n_at_risk is None:
        return math.nan
    if n_at_risk < n_targets:
        raise ParameterError(
            f"n_at_risk must be at least the {n_targets:,} targets that were hit; got "
            f"{n_at_risk:,}. Count every place that could be hit, for instance all "
            "dwellings of the district."
        )
    return n_incidents / (n_at_risk * window.days)


def days_from(start: pl.Series, day: dt.date) -> Floats:
    """Return moments as days from the start of a day, shape (n,)."""
    since = start - dt.datetime.combine(day, dt.time())
    return np.asarray(since.dt.total_microseconds().to_numpy() / DAY_US)


def inside_window(
    incidents: Incidents, window: Window | None
) -> tuple[pl.Series, Window]:
    """Return which incidents lie in the window, by default all of them.

    Returns ``window``: from the first to the last day, where none was given.

    Raises PrecisionError if the files state only the month or coordinates are snap
    points; TooFewError if fewer than two incidents lie inside.
    """
    incidents.check_moments("Repeat victimisation")
    day = incidents.frame["start"].dt.date()
    if window is None and incidents.n:
        first, last = day.min(), day.max()
        assert isinstance(first, dt.date)
        assert isinstance(last, dt.date)
        window = Window(start=first, end=last + dt.timedelta(days=1))
    inside = (
        day.is_between(window.start, window.end, closed="left")
        if window
        else pl.Series([], dtype=pl.Boolean)
    )
    if window is None or inside.sum() < 2:
        raise TooFewError(
            "repeat victimisation needs at least two incidents; got "
            f"{int(inside.sum())} in {window or 'no file'}."
        )
    return inside, window
