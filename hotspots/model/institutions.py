"""What is set apart before anything is counted: institutions, and places by name.

What happens in a prison, a secure hospital or a custody suite is recorded there and is
nobody's hotspot. Such places are known by their names, by a file of them, or by what is
recorded at them; a partnership may name others.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import shapely

from hotspots.core.crs import lonlat_to_bng
from hotspots.core.errors import ParameterError
from hotspots.core.gridref import format_grid_reference
from hotspots.core.types import Bools, Floats, Ints, Shapes
from hotspots.model.safeguards import at_institution

ASKED = "left out as asked: "
PLACE_REASON = "recorded at a police station, hospital, prison or no fixed place"
IN_FILE = "recorded at an institution in the file: "
BY_PATTERN = (
    "recorded at what looks like an institution: hardly a theft, burglary or nuisance "
    "in many incidents"
)
"""Why an incident is set apart, as its reason begins."""

MIN_LETTERS = 3
SITE_M = 30.0
"""How far beside the outline of an institution its incidents may lie; a point has no
outline, and :data:`POINT_M` is taken."""
POINT_M = 100.0
MIN_INCIDENTS = 30
MAX_STREET = 0.05
MIN_INNER = 0.75
MIN_VIOLENCE = 0.2
CHANCE = 0.001
NEAR_M = 300.0
MIN_NEAR = 8
LISTED = 8

_STREET = (
    r"anti.?social|\basb\b|nuisance|rowdy|inconsiderate|burgl|vehicle|\bcar\b|cycle|"
    r"shoplift|robber|theft from (the )?person|pickpocket|\b(tfmv|tomv|mvt)\b|retail"
)
_INNER = (
    r"violen|assault|wound|injur|\b(abh|gbh)\b|harass|threat|weapon|drug|"
    r"other (crime|offence)|miscellaneous|prison|escape|custody"
)
_VIOLENCE = r"violen|assault|wound|injur|\b(abh|gbh)\b"
_PUBLIC = (
    r"(?i)night ?club|super ?market|shopping|theme|concert|theatre|stadium|exhibition|"
    r"\b(pub|inn|bar|club|arms|tavern)$"
)
"""Violence without theft is usual where people drink or gather: no sign of walls."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Grounds:
    """Institutions that a file names: a street file, or one of sites.

    ``names``: tuple of n str.
    ``shapes`` (n,), shapely points or polygons, EPSG:27700.
    """

    names: tuple[str, ...] = ()
    shapes: Shapes = field(default_factory=lambda: np.empty(0, dtype=object))
    file: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Apart:
    """What is to be set apart.

    ``leave_out``: names of streets or places, with ``;`` between.
    ``institutions``: whether prisons, hospitals, police stations and courts are set
    apart.
    ``grounds``: where a file says that they are.

    Raises ParameterError if a name has fewer than three letters or digits.
    """

    leave_out: str = ""
    institutions: bool = True
    grounds: Grounds = field(default_factory=Grounds)

    def __post_init__(self) -> None:
        for name in self.names:
            if sum(letter.isalnum() for letter in name) < MIN_LETTERS:
                raise ParameterError(
                    "a place to leave out must be named by at least "
                    f"{MIN_LETTERS} letters; got {name!r}. Give the name of a street "
                    "or place, with ; between names."
                )

    @property
    def names(self) -> tuple[str, ...]:
        """The names, each once."""
        names = (" ".join(part.split()) for part in self.leave_out.split(";"))
        return tuple(dict.fromkeys(name for name in names if name))


def reasons(
    frame: pl.DataFrame,
    places: pl.DataFrame,
    apart: Apart,
    closed: pl.DataFrame | None = None,
) -> pl.Series:
    """Say why each incident is set apart, or null.

    ``frame``: n rows; with ``place``, ``category``, ``street`` and ``address``.
    ``places``: p rows; with ``lon``, ``lat`` and ``x``, ``y``, metres.
    ``closed``: from :func:`closed_places`, where these are only some of the incidents.
    """
    found = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
    for name in apart.names:
        found = _where(found, holding(frame, name), f"{ASKED}{name}")
    if not apart.institutions:
        return found.alias("apart")
    found = _where(found, _named(frame), PLACE_REASON)
    for name, inside in _in_file(places, apart.grounds):
        rows = pl.Series(inside).gather(frame["place"])
        found = _where(found, rows, f"{IN_FILE}{name}")
    if closed is None:
        return _by_pattern(found, frame, places, frame)
    known = places.join(closed.with_columns(c=True), on=["lon", "lat"], how="left")
    walls = known["c"].fill_null(False).gather(frame["place"])
    return _where(found, walls, BY_PATTERN).alias("apart")


