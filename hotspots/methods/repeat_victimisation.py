"""Repeat victimisation: places hit again within twelve months of their first incident.

Half of repeat burglaries come within days, so a place just hit is where prevention
pays. Says how many repeats there are, how many chance alone would give, how soon they
come, and where.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from hotspots.cells import Cells, bin_points
from hotspots.errors import ParameterError, TooFewError
from hotspots.incidents import Incidents
from hotspots.params import check_fields, option
from hotspots.repeat_chance import chance_while_followed
from hotspots.repeat_course import time_course
from hotspots.surface import Surface
from hotspots.targets import Targets, match_targets
from hotspots.window import Window, in_words

__all__ = ["RepeatVictimisation", "Repeats"]

Floats = npt.NDArray[np.float64]
Row = dict[str, float | int | str | None]
DAY_US = 86_400_000_000


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """What was found about targets hit more than once.

    Parameters
    ----------
    frame : DataFrame, a row a target
        ``target``, ``premises``, ``address``, ``street``, ``lon``, ``lat``, ``x``,
        ``y``; ``n_incidents`` in all; ``first``, ``last``; ``n_followed``: incidents
        within ``months`` of the first, it included; ``followed_days`` of that time
        before the files end; ``n_latest``: incidents in the last ``months`` of the
        files; ``score``; ``repeat``. Highest score first.
    summary : dict
        ``n_incidents``, ``n_targets``, ``n_repeat_targets``, ``share_targets``;
        ``n_followed``, ``n_at_repeat_targets``, ``share_incidents``;
        ``n_followed_in_full``, ``share_targets_in_full``; ``n_at_risk``,
        ``expected_repeat_targets``, ``expected_share_targets``,
        ``expected_share_incidents``, ``times_chance``, ``p_value`` (none where the
        places at risk are not given).
    course : DataFrame, a row a band of days
        As :func:`hotspots.repeat_course.time_course` returns it.
    targets : Targets
        The target of each incident, and how it was matched.
    window : Window
        The days looked at.
    method : RepeatVictimisation
    notes : tuple of str
        What was chosen and how things were counted, in words.
    """

    frame: pl.DataFrame
    summary: Row
    course: pl.DataFrame
    targets: Targets
    window: Window
    method: RepeatVictimisation
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RepeatVictimisation:
    """Find the targets hit again, compare with chance, and time the next incident.

    Parameters
    ----------
    months : int
        How long a target is followed from its first incident; never a calendar year.
    tolerance_m : float, metres
        How far a point may lie from a target to be taken for it, where there is no
        premises number and no full address.
    decay_days : float, days
        Each incident adds ``exp(-age / decay_days)`` to the score of its target.

    Raises
    ------
    ParameterError
        If a value is out of its range.

    Notes
    -----
    A target repeats if it has a second incident within ``months`` of its first. The
    share of targets counts each target once; the share of incidents is of those within
    the follow-ups. Targets first hit near the end of the files could not yet repeat:
    both shares are also given for targets followed in full, and the expected ones
    allow for it (see :func:`hotspots.repeat_chance.chance_while_followed`).

    References
    ----------
    Farrell, G. and Pease, K. (1993). Once Bitten, Twice Bitten: Repeat Victimisation
    and its Implications for Crime Prevention. Crime Prevention Unit Series 46, Home
    Office. Polvi et al. (1991), as for :func:`hotspots.repeat_course.time_course`.
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

    def __post_init__(self) -> None:
        check_fields(self)

    def __call__(
        self,
        incidents: Incidents,
        *,
        window: Window | None = None,
        n_at_risk: int | None = None,
    ) -> Repeats:
        """Return the targets hit again.

        Parameters
        ----------
        incidents : Incidents
            Of one kind, for instance dwelling burglary: a repeat is a further
            incident of any category among them.
        window : Window, optional
            The days to look at; default from the first to the last of the files. An
            incident goes by the start of its span.
        n_at_risk : int, optional
            Places that could be hit, those never hit included, for instance the
            dwellings of the district; without it nothing is said of chance.

        Returns
        -------
        Repeats

        Raises
        ------
        PrecisionError
            If the files state only the month or coordinates are snap points.
        TooFewError
            If there are fewer than two incidents.
        ParameterError
            If fewer places are at risk than were hit.
        """
        incidents.check_moments("Repeat victimisation")
        incidents, window = _in_window(incidents, window)
        targets = match_targets(incidents, tolerance_m=self.tolerance_m)
        return self._found(incidents, targets, window, n_at_risk)

    def by(
        self,
        incidents: Incidents,
        labels: pl.Series,
        *,
        window: Window | None = None,
    ) -> pl.DataFrame:
        """Return the repeats within each category, or area, by itself.

        Parameters
        ----------
        incidents : Incidents
        labels : Series of length n
            What each incident belongs to, for instance
            ``incidents.frame["category"]`` or the name of its ward; null is left out.
        window : Window, optional
            As for the call; the same for every label.

        Returns
        -------
        DataFrame, a row a label
            ``label`` and the counts and shares of :attr:`Repeats.summary`; most
            incidents first. Only incidents of one label count as repeats of one
            another; labels with a single incident have no shares.

        Raises
        ------
        PrecisionError, TooFewError
            As for the call.
        ParameterError
            If there is not one label for each incident.
        """
        incidents.check_moments("Repeat victimisation")
        if len(labels) != incidents.n:
            raise ParameterError(
                f"there must be one label for each of {incidents.n:,} incidents; got "
                f"{len(labels):,}."
            )
        marked = incidents.frame.with_columns(labels.cast(pl.String).alias("_label"))
        incidents, window = _in_window(_replaced(incidents, marked), window)
        targets = match_targets(incidents, tolerance_m=self.tolerance_m)
        rows = []
        for (label,), part in incidents.frame.with_columns(
            _target=pl.Series(targets.of)
        ).group_by("_label", maintain_order=True):
            if label is not None:
                table = _target_table(self, part, incidents, window)
                rows.append({"label": str(label), **_summary(table, self, window, None)})
        counts = [k for k in rows[0] if "expected" not in k] if rows else []
        chosen = [c for c in counts if c not in ("n_at_risk", "times_chance", "p_value")]
        table = pl.DataFrame(rows, infer_schema_length=None).select(chosen)
        return table.sort("n_incidents", "label", descending=[True, False])

    def surface(self, found: Repeats, cells: Cells) -> Surface:
        """Return the score of repeat targets summed in each cell.

        Parameters
        ----------
        found : Repeats
        cells : Cells, m of them

        Returns
        -------
        Surface
            ``repeat_score``, in incidents weighted by age; targets hit once add
            nothing.
        """
        repeat = found.frame.filter("repeat")
        lon, lat = (repeat[name].to_numpy() for name in ("lon", "lat"))
        at = cells.index_of(bin_points(lon, lat, resolution=cells.resolution))
        inside = at >= 0
        score = repeat["score"].to_numpy()[inside]
        return Surface(
            values=np.bincount(at[inside], score, minlength=len(cells)).astype(float),
            name="repeat_score",
            unit="incidents weighted by age",
            cells=cells,
            method=self,
            notes=(f"{int((~inside).sum()):,} repeat targets lie outside the cells.",),
        )

    def _found(
        self,
        incidents: Incidents,
        targets: Targets,
        window: Window,
        n_at_risk: int | None,
    ) -> Repeats:
        frame = incidents.frame.with_columns(_target=pl.Series(targets.of))
        table = _target_table(self, frame, incidents, window)
        rate = _rate_per_day(incidents.n, len(targets), window, n_at_risk)
        day = _days_from(frame["start"], window.start)
        return Repeats(
            frame=table,
            summary=_summary(table, self, window, n_at_risk),
            course=time_course(
                targets.of, day, until_day=float(window.days), rate_per_day=rate
            ),
            targets=targets,
            window=window,
            method=self,
            notes=(targets.sentence(), *_notes(self, window, n_at_risk)),
        )
