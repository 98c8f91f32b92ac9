"""The restricted annex: addresses hit again. A separate file, never part of a brief."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from hotspots.analysis.dataset import Dataset
from hotspots.brief.content import Provenance
from hotspots.brief.period import Period
from hotspots.brief.provenance import build_provenance
from hotspots.brief.repeat_locations import KINDS, find_repeats
from hotspots.brief.scope import Scope
from hotspots.core.errors import ParameterError
from hotspots.core.table import Column, Table
from hotspots.core.window import in_words
from hotspots.disclosure.publish import SENSITIVE
from hotspots.methods.repeat_victimisation import Repeats

KEEP_DAYS = 90
"""An address-level list is deleted after so many days."""


@dataclass(frozen=True, kw_only=True)
class Annex:
    """Repeat locations with their addresses.

    Parameters
    ----------
    marking : str
        OFFICIAL-SENSITIVE, always.
    handling : tuple of str
        What may be done with it, and until when.
    tables : tuple of Table
        A table a kind of incident.
    """

    marking: str
    title: str
    purpose: str
    period: Period
    handling: tuple[str, ...]
    tables: tuple[Table, ...]
    provenance: Provenance
    simulated: bool


def check_annex(audience: str, purpose: str) -> None:
    """Refuse addresses for anyone else, or for nothing.

    Raises
    ------
    ParameterError
        If the audience is not the operational one, or no purpose is given.
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

    Parameters
    ----------
    audience : {"operational"}
    """
    check_annex(audience, purpose)
    asked = Period.from_text(period) if isinstance(period, str) else period
    scope = Scope.of(dataset, asked)
    labels = {key: label for key, label, _ in KINDS}
    found = find_repeats(scope)
    tables = tuple(
        _table(scope, key, labels[key], each)
        for key, each in found.items()
        if key != "all"
    )
    return Annex(
        marking=SENSITIVE,
        title="Restricted annex: repeat locations",
        purpose=purpose.strip(),
        period=asked,
        handling=(
            "Not by e-mail; not to be copied into a brief.",
            f"Delete {KEEP_DAYS} days after {in_words(asked.window.last_day)}.",
            "Places, not people: an address here says nothing of who lives there.",
        ),
        tables=tables,
        provenance=build_provenance(
            scope,
            {"annex": asked.text, "purpose": purpose.strip()},
            deployments=None,
            actions=None,
        ),
        simulated=dataset.simulated,
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
    return Table(
        id=f"annex_{key}",
        title=label,
        columns=(
            Column(name="where", label="Address"),
            Column(name="n_incidents", label="Incidents", kind="count"),
            Column(name="n_followed", label="Within 12 months", kind="count"),
            Column(name="first_day", label="First", kind="date"),
            Column(name="last_day", label="Last", kind="date"),
            Column(
                name="recent", label=f"In the {scope.period.span_words}", kind="yes"
            ),
        ),
        rows=rows.select(
            *("key", "where", "n_incidents", "n_followed"),
            *("first_day", "last_day", "recent"),
        ),
        caption=f"{found.window}: two or more within 12 months of the first.",
    )
