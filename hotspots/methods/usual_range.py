"""What is usual: counts of 28 days beside the past, with a plain word for each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.errors import ColumnError, ParameterError, TooFewError
from hotspots.core.options import Checked, option
from hotspots.core.pvalues import adjust_p
from hotspots.core.spread import Engine, gathered
from hotspots.core.types import Floats, Ints
from hotspots.core.window import Window, add_months
from hotspots.kernels.predictive import ALARM, usual_range
from hotspots.model.incidents import Incidents
from hotspots.model.parts import rows_by_part

Period = Literal["28 days", "month"]

ALL = "All incidents"
BASE_FOR_PERCENT = 50
"""A percentage on a smaller base is shown greyed."""


@dataclass(frozen=True, kw_only=True)
class PeriodReport:
    """A row for each category or area, and how it was made.

    ``frame``: the first row is of all incidents, the others follow by ``now`` falling:
    ``name``; ``now``, ``previous`` and ``last_year`` (null where the files do not cover
    that period); ``expected``, ``usual_low``, ``usual_high`` (null without a range);
    ``word``; ``alarm`` ("rise", "fall" or ""); ``p_adjusted`` (one-sided,
    Benjamini-Hochberg over the rows below the first) and ``significant_overall``,
    whether the alarm remains after that; ``percent`` (of ``previous``, null where that
    is 0) and ``small_base`` (grey it); ``dispersion`` and ``n_periods``.
    ``window``: the period asked about.
    """

    frame: pl.DataFrame
    window: Window
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PeriodTable(Checked):
    """Set the last 28 days, or the last month, beside what is usual.

    Notes
    -----
    The same time last year is 364 days earlier, so that weekdays fit, or 12 months.
    Incidents count on the day they started. A period counts as covered where it
    begins in the files' span and holds any incident at all, so that missing months
    are not taken for quiet ones. The ranges are those of :func:`usual_range`.

    References
    ----------
    As for :func:`usual_range`, and for :func:`hotspots.core.pvalues.adjust_p`.
    """

    period: Period = option(  # noqa: RUF009
        "28 days", help="How long each period is."
    )
    n_past: int = option(
        13, help="How many earlier periods the usual range rests on.", ge=3, le=130
    )
    level: float = option(ALARM, help="One-sided level of an alarm.", gt=0, le=0.25)
    overdispersed: bool = option(
        True, help="Widen the range where past counts vary more than chance."
    )

    def __call__(
        self,
        incidents: Incidents,
        *,
        by: str | pl.Series = "category",
        end: dt.date | None = None,
        engine: Engine | None = None,
    ) -> PeriodReport:
        """Return the table of the period before ``end``.

        ``by``: str or Series of length n; a column of the incidents, or the name of
        each incident's area, null where it lies in none.
        ``end``: the day after the period; the day after the last incident (or its
        month) when left out.
        ``engine``: who counts, each part of the country by itself; default this
        process, at once.

        Raises ColumnError if ``by`` is no column; ParameterError if the period is not
        in the files, ``by`` has another length, or ``end`` is not the first of a month
        where periods are months; PrecisionError if periods are 28 days and the files
        state only months; TooFewError if there are no incidents.
        """
        if self.period == "28 days" and incidents.time_precision == "month":
            incidents.check_moments("A table of 28 days")
        first, end = self._span(incidents, end)
        edges = [self._start(end, k) for k in range(self._last_year + self.n_past)]
        step = self._steps(incidents, end)
        covered = self._covered(step, edges, first)
        names = _names(incidents, by)
        if engine is None:
            counts = _counted(names, step, len(edges))
        else:
            every = rows_by_part(incidents)
            parts = ((names[k], step[k], len(edges)) for k in every)
            counts = _summed(gathered(engine, _counted, parts))
        if not covered[0]:
            raise ParameterError(
                "the period asked about must be in the files, which begin on "
                f"{first.isoformat()}; got the {self.period} before {end.isoformat()}."
            )
        lengths = -np.diff(np.array([end, *edges], dtype="datetime64[D]")).astype(int)
        rows = [self._row(name, n, covered, lengths) for name, n in counts.items()]
        window = Window(start=edges[0], end=end)
        n_used = len(self._past(covered))
        return PeriodReport(
            frame=self._judged(pl.DataFrame(rows, schema=_SCHEMA)),
            window=window,
            notes=(
                f"{window} beside {n_used} earlier periods of {self.period} that the "
                "files cover; a steady trend and a season are followed.",
                f"An alarm is one-sided at {self.level:.0%}; with {len(rows) - 1} rows "
                f"about {2 * self.level * (len(rows) - 1):.1f} are expected by chance, "
                "so see which remain after adjustment.",
            ),
        )

    @property
    def _last_year(self) -> int:
        return 13 if self.period == "28 days" else 12

    def _start(self, end: dt.date, step: int) -> dt.date:
        if self.period == "month":
            return add_months(end, -step - 1)
        return end - dt.timedelta(days=28 * (step + 1))

    def _span(
        self, incidents: Incidents, end: dt.date | None
    ) -> tuple[dt.date, dt.date]:
        """Return the first day of the files and the day after the period."""
        days = incidents.frame["start"].dt.date()
        first, last = days.min(), days.max()
        if not isinstance(first, dt.date) or not isinstance(last, dt.date):
            raise TooFewError("a table of periods needs incidents; got none.")
        if self.period == "28 days":
            return first, end or last + dt.timedelta(days=1)
        end = end or add_months(last.replace(day=1), 1)
        if end.day != 1:
            raise ParameterError(f"end must be the first of a month; got {end}.")
        return first, end

    def _steps(self, incidents: Incidents, end: dt.date) -> Ints:
        """Return how many periods before ``end`` each incident is; 0 is the last."""
        day = incidents.frame["start"].dt.date()
        if self.period == "month":
            months = day.dt.year().cast(pl.Int64) * 12 + day.dt.month()
            return np.asarray(end.year * 12 + end.month - 1 - months.to_numpy())
        before = np.datetime64(end) - day.to_numpy()
        return np.asarray((before.astype(np.int64) - 1) // 28)

    def _covered(
        self, step: Ints, edges: list[dt.date], first: dt.date
    ) -> npt.NDArray[np.bool_]:
        inside = (step >= 0) & (step < len(edges))
        held = np.bincount(step[inside], minlength=len(edges)) > 0
        return np.asarray(held & np.array([edge >= first for edge in edges]))

    def _past(self, covered: npt.NDArray[np.bool_]) -> Ints:
        """Return how many periods ago those were that the range rests on."""
        return np.flatnonzero(covered[1:])[: self.n_past] + 1

    def _row(
        self, name: str, held: Ints, covered: npt.NDArray[np.bool_], lengths: Ints
    ) -> dict[str, Any]:
        past = self._past(covered)
        found = usual_range(
            int(held[0]),
            held[past],
            days=float(lengths[0]),
            past_days=lengths[past].astype(np.float64),
            ago=past.astype(np.float64),
            year=12.0 if self.period == "month" else 13.0,
            overdispersed=self.overdispersed,
            level=self.level,
        )
        previous = int(held[1]) if covered[1] else None
        ago = int(held[self._last_year]) if covered[self._last_year] else None
        percent = 100 * (found.now - previous) / previous if previous else None
        known = found.word != "cannot tell"
        return {
            "name": name,
            "now": found.now,
            "previous": previous,
            "last_year": ago,
            "expected": found.expected if known else None,
            "usual_low": found.low if known else None,
            "usual_high": found.high if known else None,
            "word": found.word,
            "alarm": {"higher": "rise", "lower": "fall"}.get(found.word, ""),
            "p_high": found.p_high if known else None,
            "p_low": found.p_low if known else None,
            "percent": percent,
            "small_base": previous is None or previous < BASE_FOR_PERCENT,
            "dispersion": found.dispersion if known else None,
            "n_periods": found.n_periods,
        }

    def _judged(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Add the adjusted p-value of each row's own side, and whether it stands."""
        total, others = rows.filter(name=ALL), rows.filter(pl.col("name") != ALL)
        others = others.sort(["now", "name"], descending=[True, False])
        sides = []
        for part in (total, others):
            up, down = (_adjusted(part[side]) for side in ("p_high", "p_low"))
            rising = (part["now"] >= part["expected"]).fill_null(True).to_numpy()
            sides.append(np.where(rising, up, down))
        p = pl.Series("p_adjusted", np.concatenate(sides)).fill_nan(None)
        frame = pl.concat([total, others]).drop("p_high", "p_low").with_columns(p)
        significant = (pl.col("alarm") != "") & (pl.col("p_adjusted") <= self.level)
        return frame.with_columns(significant_overall=significant.fill_null(False))


