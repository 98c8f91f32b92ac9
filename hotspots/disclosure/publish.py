"""The one entry: a table goes in, and what its audience may see comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from hotspots.disclosure.places import address_columns, check_public_keys
from hotspots.disclosure.policy import PUBLIC_POLICY, Audience, Policy, check_audience
from hotspots.disclosure.tables import protect

MARKING: dict[Audience, str] = {
    "operational": "OFFICIAL",
    "partner": "OFFICIAL",
    "public": "FOR PUBLICATION",
}
"""The marking of an output that holds nothing about one address."""

SENSITIVE = "OFFICIAL-SENSITIVE"
"""The marking of an output that does; only an operational output may."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """A table as its audience may see it.

    ``audience``: {"operational", "partner", "public"}.
    ``marking``: for every page, file name and e-mail subject.
    ``suppressed_cells``: counts withheld; 0 unless public.
    ``dropped``: columns left out for this audience.
    ``notes``: sentences for under the table.
    """

    frame: pl.DataFrame
    audience: Audience
    marking: str
    suppressed_cells: int
    dropped: tuple[str, ...]
    notes: tuple[str, ...]


def publish(
    frame: pl.DataFrame,
    *,
    audience: str,
    counts: Sequence[str],
    keys: Sequence[str],
    keep: Sequence[str] = (),
    policy: Policy = PUBLIC_POLICY,
    **columns: Any,
) -> Published:
    """Return the version of a table that one audience may see.

    ``audience``: {"operational", "partner", "public"}; operational sees all. Partner
    sees no address, record or point. Public sees only ``keys``, ``counts``, ``derived``
    and ``keep``, under disclosure control.
    ``**columns``: ``totals``, ``sums``, ``derived`` and ``addresses``, as for
    :func:`protect`.

    Examples
    --------
    >>> table = pl.DataFrame({"ward": ["A", "B"], "uprn": [1, 2], "n": [3, 12]})
    >>> publish(table, audience="operational", counts=["n"], keys=["ward"]).marking
    'OFFICIAL-SENSITIVE'
    >>> public = publish(table, audience="public", counts=["n"], keys=["ward"])
    >>> public.frame.to_dicts()
    [{'ward': 'A', 'n': None}, {'ward': 'B', 'n': 10}]
    """
    who = check_audience(audience)
    if who == "public":
        return _for_public(
            frame, counts=counts, keys=keys, keep=keep, policy=policy, **columns
        )
    close = address_columns(frame) if who == "partner" else ()
    seen = frame.drop(close).with_columns(
        expression.alias(name)
        for name, expression in (columns.get("derived") or {}).items()
    )
    notes: tuple[str, ...] = ()
    if close:
        notes = (f"Left out for partners: {', '.join(close)}.",)
    return Published(
        frame=seen,
        audience=who,
        marking=marking_of(seen, who),
        suppressed_cells=0,
        dropped=close,
        notes=notes,
    )


def marking_of(frame: pl.DataFrame, audience: str) -> str:
    """Return the marking that a table must carry.

    ``audience``: {"operational", "partner", "public"}.
    """
    who = check_audience(audience)
    close = address_columns(frame)
    filled = any(frame[name].null_count() < frame.height for name in close)
    return SENSITIVE if filled else MARKING[who]


def _for_public(
    frame: pl.DataFrame,
    *,
    counts: Sequence[str],
    keys: Sequence[str],
    keep: Sequence[str],
    policy: Policy,
    **columns: Any,
) -> Published:
    close = address_columns(frame)
    kept = [name for name in keep if name not in close]
    check_public_keys(
        frame, [*keys, *kept], policy, addresses=columns.get("addresses") is not None
    )
    safe = protect(frame, counts=counts, keys=keys, keep=kept, policy=policy, **columns)
    return Published(
        frame=safe.frame,
        audience="public",
        marking=MARKING["public"],
        suppressed_cells=safe.suppressed_cells,
        dropped=tuple(n for n in frame.columns if n not in safe.frame.columns),
        notes=safe.notes,
    )
