"""The table of 28 days, or of the month: now, before, a year ago, the usual range."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from hotspots.brief.indicators import Counted
from hotspots.brief.period import TABLES
from hotspots.brief.scope import EXCLUDED, Scope
from hotspots.brief.variation import variations
from hotspots.core.pvalues import adjust_p
from hotspots.core.table import Table, build_table
from hotspots.core.types import Bools, Floats
from hotspots.methods.change import clustered_test, poisson_z
from hotspots.methods.usual_range import PeriodReport, PeriodTable
from hotspots.model.incidents import SNAP_CHANGE, Incidents

ALARM = PeriodTable().level
FEWEST_BY_CHANCE = 0.15
PRIORITY = "priority neighbourhood"
AREA_TOTAL = "area:all"
"""Key of the row of the whole district."""
N_SERIES = 14
"""Periods in a sparkline: the one asked about and the 13 before it."""


def build_period_table(scope: Scope, counted: Counted) -> Table:
    """Set each indicator beside its past.

    The usual range and the alarms, one-sided at 1% and adjusted for the number of rows
    (Benjamini and Hochberg), are those of
    :class:`hotspots.methods.usual_range.PeriodTable`. ``z`` is
    ``2 (sqrt(now) - sqrt(last year))`` and ``p`` the E-test of the same two counts;
    ``p_change_adjusted`` is that adjusted for the rows in the same way.
    """
    names = [each.key for each in counted.indicators]
    rows, notes = period_rows(scope, names, counted.masks)
    rows = rows.with_columns(
        label=pl.Series([each.label for each in counted.indicators]),
        headline=pl.Series([each.headline for each in counted.indicators]),
    )
    span = scope.period.span_words
    return build_table(
        TABLES,
        "period",
        rows,
        words=scope.period.words,
        caption=(
            f"Recorded incidents, {scope.period.counted}, compared with the previous "
            f"{span} and the same {span} last year ({scope.period.a_year_before})."
        ),
        notes=notes,
        adds_up=counted.apart,
        total="all" if counted.apart else "",
    )


def period_rows(
    scope: Scope,
    names: Sequence[str],
    masks: Sequence[Bools],
    *,
    same_places: bool = False,
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return the figures of some sets of incidents, which may overlap.

    ``masks`` (n,): which incidents of the scope belong to it.
    """
    incidents, keys = _stacked(scope, names, masks)
    if (
        same_places
        and scope.incidents.snapped
        and scope.period.window.end > SNAP_CHANGE
    ):
        after = incidents.frame["start"] >= dt.datetime.combine(SNAP_CHANGE, dt.time())
        incidents, keys = incidents.select(after), keys.filter(after)
    kind = "28 days" if scope.period.kind == "weekly" else "month"
    table = PeriodTable(period=kind)  # type: ignore[arg-type]
    report = table(incidents, by=keys, end=scope.period.counted.end)
    rows = pl.DataFrame({"key": list(names)}, schema={"key": pl.String}).join(
        report.frame.rename({"name": "key"}),
        on="key",
        how="left",
        maintain_order="left",
    )
    district = report.frame.row(0, named=True)
    rows = _only_covered(scope, _with_quiet_rows(rows, district))
    series, varied = _series(scope, masks), variations(scope, masks)
    return _with_changes(rows, varied).with_columns(series=series), _notes(report, kind)


def headline_p(
    now: int | None, before: int | None, dispersion: float
) -> tuple[float | None, float | None]:
    """Return the z and the p of two counts, none where one is missing."""
    if now is None or before is None:
        return None, None
    return poisson_z(now, before), clustered_test(now, before, dispersion=dispersion)


def _notes(report: PeriodReport, kind: str) -> tuple[str, ...]:
    """Return how the ranges of a table were made, in words."""
    n_used = int(report.frame["n_periods"][0])
    many = {"28 days": "periods of 28 days", "month": "months"}[kind]
    by_chance = 2 * ALARM * (report.frame.height - 1)
    usual = (
        f"The usual range is based on {n_used} earlier {many} with data; it follows a "
        "steady trend and a season of the year."
    )
    alarm = f"Higher and lower are outside that range, tested at {ALARM:.0%} each way"
    if by_chance < FEWEST_BY_CHANCE:
        return usual, f"{alarm}."
    return (
        usual,
        f"{alarm}: about {by_chance:.1f} rows of a table this size are so by chance.",
    )


