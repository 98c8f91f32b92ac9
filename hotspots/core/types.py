"""The types that signatures name: arrays, and how finely time is stated."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Rng = np.random.Generator | int | None
"""Where random numbers come from: a generator, a seed, or a seed drawn anew."""
Shapes = npt.NDArray[np.object_]
Strings = npt.NDArray[np.str_]

TimePrecision = Literal["month", "day", "minute"]
"""The finest time that a source states."""
