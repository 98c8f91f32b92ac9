"""Edges of bands: read, checked, printed, and as limits that a number is below."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from hotspots.core.errors import ParameterError

Closed = Literal["left", "right"]


def check_closed(closed: str) -> None:
    """Refuse a word that says not which edge belongs to a band.

    Raises ParameterError if it is not "left" or "right".
    """
    if closed not in get_args(Closed):
        raise ParameterError(
            f"closed must be one of {', '.join(get_args(Closed))}; got {closed!r}."
        )


class Bands(tuple[float, ...]):
    """Edges of bands, from numbers or from text such as ``0,100,200``.

    Raises ParameterError if there are fewer than two edges, or they are not numbers of
    0 or more that rise; only the last may be infinite (``inf``).

    Examples
    --------
    >>> Bands("0, 100, inf").labels("left", "m")
    ['[0, 100) m', '[100, inf) m']
    >>> Bands([0, 7, 14]).labels("right", "days")
    ['[0, 7] days', '(7, 14] days']
    """

    __slots__ = ()

    def __new__(cls, edges: str | Iterable[float]) -> Bands:
        """Read the edges and check them."""
        given = edges.split(",") if isinstance(edges, str) else list(edges)
        try:
            numbers = tuple(float(edge) for edge in given)
        except (TypeError, ValueError):
            numbers = ()
        if len(numbers) < 2 or not all(0 <= a < b for a, b in pairwise(numbers)):
            raise ParameterError(
                "bands must have at least two edges that rise from 0 or more, for "
                f"instance 0,100,200; got {edges!r}."
            )
        return super().__new__(cls, numbers)

    def labels(self, closed: Closed, unit: str) -> list[str]:
        """Return each band in interval notation.

        ``closed``: {"left", "right"}; which edge belongs to a band; a first band that
        begins at 0 has both when it is the right one.
        """
        before, after = ("[", ")") if closed == "left" else ("(", "]")
        texts = [f"{low:g}, {high:g}{after} {unit}" for low, high in pairwise(self)]
        first = "[" if self[0] == 0 else before
        return [first + texts[0], *(before + text for text in texts[1:])]

    def limits(self, closed: Closed) -> npt.NDArray[np.float64]:
        """Return the edges as numbers that what lies before them is below.

        Returns (n_bands + 1,): the edges themselves; for bands closed on the right the
        next number above each, so that a value at an edge is below it. 0 stays 0.
        """
        edges = np.array(self)
        if closed == "left":
            return edges
        return np.where(edges > 0, np.nextafter(edges, math.inf), 0.0)