_SCHEMA: dict[str, Any] = {
    "name": pl.String,
    "now": pl.Int64,
    "previous": pl.Int64,
    "last_year": pl.Int64,
    "expected": pl.Float64,
    "usual_low": pl.Int64,
    "usual_high": pl.Int64,
    "word": pl.String,
    "alarm": pl.String,
    "p_high": pl.Float64,
    "p_low": pl.Float64,
    "percent": pl.Float64,
    "small_base": pl.Boolean,
    "dispersion": pl.Float64,
    "n_periods": pl.Int64,
}


def _names(incidents: Incidents, by: str | pl.Series) -> pl.Series:
    if isinstance(by, str):
        if by not in incidents.frame.columns:
            raise ColumnError(by, "the incidents", incidents.frame.columns)
        return incidents.frame[by].cast(pl.String)
    if len(by) != incidents.n:
        raise ParameterError(
            f"by must be one name for each of {incidents.n:,} incidents; got "
            f"{len(by):,}."
        )
    return by.cast(pl.String)


def _counted(names: pl.Series, step: Ints, n_steps: int) -> dict[str, Ints]:
    """Return the counts of all incidents and of each name, the latest period first."""
    inside = (step >= 0) & (step < n_steps)
    held = {ALL: np.bincount(step[inside], minlength=n_steps)}
    frame = pl.DataFrame({"name": names, "step": step}).filter(pl.Series(inside))
    for (name,), part in frame.drop_nulls("name").group_by("name"):
        held[str(name)] = np.bincount(part["step"].to_numpy(), minlength=n_steps)
    return held


def _summed(parts: list[dict[str, Ints]]) -> dict[str, Ints]:
    names = dict.fromkeys(name for part in parts for name in part)
    held = {name: [part[name] for part in parts if name in part] for name in names}
    return {name: np.sum(each, axis=0) for name, each in held.items()}


def _adjusted(p: pl.Series) -> Floats:
    values = p.fill_null(float("nan")).to_numpy()
    known = ~np.isnan(values)
    adjusted = np.full(len(values), np.nan)
    if known.any():
        adjusted[known] = adjust_p(np.clip(values[known], 0, 1))
    return adjusted
