"""The resources of a district, read from files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.intake.inputs import InputFile

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from hotspots.resources.deliveries import Deliveries
    from hotspots.resources.eligibility import Eligibility
    from hotspots.resources.premises import Premises
    from hotspots.resources.sites import Sites
    from hotspots.resources.slots import Slot
    from hotspots.resources.street_graph import StreetGraph


@dataclass(frozen=True, kw_only=True)
class Resources:
    """What a district has to deploy with and on.

    ``columns``: lamp columns and other posts that can carry a camera.
    ``cameras``: fixed cameras that are there already.
    ``buildings`` (b,), shapely polygons, EPSG:27700: footprints that block the view.
    ``premises``: dwellings and other premises.
    ``streets``: walking network.
    ``slots``: the youth sessions of last quarter.
    ``deliveries``: burglary packs delivered.
    ``eligibility``: the partnership's own table of what a camera can act
    on.
    ``ground``: what lies beside the streets, to draw on maps; it decides no
    number.
    ``inputs``: tuple of (str, str); name and SHA-256 of each file that a number may
    come from.
    """

    columns: Sites | None = None
    cameras: Sites | None = None
    buildings: npt.NDArray[np.object_] | None = None
    premises: Premises | None = None
    streets: StreetGraph | None = None
    slots: tuple[Slot, ...] = ()
    deliveries: Deliveries | None = None
    eligibility: Eligibility | None = None
    ground: Path | None = None
    inputs: tuple[tuple[str, str], ...] = ()
    simulated: bool = False


def load_resources(
    *,
    columns: Path | str | None = None,
    cameras: Path | str | None = None,
    buildings: Path | str | None = None,
    premises: Path | str | None = None,
    streets: Path | str | None = None,
    slots: Path | str | None = None,
    deliveries: Path | str | None = None,
    eligibility: Path | str | None = None,
    ground: Path | str | None = None,
    simulated: bool = False,
) -> Resources:
    """Read the files of resources that are given."""
    from hotspots.resources.buildings import read_buildings
    from hotspots.resources.deliveries import read_deliveries
    from hotspots.resources.eligibility import Eligibility
    from hotspots.resources.premises import read_premises
    from hotspots.resources.sites import read_sites
    from hotspots.resources.slots import read_slots
    from hotspots.resources.streets import read_streets

    places = (columns, cameras, buildings, premises, streets)
    given = (*places, slots, deliveries, eligibility)
    return Resources(
        columns=None if columns is None else read_sites(columns),
        cameras=None if cameras is None else read_sites(cameras),
        buildings=None if buildings is None else read_buildings(buildings),
        premises=None if premises is None else read_premises(premises),
        streets=None if streets is None else read_streets(streets),
        slots=() if slots is None else read_slots(slots),
        deliveries=None if deliveries is None else read_deliveries(deliveries),
        eligibility=None if eligibility is None else Eligibility.from_csv(eligibility),
        ground=None if ground is None else InputFile.at(ground).path,
        inputs=tuple(
            (item.name, item.sha256())
            for item in (InputFile.at(path) for path in given if path is not None)
        ),
        simulated=simulated,
    )
