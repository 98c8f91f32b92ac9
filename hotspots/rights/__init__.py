"""Who may do what: pure, default deny, asked by every use case and by nobody else."""

from hotspots.rights.actor import ROLES, Actor, parse_role
from hotspots.rights.policy import ACTIONS, Owned, check, check_fresh, may

__all__ = [
    "ACTIONS",
    "ROLES",
    "Actor",
    "Owned",
    "check",
    "check_fresh",
    "may",
    "parse_role",
]
