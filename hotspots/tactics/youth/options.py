"""The options of youth sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hotspots.core.errors import ParameterError
from hotspots.core.options import Checked
from hotspots.optimise.session_choice import Rules
from hotspots.tactics.words import options_from
from hotspots.tactics.youth.rule import YouthRule
from hotspots.tactics.youth.school_year import read_holidays

Term = Literal["all", "term", "holiday"]
Travel = Literal["walk", "van"]
Unmarked = Literal["refuse", "use all"]


def _categories(names: Sequence[str]) -> dict[str, str]:
    return {name: name for name in sorted(set(names))}


say = options_from(Path(__file__).with_name("youth.toml"))


@dataclass(frozen=True, kw_only=True)
class YouthOptions(Checked):
    """A week of youth sessions to hold for at least ten weeks.

    Each possible session is a day, a start, a length and one to three places in order;
    the choice among all of them is exact. At most one session a day, each place at most
    twice a week.

    Raises ParameterError if a field is impossible, or no session fits between
    ``earliest`` and ``latest`` or into ``max_hours``.

    References
    ----------
    Desaulniers, G., Desrosiers, J. and Solomon, M. (eds) (2005), "Column Generation",
    Springer: the formulation. Ratcliffe and McCullagh (1998): aoristic hours.
    """

    n_sessions: int = say("n_sessions", 3, ge=1, le=7)
    max_hours: float = say("max_hours", 9.0, gt=0, le=60)
    weeks: int = say("weeks", 12, ge=10, le=52)
    earliest: int = say("earliest", 16, ge=6, le=23)
    latest: int = say("latest", 22, ge=7, le=24)
    min_hours: int = say("min_hours", 2, ge=1, le=6)
    max_hours_session: int = say("max_hours_session", 3, ge=1, le=6)
    max_stops: int = say("max_stops", 3, ge=1, le=3)
    max_travel_min: float = say("max_travel_min", 20.0, ge=0, le=60)
    travel: Travel = say("travel", "walk")  # noqa: RUF009
    outside_share: float = say("outside_share", 0.0, ge=0, le=1)
    town: str = say("town", "")
    town_radius_m: float = say("town_radius_m", 2500.0, gt=0)
    term: Term = say("term", "all")  # noqa: RUF009
    holidays: str = say("holidays", "")
    switching_cost: float = say("switching_cost", 0.1, ge=0)
    veto: str = say("veto", "")
    category: str = say("category", "Anti-social behaviour", offered=_categories)
    marks: str = say("marks", "youth, youths, youth related, youth-related")
    unmarked: Unmarked = say("unmarked", "refuse")  # noqa: RUF009
    n_places: int = say("n_places", 24, ge=1, le=40)
    place_cells: int = say("place_cells", 3, ge=1, le=5)
    pooling: float = say("pooling", 0.5, ge=0, le=1)
    randomise: bool = say("randomise", False)
    reserve_percent: float = say("reserve_percent", 0.0, ge=0, le=50)
    resamples: int = say("resamples", 40, ge=0, le=1000)

    def __post_init__(self) -> None:
        super().__post_init__()
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
