"""What a caller gives, as NumPy arrays: times of the local clock, numbers, chance.

Arrays come as lists, pandas and polars columns, masked and of any precision; what is
not what it should be is told in words, never as an error of NumPy.
"""

from __future__ import annotations

import datetime as dt
import numbers
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hotspots.core.errors import HotspotsError, ParameterError

if TYPE_CHECKING:
    import scipy.sparse


_ZONED = re.compile(r"\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})\s*$")
_DATED = re.compile(r"\s*\d{4}-\d{2}-\d{2}")


def rising(ids: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return the distinct ids, rising; ``np.unique`` hashes first, 100 times slower."""
    ordered = np.sort(np.asarray(ids, dtype=np.uint64))
    new = np.ones(len(ordered), dtype=bool)
    new[1:] = ordered[1:] != ordered[:-1]
    return np.asarray(ordered[new])


def as_datetimes(times: npt.NDArray[Any], *, name: str) -> npt.NDArray[Any]:
    """Return times as ``datetime64[us]``; what is missing becomes NaT.

    ``times`` (n,): NumPy times, dates, datetimes or text such as ``2024-06-14T22:30``;
    ``None``, ``NaN``, ``NaT`` and what is masked are missing. Those with a time zone
    are turned into UTC. Returns shape (n,). Raises ParameterError if a value is no
    time.
    """
    if times.dtype.kind in "OUS":
        times = np.array([_plain(each, name) for each in times.tolist()], dtype=object)
    try:
        moments = times.astype("datetime64[us]")
    except (TypeError, ValueError, OverflowError) as error:
        raise ParameterError(
            f"{name} must be times such as 2024-06-14T22:30; {error}."
        ) from error
    if isinstance(moments, np.ma.MaskedArray):
        return np.asarray(moments.filled(np.datetime64("NaT")))
    return moments


def _plain(value: Any, name: str) -> Any:
    """Return one time without its zone; a text must hold a whole date."""
    if value is None or _differs_from_itself(value):  # as NaN and NaT do
        return np.datetime64("NaT")
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    if isinstance(value, str) and not _DATED.match(value) and value != "NaT":
        raise ParameterError(
            f"{name} must be times such as 2024-06-14T22:30; got {value!r}."
        )
    if getattr(value, "tzinfo", None) is not None:
        return value.astimezone(dt.UTC).replace(tzinfo=None)
    return value


def _differs_from_itself(value: Any) -> bool:
    try:
        return bool(value != value)
    except (TypeError, ValueError):  # pandas' NA; tables are told later
        return type(value).__name__ == "NAType"


def zone_of(times: npt.NDArray[Any]) -> str:
    """Return what says that some time carries a time zone, or an empty text.

    ``times``: shape (n,).
    """
    if times.dtype.kind not in "OUS":
        return ""
    for each in times.tolist():
        if getattr(each, "tzinfo", None) is not None:
            return str(each.tzinfo)
        if isinstance(each, str) and _ZONED.search(each):
            return repr(each)
    return ""


def as_numbers(
    values: Any, *, name: str, error: type[HotspotsError] = ParameterError
) -> npt.NDArray[np.float64]:
    """Return an array of numbers; what is missing or masked becomes NaN.

    ``values``: at least one dimension. Raises HotspotsError of type ``error``, if a
    value is no real number or there is only one.

    Examples
    --------
    >>> as_numbers([1, None], name="counts")
    array([ 1., nan])
    """
    if isinstance(values, np.ma.MaskedArray) and values.dtype.kind in "biuf":
        values = np.ma.filled(np.ma.asarray(values, dtype=np.float64), np.nan)
    try:
        given = np.asarray(values)
        real = given.dtype.kind in "biufOUS"
        array = given.astype(np.float64, copy=False) if real else np.empty(())
    except (TypeError, ValueError, OverflowError):
        array = np.empty(())
    if not array.ndim:
        shown = repr(values)
        shown = shown if len(shown) <= 60 else f"{type(values).__name__} {shown[:40]}…"
        raise error(f"{name} must be an array of numbers; got {shown}.")
    return array


def as_number(value: Any, *, name: str) -> float:
    """Return one number.

    Raises ParameterError if it is no finite real number.

    Examples
    --------
    >>> as_number(np.float32(3), name="n1")
    3.0
    """
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    try:
        number = float(value) if isinstance(value, numbers.Real) else np.nan
    except OverflowError:
        number = np.inf
    if not np.isfinite(number):
        raise ParameterError(f"{name} must be a finite number; got {value!r}.")
    return number


def as_int(value: Any, *, name: str, minimum: int = 0, maximum: int = 10**9) -> int:
    """Return one whole number.

    Raises ParameterError if it is no whole number within the limits.

    Examples
    --------
    >>> as_int(np.int64(999), name="n_permutations")
    999
    """
    number = as_number(value, name=name)
    if isinstance(value, bool | np.bool_) or not number.is_integer():
        raise ParameterError(f"{name} must be a whole number; got {value!r}.")
    if number < minimum:
        raise ParameterError(f"{name} must be at least {minimum:,}; got {value!r}.")
    if number > maximum:
        raise ParameterError(f"{name} must be at most {maximum:,}; got {value!r}.")
    return int(number)


def as_neighbours(neighbours: Any) -> scipy.sparse.csr_array:
    """Return which places are neighbours as a matrix, without stored zeros.

    ``neighbours``: shape (n, n). Returns (n, n): a copy. Raises ParameterError if it is
    no matrix.
    """
    from scipy.sparse import csr_array

    try:
        matrix = csr_array(neighbours, copy=True)
    except (TypeError, ValueError) as error:
        raise ParameterError(
            "neighbours must be a square sparse matrix of 0 and 1 (scipy); got "
            f"{type(neighbours).__name__}. Give its sparse matrix, for instance "
            "weights.sparse."
        ) from error
    matrix.eliminate_zeros()
    return matrix


def as_generator(rng: Any) -> np.random.Generator:
    """Return what random numbers are drawn from.

    ``rng``: a seed; None for a fresh one. Raises ParameterError if it is neither.
    """
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError) as error:
        raise ParameterError(
            "rng must be a numpy.random.Generator or a whole number, 0 or more, to "
            f"start one from; got {rng!r}."
        ) from error
