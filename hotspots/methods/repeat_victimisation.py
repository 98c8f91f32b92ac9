"""Repeat victimisation: places hit again within twelve months of their first incident.

Half of repeat burglaries come within days, so a place just hit is where prevention
pays. Says how many repeats there are, how many chance alone would give, how soon they
come, and where.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from hotspots.core.errors import ParameterError, TooFewError
from hotspots.core.options import option
from hotspots.core.spread import Engine, gathered
from hotspots.core.tunable import Tunable
from hotspots.core.types import Ints
from hotspots.core.window import Window
from hotspots.methods.repeats.course import time_course
from hotspots.methods.repeats.table import (
    Summary,
    by_score,
    days_from,
    inside_window,
    rate_per_day,
    summarise,
    target_table,
    targets_by_part,
)
from hotspots.methods.repeats.targets import Targets, match_targets
from hotspots.model.cells import Cells, bin_points
from hotspots.model.incidents import Incidents
from hotspots.model.surface import Surface


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """What was found about targets hit more than once.

    ``frame``: a row a target; ``target``, ``premises``, ``address``, ``street``,
    ``lon``, ``lat``, ``x``, ``y``; ``n_incidents`` in all; ``first``, ``last``;
    ``n_followed``: incidents within ``months`` of the first, it included; ``n_latest``:
    incidents in the last ``months`` of the window; ``score``; ``followed_days`` before
    the window ends; ``followed_in_full``; ``repeat``. Highest score first.
    ``summary``: ``n_incidents``, ``n_targets``, ``n_repeat_targets``,
    ``share_targets``; ``n_followed``, ``n_at_repeat_targets``, ``share_incidents``;
    ``n_followed_in_full``, ``n_repeat_in_full``, ``share_targets_in_full``;
    ``n_at_risk``, ``expected_repeat_targets``, ``expected_share_targets``,
    ``expected_share_incidents``, ``times_chance``, ``p_value`` (none where the places
    at risk are not given).
    ``course``: a row a band of days; as
    :func:`hotspots.methods.repeats.course.time_course` returns it.
    ``targets``: the target of each incident of the window, and how it was
    matched.
    ``window``: the days looked at.
    ``notes``: how things were matched and counted, in words.
    """

    frame: pl.DataFrame
    summary: Summary
    course: pl.DataFrame
    targets: Targets
    window: Window
    method: RepeatVictimisation
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RepeatVictimisation(Tunable):
    """Find the targets hit again, compare with chance, and time the next incident.

    Raises ParameterError if a value is out of its range.

    Notes
    -----
    A target repeats if it has a second incident within ``months`` of its first. The
    share of targets counts each target once; the share of incidents is of those within
    the follow-ups, so that a long file does not make everything a repeat. Targets
    first hit near the end of the window could not yet repeat: the share is also given
    for those followed in full, and the expected number allows for it (see
    :func:`hotspots.methods.repeats.table.chance_while_followed`). ``p_value`` is the
    Poisson probability of as many repeat targets or more.

    References
    ----------
    Farrell, G. and Pease, K. (1993). Once Bitten, Twice Bitten: Repeat Victimisation
    and its Implications for Crime Prevention. Crime Prevention Unit Series 46, Home
    Office. Polvi et al. (1991), as for
    :func:`hotspots.methods.repeats.course.time_course`.
    """

    months: int = option(
        12,
        help="How long each target is followed from its first incident.",
        unit="months",
        ge=1,
        le=60,
    )
    tolerance_m: float = option(
        10.0,
        help="How far a bare point may lie from a target to be taken for it.",
        unit="metres",
        ge=0,
        le=100,
    )
    decay_days: float = option(
        42.0,
        help="How fast an incident's weight in the score of its target fades.",
        unit="days",
        gt=0,
    )

    def __call__(
        self,
        incidents: Incidents,
        *,
        window: Window | None = None,
        n_at_risk: int | None = None,
        engine: Engine | None = None,
    ) -> Repeats:
        """Return the targets hit again.

        ``incidents``: of one kind, for instance dwelling burglary: a repeat is a
        further incident of any category among them.
        ``window``: the days to look at; default from the first to the last of the
        files. An incident goes by the start of its span.
        ``n_at_risk``: places that could be hit, those never hit included, for instance
        the dwellings of the district; without it nothing is said of chance.
        ``engine``: who follows the targets, each part of the country by itself; default
        this process, all at once. The answer is the same.

        Raises PrecisionError if the files state only the month or coordinates are snap
        points; TooFewError if there are fewer than two incidents; ParameterError if
        fewer places are at risk than were hit.
        """
        inside, window = inside_window(incidents, window)
        chosen = incidents.select(inside)
        targets = match_targets(chosen, tolerance_m=self.tolerance_m)
        table = self._table(chosen, targets.of, window, engine)
        course = time_course(
            targets.of,
            days_from(chosen.frame["start"], window.start),
            until_day=float(window.days),
            rate_per_day=rate_per_day(chosen.n, len(targets), window, n_at_risk),
        )
        return Repeats(
            frame=table,
            summary=summarise(table, window=window, n_at_risk=n_at_risk),
            course=course,
            targets=targets,
            window=window,
            method=self,
            notes=(targets.sentence(), *self._notes(window, n_at_risk)),
        )

    def by(
        self,
        incidents: Incidents,
        labels: pl.Series,
        *,
        window: Window | None = None,
        engine: Engine | None = None,
    ) -> pl.DataFrame:
        """Return the repeats within each category, or each area, by itself.

        ``labels``: Series of length n; what each incident belongs to, for instance
        ``frame["category"]`` or the name of its ward; incidents with null are left out.
        ``window``, ``engine``: as for the call; the same for every label.

        Returns a row a label: ``label`` and the counts and shares of
        :attr:`Repeats.summary`, without what needs places at risk; most incidents
        first. Only incidents of one label are repeats of one another.

        Raises PrecisionError, TooFewError as for the call; ParameterError if there is
        not one label for each incident.
        """
        if len(labels) != incidents.n:
            raise ParameterError(
                f"there must be one label for each of {incidents.n:,} incidents; got "
                f"{len(labels):,}."
            )
        inside, window = inside_window(incidents, window)
        chosen = incidents.select(inside)
        label = labels.cast(pl.String).filter(inside)
        of = match_targets(chosen, tolerance_m=self.tolerance_m).of
        if label.null_count() == len(label):
            raise TooFewError(
                f"repeats by label need incidents with one; none of {len(label):,} has."
            )
        names = label.drop_nulls().unique().sort().to_list()
        parts = (
            (chosen.select(mine).compact(), of[mine.to_numpy()], window, self)
            for mine in ((label == name).fill_null(value=False) for name in names)
        )
        found = gathered(engine, _counts, parts)
        rows = [
            {"label": name, **_without_chance(counts)}
            for name, counts in zip(names, found, strict=True)
        ]
        table = pl.DataFrame(rows, infer_schema_length=None)
        return table.sort("n_incidents", "label", descending=[True, False])

    def surface(self, found: Repeats, cells: Cells) -> Surface:
        """Return the score of repeat targets summed in each cell.

        ``repeat_score``, in incidents weighted by age; targets that did not repeat add
        nothing.
        """
        repeat = found.frame.filter("repeat")
        lon, lat = (repeat[name].to_numpy() for name in ("lon", "lat"))
        at = cells.index_of(bin_points(lon, lat, resolution=cells.resolution))
        inside = at >= 0
        score = repeat["score"].to_numpy()[inside]
        values = np.bincount(at[inside], score, minlength=len(cells))
        return Surface(
            values.astype(np.float64),
            cells,
            self,
            name="repeat_score",
            unit="incidents weighted by age",
            notes=(f"{int((~inside).sum()):,} repeat targets lie outside the cells.",),
        )

    def _table(
        self,
        incidents: Incidents,
        of: Ints,
        window: Window,
        engine: Engine | None = None,
    ) -> pl.DataFrame:
        how = (window, self.months, self.decay_days)
        if engine is None:
            return target_table(incidents, of, *how)
        parts = ((*part, *how) for part in targets_by_part(incidents, of))
        return by_score(pl.concat(gathered(engine, target_table, parts)))

    def _notes(self, window: Window, n_at_risk: int | None) -> tuple[str, ...]:
        chance = (
            "Chance: every place at risk alike, a Poisson count at the district's rate "
            f"over {n_at_risk:,} places, each target followed as long as it was."
            if n_at_risk
            else "Nothing is said of chance: how many places are at risk, for instance "
            "dwellings, was not given."
        )
        return (
            f"{window}. A target is followed for {self.months} months from its first "
            "incident, an incident dated by the start of its span.",
            chance,
        )


def _counts(
    incidents: Incidents, of: Ints, window: Window, method: RepeatVictimisation
) -> Summary:
    table = target_table(incidents, of, window, method.months, method.decay_days)
    return summarise(table, window=window)


def _without_chance(summary: Summary) -> Summary:
    last = list(summary).index("n_at_risk")
    return dict(list(summary.items())[:last])
