"""The options of burglary packs."""

from __future__ import annotations

from dataclasses import dataclass

from hotspots.core.options import check_fields, option
from hotspots.tactics.cocoon import Deadlines


@dataclass(frozen=True, kw_only=True)
class PacksOptions:
    """Every new victim of a dwelling burglary, with deadlines and deliveries.

    Nothing is chosen and nobody is left out; there is no reserve.

    Raises
    ------
    ParameterError
        If an option has an impossible value.

    References
    ----------
    Polvi, N., Looman, T., Humphries, C. and Pease, K. (1991), "The time course of
    repeat burglary victimization", British Journal of Criminology 31(4), 411-414: the
    risk is highest in the first days.
    """

    look_back_days: int = option(
        28,
        help="Burglaries of how many days are listed.",
        unit="days",
        ge=1,
        le=182,
        label="Burglaries of the last",
        first=True,
    )
    victim_hours: int = option(
        24,
        help="Hours within which a victim is visited.",
        unit="hours",
        ge=1,
        le=168,
        label="Visit the victim within",
        first=True,
    )
    next_door_hours: int = option(
        48,
        help="Hours within which next doors are visited.",
        unit="hours",
        ge=1,
        le=336,
        label="Visit next door within",
        first=True,
    )
    in_time_days: int = option(
        7,
        help="Days within which a pack counts as delivered in time, and the homes "
        "around are visited.",
        unit="days",
        ge=1,
        le=56,
        label="In time means within",
        first=True,
    )

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def deadlines(self) -> Deadlines:
        """How soon each circle around a burglary is reached."""
        return Deadlines(
            victim_hours=self.victim_hours,
            next_door_hours=self.next_door_hours,
            around_days=self.in_time_days,
        )
