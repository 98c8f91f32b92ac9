"""A plan for whoever asks: one with addresses only for those who may see them."""

from __future__ import annotations

from hotspots.rights.actor import OPERATOR
from hotspots.service import exports
from hotspots.service.plans import check_marking
from hotspots.tactics.plan import Plan
from hotspots.web.parts.results import Results
from hotspots.web.plans.query import PlanQuery
from hotspots.web.site.identity import current_actor, current_site

WHY = "why"
"""The field of a form in which somebody says why a file is to leave."""


def shown_plan(results: Results, query: PlanQuery) -> Plan:
    """Return a plan, refused where it has addresses that are not for this actor."""
    made: Plan = results.plan(query)
    check_marking(current_actor(), made.marking)
    return made


def leaves_with_addresses(made: Plan) -> bool:
    """Say whether a file of a plan leaves the site as an export."""
    return made.marking == exports.SENSITIVE and current_actor().id != OPERATOR


def handed_out(made: Plan, name: str, content: bytes, why: str) -> str:
    """Write an export down where a file is one, and return the name it leaves under."""
    if not leaves_with_addresses(made):
        return name
    with current_site().store.writing() as session:
        row = exports.hand_out(session, current_actor(), name, why, content)
    return exports.marked_name(row, name)
