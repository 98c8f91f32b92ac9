"""A method's fields are its parameters: for Python, the command line, a form and a URL.

A method is a frozen keyword-only dataclass. Each field carries what a person needs to
know about it (:func:`option`), the constructor refuses impossible values
(:func:`check_fields`), and :func:`build` makes the object from text, so that the same
bad value gives the same sentence everywhere.
"""

from __future__ import annotations

import dataclasses
import math
import numbers
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from hotspots.core.errors import HotspotsError, ParameterError, did_you_mean

T = TypeVar("T")
SMALLEST, LARGEST = 1e-9, 1e15
"""Numbers beside which sums and squares are no longer what they should be."""

_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})


@dataclass(frozen=True, kw_only=True)
class Param:
    """One parameter of a method, as a form or a command line shows it."""

    name: str
    kind: type
    default: Any
    help: str
    unit: str | None = None
    choices: tuple[Any, ...] = ()
    limits: Mapping[str, float] = dataclasses.field(default_factory=dict)
    label: str = ""
    first: bool = False
    free_text: bool = False
    choice_words: Mapping[str, str] = dataclasses.field(default_factory=dict)
    offered: Callable[[Sequence[str]], Mapping[str, str]] | None = None
    formerly: str = ""


def option(
    default: Any,
    *,
    help: str,
    unit: str | None = None,
    gt: float | None = None,
    ge: float | None = None,
    le: float | None = None,
    choices: tuple[Any, ...] | None = None,
    **on_form: Any,
) -> Any:
    """Declare a method's field with what people must know about it.

    ``default``: object; the value when nothing is said.
    ``help``: one plain sentence.
    ``unit``: for instance ``"metres"``.
    ``gt``, ``ge``, ``le``: the value must be greater than, at least, at most this.
    ``choices``: the only values allowed; default those of a field that is a Literal.
    ``on_form``: optional; how a form shows it. ``label``: what it is called there.
    ``first``: shown with those that are changed most. ``free_text``: any text may be
    typed, because it is never opened as a file. ``choice_words``: what choices are
    called. ``offered``: from the categories of the data to value and label of each
    choice. ``formerly``: an older name, still accepted in text.
    """
    limits = {"gt": gt, "ge": ge, "le": le}
    metadata = {
        "help": help,
        "unit": unit,
        "choices": choices or (),
        "limits": {key: value for key, value in limits.items() if value is not None},
        **on_form,
    }
    return dataclasses.field(default=default, metadata=metadata)


def parameters(method: type) -> tuple[Param, ...]:
    """Return the parameters of a method in the order of its fields.

    ``method``: a dataclass whose fields were declared with :func:`option`.
    """
    hints = get_type_hints(method)
    return tuple(
        Param(
            name=field.name,
            kind=_plain_type(hints[field.name], field.default),
            default=field.default,
            **{"help": "", **field.metadata, "choices": _choices(hints, field)},
        )
        for field in dataclasses.fields(method)
    )


def check_fields(instance: Any) -> None:
    """Refuse a dataclass whose fields break what :func:`option` says of them.

    Raises ParameterError naming the field, what must hold and the value that was there.
    """
    for param in parameters(type(instance)):
        _check_value(param, getattr(instance, param.name))


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Options that cannot exist with an impossible value."""

    def __post_init__(self) -> None:
        check_fields(self)


def build(method: type[T], text: Mapping[str, str]) -> T:
    """Make a method from text, as a command line or a query string gives it.

    ``text``: field name to value; fields left out keep their default. Raises
    ParameterError for an unknown name, text that is not of the field's kind, or a bad
    value.

    Examples
    --------
    >>> from hotspots.methods.kde import Kde
    >>> build(Kde, {"bandwidth_m": "250"}).bandwidth_m
    250.0
    """
    params = parameters(method)
    old = {param.formerly: param.name for param in params if param.formerly}
    text = {old.get(name, name): value for name, value in text.items()}
    known = {param.name: param for param in params}
    for name in text:
        if name not in known:
            raise ParameterError(
                f"{method.__name__} has no parameter '{name}'. It has: "
                f"{', '.join(known) or 'none'}.{did_you_mean(name, known)}"
            )
    return method(**{name: _from_text(known[name], text[name]) for name in text})


def to_record(instance: Any) -> dict[str, Any]:
    """Return a method and its parameters as plain data, for provenance and caches."""
    return {"method": type(instance).__name__, **dataclasses.asdict(instance)}


def _choices(
    hints: Mapping[str, Any], field: dataclasses.Field[Any]
) -> tuple[Any, ...]:
    """Return the choices that are said, else those that a Literal holds."""
    hint = hints[field.name]
    literal = get_args(hint) if get_origin(hint) is Literal else ()
    return field.metadata.get("choices") or literal


def _plain_type(hint: Any, default: Any) -> type:
    if hint in (int, float, str, bool):
        return hint  # type: ignore[no-any-return]
    return type(default) if default is not None else str


def _check_value(param: Param, value: Any) -> None:
    unit = f" {param.unit}" if param.unit else ""
    if param.choices:
        if value not in param.choices:
            shown = ", ".join(str(choice) for choice in param.choices)
            raise ParameterError(
                f"{param.name} must be one of {shown}; got {value!r}."
                f"{did_you_mean(str(value), [str(c) for c in param.choices])}"
            )
        return
    if param.kind in (int, float):
        _check_number(param, value, unit)


def _check_number(param: Param, value: Any, unit: str) -> None:
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise ParameterError(f"{param.name} must be a number{unit}; got {value!r}.")
    if not _is_finite(value):
        raise ParameterError(f"{param.name} must be a finite number; got {value!r}.")
    if value and not SMALLEST <= abs(float(value)) <= LARGEST:
        raise ParameterError(
            f"{param.name} must be within {SMALLEST:g} and {LARGEST:g} in size, or 0; "
            f"got {value!r:.40}."
        )
    if param.kind is int and not float(value).is_integer():
        raise ParameterError(f"{param.name} must be a whole number; got {value!r}.")
    tests = {
        "gt": ("greater than", operator.gt),
        "ge": ("at least", operator.ge),
        "le": ("at most", operator.le),
    }
    for key, limit in param.limits.items():
        words, holds = tests[key]
        if not holds(value, limit):
            raise ParameterError(
                f"{param.name} must be {words} {limit:g}{unit}; got {value!r}."
            )


def _is_finite(value: Any) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number of hundreds of digits
        return False


def _from_text(param: Param, text: str) -> Any:
    word = text.strip()
    try:
        if param.kind is bool:
            return _bool_from_text(word)
        return param.kind(word)
    except HotspotsError:
        raise
    except ValueError as error:
        kinds = {int: "a whole number", float: "a number", bool: "yes or no"}
        raise ParameterError(
            f"{param.name} must be {kinds.get(param.kind, 'text')}; got {text!r}."
        ) from error


def _bool_from_text(word: str) -> bool:
    if word.lower() in _TRUE:
        return True
    if word.lower() in _FALSE:
        return False
    raise ValueError(word)
