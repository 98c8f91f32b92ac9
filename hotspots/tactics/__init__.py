"""Tactics: from a planning context to a plan.

Each tactic is a frozen dataclass whose fields are its options; the command line, the
form on the page and the record of a run are all made from them.
"""

from __future__ import annotations
