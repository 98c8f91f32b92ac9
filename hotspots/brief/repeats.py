"""Repeat locations: how many, never which; those stand in the restricted annex."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from hotspots.analysis.dataset import Dataset
from hotspots.brief.content import Provenance
from hotspots.brief.indicators import Indicator, headline
from hotspots.brief.period import TABLES, Period
from hotspots.brief.provenance import build_provenance
from hotspots.brief.scope import Scope
from hotspots.core.errors import ParameterError
from hotspots.core.table import Table, build_table
from hotspots.core.window import Window, add_months, in_words
from hotspots.disclosure.publish import SENSITIVE
from hotspots.methods.repeat_victimisation import Repeats, RepeatVictimisation

VEHICLE = ("vehicle crime", "vehicle offences")
LABELS = {
    "burglary_dwelling": "Dwelling burglary",
    "burglary_other": "Burglary other than dwelling",
    "vehicle": "Vehicle crime",
    "asb": "Anti-social behaviour",
    "all": "All, sensitive offences excluded",
}
"""Kinds of incident by the key of their indicator."""


def find_repeats(scope: Scope) -> dict[str, Repeats]:
    """Find the places hit again within 12 months of their first incident."""
    incidents = scope.incidents
    if incidents.time_precision == "month" or incidents.snapped:
        return {}
    window = Window(
        start=add_months(scope.period.window.end, -24), end=scope.period.window.end
    )
    inside = scope.within(window) & scope.shown
    found = {}
    for key in LABELS:
        counted = inside if key == "all" else _rule(key).counts(incidents)
        if counted is None:
            continue
        mask = inside & counted
        if mask.sum() >= 2:
            chosen = incidents.select(pl.Series(mask))
            found[key] = RepeatVictimisation()(chosen, window=window)
    return found


def _rule(key: str) -> Indicator:
    if key == "vehicle":
        return Indicator(key=key, label=LABELS[key], categories=VEHICLE)
    return headline(key)


def repeats_table(scope: Scope, found: dict[str, Repeats]) -> Table:
    """Return how many places were hit again, by kind."""
    rows = [_row(scope, key, LABELS[key], each) for key, each in found.items()]
    caption = "Counts only: addresses are in the restricted annex."
    if found:
        first = next(iter(found.values()))
        caption = (
            f"{first.window}. Two or more incidents within {first.method.months} "
            f"months of the first (rolling, not a calendar year). {caption}"
        )
    return build_table(
        TABLES,
        "repeats",
        pl.DataFrame(rows, schema=_SCHEMA),
        words=scope.period.words,
        caption=caption,
    )


_SCHEMA: dict[str, Any] = {
    "key": pl.String,
    "label": pl.String,
    "n_incidents": pl.Int64,
    "n_targets": pl.Int64,
    "n_repeat": pl.Int64,
    "n_recent": pl.Int64,
}


def _row(scope: Scope, key: str, label: str, found: Repeats) -> dict[str, object]:
    repeat = found.frame.filter("repeat")
    now = scope.period.counted
    recent = repeat["last"].dt.date().is_between(now.start, now.last_day)
    return {
        "key": f"repeats:{key}",
        "label": label,
        "n_incidents": int(found.summary["n_incidents"] or 0),
        "n_targets": int(found.summary["n_targets"] or 0),
        "n_repeat": repeat.height,
        "n_recent": int(recent.sum()),
    }


KEEP_DAYS = 90
"""An address-level list is deleted after so many days."""


@dataclass(frozen=True, kw_only=True)
class Annex:
    """Repeat locations with their addresses.

    ``marking``: OFFICIAL-SENSITIVE, always.
    ``handling``: what may be done with it, and until when.
    ``tables``: a table a kind of incident.
    """

    marking: str
    title: str
    purpose: str
    period: Period
    handling: tuple[str, ...]
    tables: tuple[Table, ...]
    provenance: Provenance
    simulated: bool
    attribution: str


def check_annex(audience: str, purpose: str) -> None:
    """Refuse addresses for anyone else, or for nothing.

    Raises ParameterError if the audience is not the operational one, or no purpose is
    given.
    """
    if audience != "operational":
        raise ParameterError(
            "the annex holds addresses and is for the operational audience only; got "
            f"{audience!r}. Give others the counts of the brief."
        )
    if not purpose.strip():
        raise ParameterError(
            "the annex must state what its addresses are for; got no purpose. Give one."
        )


def build_annex(
    dataset: Dataset,
    *,
    period: str | Period,
    purpose: str,
    audience: str = "operational",
) -> Annex:
    """Build the restricted annex of a brief.

    ``audience``: {"operational"}.
    """
    check_annex(audience, purpose)
    asked = Period.from_text(period) if isinstance(period, str) else period
    scope = Scope.of(dataset, asked)
    found = find_repeats(scope)
    tables = tuple(
        _table(scope, key, LABELS[key], each)
        for key, each in found.items()
        if key != "all"
    )
    return Annex(
        marking=SENSITIVE,
        title="Restricted annex: repeat locations",
        purpose=purpose.strip(),
        period=asked,
        handling=(
            "Do not e-mail; do not copy into a brief.",
            f"Delete {KEEP_DAYS} days after {in_words(asked.window.last_day)}.",
            "Places, not people: an address implies nothing about who lives there.",
        ),
        tables=tables,
        provenance=build_provenance(
            scope,
            {"annex": asked.text, "purpose": purpose.strip()},
            deployments=None,
            actions=None,
        ),
        simulated=dataset.simulated,
        attribution=dataset.attribution,
    )


def _table(scope: Scope, key: str, label: str, found: Repeats) -> Table:
    now = scope.period.counted
    rows = found.frame.filter("repeat").with_columns(
        last_day=pl.col("last").dt.date(), first_day=pl.col("first").dt.date()
    )
    rows = rows.with_columns(
        recent=pl.col("last_day").is_between(now.start, now.last_day),
        where=pl.coalesce(
            pl.col("address").cast(pl.String),
            pl.format("{} (no address)", pl.col("street").cast(pl.String)),
            pl.lit("address not stated"),
        ),
    )
    rows = rows.sort(["recent", "last_day", "where"], descending=[True, True, False])
    rows = rows.with_row_index("n", offset=1).with_columns(
        key=pl.format("{}:{}", pl.lit(key), "n")
    )
    return build_table(
        TABLES,
        "annex",
        id=f"annex_{key}",
        words={**scope.period.words, "kind": label},
        rows=rows.select(
            *("key", "where", "n_incidents", "n_followed"),
            *("first_day", "last_day", "recent"),
        ),
        caption=f"{found.window}. Two or more within 12 months of the first.",
    )
