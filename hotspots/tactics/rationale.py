"""What every suggestion is defended with: counts, alternatives, a backtest, a test.

The lines that every suggestion carries and no tactic should word on its own.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from hotspots.core.window import Window, add_months
from hotspots.effects import baseline_caution, minimum_detectable_effect
from hotspots.model.exposure import Exposure
from hotspots.model.incidents import Incidents
from hotspots.tactics.context import PlanningContext


@dataclass(frozen=True, kw_only=True)
class Driver:
    """One reason for a place, as a count.

    ``what``: for instance ``"vehicle crime within 100 m"``.
    ``count``, ``of``: ``count`` of the ``of`` such incidents in the district.
    """

    what: str
    count: int
    of: int

    def sentence(self) -> str:
        """Return the reason in words, with both counts."""
        return f"{self.what}: {self.count:,} of the district's {self.of:,}"


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Another choice and what it would lose.

    ``at``: longitude and latitude, degrees.
    ``loss``: share of this suggestion's value that would be lost, 0 to 1; below 0 where
    the alternative alone is worth more (another suggestion already covers it).
    """

    name: str
    at: tuple[float, float]
    loss: float

    def sentence(self) -> str:
        """Return the alternative in words."""
        if self.loss <= 0.05:
            return f"{self.name}: practically tied; choose on practicalities"
        return f"{self.name}: loses {self.loss:.0%} of the value"


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """How much of what came later the same choice would have captured, and a baseline.

    ``captured``, ``of``: later incidents captured, and all later incidents, over all
    folds.
    ``low``, ``high``: 95% interval of ``captured / of``, 0 to 1.
    ``baseline_captured``: the same for the best of the baselines, each as large as the
    choice.
    ``baseline``: what that baseline is, in words.
    ``n_folds``, ``horizon_days``, ``days_covered``: how often the choice was repeated
    on earlier data, how far it looked ahead (the plan's own period), and how many days
    of all that the files cover.
    ``length``: how far each looked ahead, in words: days, or whole months.
    ``counted``: what is counted, in the plural.
    ``by_chance``, ``baseline_by_chance``: what each would have captured had incidents
    fallen anywhere alike; None where its share of the ground is not known.
    """

    captured: int
    of: int
    low: float
    high: float
    baseline_captured: int
    baseline: str
    n_baselines: int = 1
    n_folds: int
    horizon_days: int
    days_covered: int
    counted: str = "incidents"
    length: str
    by_chance: float | None = None
    baseline_by_chance: float | None = None

    @property
    def expected(self) -> tuple[float, int, int]:
        """What one time of the plan would capture: mean, and a range for 95 in 100.

        The range is predictive: a Poisson count whose mean is known from ``captured``
        in the days covered alone (Jeffreys' prior).
        """
        from scipy.special import betainc

        mean, known = self.captured / self.times, self.captured + 0.5
        most = 10 + 10 * (mean + 1) * (1 + 1 / self.times)
        counts = np.arange(math.ceil(most))
        at_most = betainc(known, counts + 1, self.times / (self.times + 1))
        low, high = np.searchsorted(at_most, [0.025, 0.975])
        return mean, int(low), int(high)

    @property
    def times(self) -> float:
        """How many times the plan's own period the days covered make."""
        return max(1, self.days_covered) / self.horizon_days

    @property
    def pai(self) -> tuple[float, float]:
        """Predictive accuracy index of the choice and of the baseline.

        The share captured over the share of the ground (Chainey, Tompson and Uhlig
        2008); NaN where that is not known.
        """
        chance = self.by_chance, self.baseline_by_chance
        found = zip((self.captured, self.baseline_captured), chance, strict=True)
        own, simple = (n / each if each else math.nan for n, each in found)
        return own, simple

    def sentence(self) -> str:
        """Return the backtest in words, with the baseline beside it."""
        if not self.of or not self.n_folds:
            return "Cannot tell: there is too little earlier data to test the choice."
        share, plain = self.captured / self.of, self.baseline_captured / self.of
        mean, low, high = self.expected
        best = "the baseline"
        if self.n_baselines > 1:
            best = f"the best of {self.n_baselines} simple choices of equal size"
        ahead = f"{self.horizon_days} days"
        whole = self.days_covered == self.n_folds * self.horizon_days
        whole |= self.length != ahead  # whole months
        part = "" if whole else ", as far as the files cover them"
        often = "once" if self.n_folds == 1 else f"{self.n_folds} times"
        return (
            f"Chosen the same way on earlier data, {often}, it captured "
            f"{self.captured:,} of {self.of:,} {self.counted} of the next "
            f"{self.length}{part} ({share:.1%}, 95% interval {self.low:.1%} to "
            f"{self.high:.1%}); {best} ({self.baseline}) captured "
            f"{self.baseline_captured:,} ({plain:.1%}). Expect about {mean:,.0f} "
            f"({low:,} to {high:,}) of {self.of / self.times:,.0f} in the {ahead} of "
            "this plan."
        )


