"""Who reads an output, and the thresholds that follow: they only ever go up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from hotspots.core.errors import ParameterError, did_you_mean

Audience = Literal["operational", "partner", "public"]

AUDIENCES: tuple[Audience, ...] = get_args(Audience)

FINEST_TIMES = ("month", "quarter", "year")
"""Spans that a public figure may have, finest first; all are calendar spans."""

_FLOORS = {"min_count": 5, "round_to": 5, "min_addresses": 8}
_FINEST_RESOLUTION = 9


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The thresholds of disclosure control. A value below the default is refused.

    ``min_count``: a count below it is not published, zero included. At least 5.
    ``round_to``: every published count is a multiple of it. At least 5.
    ``min_addresses``: addresses that a published area must hold. At least 8, the rule
    by which police.uk chose its map points.
    ``finest_time`` ({"month", "quarter", "year"}): the shortest calendar span of a
    public figure.
    ``finest_resolution``: the finest H3 resolution of a public cell. At most 9 (about 9
    hectares in the Midlands): a smaller number is coarser, and only coarser is allowed.

    Raises ParameterError if a threshold is lower than the default, or is not a whole
    number.

    References
    ----------
    Office for National Statistics, "Comparison of post-tabular statistical
    disclosure control methods": suppression, rounding and cell keys.
    data.police.uk, "About": map points of at least eight postal addresses.

    Examples
    --------
    >>> Policy(min_count=10).min_count
    10
    >>> Policy(min_count=3)
    Traceback (most recent call last):
    ...
    hotspots.core.errors.ParameterError: min_count must be at least 5; got 3. \
Thresholds of disclosure control can be raised, never lowered.
    """

    min_count: int = _FLOORS["min_count"]
    round_to: int = _FLOORS["round_to"]
    min_addresses: int = _FLOORS["min_addresses"]
    finest_time: str = "month"
    finest_resolution: int = _FINEST_RESOLUTION

    def __post_init__(self) -> None:
        for name, floor in _FLOORS.items():
            _check_whole(name, getattr(self, name))
            if getattr(self, name) < floor:
                raise ParameterError(
                    f"{name} must be at least {floor}; got {getattr(self, name)}. "
                    "Thresholds of disclosure control can be raised, never lowered."
                )
        _check_whole("finest_resolution", self.finest_resolution)
        if not 0 <= self.finest_resolution <= _FINEST_RESOLUTION:
            raise ParameterError(
                f"finest_resolution must be 0 to {_FINEST_RESOLUTION}; got "
                f"{self.finest_resolution}. Public cells can be made coarser, never "
                "finer."
            )
        if self.finest_time not in FINEST_TIMES:
            raise ParameterError(
                f"finest_time must be one of {', '.join(FINEST_TIMES)}; got "
                f"{self.finest_time!r}. No public figure is finer than a month."
            )

    def raised(self, **changes: int | str) -> Policy:
        """Return a stricter policy; a change that loosens this one is refused.

        Raises ParameterError if a field is unknown or its value is looser than it is
        now.
        """
        values: dict[str, int | str] = {
            name: getattr(self, name) for name in self.__dataclass_fields__
        }
        for name, value in changes.items():
            if name not in values:
                raise ParameterError(
                    f"a disclosure policy has {', '.join(values)}; got {name!r}."
                    f"{did_you_mean(name, values)}"
                )
            values[name] = value
        stricter = Policy(**values)  # type: ignore[arg-type]
        if not stricter.at_least(self):
            raise ParameterError(
                f"a disclosure policy can only be made stricter; got {changes} where "
                f"it is {self}. Keep the present values or raise them."
            )
        return stricter

    def at_least(self, other: Policy) -> bool:
        """Say whether every threshold is as strict as another policy's."""
        return (
            all(getattr(self, name) >= getattr(other, name) for name in _FLOORS)
            and self.finest_resolution <= other.finest_resolution
            and FINEST_TIMES.index(self.finest_time)
            >= FINEST_TIMES.index(other.finest_time)
        )

    def in_words(self, *, addresses: bool = False) -> str:
        """Return the policy in the sentences that stand under a public table."""
        text = (
            f"Counts under {self.min_count}, zero included, are not shown; other "
            f"counts are rounded to the nearest {self.round_to}. Some further counts "
            "may not be shown because they would give a small one away. No figure is "
            f"for less than a {self.finest_time}."
        )
        if addresses:
            text += f" Areas have at least {self.min_addresses} addresses."
        return text


def check_audience(audience: str) -> Audience:
    """Return an audience when it is one.

    Raises ParameterError if it is not one of the three.
    """
    for known in AUDIENCES:
        if audience == known:
            return known
    raise ParameterError(
        f"the audience must be one of {', '.join(AUDIENCES)}; got {audience!r}."
        f"{did_you_mean(str(audience), AUDIENCES)}"
    )


def _check_whole(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ParameterError(f"{name} must be a whole number; got {value!r}.")


PUBLIC_POLICY = Policy()
"""The default thresholds."""
