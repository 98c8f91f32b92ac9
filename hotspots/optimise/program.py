"""A mixed-integer program whose worth is maximised, solved by HiGHS inside SciPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hotspots.core.budget import checkpoint, seconds_left
from hotspots.core.types import Floats

OPTIMAL, INFEASIBLE = 0, 2


@dataclass(frozen=True, kw_only=True)
class Solved:
    """What the solver said.

    ``x``: None where it found nothing within its limits.
    ``bound``: nothing is worth more; infinite where it cannot tell.
    ``status``: as of ``scipy.optimize.milp``.
    """

    x: Floats | None
    bound: float
    status: int

    @property
    def proven(self) -> bool:
        """Whether nothing is worth more than ``x``."""
        return self.status == OPTIMAL


def maximise(
    worth: Floats,
    constraints: Any,
    *,
    whole: npt.ArrayLike,
    bounds: tuple[Any, Any] = (0.0, 1.0),
    **limits: float,
) -> Solved:
    """Return the values of the variables that are worth most.

    ``**limits``: ``time_limit`` in seconds, ``node_limit``, ``mip_rel_gap`` (default
    0).
    """
    from scipy.optimize import Bounds, milp

    checkpoint()
    if (seconds := seconds_left(limits.get("time_limit"))) is not None:
        limits["time_limit"] = seconds
    found = milp(
        -worth,
        constraints=constraints,
        integrality=np.asarray(whole, dtype=np.int64),
        bounds=Bounds(*bounds),
        options={"mip_rel_gap": 0.0, **limits},
    )
    checkpoint()
    dual = found.get("mip_dual_bound")
    if dual is None and found.status == OPTIMAL:
        dual = found.fun
    return Solved(
        x=found.x, bound=np.inf if dual is None else -float(dual), status=found.status
    )
