"""The figures of a public brief: all of one release, so that none gives another away.

Areas, months, quarters, years and kinds of incident are protected together
(:func:`hotspots.disclosure.release.build_release`), in the order of the calendar. A
brief shows some of these figures; the next one shows others of the same release.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from hotspots.brief.indicators import Counted
from hotspots.brief.period import Period
from hotspots.brief.period_table import PRIORITY, headline_p
from hotspots.brief.scope import Scope
from hotspots.core.errors import ParameterError, PrecisionError
from hotspots.core.table import Table
from hotspots.disclosure.policy import Policy
from hotspots.disclosure.release import ALL, Release, build_release

DISTRICT, REST = "district", "rest"
TIMES = ("now", "previous", "last_year")
KEPT = ("label", "now", "previous", "last_year", "percent", "z", "p")
SMALL_BASE = 50


def check_public_period(period: Period) -> None:
    """Refuse a public brief of a time that no public figure is published for.

    Raises
    ------
    PrecisionError
        If it is a week.
    ParameterError
        If it is a calendar year: public years run from April to March, since a figure
        for both would give the difference away.
    """
    last = period.counted.last_day
    if period.kind == "weekly":
        raise PrecisionError(
            "a public brief must not state a time finer than a month; a weekly one was "
            f"asked for. Ask for the month instead: {last:%Y-%m}."
        )
    if period.kind == "annual" and "/" not in period.text:
        year = int(period.text)
        raise ParameterError(
            "a public year must run from April to March, so that months cannot be "
            f"worked out from overlapping years; got {period.text!r}. Ask for "
            f"{year}/{(year + 1) % 100:02d}."
        )


def public_release(scope: Scope, counted: Counted, policy: Policy) -> Release:
    """Protect every figure of areas, calendar spans and kinds of incident at once."""
    n = scope.incidents.n
    kind = np.full(n, "", dtype=object)
    for indicator, mask in zip(counted.indicators[1:], counted.masks[1:], strict=True):
        kind[mask] = indicator.key
    located = scope.dataset.locate_kind(public_kind(scope))
    at = np.where(scope.shown, located[scope.incidents.frame["place"].to_numpy()], -1)
    codes = [f"area:{code}" for code in scope.dataset.areas.frame["code"]]
    names = np.array([*codes, REST], dtype=object)[at]
    rows = pl.DataFrame(
        {
            "area": names.tolist(),
            DISTRICT: [DISTRICT] * n,
            "month": scope.incidents.frame["start"].dt.date(),
            "kind": kind.tolist(),
        }
    )
    rows = rows.filter(pl.col("kind") != "")
    return build_release(
        rows, areas=["area", DISTRICT], month="month", category="kind", policy=policy
    )


def public_kind(scope: Scope) -> str:
    """Return the one kind of area of a return: priority neighbourhoods, else wards."""
    dataset = scope.dataset
    return PRIORITY if PRIORITY in dataset.areas.kinds else dataset.ward_kind


def public_table(table: Table, scope: Scope, release: Release) -> Table | None:
    """Return a table with the figures of a release in place of its own."""
    if not table.adds_up:
        return None
    period = scope.period
    spans = (period, period.previous, _a_year_before(period))
    held = {
        (area, category, text): n
        for area, text, category, n in release.frame.select(
            "area", "period", "category", "n"
        ).iter_rows()
    }
    rows = table.rows.select("key", "label").with_columns(
        pl.Series(name, [held.get((*_at(key), span.text)) for key in table.rows["key"]])
        .cast(pl.Int64)
        .alias(name)
        for name, span in zip(TIMES, spans, strict=True)
    )
    base = "last_year" if table.percent_of_last_year else "previous"
    return replace(
        table,
        rows=_with_changes(rows, base),
        columns=tuple(c for c in table.columns if c.name in KEPT),
        caption=_caption(period),
        notes=(
            release.policy.in_words(),
            "A dash is a count that is not shown, or a time that the files do not "
            "hold. Changes are worked out from the rounded counts.",
            "Areas leave out drugs, weapons, domestic, sexual and hate offences; the "
            "whole district holds them.",
        ),
    )


def _caption(period: Period) -> str:
    text = str(period)
    before = f"the {period.span_words} before"
    if period.kind != "annual":
        before += f" and the same {period.span_words} a year before"
    return f"{text[0].upper()}{text[1:]}, beside {before}."


def _a_year_before(period: Period) -> Period:
    found = period
    for _ in range({"monthly": 12, "quarterly": 4, "annual": 1}[period.kind]):
        found = found.previous
    return found


def _at(key: str) -> tuple[str, str]:
    """Return the area and the category of a row of a table."""
    if key in ("all", "area:all"):
        return DISTRICT, ALL
    return (key, ALL) if key.startswith("area:") else (DISTRICT, key)


def _with_changes(rows: pl.DataFrame, base: str) -> pl.DataFrame:
    """Work out changes from what is published, which tells nothing more."""
    pairs = rows.select("now", "last_year").iter_rows()
    tests = [headline_p(now, before) for now, before in pairs]
    change = 100 * (pl.col("now") - pl.col(base)) / pl.col(base)
    return rows.with_columns(
        pl.when(pl.col(base) > 0).then(change).alias("percent"),
        small_base=(pl.col(base) < SMALL_BASE).fill_null(value=True),
        z=pl.Series([z for z, _ in tests], dtype=pl.Float64),
        p=pl.Series([p for _, p in tests], dtype=pl.Float64),
    )
