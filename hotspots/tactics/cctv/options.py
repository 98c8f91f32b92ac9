"""The options of mobile CCTV."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hotspots.core.errors import ParameterError
from hotspots.core.options import Checked
from hotspots.tactics.words import options_from

MAX_SITES = 60
"""More than this nobody reads; the search would also be long."""

Harm = Literal["none", "square root", "severity"]

say = options_from(Path(__file__).with_name("cctv.toml"))


@dataclass(frozen=True, kw_only=True)
class CctvOptions(Checked):
    """Sites for redeployable cameras, with a review date.

    Maximal covering: the sites that together see the most incidents, weighed by how
    much a camera can act on them, by their age and by the hours that are watched.

    References
    ----------
    Church, R. and ReVelle, C. (1974), "The maximal covering location problem", Papers
    of the Regional Science Association 32, 101-118.
    """

    n_cameras: int = say("n_cameras", 4, ge=1, le=30)
    range_m: float = say("range_m", 100.0, ge=20, le=300)
    spacing_m: float = say("spacing_m", 0.0, ge=0)
    monitored_from: int = say("monitored_from", 0, ge=0, le=23)
    monitored_to: int = say("monitored_to", 24, ge=0, le=24)
    n_periods: int = say("n_periods", 1, ge=1, le=6)
    period_weeks: int = say("period_weeks", 12, ge=4, le=26)
    cool_off_periods: int = say("cool_off_periods", 1, ge=0, le=5)
    zone_m: float = say("zone_m", 200.0, ge=50, le=2000)
    half_life_days: float = say("half_life_days", 365.0, ge=14)
    harm: Harm = say("harm", "none")  # noqa: RUF009
    reserve_percent: float = say("reserve_percent", 10.0, ge=0, le=50)
    randomise: bool = say("randomise", False)

    def __post_init__(self) -> None:
        super().__post_init__()
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
