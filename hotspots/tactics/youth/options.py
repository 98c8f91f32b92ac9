"""The options of youth sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from hotspots.core.errors import ParameterError
from hotspots.core.options import check_fields, option
from hotspots.optimise.session_choice import Rules
from hotspots.tactics.youth.rule import YouthRule
from hotspots.tactics.youth.school_year import read_holidays

Term = Literal["all", "term", "holiday"]
Travel = Literal["walk", "van"]
Unmarked = Literal["refuse", "use all"]


def _categories(names: Sequence[str]) -> dict[str, str]:
    return {name: name for name in sorted(set(names))}


@dataclass(frozen=True, kw_only=True)
class YouthOptions:
    """A week of youth sessions to hold for at least ten weeks.

    Each possible session is a day, a start, a length and one to three places in order;
    the choice among all of them is exact. At most one session a day, each place at most
    twice a week.

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

    n_sessions: int = option(
        3,
        help="How many sessions a week can be staffed, at most.",
        ge=1,
        le=7,
        label="Sessions a week, at most",
        first=True,
    )
    max_hours: float = option(
        9.0,
        help="How many hours a week can be staffed, at most.",
        unit="hours",
        gt=0,
        le=60,
        label="Hours a week, at most",
        first=True,
    )
    weeks: int = option(
        12,
        help="How long each session is held every week.",
        unit="weeks",
        ge=10,
        le=52,
        label="Number of weeks",
    )
    earliest: int = option(
        16,
        help="No session starts before this hour.",
        unit="o'clock",
        ge=6,
        le=23,
        label="Not before",
        first=True,
    )
    latest: int = option(
        22,
        help="Every session has ended by this hour.",
        unit="o'clock",
        ge=7,
        le=24,
        label="Not after",
        first=True,
    )
    min_hours: int = option(
        2,
        help="No session is shorter than this.",
        unit="hours",
        ge=1,
        le=6,
        label="Shortest session",
    )
    max_hours_session: int = option(
        3,
        help="No session is longer than this.",
        unit="hours",
        ge=1,
        le=6,
        label="Longest session",
    )
    max_stops: int = option(
        3,
        help="Places in one session at most: it may go from one to another.",
        ge=1,
        le=3,
        label="Places in one session, at most",
    )
    max_travel_min: float = option(
        20.0,
        help="Places further apart are not in one session.",
        unit="minutes",
        ge=0,
        le=60,
        label="Longest way between places",
    )
    travel: Travel = option(  # noqa: RUF009
        "walk",
        help="How the team goes from place to place.",
        choices=get_args(Travel),
        first=True,
    )
    outside_share: float = option(
        0.0,
        help="At least this share of the sessions outside the town.",
        ge=0,
        le=1,
        label="Share outside the town (0 to 1)",
    )
    town: str = option(
        "",
        help="Areas that make the town, with ; between; empty is everything near where "
        "most incidents are.",
        label="Areas that make the town",
        free_text=True,
    )
    town_radius_m: float = option(
        2500.0,
        help="How far the town reaches, if not named.",
        unit="metres",
        gt=0,
        label="How far the town reaches",
    )
    term: Term = option(  # noqa: RUF009
        "all",
        help="Count the incidents of all weeks, of school term or of school holidays.",
        choices=get_args(Term),
        label="Weeks of the year",
        first=True,
    )
    holidays: str = option(
        "",
        help="The council's school holidays as FROM:TO with commas between; empty is "
        "the usual English pattern.",
        free_text=True,
    )
    switching_cost: float = option(
        0.1,
        help="Reports a week that a change must bring to be worth breaking one of "
        "last quarter's slots.",
        ge=0,
        label="What breaking a slot must bring",
    )
    veto: str = option(
        "",
        help="Places that youth workers rule out: names or codes, with ; between.",
        label="Places ruled out",
        free_text=True,
    )
    category: str = option(
        "Anti-social behaviour",
        help="Category of the incidents that count.",
        label="Category that counts",
        free_text=True,
        offered=_categories,
    )
    marks: str = option(
        "youth, youths, youth related, youth-related",
        help="Qualifiers that make an incident youth-related, with commas between.",
        label="Words that mark youth-related incidents",
        free_text=True,
    )
    unmarked: Unmarked = option(  # noqa: RUF009
        "refuse",
        help="Where no incident is marked as youth-related: refuse, or use all of the "
        "category.",
        choices=get_args(Unmarked),
        label="Where nothing is marked",
    )
    n_places: int = option(
        24,
        help="Places that are considered, the busiest first.",
        ge=1,
        le=40,
        label="Places considered",
    )
    place_cells: int = option(
        3,
        help="Cells of 1.3 hectares in one place at most.",
        ge=1,
        le=5,
        label="Cells in one place, at most",
    )
    pooling: float = option(
        0.5,
        help="Share of a place's reports that is spread by the district's hours, which "
        "steadies small counts.",
        ge=0,
        le=1,
        label="Shrinkage (0 to 1)",
    )
    randomise: bool = option(
        False,
        help="Draw half of the busiest places; the others are for comparison.",
        label="Draw at random from the best",
    )
    reserve_percent: float = option(
        0.0,
        help="Ground that is never chosen, for comparison.",
        unit="per cent",
        ge=0,
        le=50,
        label="Ground kept back for comparison",
    )
    resamples: int = option(
        40,
        help="Resamples for how stable the choice is.",
        ge=0,
        le=1000,
        label="Resamples",
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
