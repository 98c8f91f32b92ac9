"""Dwellings, shops and the other premises of the simulated district."""

from __future__ import annotations

import numpy as np
import polars as pl

from hotspots.core.types import Floats, Ints, Strings
from hotspots.samples.frontage import Plots, build_plots, dense_points
from hotspots.samples.geography import CENTRE, SITES
from hotspots.samples.names import TOWN
from hotspots.samples.rng import Rng
from hotspots.samples.streets import Streets
from hotspots.samples.wards import Ward

_CENTRE_KINDS = ("shop", "office", "takeaway", "pub", "public building")
_CENTRE_SHARES = np.array((0.66, 0.15, 0.10, 0.07, 0.02))
_TRADE = ("shop", "takeaway", "pub", "office")


def build_premises(rng: Rng, streets: Streets, wards: tuple[Ward, ...]) -> pl.DataFrame:
    """Build every premises of the district."""
    plots = build_plots(rng, streets)
    frame = _numbered(plots, _kinds(rng, plots, streets))
    frame = pl.concat((_with_flats(rng, frame), _sites(streets)), how="diagonal")
    frame = frame.sort(
        *("edge", "house_number", "flat_number"), nulls_last=True, maintain_order=True
    )
    return _described(frame, streets, wards)


def _kinds(rng: Rng, plots: Plots, streets: Streets) -> Strings:
    """Say what stands on each plot."""
    n = len(plots.edge)
    x, y = (plots.front_m - np.array(CENTRE)).T
    far = np.hypot(x, y * 1.3)
    main = streets.kind[plots.edge] == "main"
    chance = np.clip(1.12 - far / 330, 0, 0.95) * np.where(main, 1.0, 0.45)
    chance = np.where((plots.zone == "suburb") & main, 0.03, chance)
    chance = np.where((plots.zone == "village") & main, 0.012, chance)
    estate = np.char.startswith(plots.zone, "estate")
    chance = np.where(estate & main, 0.05, chance)
    kind = np.full(n, "dwelling", dtype="<U15")
    trade = rng.happens(n, chance)
    drawn = np.array(_CENTRE_KINDS)[rng.choose(_CENTRE_SHARES, n)]
    village = np.where(rng.happens(n, 0.55), "pub", "shop")
    kind[trade] = np.where(plots.zone == "village", village, drawn)[trade]
    kind[plots.zone == "retail"] = "shop"
    kind[plots.zone == "industrial"] = "business unit"
    kind[plots.zone == "rural"] = "farm"
    supermarket = np.flatnonzero(plots.zone == "retail")[::9]
    kind[supermarket] = "supermarket"
    pubs = np.flatnonzero((kind == "pub") & (plots.zone == "centre"))
    kind[pubs[1::6]] = "nightclub"
    return kind


def _numbered(plots: Plots, kind: Strings) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "kind": kind,
            "house_number": plots.number,
            "easting": plots.xy_m[:, 0],
            "northing": plots.xy_m[:, 1],
            "front_x": plots.front_m[:, 0],
            "front_y": plots.front_m[:, 1],
            "edge": plots.edge,
            "zone": plots.zone,
        }
    )


def _with_flats(rng: Rng, frame: pl.DataFrame) -> pl.DataFrame:
    """Put flats over shops, and turn some houses into blocks that share a point."""
    n = frame.height
    kind, zone = frame["kind"].to_numpy(), frame["zone"].to_numpy()
    flats = np.zeros(n, dtype=np.int64)
    above = np.isin(kind, _TRADE) & (zone == "centre") & rng.happens(n, 0.35)
    flats[above] = rng.whole(int(above.sum()), 1, 4)
    share = np.where(np.char.startswith(zone.astype(str), "estate"), 0.055, 0.004)
    share = np.where(zone == "centre", 0.03, share)
    block = (kind == "dwelling") & rng.happens(n, share)
    flats[block] = rng.whole(int(block.sum()), 4, 11)
    row = np.repeat(np.arange(n), flats)
    number = np.arange(len(row)) - np.repeat(np.cumsum(flats) - flats, flats) + 1
    rooms = frame[row].with_columns(
        pl.lit("flat").alias("kind"), pl.Series("flat_number", number)
    )
    return pl.concat((frame.filter(pl.Series(~block)), rooms), how="diagonal")


def _sites(streets: Streets) -> pl.DataFrame:
    """Return the named premises, each fronting the nearest street."""
    from scipy.spatial import cKDTree

    xy = np.array([(site.x, site.y) for site in SITES]) + np.array(CENTRE)
    dense, owner = dense_points(streets, 4.0)
    _, near = cKDTree(dense).query(xy)
    return pl.DataFrame(
        {
            "kind": [site.kind for site in SITES],
            "site": [site.name for site in SITES],
            "easting": xy[:, 0],
            "northing": xy[:, 1],
            "front_x": np.round(dense[near, 0]),
            "front_y": np.round(dense[near, 1]),
            "edge": owner[near],
            "zone": ["site"] * len(SITES),
        }
    )


def _described(
    frame: pl.DataFrame, streets: Streets, wards: tuple[Ward, ...]
) -> pl.DataFrame:
    """Add street, ward, postcode and UPRN, in the order of the committed file."""
    edge = frame["edge"].to_numpy()
    place = streets.place[edge]
    at = frame.select("easting", "northing").to_numpy()
    whole = [pl.col(c).cast(pl.Int64) for c in ("easting", "northing")]
    fronts = [pl.col(c).cast(pl.Int64) for c in ("front_x", "front_y")]
    number = np.arange(frame.height, dtype=np.int64)
    scattered = 999_000_000_000 + (number * 48_271 + 10_007) % 99_999_989
    return frame.with_columns(
        *whole,
        *fronts,
        pl.Series("uprn", scattered).cast(pl.String),
        pl.Series("street", streets.name[edge]),
        pl.Series("place", np.where(place == "town", TOWN, place)),
        pl.Series("street_id", streets.street_id[edge]),
        pl.Series("ward_code", _ward_of(at, wards)),
        pl.Series("postcode", _postcodes(edge, streets)),
    ).select(
        *("uprn", "kind", "house_number", "flat_number", "street", "postcode"),
        *("easting", "northing", "street_id", "ward_code"),
        *("front_x", "front_y", "zone", "site", "place"),
    )


def _ward_of(at: Floats, wards: tuple[Ward, ...]) -> list[str]:
    """Return the code of the ward that each point lies in."""
    import shapely

    polygons = np.array([shapely.polygons(ward.ring_m) for ward in wards])
    point, ward = shapely.STRtree(polygons).query(shapely.points(at), "intersects")
    first = np.full(len(at), len(wards))
    np.minimum.at(first, point, ward)
    codes = [ward.code for ward in wards] + [""]
    return [codes[i] for i in first.tolist()]


def _postcodes(edge: Ints, streets: Streets) -> list[str]:
    """Give each street its postcode, in an outward code that does not exist."""
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    codes = []
    for stroke, place in zip(
        streets.stroke[edge].tolist(), streets.place[edge].tolist(), strict=True
    ):
        unit = stroke * 37 % 4_000
        end = letters[unit // 20 % 20] + letters[unit % 20]
        outward = "ZZ1" if place == "town" else "ZZ2"
        codes.append(f"{outward} {stroke // 20 % 9 + 1}{end}")
    return codes
