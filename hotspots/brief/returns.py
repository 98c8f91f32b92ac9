"""The indicator return: two counts, the change, and whether chance would do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from hotspots.brief.indicators import Counted
from hotspots.brief.period import TABLES, Period
from hotspots.brief.period_table import AREA_TOTAL, PRIORITY
from hotspots.brief.scope import Scope
from hotspots.brief.variation import variations
from hotspots.core.errors import ParameterError
from hotspots.core.pvalues import adjust_p
from hotspots.core.table import Statement, Table, build_table
from hotspots.core.window import Window
from hotspots.methods.change import clustered_test, poisson_z

HEADLINE_Z, WATCH_Z = 3.0, 2.0
WATCH_P = 0.1
ALARM = 0.02
"""Two-sided: 1% each way."""
BASE_FOR_PERCENT = 50


@dataclass(frozen=True, kw_only=True)
class Return:
    """One indicator, now and before.

    ``now``, ``before``: incidents in equal times.
    ``percent``: float or None; change in per cent of ``before``; None where that is 0.
    ``small_base``: ``before`` is under 50: show the percentage greyed.
    ``z``: ``2 (sqrt(now) - sqrt(before))``.
    ``p``: two-sided, allowing for counts that vary more than chance.
    ``ratio_low``, ``ratio_high``: 95% interval of now over before, exact;
    ``ratio_high`` is infinite where before is 0.
    ``word``: "fell" or "rose" where |z| is 3 or more and p is 2% or less; "possible
    fall" or "possible rise" where |z| is 2 or more and p is 0.1 or less; "too few to
    say" where even the most lopsided split of so few could not be told from chance;
    else "cannot tell".
    """

    now: int
    before: int
    percent: float | None
    small_base: bool
    z: float
    p: float
    ratio_low: float
    ratio_high: float
    word: str


def indicator_return(now: int, before: int, *, dispersion: float = 1.0) -> Return:
    """Compare two counts of equal length as the published return does.

    ``dispersion``: variance over mean of such counts. Raises ParameterError if a count
    is negative or no whole number.

    The interval is that of a ratio of two Poisson means: given their sum, ``now`` is
    binomial, and the Clopper-Pearson interval of its share s gives s / (1 - s). Counts
    that vary ``dispersion`` times as much tell as much as so many times fewer.

    References
    ----------
    Wheeler, A. P. (2016), "Tables and graphs for monitoring temporal crime trends",
    International Journal of Police Science & Management 18(3), 159-172. The test is
    :func:`hotspots.methods.change.clustered_test`. Clopper, C. J. and Pearson, E. S.
    (1934), Biometrika 26, 404-413.

    Examples
    --------
    >>> found = indicator_return(467, 545)
    >>> round(found.percent, 1), round(found.z, 1), found.word
    (-14.3, -3.5, 'fell')
    >>> indicator_return(199, 209).word
    'cannot tell'
    """
    for count in (now, before):
        if isinstance(count, bool) or int(count) != count or count < 0:
            raise ParameterError(
                f"a count must be a whole number of 0 or more; got {count!r}."
            )
    z = poisson_z(now, before)
    p = clustered_test(now, before, dispersion=dispersion)
    low, high = _ratio_interval(now / dispersion, before / dispersion)
    return Return(
        now=now,
        before=before,
        percent=100 * (now - before) / before if before else None,
        small_base=before < BASE_FOR_PERCENT,
        z=z,
        p=p,
        ratio_low=low,
        ratio_high=high,
        word=_word(z, p, clustered_test(now + before, 0, dispersion=dispersion)),
    )


def _word(z: float, p: float, most_lopsided: float) -> str:
    if abs(z) >= HEADLINE_Z and p <= ALARM:
        return "rose" if z > 0 else "fell"
    if most_lopsided > ALARM:
        return "too few to say"
    if abs(z) >= WATCH_Z and p <= WATCH_P:
        return f"possible {'rise' if z > 0 else 'fall'}"
    return "cannot tell"


def _ratio_interval(now: float, before: float) -> tuple[float, float]:
    from scipy.special import betaincinv

    low = float(betaincinv(now, before + 1, 0.025)) if now else 0.0
    high = float(betaincinv(now + 1, before, 0.975)) if before else 1.0
    return low / (1 - low), high / (1 - high) if high < 1 else float("inf")


def indicator_table(scope: Scope, counted: Counted) -> Table:
    """Return each indicator beside the same time last year."""
    figures = _figures(scope, counted.masks)
    rows = [
        {"key": each.key, "label": each.label, **row}
        for each, row in zip(counted.indicators, figures, strict=True)
    ]
    made = _table(scope, rows, id="indicators", title="Headline indicators")
    return replace(made, adds_up=True, total="all") if counted.apart else made


def area_return_table(scope: Scope, counted: Counted, kind: str) -> Table | None:
    """Return the indicators of each area of a kind beside the same time last year."""
    areas = scope.dataset.areas
    if kind not in areas.kinds:
        return None
    located = scope.dataset.locate_kind(kind)[scope.incidents.frame["place"].to_numpy()]
    priority = kind == PRIORITY
    finer = [] if counted.apart or not priority else counted.headlines
    told: list[tuple[str, str, Any]] = []
    for number in areas.of_kind(kind):
        code, name = areas.frame.select("code", "name").row(int(number))
        mine = (located == number) & scope.shown
        told.append((f"area:{code}", name, mine))
        for each, mask in finer:
            label = f"{name}: {each.label[0].lower()}{each.label[1:]}"
            told.append((f"area:{code}:{each.key}", label, mine & mask))
    told.append((AREA_TOTAL, "Whole district", scope.shown))
    figures = _figures(scope, [mask for *_, mask in told])
    rows = [
        {"key": key, "label": label, **row}
        for (key, label, _), row in zip(told, figures, strict=True)
    ]
    made = _table(
        scope,
        rows,
        id="priority" if priority else "areas",
        title=f"{kind.capitalize()}s",
    )
    return made if finer else replace(made, adds_up=True, total=AREA_TOTAL)


def _table(scope: Scope, rows: list[dict[str, Any]], *, id: str, title: str) -> Table:
    period = scope.period
    notes = [
        f"{words} ({window}) cannot be compared: the files have no "
        f"{', '.join(f'{gap.start:%B %Y}' for gap in gaps)}."
        for words, window in (
            ("The same period last year", period.a_year_before),
            ("The previous period", period.before),
        )
        if (gaps := scope.gaps(window))
    ]
    made = build_table(
        TABLES,
        "return",
        pl.DataFrame(rows, schema=_SCHEMA),
        words={**period.words, "title": title, "period": str(period)},
        id=id,
        caption=(
            f"Recorded incidents, {period.window}, compared with the same "
            f"{period.span_words} last year ({period.a_year_before}), with 95% "
            "intervals."
        ),
        notes=tuple(notes),
    )
    if period.kind != "annual":
        return made
    return replace(made, columns=made.columns[:-1])  # the year before is last year


def return_sentences(table: Table, period: Period) -> tuple[Statement, Statement]:
    """Return the total, and the indicator that stands out most."""
    total, when = table.row("all"), str(period)
    if total["last_year"] is None or total["now"] is None:
        first = Statement.build(
            "{now} incidents in {period}. The files do not cover the same period last "
            "year: cannot tell whether that is a change.",
            table,
            "all",
            period=when,
        )
        rows = table.rows.filter(pl.col("key") != "all")
        top = rows.sort(["now", "key"], descending=[True, False], nulls_last=True)
        return first, Statement.build(
            "The largest indicator is {label} ({now}); its change cannot be told.",
            table,
            top["key"][0],
        )
    word = ": {word}." if "word" in [c.name for c in table.columns] else "."
    first = Statement.build(
        "{now} incidents in {period}, {last_year} in the same period last year "
        "({percent}, z {z})" + word,
        table,
        "all",
        period=when,
    )
    return first, _standing_out(table)


def _standing_out(table: Table) -> Statement:
    known = pl.col("z").is_not_null() & pl.col("p").is_not_null()
    rows = table.rows.filter((pl.col("key") != "all") & known)
    if not rows.height:
        return Statement.build(
            "No indicator has enough figures to be compared; the total is {now}.",
            table,
            "all",
        )
    adjusted = pl.Series("adjusted", adjust_p(rows["p"].clip(0, 1).to_numpy()))
    rows = rows.with_columns(adjusted).sort("p", "key")
    found = rows.filter((pl.col("z").abs() >= HEADLINE_Z) & (pl.col("p") <= ALARM))
    if not found.height:
        return Statement.build(
            "No indicator changed by more than chance would explain; the largest "
            "difference is {label}, {last_year} to {now} ({percent}, z {z}): cannot "
            "tell.",
            table,
            rows["key"][0],
        )
    row = found.row(0, named=True)
    side = "rose" if row["z"] > 0 else "fell"
    stands = row["adjusted"] <= ALARM
    ending = (
        "after allowing for the number of rows compared."
        if stands
        else "but after allowing for the number of rows compared: inconclusive."
    )
    return Statement.build(
        "{label} " + side + " from {last_year} to {now} ({percent}, z {z}), " + ending,
        table,
        row["key"],
    )


_SCHEMA: dict[str, Any] = {
    "key": pl.String,
    "label": pl.String,
    "now": pl.Int64,
    "last_year": pl.Int64,
    "previous": pl.Int64,
    "percent": pl.Float64,
    "percent_low": pl.Float64,
    "percent_high": pl.Float64,
    "small_base": pl.Boolean,
    "z": pl.Float64,
    "p": pl.Float64,
    "word": pl.String,
}


def _figures(scope: Scope, masks: Sequence[Any]) -> list[dict[str, Any]]:
    varied = variations(scope, masks)
    return [
        _row(scope, mask, float(dispersion))
        for mask, dispersion in zip(masks, varied, strict=True)
    ]


def _row(scope: Scope, mask: Any, dispersion: float) -> dict[str, Any]:
    period = scope.period

    def count(window: Window) -> int | None:
        return (
            int((mask & scope.within(window)).sum()) if scope.covers(window) else None
        )

    now = count(period.counted)
    before = count(period.a_year_before)
    row: dict[str, Any] = {
        "now": now,
        "last_year": before,
        "previous": count(period.before),
        "word": "cannot tell",
        "small_base": True,
    }
    if now is None or before is None:
        return row
    found = indicator_return(now, before, dispersion=dispersion)
    return row | {
        "percent": found.percent,
        "percent_low": 100 * (found.ratio_low - 1),
        "percent_high": 100 * (found.ratio_high - 1) if before else None,
        "small_base": found.small_base,
        "z": found.z,
        "p": found.p,
        "word": found.word,
    }
