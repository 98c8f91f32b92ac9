"""The tactics that can be planned, by name; each is loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from hotspots.core.errors import ParameterError, did_you_mean
from hotspots.register.tactics import CATALOGUE

if TYPE_CHECKING:
    from hotspots.tactics.tactic import Tactic


class Tactics(Mapping[str, "Tactic"]):
    """The declarations of the catalogue, in the order in which they are offered."""

    def __getitem__(self, name: str) -> Tactic:
        module, _, declared = CATALOGUE[name].rpartition(":")
        found: Tactic = getattr(import_module(module), declared)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(CATALOGUE)

    def __len__(self) -> int:
        return len(CATALOGUE)


TACTICS = Tactics()


def find_tactic(name: str) -> Tactic:
    """Return a tactic by name.

    Raises ParameterError if there is none of that name.
    """
    if name not in TACTICS:
        raise ParameterError(
            f"a tactic must be one of {', '.join(TACTICS)}; got {name!r}."
            f"{did_you_mean(name, TACTICS)}"
        )
    return TACTICS[name]
