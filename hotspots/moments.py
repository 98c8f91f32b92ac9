"""Times of any kind as NumPy moments of the local wall clock."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from hotspots.errors import ParameterError

__all__ = ["as_moments", "zone_of"]

_ZONED = re.compile(r"\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})\s*$")


def as_moments(times: npt.NDArray[Any], *, name: str) -> npt.NDArray[Any]:
    """Return times as ``datetime64[us]``; what is missing becomes NaT.

    Parameters
    ----------
    times : ndarray of shape (n,)
        NumPy times, dates, datetimes or text such as ``2024-06-14T22:30``; ``None``,
        ``NaN`` and ``NaT`` are missing.
    name : str
        How the caller calls them.

    Returns
    -------
    ndarray of shape (n,), datetime64[us]

    Raises
    ------
    ParameterError
        If a value is no time.
    """
    if times.dtype == object:
        times = np.array(
            [np.datetime64("NaT") if _is_missing(each) else each for each in times],
            dtype=object,
        )
    try:
        return times.astype("datetime64[us]")
    except (TypeError, ValueError) as error:
        raise ParameterError(
            f"{name} must be times such as 2024-06-14T22:30; {error}."
        ) from error


def zone_of(times: npt.NDArray[Any]) -> str:
    """Return what says that some time carries a time zone, or an empty text.

    Parameters
    ----------
    times : ndarray of shape (n,)

    Returns
    -------
    str
    """
    if times.dtype.kind not in "OUS":
        return ""
    for each in times.tolist():
        if getattr(each, "tzinfo", None) is not None:
            return str(each.tzinfo)
        if isinstance(each, str) and _ZONED.search(each):
            return repr(each)
    return ""


def _is_missing(value: object) -> bool:
    return value is None or value != value  # NaN and NaT differ from themselves
