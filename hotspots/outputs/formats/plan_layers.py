"""A plan's geometry as layers: each row carries its marking, expiry and data."""

from __future__ import annotations

import numpy as np
import polars as pl
import shapely

from hotspots.core.window import in_words
from hotspots.outputs.formats.layer import Layer
from hotspots.tactics.plan import Plan

MAYBE_EMPTY = {"chronic_share": pl.Float64, "stability": pl.Float64}
"""Columns of which every row may be empty."""
DIMENSIONS = ("points", "lines", "areas")


def suggestion_layer(plan: Plan) -> Layer:
    """Return the suggestions as one layer, in the order of their rank."""
    rows = [each.to_row() for each in plan.suggestions]
    geometry = np.empty(len(rows), dtype=object)
    geometry[:] = [each.geometry for each in plan.suggestions]
    return Layer(
        name="suggestions",
        frame=stamped(
            plan,
            pl.DataFrame(rows, schema_overrides=MAYBE_EMPTY, infer_schema_length=None),
        ),
        geometry=geometry,
        description=describe_plan(plan),
    )


def extra_layers(plan: Plan) -> tuple[Layer, ...]:
    """Return what a plan draws beside its suggestions."""
    return tuple(
        Layer(
            name=name,
            frame=stamped(plan, layer.frame),
            geometry=np.asarray(layer.geometry, dtype=object),
            description=describe_plan(plan),
        )
        for name, layer in plan.layers.items()
    )


def cell_layer(plan: Plan) -> tuple[Layer, ...]:
    """Return the incidents that were used by cell, if the plan holds them."""
    if plan.cells is None:
        return ()
    frame = stamped(plan, plan.cells.frame)
    return (Layer(name="cells", frame=frame, geometry=plan.cells.geometry),)


def by_dimension(layer: Layer) -> tuple[Layer, ...]:
    """Split a layer into points, lines and areas: a GIS layer holds one kind."""
    dimension = shapely.get_dimensions(layer.geometry)
    found = np.unique(dimension)
    if len(found) <= 1:
        return (layer,)
    return tuple(
        Layer(
            name=f"{layer.name}_{DIMENSIONS[int(each)]}",
            frame=layer.frame.filter(pl.Series(dimension == each)),
            geometry=layer.geometry[dimension == each],
            description=layer.description,
        )
        for each in found
    )


def stamped(plan: Plan, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table whose rows say marking, expiry, what the data are and to when.

    A row of one suggestion (``rank`` or ``session``) expires with it, others with the
    last of them.
    """
    ends = {each.rank: each.expires.isoformat() for each in plan.suggestions}
    last = max(ends.values(), default=plan.made_for.isoformat())
    expires = pl.lit(last)
    for column in {"rank", "session"} & set(frame.columns):
        expires = pl.col(column).replace_strict(ends, default=last)
    stamps = {
        "expires": expires,
        "data_to": pl.lit(plan.data_to.isoformat()),
        "marking": pl.lit(plan.marking),
        "data": pl.lit("simulated" if plan.simulated else "as supplied"),
    }
    return frame.with_columns(
        **{k: v for k, v in stamps.items() if k not in frame.columns}
    )


def suggestion_spots(plan: Plan) -> pl.DataFrame:
    """Return a point in each suggestion, by its rank, for maps in other programs."""
    ranks = [each.rank for each in plan.suggestions]
    inside = shapely.point_on_surface([each.geometry for each in plan.suggestions])
    lonlat = shapely.get_coordinates(inside).round(6)
    kinds = {"rank": pl.Int64, "lon": pl.Float64, "lat": pl.Float64}
    return pl.DataFrame(
        {"rank": ranks, "lon": lonlat[:, 0], "lat": lonlat[:, 1]}, schema=kinds
    )


def located(table: pl.DataFrame, spots: pl.DataFrame) -> pl.DataFrame:
    """Return a table whose rows are of suggestions with a point in each."""
    if "rank" not in table.columns or "lon" in table.columns:
        return table
    ranks = table.with_columns(pl.col("rank").cast(pl.Int64))
    return ranks.join(spots, on="rank", how="left", maintain_order="left")


def describe_plan(plan: Plan) -> str:
    """Return what a file says of the plan: marking first, whose data last."""
    parts = [
        f"{plan.marking}.",
        "SIMULATED DATA." if plan.simulated else "",
        f"{plan.title}, from {in_words(plan.made_for)}.",
        f"Incidents from {plan.window}.",
        plan.headline,
        *plan.attribution,
    ]
    return " ".join(part for part in parts if part)
