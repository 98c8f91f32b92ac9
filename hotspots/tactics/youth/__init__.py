"""Youth sessions: which evenings, from when to when, at which places.

The choice follows where and when young people's behaviour is reported, because that is
what is known. It does not claim that a session prevents those reports: a few evenings a
week capture a small share of them, and what youth work rests on is being there week
after week. Only places and hours go in and come out, never a person.
"""

from __future__ import annotations

from hotspots.tactics.hours import check_hours_known
from hotspots.tactics.tactic import Tactic
from hotspots.tactics.youth.options import YouthOptions
from hotspots.tactics.youth.proposal import solve

YOUTH = Tactic(
    name="youth",
    options=YouthOptions,
    solve=solve,
    check=lambda _, incidents: check_hours_known(incidents, "Choosing youth sessions"),
    uses=("streets", "slots"),
)

__all__ = ["YOUTH", "YouthOptions"]
