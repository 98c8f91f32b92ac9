"""The tactics that can be planned, by name; each is loaded when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from hotspots.core.errors import ParameterError, did_you_mean


@dataclass(frozen=True, kw_only=True)
class Tactic:
    """What a tactic is called and where it is.

    Parameters
    ----------
    name : str
        The command and the last part of the address.
    title : str
        As people say it.
    help : str
        One sentence.
    needs : tuple of str
        Resources that it cannot do without.
    uses : tuple of str
        Resources that make it better.
    """

    name: str
    title: str
    help: str
    module: str
    class_name: str
    needs: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()

    @property
    def method(self) -> type[Any]:
        """The dataclass whose fields are the options."""
        found: type[Any] = getattr(import_module(self.module), self.class_name)
        return found


TACTICS = {
    tactic.name: tactic
    for tactic in (
        Tactic(
            name="cctv",
            title="Mobile CCTV",
            help="Choose columns for the mobile cameras, with review dates.",
            module="hotspots.tactics.cctv",
            class_name="MobileCctv",
            uses=("columns", "streets", "cameras", "buildings"),
        ),
        Tactic(
            name="marking",
            title="Property marking",
            help="Choose whole streets to mark, and who to offer a kit within days.",
            module="hotspots.tactics.marking",
            class_name="PropertyMarking",
            needs=("premises",),
            uses=("streets",),
        ),
        Tactic(
            name="packs",
            title="Burglary packs",
            help="List every new burglary victim, with what is delivered and overdue.",
            module="hotspots.tactics.packs",
            class_name="BurglaryPacks",
            uses=("premises", "deliveries"),
        ),
        Tactic(
            name="youth",
            title="Youth sessions",
            help="Choose places, evenings and hours for youth workers.",
            module="hotspots.tactics.youth",
            class_name="YouthSessions",
            uses=("streets", "slots"),
        ),
        Tactic(
            name="patrol",
            title="Foot patrol",
            help="Choose a shift's walkable areas, loops and visiting windows.",
            module="hotspots.tactics.patrol",
            class_name="FootPatrol",
            uses=("streets",),
        ),
        Tactic(
            name="operation",
            title="Operation from a template",
            help="Find areas and hours for an operation such as Defrost.",
            module="hotspots.tactics.operation",
            class_name="Operation",
            uses=("premises",),
        ),
    )
}
"""In the order in which they are offered."""


def find_tactic(name: str) -> Tactic:
    """Return a tactic by name.

    Raises
    ------
    ParameterError
        If there is none of that name.
    """
    if name not in TACTICS:
        raise ParameterError(
            f"a tactic must be one of {', '.join(TACTICS)}; got {name!r}."
            f"{did_you_mean(name, TACTICS)}"
        )
    return TACTICS[name]
