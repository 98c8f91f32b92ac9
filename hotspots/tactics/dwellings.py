"""Dwelling burglary and its victims: the rule, in words, and who was burgled lately."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hotspots.core.types import Ints
from hotspots.methods.repeats.addresses import normalise_premises, parse_address
from hotspots.model.harm import excluded_reason
from hotspots.model.incidents import Incidents
from hotspots.model.institutions import ASKED
from hotspots.tactics.context import PlanningContext

if TYPE_CHECKING:
    from hotspots.resources.premises import Premises


DWELLING_RULE = (
    "A dwelling burglary is a burglary whose category or sub category says "
    "residential, dwelling or home (and not 'other than dwelling'); where neither "
    "says, one whose premises number (UPRN) is a home in the list of premises."
)
_OTHER = (
    r"(?i)non.?dwelling|non.?residential|other than|not in a|business|commercial|"
    r"community|\bBOTD\b|shed|garage|outbuilding"
)
_HOME = r"(?i)residential|dwelling|\bhome\b|house|domestic burglary|distraction"
_NEVER_LISTED = r"(?i)domestic|sexual"


@dataclass(frozen=True, kw_only=True)
class Victims:
    """Homes that were burgled, one row a burglary, in the order they were found.

    ``frame``: ``reference``, ``found`` (the latest time it can have happened),
    ``address``, ``uprn`` (empty where not known), ``row`` of the premises or -1, ``x``,
    ``y`` (metres), ``lon``, ``lat``, ``repeat`` (whether the same home was burgled in
    the 12 months before).
    """

    frame: pl.DataFrame
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return self.frame.height


def dwelling_burglaries(
    incidents: Incidents, premises: Premises | None = None
) -> tuple[pl.Series, int]:
    """Say which incidents are dwelling burglaries."""
    words = pl.concat_str(
        pl.col("category").cast(pl.String),
        pl.col("subcategory").cast(pl.String).fill_null(""),
        separator=" ",
    )
    told = incidents.frame.select(
        burglary=words.str.contains("(?i)burglary"),
        other=words.str.contains(_OTHER),
        home=words.str.contains(_HOME),
        business=pl.col("qualifiers")
        .cast(pl.String)
        .str.contains("(?i)business")
        .fill_null(False),
    )
    yes = told["burglary"] & told["home"] & ~told["other"]
    open_ = told["burglary"] & ~told["home"] & ~told["other"] & ~told["business"]
    if premises is None or not open_.any():
        return yes, int(open_.sum())
    row = premises_rows(incidents, premises)
    at_home = (row >= 0) & premises.is_dwelling[row]
    decided = pl.Series(row >= 0)
    return yes | (open_ & pl.Series(at_home)), int((open_ & ~decided).sum())


def premises_rows(incidents: Incidents, premises: Premises) -> Ints:
    """Return the row of the premises of each incident, or -1.

    Returns (n,): by premises number, else by an address with number and postcode that
    only one of the premises has. Never by distance: the wrong door is worse than none.
    """
    frame = incidents.frame
    numbers = [normalise_premises(text) for text in frame["premises"].to_list()]
    rows = [premises.row_of.get(number or "", -1) for number in numbers]
    missing = [
        k
        for k, address in enumerate(frame["address"].to_list())
        if rows[k] < 0 and address
    ]
    sought = {k: parse_address(frame["address"][k]) for k in missing}
    postcodes = {each.postcode for each in sought.values() if each.key}
    row_of = _rows_by_address(premises, postcodes)
    for k, address in sought.items():
        rows[k] = row_of.get(address.key or "", -1)
    return np.array(rows, dtype=np.int64)


def find_victims(context: PlanningContext, days: int) -> Victims:
    """Return the homes burgled in the last days before the plan's day."""
    dataset = context.dataset
    premises = context.resources.premises
    burgled, not_listed, moved = _listed(context, premises)
    midnight = dt.datetime.combine(context.day, dt.time())
    since = midnight - dt.timedelta(days=days)
    frame = burgled.frame.with_columns(
        row=pl.Series(
            premises_rows(burgled, premises)
            if premises is not None
            else np.full(burgled.n, -1)
        ),
        number=pl.Series([normalise_premises(t) for t in burgled.frame["premises"]]),
    ).sort("end", "reference", nulls_last=True)
    frame = frame.with_columns(repeat=_repeats(frame))
    frame = frame.filter((pl.col("end") >= since) & (pl.col("end") < midnight))
    places = dataset.incidents.places[frame["place"].to_numpy()]
    shown = premises.addresses if premises is not None else ()
    address = [
        shown[row] if row >= 0 else (text or f"{street or 'unknown street'}, no number")
        for row, text, street in frame.select(
            "row", "address", pl.col("street").cast(pl.String)
        ).iter_rows()
    ]
    return Victims(
        frame=frame.select(
            pl.col("reference").fill_null(""),
            found="end",
            address=pl.Series(address, dtype=pl.String),
            uprn=pl.col("number").fill_null(""),
            row="row",
            repeat="repeat",
        ).hstack(places.select("lon", "lat", "x", "y")),
        notes=_notes(context, not_listed, moved),
    )


