"""Knox test: whether incidents near in space are near in time too, beyond chance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.arrays import as_generator, as_int, as_numbers
from hotspots.core.crs import as_metres
from hotspots.core.errors import ParameterError
from hotspots.core.options import check_fields, option
from hotspots.core.spread import Engine
from hotspots.core.tunable import Tunable
from hotspots.core.types import Floats, Ints, Rng
from hotspots.kernels.bands import Bands, Closed, check_closed
from hotspots.kernels.near_pairs import Metric, check_metric
from hotspots.kernels.pair_table import PairTable, build_pair_table
from hotspots.model.incidents import Incidents

SIGNIFICANT, CLEARLY_MORE = 0.05, 1.2
"""Clustering is claimed with at most this overall p, of a cell of this ratio."""
MAXIMUM, MAX_COUNTS = 99_999, 10_000_000
"""Shuffles: more would run for hours and change no digit that is shown."""


def knox_table(
    xy_m: Floats,
    days: npt.ArrayLike,
    distance_bands_m: Iterable[float],
    time_bands_days: Iterable[float],
    *,
    metric: Metric = "euclidean",
    closed: Closed = "left",
) -> Ints:
    """Count pairs of incidents by distance and time apart.

    ``xy_m`` (n, 2), metres.
    ``days``: array of shape (n,), days; numbers of days from any origin, or dates.
    ``distance_bands_m``: n_distance + 1 numbers, metres; rising edges of the distance
    bands; the last may be infinite.
    ``time_bands_days``: n_time + 1 numbers, days; rising edges of the time bands; the
    last may be infinite.
    ``closed``: {"left", "right"}; which edge belongs to a band: ``[a, b)``, or ``(a,
    b]`` with a first band that begins at 0 closed there too.

    Returns (n_distance, n_time), int64: each unordered pair is counted once.

    Raises CrsError if coordinates are not finite metres; ParameterError if a date is
    missing, bands do not rise, or an option is not one of those; TooFewError if there
    are fewer than two incidents.

    References
    ----------
    Knox, E. G. (1964). The detection of space-time interactions. Applied Statistics
    13, 25-29.

    Examples
    --------
    >>> xy = np.array([[0.0, 0.0], [30.0, 40.0], [0.0, 500.0]])
    >>> knox_table(xy, [0, 3, 20], [0, 100, 600], [0, 7, 28])
    array([[1, 0],
           [0, 2]])
    """
    xy_m, bands = as_metres(xy_m), _bands(distance_bands_m, time_bands_days)
    check_metric(str(metric))
    check_closed(str(closed))
    table = build_pair_table(xy_m, days, *bands, metric=metric, closed=closed)
    return table.observed


def knox_test(
    xy_m: Floats,
    days: npt.ArrayLike,
    distance_bands_m: Iterable[float],
    time_bands_days: Iterable[float],
    *,
    metric: Metric = "euclidean",
    closed: Closed = "left",
    n_permutations: int = 999,
    rng: Rng = None,
    engine: Engine | None = None,
) -> KnoxTest:
    """Compare a Knox table with tables in which dates are shuffled over places.

    ``xy_m``, ``days``, ``distance_bands_m``, ``time_bands_days``, ``metric``,
    ``closed``: as for :func:`knox_table`.
    ``n_permutations``: at least 1.
    ``rng``: Generator or int; where shuffles come from, or a seed; a fresh one when
    left out.
    ``engine``: who counts the pairs, square by square of the plane, and makes the
    shuffles; default this process. The answer is the same.

    Raises CrsError, ParameterError, TooFewError as for :func:`knox_table`, or if
    ``n_permutations`` is below 1.

    Notes
    -----
    Over all shuffles the mean of a cell is exactly ``N_s N_t / N``: pairs in its
    distance band, pairs in its time band, all pairs. ``p = (k + 1) / (n + 1)``, where k
    of n shuffles hold at least as many pairs as observed: one-sided, for clustering.
    ``p_overall`` is the same of the largest cell of all: each cell's square root less
    its mean over its standard deviation, both over the shuffles. A table of sixteen
    cells has one at 5% in a third of all files without any clustering.

    References
    ----------
    Knox, E. G. (1964), as for :func:`knox_table`. Johnson, S. D. and others (2007).
    Space-time patterns of risk: a cross national assessment of residential burglary
    victimization. Journal of Quantitative Criminology 23, 201-219. Westfall, P. H. and
    Young, S. S. (1993). Resampling-Based Multiple Testing: the largest statistic.

    Examples
    --------
    >>> xy = np.repeat([[0.0, 0.0], [900.0, 0.0]], 5, axis=0)
    >>> days = [0, 1, 2, 3, 4, 200, 201, 202, 203, 204]
    >>> test = knox_test(xy, days, [0, 100], [0, 7], rng=np.random.default_rng(1))
    >>> test.observed.tolist(), test.ratio_mean.round(2).tolist()
    ([[20]], [[2.25]])
    """
    n_permutations = as_int(
        n_permutations, name="n_permutations", minimum=1, maximum=MAXIMUM
    )
    xy_m, bands = as_metres(xy_m), _bands(distance_bands_m, time_bands_days)
    check_metric(str(metric))
    check_closed(str(closed))
    asked = build_pair_table(xy_m, days, *bands, metric=metric, closed=closed)
    asked = asked.counted_by(engine)
    if (n := asked.observed.size * n_permutations) > MAX_COUNTS:
        raise ParameterError(
            f"cells of the table times shuffles must be at most {MAX_COUNTS:,}; they "
            f"are {n:,}. Ask for fewer bands or fewer shuffles."
        )
    seeds = as_generator(rng).integers(0, 2**64, n_permutations, dtype=np.uint64)
    chance = asked.tables(seeds, engine)
    n_as_many = (chance >= asked.observed).sum(axis=0)
    scores, n_as_large = _largest(asked, chance)
    return KnoxTest(
        table=asked,
        observed=asked.observed,
        expected=asked.expected,
        median=np.median(chance, axis=0),
        p_value=(n_as_many + 1) / (n_permutations + 1),
        score=scores,
        p_overall=(n_as_large + 1) / (n_permutations + 1),
        n_permutations=n_permutations,
    )


@dataclass(frozen=True, kw_only=True)
class KnoxTest:
    """A Knox table and what chance gives.

    ``table``: the question: bands, metric and edges.
    ``observed``, ``expected``, ``median`` (n_distance, n_time): pairs in each cell;
    their exact mean over all shuffles; their median over those that were made.
    ``p_value`` (n_distance, n_time): one-sided, for more pairs than chance gives.
    ``score`` (n_distance, n_time): how far above the shuffles a cell lies, in standard
    deviations; NaN where chance gives less than one pair, or a band has no end.
    ``p_overall``: of the largest score, over all cells: one test for the whole table.
    """

    table: PairTable
    observed: Ints
    expected: Floats
    median: Floats
    p_value: Floats
    score: Floats
    p_overall: float
    n_permutations: int

    @property
    def ratio_mean(self) -> Floats:
        """Observed over expected; NaN where chance gives none."""
        return _ratio(self.observed, self.expected)

    @property
    def ratio_median(self) -> Floats:
        """Observed over the median shuffle; infinite where that has none."""
        return _ratio(self.observed, self.median)

    def to_frame(self) -> pl.DataFrame:
        """Return one row a cell: bands in interval notation, counts, ratios, p."""
        asked, closed = self.table, self.table.closed
        distance = asked.distance_bands_m.labels(closed, "m")
        time = asked.time_bands_days.labels(closed, "days")
        return pl.DataFrame(
            {
                "distance": np.repeat(distance, len(time)).tolist(),
                "time": time * len(distance),
                "observed": self.observed.ravel(),
                "expected": self.expected.ravel(),
                "ratio_mean": self.ratio_mean.ravel(),
                "ratio_median": self.ratio_median.ravel(),
                "p_value": self.p_value.ravel(),
            }
        )

    def in_words(self) -> str:
        """Say what the cell highest above chance says, or that none is above it."""
        if np.isnan(self.score).all():
            return "Too few incidents near each other to say."
        best = int(np.nanargmax(self.score))
        row = self.to_frame().row(best, named=True)
        if self.p_overall > SIGNIFICANT or row["ratio_mean"] < CLEARLY_MORE:
            return (
                "No more pairs near in space and time than chance gives (p "
                f"{self.p_overall:.3f} over all cells, {self.n_permutations:,} "
                "shuffles)."
            )
        return (
            f"Pairs {row['distance']} and {row['time']} apart: {row['observed']:,} "
            f"where chance gives {row['expected']:,.1f}, so {row['ratio_mean']:.1f} "
            f"times as many (p {self.p_overall:.3f} over all cells, "
            f"{self.n_permutations:,} shuffles)."
        )


def _largest(asked: PairTable, chance: Ints) -> tuple[Floats, int]:
    """Return each cell's score, and how many shuffles have one as large anywhere."""
    ends = (asked.distance_bands_m[1:], asked.time_bands_days[1:])
    finite = np.logical_and.outer(*(np.isfinite(each) for each in ends))
    roots = np.sqrt(chance)
    mean, spread = roots.mean(axis=0), roots.std(axis=0)
    tested = finite & (asked.expected >= 1) & (spread > 0)
    if not tested.any():
        return np.full(tested.shape, np.nan), len(chance)
    spread = np.where(tested, spread, np.nan)
    score = (np.sqrt(asked.observed) - mean) / spread
    largest = np.nanmax((roots - mean) / spread, axis=(1, 2))
    return score, int((largest >= np.nanmax(score) - 1e-12).sum())


