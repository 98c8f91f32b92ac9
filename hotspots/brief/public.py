"""The figures of a public brief: all of one release, so that none gives another away.

Areas, months, quarters, years and kinds of incident are protected together
(:func:`hotspots.disclosure.release.build_release`), in the order of the calendar. A
brief shows some of these figures; the next one shows others of the same release.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from hotspots.brief.bottom_line import HEADLINE_P, HEADLINE_Z
from hotspots.brief.indicators import Counted
from hotspots.brief.period import Period
from hotspots.brief.period_table import PRIORITY
from hotspots.brief.scope import EXCLUDED, Scope
from hotspots.brief.variation import UNKNOWN
from hotspots.core.errors import ParameterError, PrecisionError
from hotspots.core.table import Table
from hotspots.disclosure.policy import Policy
from hotspots.disclosure.release import ALL, Release, build_release
from hotspots.methods.change import clustered_test, poisson_z

AREAS = f"Areas only: {EXCLUDED[0].lower()}{EXCLUDED[1:]}"
LABELS = {"word": "Change on last year"}
DISTRICT, REST = "district", "rest"
TIMES = ("now", "previous", "last_year")
KEPT = ("label", "now", "previous", "last_year", "word")


def check_public_period(period: Period) -> None:
    """Refuse a public brief of a time that no public figure is published for.

    Raises PrecisionError if it is a week; ParameterError if it is a calendar year:
    public years run from April to March, since a figure for both would give the
    difference away.
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
    words = [
        sure_change(now, before, by=release.policy.round_to)
        for now, before in rows.select("now", "last_year").iter_rows()
    ]
    columns = [replace(c, label=LABELS.get(c.name, c.label)) for c in table.columns]
    return replace(
        table,
        title="Recorded incidents" if table.id == "period" else table.title,
        rows=rows.with_columns(word=pl.Series(words, dtype=pl.String)),
        columns=tuple(c for c in columns if c.name in KEPT),
        caption=_caption(period),
        notes=(
            release.policy.in_words(),
            "A dash is a count that is not shown, or a period that the files do not "
            "cover.",
            "Higher and lower hold whatever the counts were before rounding (z of 3 or "
            "more and p of 0.02 or less where counts vary twice as much as chance).",
            AREAS,
        ),
    )


def sure_change(now: int | None, before: int | None, *, by: int) -> str | None:
    """Say whether a count changed, whatever the counts that were rounded.

    Only the published counts are used, so that the word gives nothing more away.

    Examples
    --------
    >>> sure_change(60, 20, by=5), sure_change(30, 20, by=5)
    ('higher', 'no clear change')
    """
    if now is None or before is None:
        return None
    half = by // 2
    least = (max(now - half, 0), before + half)
    most = (now + half, max(before - half, 0))
    for word, (a, b), sign in (("higher", least, 1), ("lower", most, -1)):
        p = clustered_test(a, b, dispersion=UNKNOWN)
        if sign * poisson_z(a, b) >= HEADLINE_Z and p <= HEADLINE_P:
            return word
    return "no clear change"


def _caption(period: Period) -> str:
    text = str(period)
    before = f"the previous {period.span_words}"
    if period.kind != "annual":
        before += f" and the same {period.span_words} last year"
    return f"{text[0].upper()}{text[1:]}, compared with {before}."


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
