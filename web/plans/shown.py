"""A plan for whoever asks: one with addresses only for those who may see them."""

from __future__ import annotations

from hotspots.service.plans import check_marking
from hotspots.tactics.plan import Plan
from hotspots.web.parts.results import Results
from hotspots.web.plans.query import PlanQuery
from hotspots.web.site.identity import current_actor


def shown_plan(results: Results, query: PlanQuery) -> Plan:
    """Return a plan, refused where it has addresses that are not for this actor."""
    made: Plan = results.plan(query)
    check_marking(current_actor(), made.marking)
    return made