@dataclass(frozen=True, kw_only=True)
class Action:
    """What to do at one place, and why there: what a tactic proposes, a plan suggests.

    ``name``: the place in words: street or nearest place, and ward.
    ``geometry``: shapely geometry, EPSG:4326; point, (Multi)LineString or
    (Multi)Polygon.
    ``what``, ``when``, ``dose``: what to do, when, and how much of it.
    ``expires``: it is not to be done after this day.
    ``drivers``: the strongest reasons first, at most three.
    ``value``: what it adds to the plan, in the plan's ``value_unit``.
    ``solution``: ``"proven best"``, the gap that is left, or ``"heuristic"`` and how it
    searches.
    ``stability``: float or None; share of resamples in which this place is chosen
    again, 0 to 1.
    ``control_note``: how the comparison places were chosen, with the seed.
    ``details``: tuple of (str, str); lines of this tactic only, label and text.
    ``cautions``: for instance that the place was chosen on the window it will be judged
    by.
    """

    name: str
    geometry: Any
    what: str
    when: str
    dose: str
    expires: dt.date
    drivers: tuple[Driver, ...]
    value: float
    solution: str
    stability: float | None
    control_note: str
    details: tuple[tuple[str, str], ...] = ()
    cautions: tuple[str, ...] = ()


def drivers(here: Incidents, district: Incidents, *, where: str) -> tuple[Driver, ...]:
    """Return the three commonest categories here, with the district's counts."""
    local = here.frame["category"].cast(pl.String).value_counts()
    whole = dict(district.frame["category"].cast(pl.String).value_counts().iter_rows())
    ranked = sorted(local.iter_rows(), key=lambda row: (-row[1], row[0]))[:3]
    return counted(*((f"{name} {where}", count, whole[name]) for name, count in ranked))


def counted(*reasons: tuple[str, Any, Any]) -> tuple[Driver, ...]:
    """Return reasons from what is counted, how many, and of how many."""
    return tuple(
        Driver(what=what, count=int(count), of=int(of)) for what, count, of in reasons
    )


def detectable(expected: float, *, weeks: int, control_times: float = 1.0) -> str:
    """Return the smallest fall that could be told from chance, in words.

    ``control_times`` is how many times as large the comparison is; 0 without one.
    """
    if expected <= 0:
        return (
            "No fall could be told from chance: no incident is expected here in "
            f"{weeks} weeks. Judge by what was delivered, not by crime."
        )
    control = expected * control_times if control_times else None
    found = minimum_detectable_effect(expected, control)
    words = found.sentence()
    return f"In {weeks} weeks, {words[:1].lower()}{words[1:]}"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """The two stretches of time that a plan is judged by, declared before it starts.

    ``before``: the same time a year before; else the last as long that the files cover;
    None where they cover none.
    """

    after: Window
    before: Window | None
    length: str
    same_season: bool

    @classmethod
    def of(cls, exposure: Exposure, *, weeks: int, start: dt.date) -> Judged:
        """Declare them: in weeks, or in months where the files state only months."""
        after = Window(start=start, end=start + dt.timedelta(weeks=weeks))
        year = dt.timedelta(weeks=52)
        before = Window(start=start - year, end=after.end - year)
        length = f"{weeks} weeks"
        if exposure.by_month:
            n = max(1, round(weeks * 7 / 30.4375))
            first = start if start.day == 1 else add_months(start.replace(day=1), 1)
            after = Window(start=first, end=add_months(first, n))
            before = _months(first, 12, n)
            length = f"{n} month{'s' * (n > 1)}"
        if exposure.covers(before):
            return cls(after=after, before=before, length=length, same_season=True)
        if exposure.by_month:
            tried = (_months(after.start, k, n) for k in range(n, 60))
            found = next((each for each in tried if exposure.covers(each)), None)
        else:
            found = exposure.last_before(start, after.days)
        return cls(after=after, before=found, length=length, same_season=False)

    def sentence(self, what: str) -> str:
        """Return the test that is declared before anything is done."""
        if self.before is None:
            return (
                f"{what}, {self.after}: the files hold no {self.length} before it to "
                "compare with, so no test can be declared. Load them first."
            )
        than = f"the same {self.length} a year before ({self.before})"
        if not self.same_season:
            than = (
                f"{self.before}, the last {self.length} that the files hold (they lack "
                "the same time a year before, so the season differs)"
            )
        return (
            f"{what}, {self.after}, against {than} and against the comparison places: "
            "success is a fall larger than that of the comparison places by more than "
            "chance gives (weighted displacement difference, the comparison scaled to "
            "this place: below 0, its 95% interval without 0). Anything else reads "
            "'cannot tell' or 'rose'."
        )

    def caution(self, chosen_on: Window) -> str:
        """Return a caution where a place is judged by the time it was chosen on."""
        return "" if self.before is None else baseline_caution(chosen_on, self.before)


def _months(first: dt.date, back: int, n: int) -> Window:
    return Window(start=add_months(first, -back), end=add_months(first, n - back))


def coverage(context: PlanningContext, used: Incidents) -> str:
    """Return what the data cover, with counts."""
    reading, located = context.dataset.reading, context.dataset.incidents.n
    frame, window = used.frame, context.window
    wide = int(((frame["end"] - frame["start"]) > dt.timedelta(hours=4)).sum())
    places = "snapped to anonymous points" if used.snapped else "as recorded"
    days, there = context.exposure.n_days(window), ""
    if days < window.days:
        there = (
            f" The files cover {days:,} of the {window.days:,} days from {window}; "
            "every rate is over the days covered."
        )
    return (
        f"{located:,} of {reading.rows_read:,} rows have a usable place and time; "
        f"{used.n:,} incidents chose this, {wide:,} of them with more than 4 hours "
        f"between earliest and latest time; locations are {places}.{there}"
    )
