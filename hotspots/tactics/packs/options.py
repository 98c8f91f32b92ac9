"""The options of burglary packs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hotspots.core.options import Checked
from hotspots.tactics.cocoon import Deadlines
from hotspots.tactics.words import options_from

say = options_from(Path(__file__).with_name("packs.toml"))


@dataclass(frozen=True, kw_only=True)
class PacksOptions(Checked):
    """Every new victim of a dwelling burglary, with deadlines and deliveries.

    Nothing is chosen and nobody is left out; there is no reserve.

    References
    ----------
    Polvi, N., Looman, T., Humphries, C. and Pease, K. (1991), "The time course of
    repeat burglary victimization", British Journal of Criminology 31(4), 411-414: the
    risk is highest in the first days.
    """

    look_back_days: int = say("look_back_days", 28, ge=1, le=182)
    victim_hours: int = say("victim_hours", 24, ge=1, le=168)
    next_door_hours: int = say("next_door_hours", 48, ge=1, le=336)
    in_time_days: int = say("in_time_days", 7, ge=1, le=56)

    @property
    def deadlines(self) -> Deadlines:
        """How soon each circle around a burglary is reached."""
        return Deadlines(
            victim_hours=self.victim_hours,
            next_door_hours=self.next_door_hours,
            around_days=self.in_time_days,
        )
