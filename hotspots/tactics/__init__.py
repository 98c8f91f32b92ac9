"""One tactic a file: from a :class:`~hotspots.tactics.situation.Situation` to a Plan.

Each tactic is a frozen dataclass whose fields are its options; the command line, the
form on the page and the record of a run are all made from them.
"""

from __future__ import annotations