def _stacked(
    scope: Scope, names: Sequence[str], masks: Sequence[Bools]
) -> tuple[Incidents, pl.Series]:
    """Return each incident once for each set, and once without a name."""
    n = scope.incidents.n
    rows = [np.arange(n), *(np.flatnonzero(mask) for mask in masks)]
    labels = [
        pl.repeat(name, len(at), dtype=pl.String, eager=True)
        for name, at in zip((None, *names), rows, strict=True)
    ]
    frame = scope.incidents.frame[np.concatenate(rows)]
    return replace(scope.incidents, frame=frame), pl.concat(labels)


def _with_quiet_rows(rows: pl.DataFrame, district: dict[str, object]) -> pl.DataFrame:
    """Fill the rows of sets without any incident in all the periods."""
    quiet = pl.col("now").is_null()
    zero = {
        name: pl.lit(0 if district[name] is not None else None, dtype=pl.Int64)
        for name in ("now", "previous", "last_year")
    }
    few = "too few to say" if district["usual_low"] is not None else "cannot tell"
    return rows.with_columns(
        significant_overall=pl.col("significant_overall").fill_null(value=False),
        small_base=pl.col("small_base").fill_null(value=True),
        word=pl.when(quiet).then(pl.lit(few)).otherwise("word"),
        alarm=pl.col("alarm").fill_null(""),
        n_periods=pl.col("n_periods").fill_null(pl.lit(district["n_periods"])),
        **{n: pl.when(quiet).then(v).otherwise(n) for n, v in zero.items()},
    )


def _with_changes(rows: pl.DataFrame, varied: Floats) -> pl.DataFrame:
    counts = rows.select("now", "last_year").iter_rows()
    pairs = [
        headline_p(now, ago, float(dispersion))
        for (now, ago), dispersion in zip(counts, varied, strict=True)
    ]
    z, p = zip(*pairs, strict=True) if pairs else ((), ())
    known = np.array([np.nan if each is None else each for each in p])
    at = ~np.isnan(known)
    adjusted = known.copy()
    if at.any():
        adjusted[at] = adjust_p(np.clip(known[at], 0, 1))
    return rows.with_columns(
        z=pl.Series(z, dtype=pl.Float64),
        p=pl.Series(p, dtype=pl.Float64),
        p_change_adjusted=pl.Series(adjusted).fill_nan(None),
    )


def _only_covered(scope: Scope, rows: pl.DataFrame) -> pl.DataFrame:
    """Blank what is of a time that the files do not cover: it is not known, not 0."""
    period, blank = scope.period, set()
    if not scope.covers(period.before):
        blank |= {"previous", "percent"}
    if not scope.covers(period.a_year_before):
        blank |= {"last_year"}
    if not scope.covers(period.counted):
        blank |= {"usual_low", "usual_high", "percent", "p_adjusted"}
        rows = rows.with_columns(
            word=pl.lit("cannot tell"), alarm=pl.lit(""), significant_overall=False
        )
    return rows.with_columns(pl.lit(None, rows.schema[n]).alias(n) for n in blank)


def _series(scope: Scope, masks: Sequence[Bools]) -> pl.Series:
    windows = scope.period.steps(N_SERIES)
    inside = [scope.within(w) if scope.covers(w) else None for w in windows]
    lines = [
        [None if rows is None else int((mask & rows).sum()) for rows in inside]
        for mask in masks
    ]
    return pl.Series("series", lines, dtype=pl.List(pl.Int64))


def areas_table(scope: Scope, kind: str, *, name: str) -> Table | None:
    """Return a row for each area of a kind."""
    areas = scope.dataset.areas
    if kind not in areas.kinds:
        return None
    rows = areas.of_kind(kind)
    frame = areas.frame[rows]
    located = scope.dataset.locate_kind(kind)[scope.incidents.frame["place"].to_numpy()]
    keys = [f"area:{code}" for code in frame["code"]]
    masks = [(located == row) & scope.shown for row in rows]
    figures, notes = period_rows(scope, [*keys, AREA_TOTAL], [*masks, scope.shown])
    figures = figures.with_columns(label=pl.Series([*frame["name"], "Whole district"]))
    order = pl.col("key") == AREA_TOTAL
    own = {
        "kind": f"{kind.capitalize()}s" if kind != "lsoa" else "Statistical areas",
        "area": "Ward" if kind == "ward" else "Area",
    }
    return build_table(
        TABLES,
        "areas",
        figures.sort(order, "label", "key"),
        id=name,
        words=scope.period.words | own,
        caption=f"{scope.period.counted}. {EXCLUDED}",
        notes=notes,
        adds_up=True,
        total=AREA_TOTAL,
    )
