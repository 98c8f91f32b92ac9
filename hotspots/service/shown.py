"""What somebody may see of counts: the one door for maps, API and pages.

Members of the partnership see what was found as it is. Whoever may only read
aggregates for others (a program, an auditor) sees counts rounded and no small one, as
:data:`POLICY` says, and nothing that was worked out from them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from hotspots.disclosure.figures import round_counts
from hotspots.disclosure.policy import Policy
from hotspots.rights import Actor, check, may

POLICY = Policy()
PLAIN = ("cell", "rank", "name", "ward", "area_km2", "area_ha", "marking", "place")
SUMMARY = ("title", "marking", "simulated", "attribution", "window", "parameters")
COUNT = "n_incidents"


def is_exact(actor: Actor) -> bool:
    """Say whether somebody sees counts as they are; refuse who may see none."""
    check(actor, "aggregate.read")
    return may(actor, "aggregate.exact")


def shown_to(actor: Actor) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return what makes of a place's properties those that somebody may see.

    Examples
    --------
    >>> program = Actor(id="p", name="P", roles=frozenset({("api-client", "police")}))
    >>> shown_to(program)({"rank": 1, "n_incidents": 23, "why": "..."})["n_incidents"]
    25
    """
    return dict if is_exact(actor) else _rounded


def _rounded(properties: dict[str, Any]) -> dict[str, Any]:
    count = properties.get(COUNT) or 0
    plain = {name: properties[name] for name in PLAIN if name in properties}
    rounded = None
    if count >= POLICY.min_count:
        rounded = int(round_counts(np.array([count]), POLICY)[0][0])
    said = f"under {POLICY.min_count} hidden, rounded to {POLICY.round_to}"
    return {**plain, COUNT: rounded, "counts": said}


def shown_summary(actor: Actor, summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return what somebody may see of the summary of an analysis."""
    if is_exact(actor):
        return dict(summary)
    return {name: summary[name] for name in SUMMARY if name in summary}
