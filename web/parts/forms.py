"""A form made from the fields of a method: labels, hints, values, choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hotspots.core.options import Param

LABELS = {
    "treated": "Where you acted",
    "control": "Where you did not",
    "before": "Time before",
    "after": "Time after",
    "buffer_m": "Ring around",
    "ring": "Counts in the ring",
    "on": "Day",
    "by": "By",
}
UNITS = {"m": "metres", "days": "days", "weeks": "weeks", "hours": "hours"}


@dataclass(frozen=True, kw_only=True)
class Field:
    """One input of a form.

    ``kind`` ({"text", "number", "choice", "yes or no", "areas"}).
    ``value``: as typed, or the default.
    ``choices`` (tuple of (str, str)): value and text.
    """

    name: str
    label: str
    hint: str
    kind: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""

    @property
    def chosen(self) -> tuple[str, ...]:
        """The values of a field that takes several."""
        return tuple(part.strip() for part in self.value.split(";") if part.strip())


def fields(
    params: Iterable[Param],
    text: Mapping[str, str],
    *,
    areas: Iterable[tuple[str, str]] = (),
) -> tuple[Field, ...]:
    """Return the inputs for some parameters."""
    return tuple(_field(param, text, tuple(areas)) for param in params)


def _field(
    param: Param, text: Mapping[str, str], areas: tuple[tuple[str, str], ...]
) -> Field:
    kind, choices = _kind(param, areas)
    return Field(
        name=param.name,
        label=label_of(param),
        hint=param.help,
        kind=kind,
        value=text.get(param.name, as_text(param.default)),
        choices=choices,
        unit=param.unit or "",
    )


def _kind(
    param: Param, areas: tuple[tuple[str, str], ...]
) -> tuple[str, tuple[tuple[str, str], ...]]:
    if param.name in ("treated", "control"):
        return "areas", areas
    if param.choices:
        return "choice", tuple((str(c), str(c).capitalize()) for c in param.choices)
    if param.kind is bool:
        return "yes or no", (("yes", "Yes"), ("no", "No"))
    return ("number" if param.kind in (int, float) else "text"), ()


def as_text(value: Any) -> str:
    """Return a default as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(as_text(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def label_of(param: Param) -> str:
    """Return a label for people from a field's name.

    Examples
    --------
    >>> label_of(Param(name="n_cameras", kind=int, default=4, help=""))
    'Number of cameras'
    >>> label_of(Param(name="range_m", kind=float, default=1, help="", unit="metres"))
    'Range'
    """
    if param.name in LABELS:
        return LABELS[param.name]
    words = param.name.split("_")
    if words[0] == "n":
        words = ["number", "of", *words[1:]]
    if len(words) > 1 and words[-1] in UNITS and param.unit:
        words = words[:-1]
    return " ".join(words).capitalize().replace("percent", "(per cent)")
