"""Which months can be forecast from the months before them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

import polars as pl

from hotspots.errors import ParameterError, TooFewError
from hotspots.incidents import SNAP_CHANGE, Incidents
from hotspots.window import Window, add_months, in_words, month_start

__all__ = ["NAIVE_MONTHS", "Fold", "choose_folds"]

NAIVE_MONTHS = 12
LATE_DAYS = 3
"""A last month is whole if its last incident is at most so many days before its end."""


@dataclass(frozen=True, kw_only=True)
class Fold:
    """One month to forecast and what may be known before it.

    Parameters
    ----------
    test : Window
        One month.
    train, naive : Window
        The months that the methods and the plain count are given; both end where
        ``test`` starts.
    """

    test: Window
    train: Window
    naive: Window


def choose_folds(
    incidents: Incidents, *, n_folds: int, train_months: int, end: dt.date | None = None
) -> tuple[tuple[Fold, ...], tuple[str, ...]]:
    """Return the latest months that can be tested, oldest first, and what was left out.

    A month is tested if it holds incidents, at least half of the months before it do,
    and no change of snap points lies between.

    Parameters
    ----------
    incidents : Incidents
    n_folds : int
        How many months at most.
    train_months : int, months
    end : date, optional
        First day after the last month; default the end of the files.

    Returns
    -------
    folds : tuple of Fold
    notes : tuple of str

    Raises
    ------
    ParameterError
        If ``end`` is not the first of a month.
    TooFewError
        If there are fewer than two incidents, or two months to test.
    """
    if incidents.n < 2:
        raise TooFewError(
            f"testing a forecast needs at least two incidents; got {incidents.n}."
        )
    months = _months(incidents)
    last = _end(incidents) if end is None else end
    if last.day != 1:
        raise ParameterError(
            f"the end must be the first day of a month; got {in_words(last)}."
        )
    folds: list[Fold] = []
    left_out: Counter[str] = Counter()
    step = 0
    while len(folds) < n_folds:
        fold = _fold(add_months(last, -step - 1), train_months)
        step += 1
        if min(fold.train.start, fold.naive.start) < min(months):
            break
        reason = _reason_against(fold, months, snapped=incidents.snapped)
        if reason:
            left_out[reason] += 1
        else:
            folds.append(fold)
    if len(folds) < 2:
        raise TooFewError(_too_few(len(folds), max(train_months, NAIVE_MONTHS), months))
    return tuple(reversed(folds)), _notes(folds, n_folds, left_out)


def _fold(month: dt.date, train_months: int) -> Fold:
    return Fold(
        test=Window(start=month, end=add_months(month, 1)),
        train=Window(start=add_months(month, -train_months), end=month),
        naive=Window(start=add_months(month, -NAIVE_MONTHS), end=month),
    )


def _reason_against(fold: Fold, months: set[dt.date], *, snapped: bool) -> str:
    if fold.test.start not in months:
        return "the files have no incident in it"
    for before in (fold.train, fold.naive):
        span = round(before.days / 30.4375)
        covered = sum(before.contains(month) for month in months)
        if 2 * covered < span:
            return "fewer than half of the months before it are in the files"
    first = min(fold.train.start, fold.naive.start)
    if snapped and first < SNAP_CHANGE < fold.test.end:
        return "data.police.uk drew new snap points in July 2022"
    return ""


def _months(incidents: Incidents) -> set[dt.date]:
    month = pl.col("start").dt.truncate("1mo").dt.date().unique()
    return set(incidents.frame.select(month)["start"].to_list())


def _end(incidents: Incidents) -> dt.date:
    last = incidents.frame["start"].max()
    assert isinstance(last, dt.datetime)
    if incidents.time_precision == "month":
        return add_months(month_start(last.date()), 1)
    return month_start(last.date() + dt.timedelta(days=LATE_DAYS))


def _notes(folds: list[Fold], wanted: int, left_out: Counter[str]) -> tuple[str, ...]:
    span = Window(start=folds[-1].test.start, end=folds[0].test.end)
    notes = [f"{len(folds)} months were forecast and tested, within {span}."]
    if len(folds) < wanted:
        notes.append(f"{wanted} months were asked for; the files allow {len(folds)}.")
    notes += [
        f"{n} {'month was' if n == 1 else 'months were'} not tested: {reason}."
        for reason, n in left_out.items()
    ]
    return tuple(notes)


def _too_few(n: int, before: int, months: set[dt.date]) -> str:
    return (
        f"testing a forecast needs at least two months with {before} months before "
        f"each; {n} of the {len(months)} months in the files can be tested. Give "
        "files of a longer time, or fewer months to train on."
    )
