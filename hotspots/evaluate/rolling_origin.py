"""Test forecasts the only honest way: on months that they had not seen.

Month after month, or 28 days after 28 days, each method is given the months before and
asked for the places to search; then the time that followed says what it found. The
plain count of the last 12 months always stands beside it, because at this volume it is
hard to beat.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.core.errors import ParameterError, TooFewError
from hotspots.core.options import option
from hotspots.core.tunable import Tunable
from hotspots.core.types import Floats, Rng
from hotspots.core.window import Window
from hotspots.evaluate.capture import found_at
from hotspots.evaluate.folds import Fold, Period, choose_folds
from hotspots.evaluate.verdict import BASELINE, Evaluation
from hotspots.model.cells import Cells, bin_points
from hotspots.model.incidents import Incidents
from hotspots.model.surface import Surface

Progress = Callable[[str, int, int], None]

EPOCH = dt.date(1970, 1, 1)
CURVE_SHARES = (
    *(0.0, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05),
    *(0.075, 0.1, 0.125, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0),
)
"""Shares of the area at which the capture curve is kept."""


class Forecaster(Protocol):
    """Anything that gives every cell a value from the incidents before."""

    def __call__(self, incidents: Incidents, cells: Cells, /) -> Surface:
        """Return a surface; places with higher values are searched first."""


@runtime_checkable
class DatedForecaster(Protocol):
    """Anything that gives every cell a value for a day, such as risk that fades."""

    def surface(self, incidents: Incidents, cells: Cells, *, on: dt.date) -> Surface:
        """Return a surface for a day; places with higher values are searched first."""


@dataclass(frozen=True, kw_only=True)
class RollingOrigin(Tunable):
    """Test methods on one unseen month, or 28 days, after another.

    Notes
    -----
    Each month is forecast from the ``train_months`` before it, the plain count from the
    12 before it; so are times of 28 days. A method with a ``surface`` for a day is
    asked for the first day, and given all that was over before it. Places are searched
    from the highest value down until exactly ``share_area`` of the area is reached;
    equal values count as the mean over every order. Hits are pooled over folds.
    Intervals resample whole blocks of folds (the circular block bootstrap), widened for
    few folds by Student's t; methods are compared fold by fold on the same resamples.

    References
    ----------
    Hyndman, R. J., and G. Athanasopoulos (2021), Forecasting: Principles and Practice,
    section 5.10 (rolling origin). Politis, D. N., and J. P. Romano (1992), "A circular
    block-resampling procedure for stationary data", in LePage and Billard, Exploring
    the Limits of Bootstrap.
    """

    n_folds: int = option(
        13, help="How many months are forecast, the latest ones.", ge=2, le=120
    )
    period: Period = option(  # noqa: RUF009
        "month", help="How long each tested time is."
    )
    train_months: int = option(
        12,
        help="How many months before each the methods are given.",
        unit="months",
        ge=1,
        le=120,
    )
    share_area: float = option(
        0.005,
        help="The share of the area that can be searched, on which methods are judged.",
        gt=0,
        le=1,
    )
    n_resamples: int = option(
        2000, help="How often months are drawn again for the intervals.", ge=100
    )
    block_months: int = option(
        1, help="How many neighbouring months are drawn together.", unit="months", ge=1
    )
    confidence: float = option(
        0.95, help="How sure the intervals are to hold the truth.", ge=0.5, le=0.999
    )

    def __call__(
        self,
        incidents: Incidents,
        cells: Cells,
        methods: Mapping[str, Forecaster | DatedForecaster],
        *,
        end: dt.date | None = None,
        covered: Collection[dt.date] | None = None,
        street_km: npt.ArrayLike | None = None,
        rng: Rng = None,
        progress: Progress | None = None,
    ) -> Evaluation:
        """Return what each method found, beside the plain count.

        ``incidents``: those that would be analysed: area and categories chosen, every
        month.
        ``methods``: method objects by the name to print, for instance ``{"kde":
        Kde(bandwidth_m=150), "zones": NearRepeat()}``.
        ``end``: first day after the last time to test; default the end of the
        files.
        ``covered``: collection of date; days on which the files hold any incident,
        where ``incidents`` are a part of them; default the days of ``incidents``.
        ``street_km``: array of shape (m,), km; length of street in each cell, for
        accuracy per street-km.
        ``rng``: Generator or int; for the intervals.
        ``progress``: called as ``progress(what, done, total)``.

        Raises ParameterError if a method is named as the plain count is, ``end`` is not
        the first of a month, a surface is not finite, or street lengths are not one for
        each cell; PrecisionError if the files state only months and 28 days are tested,
        or a method of days is given them or snap points; TooFewError if fewer than two
        times can be tested, or nothing happened in them.
        """
        if BASELINE in methods:
            raise ParameterError(
                f"'{BASELINE}' is always there; give the method another name."
            )
        folds, notes = choose_folds(
            incidents,
            n_folds=self.n_folds,
            train_months=self.train_months,
            period=self.period,
            end=end,
            covered=covered,
        )
        shares = np.unique([*CURVE_SHARES, self.share_area])
        counter = _Counter.of(incidents, cells)
        tested = np.sum([counter.counts(fold.test) for fold in folds], axis=0)
        if not tested.any():
            raise TooFewError(
                "the tested times must hold an incident inside the cells; none of "
                f"{incidents.n:,} is. Choose a longer time, more categories or a "
                "larger area."
            )
        street = _checked_streets(street_km, len(cells))
        names = (BASELINE, *methods)
        found = np.zeros((len(names), len(folds), 3, len(shares)))
        best = np.zeros((len(folds), len(shares)))
        say = progress or _silent
        for f, fold in enumerate(folds):
            say(f"testing {self.period} by {self.period}", f, len(folds))
            observed = counter.counts(fold.test)
            rows = np.stack([observed, counter.counts(fold.train), street])
            scores = _scores(methods, incidents, cells, fold)
            for k, score in enumerate([counter.counts(fold.baseline), *scores]):
                found[k, f] = found_at(rows, score, cells.area_km2, shares)
            dense = observed / cells.area_km2
            best[f] = found_at(observed, dense, cells.area_km2, shares)
        say("", len(folds), len(folds))
        return Evaluation(
            names=names,
            folds=folds,
            shares=shares,
            found=found[:, :, 0],
            found_before=found[:, :, 1],
            best=best,
            street_share=_share_of(found[:, :, 2], street),
            area_km2=float(cells.area_km2.sum()),
            share_area=self.share_area,
            confidence=self.confidence,
            resamples=_circular_blocks(
                len(folds), self.n_resamples, self.block_months, rng
            ),
            counts=tested,
            notes=(*notes, *counter.notes(), *_snap_notes(incidents)),
            period=self.period,
        )


@dataclass(frozen=True, kw_only=True)
class _Counter:
    """Each incident's day and cell, so that any span is counted in one pass."""

    day: npt.NDArray[np.int64]
    cell: npt.NDArray[np.int64]
    n_cells: int
    n_outside: int

    @classmethod
    def of(cls, incidents: Incidents, cells: Cells) -> _Counter:
        lon, lat = (incidents.places[name].to_numpy() for name in ("lon", "lat"))
        at = cells.index_of(bin_points(lon, lat, resolution=cells.resolution))
        cell = at[incidents.frame["place"].to_numpy()]
        day = incidents.frame["start"].dt.date().to_physical().cast(pl.Int64).to_numpy()
        inside = cell >= 0
        return cls(
            day=day[inside],
            cell=cell[inside],
            n_cells=len(cells),
            n_outside=int((~inside).sum()),
        )

    def counts(self, window: Window) -> Floats:
        first, last = ((day - EPOCH).days for day in (window.start, window.end))
        inside = (self.day >= first) & (self.day < last)
        return np.bincount(self.cell[inside], minlength=self.n_cells).astype(np.float64)

    def notes(self) -> tuple[str, ...]:
        if not self.n_outside:
            return ()
        return (f"{self.n_outside:,} incidents lie outside the cells: not counted.",)