def reasons_on(day: dt.date, frame: pl.DataFrame, places: pl.DataFrame) -> pl.Series:
    """Say the same as one who knows only what happened before a day.

    ``frame``: with ``start``, and with ``apart`` as all of its rows gave it.
    """
    why = frame["apart"].cast(pl.String)
    other = why.set(why == BY_PATTERN, None)
    earlier = frame.filter(pl.col("start") < dt.datetime.combine(day, dt.time()))
    return _by_pattern(other, frame, places, earlier)


def _by_pattern(
    found: pl.Series, frame: pl.DataFrame, places: pl.DataFrame, known: pl.DataFrame
) -> pl.Series:
    """Add the places that look closed by some of the rows."""
    if known.height >= MIN_INCIDENTS:
        xy_m = places.select("x", "y").to_numpy()
        closed = _walls(known, places.height, lambda at: xy_m[at])
        walls = pl.Series(closed).gather(frame["place"])
        found = _where(found, walls, BY_PATTERN)
    return found.alias("apart")


def closed_places(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the ``lon, lat`` that look closed by what is recorded there.

    ``rows``: every ``lon, lat, category, street`` of the files, and how many (``n``).
    """
    places = rows.select("lon", "lat").unique().sort("lat", "lon")
    numbered = places.with_row_index("place")
    if rows["n"].sum() < MIN_INCIDENTS:
        return places.head(0)
    degrees = places.to_numpy()
    found = _walls(
        rows.join(numbered, on=["lon", "lat"]),
        places.height,
        lambda at: np.column_stack(lonlat_to_bng(*degrees[at].T)),
    )
    return places.filter(pl.Series(found))


def _where(found: pl.Series, rows: pl.Series, reason: str) -> pl.Series:
    if not rows.any():
        return found
    told = pl.DataFrame({"f": found, "r": rows})
    return told.select(pl.coalesce("f", pl.when("r").then(pl.lit(reason))).alias("f"))[
        "f"
    ]


def holding(frame: pl.DataFrame, name: str) -> pl.Series:
    """Say of each row whether its street or address holds a name, as whole words."""
    whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
    rows = pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True)
    for column in ("street", "address"):
        values = frame[column].cast(pl.String)
        known = values.unique().drop_nulls().to_list()
        held = [each for each in known if whole.search(" ".join(each.split()))]
        rows |= values.is_in(held).fill_null(False)
    return rows


def _named(frame: pl.DataFrame) -> pl.Series:
    """Say of each row whether its street, or the first line of its address, is one."""
    street = frame["street"].cast(pl.String)
    line = frame["address"].str.split(",").list.first().str.strip_chars()
    rows = pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True)
    for values in (street, line):
        each = values.drop_nulls().unique().to_frame("t")
        held = each.filter(at_institution(pl.col("t")))["t"].to_list()
        rows |= values.is_in(held).fill_null(False)
    return rows


def _in_file(places: pl.DataFrame, grounds: Grounds) -> list[tuple[str, Bools]]:
    if not len(grounds.shapes):
        return []
    points = shapely.points(places.select("x", "y").to_numpy())
    tree = shapely.STRtree(points)
    found = []
    for name, shape in zip(grounds.names, grounds.shapes, strict=True):
        reach = POINT_M if shape.area == 0 else SITE_M
        hits = np.zeros(places.height, dtype=bool)
        hits[tree.query(shape, predicate="dwithin", distance=reach)] = True
        found.append((name, hits))
    return found


# -- by what is recorded there --------------------------------------------------------


def _walls(
    frame: pl.DataFrame, n_places: int, xy_of: Callable[[Ints], Floats]
) -> Bools:
    """Say which places look closed: many incidents, hardly one of the open street.

    Each place is held against all the others: so few thefts, burglaries and nuisances
    must be a matter of one in a thousand over all places tested. Small places beside
    one that look the same are the same institution's. ``xy_of`` returns where places
    are, in metres.
    """
    n = pl.col("n") if "n" in frame.columns else pl.lit(1)
    kinds = _kinds(frame)
    each = (
        frame.select("place", n.alias("n"), category=pl.col("category").cast(pl.String))
        .join(kinds, on="category", how="left")
        .group_by("place")
        .agg(
            (pl.col("street", "inner", "violence") * pl.col("n")).sum(),
            pl.col("n").sum(),
        )
        .sort("place")
    )
    total = each.select(pl.col("n", "street").sum())
    usual = total["street"][0] / total["n"][0]
    alike = each.filter(
        pl.col("street") <= MAX_STREET * pl.col("n"),
        pl.col("inner") >= MIN_INNER * pl.col("n"),
        pl.col("violence") >= MIN_VIOLENCE * pl.col("n"),
    )
    alike = alike.filter(~pl.col("place").is_in(_gathering(frame).implode()))
    large = alike.filter(pl.col("n") >= MIN_INCIDENTS)
    n_tested = int((each["n"] >= MIN_INCIDENTS).sum())
    sure = [
        place
        for place, n, street in large.select("place", "n", "street").rows()
        if _chance(street, n, usual) < CHANCE / n_tested
    ]
    return _with_neighbours(sure, alike, n_places, xy_of)


def _kinds(frame: pl.DataFrame) -> pl.DataFrame:
    """Return of each category whether it is of the open street, inner or violent."""
    names = frame["category"].cast(pl.String).unique().drop_nulls()
    plain = pl.col("category").str.to_lowercase()
    street = plain.str.contains(_STREET)
    return (
        names.alias("category")
        .to_frame()
        .with_columns(
            street=street,
            inner=plain.str.contains(_INNER) & ~street,
            violence=plain.str.contains(_VIOLENCE),
        )
    )


def _gathering(frame: pl.DataFrame) -> pl.Series:
    street = pl.col("street").cast(pl.String)
    return frame.filter(street.str.contains(_PUBLIC).fill_null(False))["place"].unique()


def _chance(k: int, n: int, p: float) -> float:
    """Return the chance of at most k of n where each has probability p."""
    from scipy.special import bdtr

    return float(bdtr(k, n, p)) if 0 < p < 1 else 1.0


def _with_neighbours(
    sure: list[int], alike: pl.DataFrame, n_places: int, xy_of: Callable[[Ints], Floats]
) -> Bools:
    found = np.zeros(n_places, dtype=bool)
    found[sure] = True
    if not sure:
        return found
    small = alike.filter(pl.col("n") >= MIN_NEAR)["place"].to_numpy()
    sure_xy = xy_of(np.array(sure))
    for place, xy_m in zip(small, xy_of(small), strict=True):
        away = np.hypot(*(sure_xy - xy_m).T)
        found[place] |= bool(away.min() <= NEAR_M)
    return found


# -- what is said ---------------------------------------------------------------------


def apart_notes(frame: pl.DataFrame, places: pl.DataFrame) -> tuple[str, ...]:
    """List what was set apart, each place with its incidents, largest first.

    ``frame``: incidents with ``apart``, ``street``, ``address`` and ``place``.
    """
    gone = frame.filter(pl.col("apart").is_not_null()).select(
        "place",
        pl.col("apart").cast(pl.String),
        street=pl.coalesce(pl.col("street").cast(pl.String), "address"),
    )
    asked = gone.filter(pl.col("apart").str.starts_with(ASKED))
    said = [
        f"Left out as asked: '{reason.removeprefix(ASKED)}' ({n:,} incidents)."
        for reason, n in asked["apart"].value_counts().sort("apart").rows()
    ]
    rest = gone.filter(~pl.col("apart").str.starts_with(ASKED))
    return (*said, *_listed(rest, places))


def _listed(rest: pl.DataFrame, places: pl.DataFrame) -> tuple[str, ...]:
    if rest.is_empty():
        return ()
    by_file = pl.col("apart").str.starts_with(IN_FILE)
    name = (
        pl.when(by_file)
        .then(pl.col("apart").str.strip_prefix(IN_FILE))
        .otherwise(pl.col("street").fill_null("no name"))
    )
    how = (
        pl.when(by_file)
        .then(pl.lit("in the file"))
        .when(pl.col("apart") == BY_PATTERN)
        .then(pl.lit("by its pattern"))
        .otherwise(pl.lit("by name"))
    )
    each = (
        rest.group_by(name.alias("name"), how.alias("how"))
        .agg(pl.len().alias("n"), pl.col("place").mode().min())
        .sort(["n", "name"], descending=[True, False])
    )
    shown = "; ".join(
        f"{name} ({_where_is(places, place)}, {n:,} rows, {how})"
        for name, how, n, place in each.head(LISTED).rows()
    )
    more = f"; and {each.height - LISTED:,} more" if each.height > LISTED else ""
    return (
        f"Set apart as institutions, and not counted: {shown}{more}. "
        "--with-institutions counts them.",
    )


def _where_is(places: pl.DataFrame, place: int) -> str:
    x, y = places["x"][place], places["y"][place]
    return format_grid_reference(x, y, 6) if math.isfinite(x) else "nowhere"