def _listed(
    context: PlanningContext, premises: Premises | None
) -> tuple[Incidents, int, int]:
    """Return dwelling burglaries inside the areas, and how many must not be listed."""
    dataset = context.dataset
    burgled, _ = dwelling_burglaries(dataset.incidents, premises)
    place = dataset.incidents.frame["place"].to_numpy()
    midnight = dt.datetime.combine(context.day, dt.time())
    burgled &= pl.Series(dataset.area_of_place[place] >= 0)
    burgled &= dataset.incidents.frame["start"] < midnight
    reason = excluded_reason(dataset.incidents, dataset.weights)
    counted = (reason.is_null() | reason.str.starts_with(ASKED)).fill_null(False)
    flags = dataset.incidents.frame["qualifiers"].cast(pl.String)
    never = flags.str.contains(_NEVER_LISTED).fill_null(False)
    kept = dataset.incidents.select(burgled & counted & ~never)
    return kept, int((burgled & never).sum()), int((burgled & ~counted & ~never).sum())


def _repeats(frame: pl.DataFrame) -> pl.Series:
    """Say of each burglary whether the same home had one in the 12 months before."""
    who = pl.coalesce("number", "address")
    before = pl.col("end").shift(1).over(who)
    gap = pl.col("end") - before
    near = gap <= dt.timedelta(days=365)
    return frame.select((near & who.is_not_null()).fill_null(False).alias("r"))["r"]


def _rows_by_address(premises: Premises, postcodes: set[str]) -> dict[str, int]:
    """Return the row of each certain address in some postcodes, -1 of several."""
    found: dict[str, int] = {}
    if not postcodes:
        return found
    there = pl.Series(premises.addresses, dtype=pl.String).str.to_uppercase()
    plain = [each.replace(" ", "") for each in postcodes]
    near = there.str.replace_all(r"[^0-9A-Z]", "").str.contains_any(plain)
    for row in near.arg_true():
        key = parse_address(premises.addresses[row]).key
        if key:
            found[key] = -1 if key in found else row
    return found


def _notes(context: PlanningContext, not_listed: int, moved: int) -> tuple[str, ...]:
    refused = context.dataset.reading.rejects.height
    notes = [
        "The clock starts at the latest time that the burglary can have happened; the "
        "time of the report is not in the data.",
        f"{refused:,} rows of the files have no usable place or time and cannot be "
        "listed: look through the rejected rows for victims by hand.",
    ]
    if not_listed:
        notes.append(
            f"{not_listed:,} dwelling burglaries flagged domestic or sexual are on no "
            "list: specialist services reach these victims."
        )
    if moved:
        notes.append(
            f"{moved:,} dwelling burglaries recorded at a police station, hospital or "
            "no fixed place are not listed: find the victim's address by hand."
        )
    return tuple(notes)