def _snap_notes(incidents: Incidents) -> tuple[str, ...]:
    if not incidents.snapped:
        return ()
    return (
        "Coordinates are snap points: incidents can only fall on them, which flatters "
        "every method that ranks single cells, the plain count most of all.",
    )


def _scores(
    methods: Mapping[str, Forecaster | DatedForecaster],
    incidents: Incidents,
    cells: Cells,
    fold: Fold,
) -> list[Floats]:
    first = dt.datetime.combine(fold.train.start, dt.time())
    end = dt.datetime.combine(fold.train.end, dt.time())
    before = pl.col("start") < end
    seen = incidents.select((pl.col("start") >= first) & before)
    over = incidents.select(before & (pl.col("end") <= end))
    return [
        method.surface(over, cells, on=fold.train.end).values
        if isinstance(method, DatedForecaster)
        else method(seen, cells).values
        for method in methods.values()
    ]


def _checked_streets(street_km: npt.ArrayLike | None, n: int) -> Floats:
    if street_km is None:
        return np.zeros(n)
    street = np.asarray(street_km, dtype=np.float64)
    if street.shape != (n,) or not (np.isfinite(street) & (street >= 0)).all():
        raise ParameterError(
            f"street_km must be a length, 0 or more, for each of {n:,} cells; got an "
            f"array of shape {street.shape}."
        )
    return street


def _share_of(found: Floats, street: Floats) -> Floats | None:
    total = street.sum()
    return found / total if total > 0 else None


def _circular_blocks(
    n: int, n_resamples: int, block: int, rng: Rng
) -> npt.NDArray[np.int64]:
    """Draw months in blocks that wrap round, shape (n_resamples, n)."""
    generator = np.random.default_rng(rng)
    block = min(block, n)
    starts = generator.integers(0, n, size=(n_resamples, -(-n // block)))
    drawn = (starts[:, :, None] + np.arange(block)) % n
    return drawn.reshape(n_resamples, -1)[:, :n]


def _silent(_what: str, _done: int, _total: int) -> None:
    """Report progress to nobody."""
