"""Who acts: a person or a program, in an agency, in a role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hotspots.core.errors import ParameterError, did_you_mean

OPERATOR = "operator"
"""Whoever sits at the computer that the site is on: every right, always logged."""

ROLES: dict[str, str] = {
    "analyst": "imports, analyses, writes the brief",
    "jag-member": "sees places and suggestions, keeps the tasks of their agency",
    "jag-chair": "decides, and sets tasks for every agency",
    "patrol-lead": "deploys patrols and logs visits of their agency",
    "tactic-lead": "deploys a tactic and logs visits of their agency",
    "auditor": "reads everything that was logged, changes nothing",
    "administrator": "gives and takes access; sees no incident",
    "api-client": "a program: reads cells, areas and places",
}


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts. ``roles`` are pairs of role and agency; ``scopes`` only ever narrow.

    ``fresh`` is whether they proved who they are within the last minutes.
    """

    id: str
    name: str
    roles: frozenset[tuple[str, str]]
    scopes: frozenset[str] = frozenset()
    fresh: bool = False

    @classmethod
    def operator(cls, name: str = "operator at this computer") -> Actor:
        """Return the one at this computer."""
        return cls(
            id=OPERATOR, name=name, roles=frozenset({(OPERATOR, "")}), fresh=True
        )

    @property
    def agencies(self) -> frozenset[str]:
        """The agencies that they are of."""
        return frozenset(agency for _, agency in self.roles if agency)

    @property
    def agency(self) -> str:
        """The agency that what they make belongs to; empty for the operator."""
        return min(self.agencies, default="")

    def to_record(self) -> dict[str, Any]:
        """Return what is kept with long work, so that it is done as this actor."""
        return {
            "id": self.id,
            "name": self.name,
            "roles": sorted(self.roles),
            "scopes": sorted(self.scopes),
        }

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Actor:
        """Return the actor that :meth:`to_record` was made of."""
        return cls(
            id=record["id"],
            name=record["name"],
            roles=frozenset((role, agency) for role, agency in record["roles"]),
            scopes=frozenset(record["scopes"]),
        )


def parse_role(text: str) -> str:
    """Return a role by its name, however it is spaced.

    Raises ParameterError if there is no such role.

    Examples
    --------
    >>> parse_role("JAG chair")
    'jag-chair'
    """
    role = "-".join(text.lower().replace("_", " ").replace("-", " ").split())
    if role not in ROLES:
        raise ParameterError(
            f"a role must be one of {', '.join(ROLES)}; got {text!r}."
            f"{did_you_mean(role, ROLES)}"
        )
    return role
