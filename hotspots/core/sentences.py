"""Sentences from parts, and text that a terminal may be sent."""

from __future__ import annotations

import re
from collections.abc import Iterable

_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Controls of both sets, marks of direction, halves of characters."""

_ENDS = (".", "?", "!", ".'", '."')


def sentence(text: str) -> str:
    """Return text that begins with a capital and ends with a full stop.

    Examples
    --------
    >>> sentence("incidents in this area")
    'Incidents in this area.'
    """
    stop = "" if text.endswith(_ENDS) or not text else "."
    return f"{text[:1].upper()}{text[1:]}{stop}"


def joined(parts: Iterable[object]) -> str:
    """Return parts with semicolons between, without their own full stops.

    Examples
    --------
    >>> joined(["Two cameras.", "one van"])
    'Two cameras; one van'
    """
    return "; ".join(str(part).rstrip(".") for part in parts)


def visible(text: str) -> str:
    r"""Return text for a terminal or a log: what would steer it is shown, not sent.

    Escape sequences can set a terminal's title, clear it or type into it; marks of
    direction can turn a name round. Tabs and line ends stay.

    Examples
    --------
    >>> print(visible("High Street\x1b]0;owned\x07"))
    High Street\x1b]0;owned\x07
    """
    return _STEERING.sub(lambda found: ascii(found[0])[1:-1], text)