def _bands(*given: Iterable[float]) -> list[Bands]:
    """Read bands; what is no list at all is told like a list that is wrong."""
    if any(not isinstance(bands, Iterable) or np.ndim(bands) > 1 for bands in given):  # type: ignore[arg-type]
        raise ParameterError(
            "distance_bands_m and time_bands_days must each be a list of rising edges, "
            f"for instance [0, 100, 200]; got {' and '.join(map(repr, given))}."
        )
    arrays = (np.ndarray, np.ma.MaskedArray)
    return [
        Bands(as_numbers(bands, name="bands") if isinstance(bands, arrays) else bands)
        for bands in given
    ]


def _ratio(observed: Ints, chance: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(observed / chance)


@dataclass(frozen=True, kw_only=True)
class Knox(Tunable):
    """Test whether incidents follow each other nearby more than chance.

    Raises ParameterError if bands do not rise or a value is not allowed.
    """

    distance_bands_m: Any = option(  # noqa: RUF009
        Bands("0,1,100,200,400"),
        help="Edges of the distance bands; the first band is the same place.",
        unit="metres",
    )
    time_bands_days: Any = option(  # noqa: RUF009
        Bands("0,7,14,28,56"), help="Edges of the time bands.", unit="days"
    )
    metric: Metric = option(  # noqa: RUF009
        "euclidean", help="Distance as the crow flies, or along a square street grid."
    )
    closed: Closed = option(  # noqa: RUF009
        "left", help="Which edge belongs to a band: [a, b) or (a, b]."
    )
    n_permutations: int = option(
        999, help="How many times dates are shuffled over places.", ge=1, le=MAXIMUM
    )

    def __post_init__(self) -> None:
        for name in ("distance_bands_m", "time_bands_days"):
            bands = getattr(self, name)
            if not isinstance(bands, Bands):
                object.__setattr__(self, name, Bands(bands))
        check_fields(self)

    def __call__(
        self, incidents: Incidents, *, rng: Rng = None, engine: Engine | None = None
    ) -> KnoxTest:
        """Return the test over incidents, best of one category.

        ``incidents``: dated by the day in the middle of the span in which each can have
        happened.
        ``engine``: as for :func:`knox_test`.

        Raises PrecisionError, TooFewError if the source states only months or snap
        points; below two incidents.
        """
        incidents.check_moments("near-repeat analysis")
        frame = incidents.frame
        middle = frame["start"] + (frame["end"] - frame["start"]) / 2
        return knox_test(
            incidents.xy_m,
            middle.dt.date().to_physical().to_numpy(),
            self.distance_bands_m,
            self.time_bands_days,
            metric=self.metric,
            closed=self.closed,
            n_permutations=self.n_permutations,
            rng=rng,
            engine=engine,
        )
