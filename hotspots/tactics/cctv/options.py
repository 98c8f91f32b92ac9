"""The options of mobile CCTV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from hotspots.core.errors import ParameterError
from hotspots.core.options import check_fields, option

MAX_SITES = 60
"""More than this nobody reads; the search would also be long."""

Harm = Literal["none", "square root", "severity"]


@dataclass(frozen=True, kw_only=True)
class CctvOptions:
    """Sites for redeployable cameras, with a review date.

    Maximal covering: the sites that together see the most incidents, weighed by how
    much a camera can act on them, by their age and by the hours that are watched.

    Raises
    ------
    ParameterError
        If an option has an impossible value.

    References
    ----------
    Church, R. and ReVelle, C. (1974), "The maximal covering location problem", Papers
    of the Regional Science Association 32, 101-118.
    """

    n_cameras: int = option(
        4,
        help="How many cameras there are.",
        ge=1,
        le=30,
        label="Number of cameras",
        first=True,
    )
    range_m: float = option(
        100.0,
        help="How far a camera sees.",
        unit="metres",
        ge=20,
        le=300,
        label="Viewing range",
        first=True,
    )
    spacing_m: float = option(
        0.0,
        help="How far apart cameras must be; 0 is no limit.",
        unit="metres",
        ge=0,
        label="Least distance between cameras",
    )
    monitored_from: int = option(
        0,
        help="Hour of the day from which pictures are watched.",
        ge=0,
        le=23,
        label="Pictures watched from",
        first=True,
    )
    monitored_to: int = option(
        24,
        help="Hour of the day up to which pictures are watched; before the other hour "
        "it is the next day's.",
        ge=0,
        le=24,
        label="Pictures watched until",
        first=True,
    )
    n_periods: int = option(
        1,
        help="How many periods are planned; cameras move between them.",
        ge=1,
        le=6,
        label="Number of periods",
        first=True,
    )
    period_weeks: int = option(
        12,
        help="Length of a period, after which each site is reviewed.",
        unit="weeks",
        ge=4,
        le=26,
        label="Length of a period",
    )
    cool_off_periods: int = option(
        1,
        help="Periods without a camera that a zone has after one.",
        ge=0,
        le=5,
        label="Periods of rest after a camera",
    )
    zone_m: float = option(
        200.0,
        help="Side of the square zones that rest.",
        unit="metres",
        ge=50,
        le=2000,
        label="Size of the zones that rest",
    )
    half_life_days: float = option(
        365.0,
        help="Age at which an incident counts half.",
        unit="days",
        ge=14,
        label="Half-life",
    )
    harm: Harm = option(  # noqa: RUF009
        "none",
        help="Weigh incidents by severity: not at all, by its square root, or by it.",
        choices=get_args(Harm),
        label="Weigh by severity",
    )
    reserve_percent: float = option(
        10.0,
        help="Share of the ground kept for good without cameras, for comparison.",
        unit="per cent",
        ge=0,
        le=50,
        label="Ground kept back for comparison",
    )
    randomise: bool = option(
        False,
        help="Draw the sites at random from the best twice as many.",
        label="Draw at random from the best",
    )

    def __post_init__(self) -> None:
        check_fields(self)
        if self.monitored_from == self.monitored_to:
            raise ParameterError(
                "monitored hours must be at least one; got from "
                f"{self.monitored_from} to {self.monitored_to}. Use 0 to 24 for all."
            )
        if self.n_cameras * self.n_periods > MAX_SITES:
            raise ParameterError(
                f"a plan can hold at most {MAX_SITES} sites over all periods; got "
                f"{self.n_cameras} cameras in {self.n_periods} periods. Plan fewer "
                "periods at a time."
            )
        if self.randomise and self.n_periods > 1:
            raise ParameterError(
                "sites can be drawn at random for one period; got "
                f"{self.n_periods} periods. Give n_periods 1 or do not randomise."
            )

    @property
    def all_hours(self) -> bool:
        """Whether every hour is watched."""
        return (self.monitored_to - self.monitored_from) % 24 == 0
