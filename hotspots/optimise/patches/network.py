"""Streets with dwellings, which of them meet, and connected patches of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from hotspots.core.errors import ParameterError
from hotspots.core.types import Ints


@dataclass(frozen=True, kw_only=True)
class StreetNetwork:
    """Streets, their dwellings, and which of them meet.

    ``size`` (m,): dwellings of each street; at least 1.
    ``edges`` (e, 2): pairs of streets that meet.
    Raises ParameterError if a size is below 1 or an edge names a street that is not
    there.
    """

    size: Ints
    edges: Ints

    def __post_init__(self) -> None:
        if len(self.size) and self.size.min() < 1:
            raise ParameterError(
                "each street must have at least 1 dwelling; got "
                f"{int(self.size.min())}. Leave empty streets out."
            )
        if (
            len(self.edges)
            and not (self.edges >= 0).all() & (self.edges < len(self.size)).all()
        ):
            raise ParameterError(
                f"edges must name streets 0 to {len(self.size) - 1}; got "
                f"{int(self.edges.min())} to {int(self.edges.max())}."
            )

    def __len__(self) -> int:
        return len(self.size)

    @cached_property
    def neighbours(self) -> tuple[tuple[int, ...], ...]:
        """The streets that each street meets, in rising order."""
        found: list[set[int]] = [set() for _ in range(len(self))]
        for a, b in self.edges.tolist():
            if a != b:
                found[a].add(b)
                found[b].add(a)
        return tuple(tuple(sorted(each)) for each in found)

    def is_connected(self, members: Collection[int]) -> bool:
        """Say whether streets hang together without any other."""
        inside = set(members)
        if not inside:
            return False
        reached, stack = set(), [min(inside)]
        while stack:
            here = stack.pop()
            if here not in reached:
                reached.add(here)
                stack += [k for k in self.neighbours[here] if k in inside]
        return len(reached) == len(inside)

    def beside(self, members: Collection[int]) -> set[int]:
        """Return the streets that meet a patch without belonging to it."""
        inside = set(members)
        return {k for each in inside for k in self.neighbours[each]} - inside


@dataclass(frozen=True, kw_only=True)
class Patch:
    """Connected streets.

    ``members``: streets, in rising order.
    ``value``: sum of theirs.
    ``size``: dwellings.
    """

    members: tuple[int, ...]
    value: float
    size: int
