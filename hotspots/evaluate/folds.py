"""Which months, or times of 28 days, can be forecast from the months before them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, get_args

from hotspots.core.errors import ParameterError, PrecisionError, TooFewError
from hotspots.core.window import Window, add_months, in_words, month_start
from hotspots.model.incidents import SNAP_CHANGE, Incidents

Period = Literal["month", "28 days"]
"""How long each tested time is."""

BASELINE_MONTHS = 12
PERIOD_DAYS = 28
LATE_DAYS = 3
"""A last month is whole if its last incident is at most so many days before its end."""


@dataclass(frozen=True, kw_only=True)
class Fold:
    """One time to forecast and what may be known before it.

    ``test``: a month or 28 days.
    ``train``, ``baseline``: the months that the methods and the plain count are given;
    both end where ``test`` starts.
    """

    test: Window
    train: Window
    baseline: Window


def periods_in_words(n: int, period: Period, *, adjective: str = "") -> str:
    """Return how many tested times there are, as a sentence says it.

    Examples
    --------
    >>> periods_in_words(13, "28 days", adjective="unseen")
    '13 unseen periods of 28 days'
    """
    noun = "month" if period == "month" else "period"
    ending = "" if period == "month" else f" of {period}"
    return " ".join(filter(None, (f"{n:,}", adjective, noun + "s" * (n != 1) + ending)))


def choose_folds(
    incidents: Incidents,
    *,
    n_folds: int,
    train_months: int,
    period: Period = "month",
    end: dt.date | None = None,
    covered: Collection[dt.date] | None = None,
) -> tuple[tuple[Fold, ...], tuple[str, ...]]:
    """Return the latest times that can be tested, oldest first, and what was left out.

    A time is tested if the files hold anything in it and in at least half of the months
    before it, and no change of snap points lies between.

    ``n_folds``: how many times at most.
    ``period``: {"month", "28 days"}; how long each tested time is; what is known before
    it is whole months always.
    ``end``: first day after the last tested time; default the end of the files.
    ``covered``: collection of date; days on which the files hold any incident, where
    ``incidents`` are a part of them: a time without burglaries is not one without data.

    Raises ParameterError if ``end`` is not the first of a month where months are
    tested, or ``period`` is neither; PrecisionError if times of 28 days are asked of
    files that state only months; TooFewError if there are fewer than two incidents, or
    two times to test.
    """
    _check_period(period, incidents)
    if incidents.n < 2:
        raise TooFewError(
            f"testing a forecast needs at least two incidents; got {incidents.n}."
        )
    days = set(covered or incidents.frame["start"].dt.date().unique().to_list())
    months = {month_start(day) for day in days}
    last = _end(max(days), incidents.time_precision, period) if end is None else end
    if last.day != 1 and period == "month":
        raise ParameterError(
            f"the end must be the first day of a month; got {in_words(last)}."
        )
    folds: list[Fold] = []
    left_out: Counter[str] = Counter()
    step = 0
    while len(folds) < n_folds:
        fold = _fold(last, step, train_months, period)
        step += 1
        if min(fold.train.start, fold.baseline.start) < min(months):
            break
        reason = _reason_against(fold, days, months, snapped=incidents.snapped)
        if reason:
            left_out[reason] += 1
        else:
            folds.append(fold)
    if len(folds) < 2:
        before = max(train_months, BASELINE_MONTHS)
        raise TooFewError(_too_few(len(folds), before, len(months), period))
    return tuple(reversed(folds)), _notes(folds, n_folds, left_out, period)


def _check_period(period: str, incidents: Incidents) -> None:
    if str(period) not in get_args(Period):
        raise ParameterError(f"period must be month or 28 days; got {period!r}.")
    if period == "28 days" and incidents.time_precision == "month":
        raise PrecisionError(
            "testing by 28 days needs the day of each incident; these files state only "
            "the month (data.police.uk). Test by the month."
        )


def _fold(last: dt.date, step: int, train_months: int, period: Period) -> Fold:
    if period == "month":
        start, end = add_months(last, -step - 1), add_months(last, -step)
    else:
        end = last - dt.timedelta(days=PERIOD_DAYS * step)
        start = end - dt.timedelta(days=PERIOD_DAYS)
    return Fold(
        test=Window(start=start, end=end),
        train=Window(start=add_months(start, -train_months), end=start),
        baseline=Window(start=add_months(start, -BASELINE_MONTHS), end=start),
    )


def _reason_against(
    fold: Fold, days: set[dt.date], months: set[dt.date], *, snapped: bool
) -> str:
    if not any(fold.test.contains(day) for day in days):
        return "the files have no incident in it"
    for before in (fold.train, fold.baseline):
        span = round(before.days / 30.4375)
        covered = sum(before.contains(month) for month in months)
        if 2 * covered < span:
            return "fewer than half of the months before it are in the files"
    first = min(fold.train.start, fold.baseline.start)
    if snapped and first < SNAP_CHANGE < fold.test.end:
        return "data.police.uk drew new snap points in July 2022"
    return ""


def _end(last: dt.date, precision: str, period: Period) -> dt.date:
    if period != "month":
        return last + dt.timedelta(days=1)
    if precision == "month":
        return add_months(month_start(last), 1)
    return month_start(last + dt.timedelta(days=LATE_DAYS))


def _notes(
    folds: list[Fold], wanted: int, left_out: Counter[str], period: Period
) -> tuple[str, ...]:
    span = Window(start=folds[-1].test.start, end=folds[0].test.end)
    tested = periods_in_words(len(folds), period)
    notes = [f"{tested} were forecast and tested, within {span}."]
    if len(folds) < wanted:
        asked = periods_in_words(wanted, period)
        notes.append(f"{asked} were asked for; the files allow {len(folds)}.")
    notes += [
        f"{periods_in_words(n, period)} {'was' if n == 1 else 'were'} not tested: "
        f"{reason}."
        for reason, n in left_out.items()
    ]
    return tuple(notes)


def _too_few(n: int, before: int, n_months: int, period: Period) -> str:
    tested = "two months" if period == "month" else f"two periods of {period}"
    return (
        f"testing a forecast needs at least {tested} with {before} months before each; "
        f"the {n_months} months with incidents allow {n}. Give files of a longer time, "
        "or fewer months to train on."
    )
