"""Sentences from parts: a capital first, a full stop last, semicolons between."""

from __future__ import annotations

from collections.abc import Iterable

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
