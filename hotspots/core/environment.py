"""What the environment may say: a slip in a name would be taken for the default."""

from __future__ import annotations

import os
from collections.abc import Sequence

from hotspots.core.errors import ParameterError, did_you_mean


def check_environment(
    prefix: str, names: Sequence[str], *, others: tuple[str, ...] = ()
) -> None:
    """Refuse a variable that begins as ours do and means nothing.

    ``names``: of the variables, without their prefix. ``others``: longer prefixes that
    somebody else answers for.

    Raises ParameterError naming the variable and the nearest that is known.
    """
    known = [f"{prefix}{name.upper()}" for name in names]
    for name in os.environ:
        ours = name.startswith(prefix) and not name.startswith(others)
        if ours and name not in known:
            may_be = ", ".join([*known, *(f"{other}..." for other in others)])
            raise ParameterError(
                f"the environment may say {may_be}; got {name}."
                f"{did_you_mean(name, known)}"
            )
