"""What a test on unseen times says of each method, in figures and in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.errors import ParameterError
from hotspots.core.types import Floats
from hotspots.evaluate.concentration import generalised_gini
from hotspots.evaluate.folds import Fold, Period, periods_in_words

Word = Literal[
    "beats the plain count here",
    "cannot tell",
    "worse than the plain count here",
    "too few to say",
]
BEATS, CANNOT_TELL, WORSE, TOO_FEW = get_args(Word)

BASELINE = "count of 12 months"
TABLE_SHARES = (0.005, 0.01, 0.02, 0.05, 0.1)
"""Shares of the area in the table, beside the one on which methods are judged."""

MIN_FOLDS = 6
MIN_INCIDENTS = 30


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a method found more than the plain count, in the same area.

    ``word``: one of :data:`Word`.
    ``difference``, ``low``, ``high``: hit rate less that of the plain count, with its
    interval.
    ``sentence``: the same for people.
    """

    method: str
    word: Word
    difference: float
    low: float
    high: float
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What methods found on months that they had not seen.

    ``names``: k; the plain count first.
    ``shares`` (s,): shares of the area, 0 to 1, rising.
    ``found`` (k, f, s), incidents: in the tested month, within the best-ranked share of
    the area.
    ``found_before`` (k, f, s), incidents: in the months of training, within the same
    places.
    ``best`` (f, s), incidents: the most that any choice of places could have found.
    ``street_share`` (k, f, s) or None: share of all street length within the same
    places.
    ``share_area``: the share on which methods are judged.
    ``resamples`` (b, f): months drawn again, for the intervals.
    ``counts`` (m,), incidents: all tested incidents, by cell.
    ``period``: {"month", "28 days"}; how long each tested time is.
    """

    names: tuple[str, ...]
    folds: tuple[Fold, ...]
    shares: Floats
    found: Floats
    found_before: Floats
    best: Floats
    street_share: Floats | None
    area_km2: float
    share_area: float
    confidence: float
    resamples: npt.NDArray[np.int64]
    counts: Floats
    notes: tuple[str, ...]
    period: Period = "month"

    @property
    def unseen(self) -> str:
        """How many months or periods were tested, in words."""
        return periods_in_words(len(self.folds), self.period, adjective="unseen")

    @property
    def n_incidents(self) -> Floats:
        """Incidents of each tested month or period, shape (f,)."""
        return np.asarray(self.found[0, :, -1])

    @property
    def few(self) -> bool:
        """Whether there are too few times or incidents for an interval."""
        return len(self.folds) < MIN_FOLDS or self.n_incidents.sum() < MIN_INCIDENTS

    @property
    def gini(self) -> float:
        """Generalised Gini of all tested incidents over cells."""
        return generalised_gini(self.counts)

    @cached_property
    def summary(self) -> pl.DataFrame:
        """One row a method and share of the area, all months pooled.

        ``method``, ``share_area``, ``n_found``, ``n_incidents``, ``hit_rate`` with
        ``low`` and ``high`` (null where too few to say), ``pai``, ``pei``,
        ``found_per_km2`` (a fold), ``rri_levine``, ``pai_street`` (null without street
        lengths).
        """
        wanted = sorted({*TABLE_SHARES, self.share_area})
        return pl.DataFrame(
            [
                self._row(k, self._at(share))
                for share in wanted
                for k in range(len(self.names))
            ],
            infer_schema_length=None,
        )

    @cached_property
    def by_fold(self) -> pl.DataFrame:
        """One row a method and tested time, at the share of the area judged."""
        at = self._at(self.share_area)
        rows = [
            {
                "method": name,
                "start": fold.test.start,
                "end": fold.test.end,
                "n_incidents": int(n),
                "n_found": float(self.found[k, f, at]),
                "hit_rate": _ratio(self.found[k, f, at], n),
                "pai": _ratio(self.found[k, f, at], n) / self.share_area,
                "pei": _ratio(self.found[k, f, at], self.best[f, at]),
            }
            for k, name in enumerate(self.names)
            for f, (fold, n) in enumerate(
                zip(self.folds, self.n_incidents, strict=True)
            )
        ]
        return pl.DataFrame(rows)

    @cached_property
    def capture_curve(self) -> pl.DataFrame:
        """Share of incidents found by share of area searched, for a plot.

        ``method``, ``share_area``, ``hit_rate``; the last method, ``best possible``, is
        what knowing the future would have found.
        """
        sums = [*self.found.sum(axis=1), self.best.sum(axis=0)]
        frames = [
            pl.DataFrame({"share_area": self.shares, "hit_rate": row / row[-1]}).select(
                pl.lit(name).alias("method"), "share_area", "hit_rate"
            )
            for name, row in zip([*self.names, "best possible"], sums, strict=True)
        ]
        return pl.concat(frames)

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """For each method but the plain count, whether it beats it here."""
        return tuple(self._verdict(k) for k in range(1, len(self.names)))

    @property
    def default(self) -> str:
        """The method to offer: the best that beats the plain count, or that count."""
        winners = [v for v in self.verdicts if v.word == BEATS]
        if not winners:
            return BASELINE
        return max(winners, key=lambda verdict: verdict.difference).method

    def sentences(self) -> tuple[str, ...]:
        """Return the result in words: the plain count, each method, what to offer."""
        at = self._at(self.share_area)
        n, found = int(self.n_incidents.sum()), float(self.found[0, :, at].sum())
        first = (
            f"Searching {self.share_area:.2%} of the area "
            f"({self.share_area * self.area_km2:.3g} km2), the plain {BASELINE} found "
            f"{found:,.0f} of {n:,} incidents of {self.unseen} "
            f"({found / n:.1%}, PAI {found / n / self.share_area:.1f})."
        )
        offer = (
            f"Offer '{self.default}' as the default."
            if self.default != BASELINE
            else f"Nothing tested beats it for certain: offer the {BASELINE}."
        )
        told = (verdict.sentence for verdict in self.verdicts)
        return (first, *told, offer, *self._elsewhere())

    def _at(self, share: float) -> int:
        near = int(np.argmin(np.abs(self.shares - share)))
        if not math.isclose(self.shares[near], share, abs_tol=1e-12):
            raise ParameterError(
                f"the share of the area must be one that was kept; got {share:g}."
            )
        return near

    def _row(self, k: int, at: int) -> dict[str, object]:
        share, n = float(self.shares[at]), self.n_incidents
        found = self.found[k, :, at]
        rate = float(found.sum() / n.sum())
        low, high = (None, None) if self.few else self._interval(found)
        before = _ratio(
            self.found_before[k, :, at].sum(), self.found_before[k, :, -1].sum()
        )
        searched_km2 = share * self.area_km2 * len(self.folds)
        street = self.street_share
        return {
            "method": self.names[k],
            "share_area": share,
            "n_found": float(found.sum()),
            "n_incidents": int(n.sum()),
            "hit_rate": rate,
            "low": None if low is None else max(0.0, low),
            "high": None if high is None else min(1.0, high),
            "pai": rate / share,
            "pei": _ratio(found.sum(), self.best[:, at].sum()),
            "found_per_km2": float(found.sum() / searched_km2),
            "rri_levine": _ratio(rate, before),
            "pai_street": None
            if street is None
            else _ratio(rate, float(street[k, :, at].mean())),
        }

    def _interval(self, found: Floats) -> tuple[float, float]:
        """Return the interval of a sum of ``found`` over the sum of incidents."""
        n, drawn = self.n_incidents, self.resamples
        value = found.sum() / n.sum()
        sums, totals = found[drawn].sum(axis=1), n[drawn].sum(axis=1)
        away = np.where(totals > 0, sums / np.maximum(totals, 1), value) - value
        tail = (1 - self.confidence) / 2
        low, high = np.quantile(away, [tail, 1 - tail]) * _widening(len(n), tail)
        return float(value + low), float(value + high)

    def _elsewhere(self) -> list[str]:
        """Return one sentence where the answer is another for a wider search."""
        parts = []
        for k, verdict in enumerate(self.verdicts, start=1):
            wider = [share for share in TABLE_SHARES if share > self.share_area]
            won = [a for a in map(self._at, wider) if self._word_at(k, a) == BEATS]
            if verdict.word != BEATS and won:
                found, plain = self.found[:, :, won[0]].sum(axis=1)[[k, 0]]
                shares = ", ".join(f"{self.shares[at]:.0%}" for at in won)
                parts.append(
                    f"{verdict.method} beats it at {shares} of the area (at "
                    f"{self.shares[won[0]]:.0%}: {found:,.0f} against {plain:,.0f})"
                )
        if not parts:
            return []
        return [
            f"That is for a search of {self.share_area:.2%} of the area. Over more of "
            f"it, {'; '.join(parts)}. The count cannot rank places without incidents."
        ]

    def _word_at(self, k: int, at: int) -> Word:
        low, high = self._interval(self.found[k, :, at] - self.found[0, :, at])
        word: Word = TOO_FEW if self.few else _word(low, high)
        return word

    def _verdict(self, k: int) -> Verdict:
        at = self._at(self.share_area)
        more = self.found[k, :, at] - self.found[0, :, at]
        n = self.n_incidents.sum()
        low, high = self._interval(more)
        word = self._word_at(k, at)
        found, plain = self.found[k, :, at].sum(), self.found[0, :, at].sum()
        between = (
            f" (difference {100 * more.sum() / n:+.1f} points in 100 incidents, "
            f"{100 * low:+.1f} to {100 * high:+.1f})"
        )
        sentence = (
            f"{self.names[k]} found {found:,.0f} where the plain count found "
            f"{plain:,.0f}{'' if self.few else between}: {word}."
        )
        return Verdict(
            method=self.names[k],
            word=word,
            difference=float(more.sum() / n),
            low=low,
            high=high,
            sentence=sentence,
        )


def _word(low: float, high: float) -> Word:
    if low > 0:
        return "beats the plain count here"
    return "worse than the plain count here" if high < 0 else "cannot tell"


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else math.nan


def _widening(n: int, tail: float) -> float:
    """Return by how much resampling ``n`` months understates the interval."""
    from scipy.special import ndtri, stdtrit

    return float(stdtrit(n - 1, tail) / ndtri(tail) * math.sqrt(n / (n - 1)))
