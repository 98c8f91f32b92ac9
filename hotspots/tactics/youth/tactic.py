"""Youth-worker sessions: which evenings, from when to when, at which places.

The choice follows where and when young people's behaviour is reported, because that is
what is known. It does not claim that a session prevents those reports: a few evenings a
week meet a small share of them, and what youth work rests on is being there week after
week. Only places and hours go in and come out, never a person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import polars as pl

from hotspots.core.errors import ParameterError, PlanError
from hotspots.core.options import check_fields, option, to_record
from hotspots.core.window import Window
from hotspots.model.incidents import Incidents
from hotspots.optimise.session_choice import Rules
from hotspots.resources.slots import Slot
from hotspots.tactics.backtest import Covers, back_test
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.hours import check_hours_known
from hotspots.tactics.plan import Plan
from hotspots.tactics.rationale import Backtest
from hotspots.tactics.school_year import read_holidays
from hotspots.tactics.youth.checks import busiest, presence_covers
from hotspots.tactics.youth.reasons import Reasons
from hotspots.tactics.youth.rule import YouthRule
from hotspots.tactics.youth.tables import layers_of, tables_of
from hotspots.tactics.youth.week import prepare
from hotspots.tactics.youth.words import headline, notes_of, suggestions_of

Term = Literal["all", "term", "holiday"]
Travel = Literal["walk", "van"]
Unmarked = Literal["refuse", "use all"]


@dataclass(frozen=True, kw_only=True)
class YouthSessions:
    """Choose a week of youth sessions to hold for at least ten weeks.

    Each possible session is a day, a start, a length and one to three places in order;
    the choice among all of them is exact. At most one session a day, each place at most
    twice a week.

    Parameters
    ----------
    randomise, reserve_percent, resamples
        As the help of each says.

    Raises
    ------
    ParameterError
        If a field is impossible, or no session fits between ``earliest`` and ``latest``
        or into ``max_hours``.

    References
    ----------
    Desaulniers, G., Desrosiers, J. and Solomon, M. (eds) (2005), "Column Generation",
    Springer: the formulation. Ratcliffe and McCullagh (1998): aoristic hours.
    """

    n_sessions: int = option(3, help="At most so many sessions a week.", ge=1, le=7)
    max_hours: float = option(
        9.0, help="At most so many hours a week.", unit="hours", gt=0, le=60
    )
    weeks: int = option(
        12, help="How long each session is held every week.", unit="weeks", ge=10, le=52
    )
    earliest: int = option(
        16, help="No session starts before this hour.", unit="o'clock", ge=6, le=23
    )
    latest: int = option(
        22, help="Every session has ended by this hour.", unit="o'clock", ge=7, le=24
    )
    min_hours: int = option(2, help="Shortest session.", unit="hours", ge=1, le=6)
    max_hours_session: int = option(
        3, help="Longest session.", unit="hours", ge=1, le=6
    )
    max_stops: int = option(3, help="Places in one session at most.", ge=1, le=3)
    max_travel_min: float = option(
        20.0, help="Longest way between two places.", unit="minutes", ge=0, le=60
    )
    travel: Travel = option(  # noqa: RUF009
        "walk",
        help="How the team goes from place to place.",
        choices=get_args(Travel),
    )
    outside_share: float = option(
        0.0, help="At least this share of the sessions outside the town.", ge=0, le=1
    )
    town: str = option(
        "",
        help="Areas that make the town, with ; between; empty is everything near where "
        "most incidents are.",
    )
    town_radius_m: float = option(
        2500.0, help="How far the town reaches, if not named.", unit="metres", gt=0
    )
    term: Term = option(  # noqa: RUF009
        "all",
        help="Count the incidents of all weeks, of school term or of school holidays.",
        choices=get_args(Term),
    )
    holidays: str = option(
        "",
        help="The council's school holidays as FROM:TO with commas between; empty is "
        "the usual English pattern.",
    )
    switching_cost: float = option(
        0.1,
        help="Reports a week that a change must bring to be worth breaking one of "
        "last quarter's slots.",
        ge=0,
    )
    veto: str = option(
        "", help="Places that youth workers rule out: names or codes, with ; between."
    )
    category: str = option(
        "Anti-social behaviour", help="Category of the incidents that count."
    )
    marks: str = option(
        "youth, youths, youth related, youth-related",
        help="Qualifiers that make an incident youth-related, with commas between.",
    )
    unmarked: Unmarked = option(  # noqa: RUF009
        "refuse",
        help="Where no incident is marked as youth-related: refuse, or use all of the "
        "category.",
        choices=get_args(Unmarked),
    )
    n_places: int = option(
        24, help="Places that are considered, the busiest first.", ge=1, le=40
    )
    place_cells: int = option(
        3, help="Cells of 1.3 hectares in one place at most.", ge=1, le=5
    )
    pooling: float = option(
        0.5,
        help="Share of a place's reports that is spread by the district's hours, which "
        "steadies small counts.",
        ge=0,
        le=1,
    )
    randomise: bool = option(
        False, help="Draw half of the busiest places; the others are for comparison."
    )
    reserve_percent: float = option(
        0.0, help="Ground that is never chosen, for comparison.", unit="%", ge=0, le=50
    )
    resamples: int = option(
        40, help="Resamples for how stable the choice is.", ge=0, le=1000
    )

    def __post_init__(self) -> None:
        check_fields(self)
        read_holidays(self.holidays)
        if self.max_hours_session < self.min_hours:
            raise ParameterError(
                f"max_hours_session must be at least min_hours ({self.min_hours}); got "
                f"{self.max_hours_session}."
            )
        room = min(self.max_hours, self.latest - self.earliest)
        if self.min_hours > room:
            raise ParameterError(
                f"a session of {self.min_hours} hours must fit between {self.earliest}:"
                f"00 and {self.latest}:00 and into {self.max_hours:g} hours a week; "
                "it does not. Allow more hours or shorter sessions."
            )

    @property
    def rules(self) -> Rules:
        """The limits of one week."""
        return Rules(
            n_sessions=self.n_sessions,
            max_hours=self.max_hours,
            outside_share=self.outside_share,
        )

    @property
    def rule(self) -> YouthRule:
        """Which incidents count."""
        return YouthRule(
            category=self.category,
            marks=self.marks,
            unmarked=self.unmarked,
            term=self.term,
            holidays=self.holidays,
        )

    def __call__(
        self, context: PlanningContext, *, slots: Sequence[Slot] | None = None
    ) -> Plan:
        """Return the week of sessions with the reasons for each.

        Raises
        ------
        PrecisionError
            If the files state no hours, or only snap points.
        TooFewError
            If too few incidents are youth-related.
        PlanError
            If no session can be held, for instance outside the town.
        ParameterError
            If a veto, town or category names nothing that is there.
        """
        check_hours_known(context.incidents, "Choosing youth sessions")
        held = slots
        if held is None:
            held = getattr(context.resources, "slots", None) or ()
        youth = self.rule.counted(context.recent)
        weeks = self.rule.weeks(context.window)
        week = prepare(context, youth, self, held, weeks=weeks)
        choice = week.solve()
        if not len(choice.picked):
            raise PlanError(
                "at least one session must have youth-related reports in its places "
                f"and hours; none of {week.space.n_columns:,} possible ones has"
                f"{self._why_none()}. Allow other hours or places."
            )
        reasons = Reasons(
            options=self,
            context=context,
            youth=youth,
            weeks=weeks,
            week=week,
            choice=choice,
            sessions=week.sessions(choice.picked),
            slots=tuple(held),
            backtest=self._capture(context),
        )
        suggestions = suggestions_of(reasons)
        streets = context.resources.streets
        walked = streets is not None and self.travel == "walk"
        credit = streets.attribution if streets is not None and walked else ""
        return Plan(
            tactic="youth",
            title="Youth-worker sessions",
            parameters=to_record(self),
            made_for=context.day,
            window=str(context.window),
            suggestions=suggestions,
            tables=tables_of(reasons),
            layers=layers_of(reasons),
            headline=headline(reasons),
            notes=notes_of(reasons),
            seed=context.seed,
            simulated=context.dataset.simulated or context.resources.simulated,
            attribution=(credit,) if credit else (),
            provenance=context.provenance,
        )

    def _why_none(self) -> str:
        if self.outside_share > 0:
            return f", with {self.outside_share:.0%} of the sessions outside the town"
        return ""

    def _capture(self, context: PlanningContext) -> Backtest:
        """Choose on earlier data and count what came after."""

        def choose(training: Incidents, day: dt.date) -> Covers:
            youth, weeks = self._training(training, context, day)
            week = prepare(context, youth, self, (), weeks=weeks, named=False)
            sessions = week.sessions(week.solve().picked)
            return presence_covers(week, sessions, context)

        def baseline(training: Incidents, day: dt.date) -> Covers:
            youth, _ = self._training(training, context, day)
            return busiest(context, youth, self, day)

        counts = pl.lit(self.rule.rows(context.incidents))
        return back_test(
            context,
            choose,
            baseline,
            baseline_words="the busiest places of the last 12 months, in the busiest "
            "hours of the busiest days,",
            relevant=counts,
            counted="youth-related reports",
        )

    def _training(
        self, training: Incidents, context: PlanningContext, day: dt.date
    ) -> tuple[Incidents, float]:
        start = max(
            day - dt.timedelta(days=context.window.days),
            _first_day(training, context.window.start),
        )
        window = Window(start=start, end=day)
        recent = training.select(
            pl.col("start") >= dt.datetime.combine(start, dt.time())
        )
        return self.rule.counted(recent), max(1.0, self.rule.weeks(window))


def _first_day(incidents: Incidents, otherwise: dt.date) -> dt.date:
    first = incidents.frame["start"].min()
    return first.date() if isinstance(first, dt.datetime) else otherwise
