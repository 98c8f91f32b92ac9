"""Sites for tests, with small files of incidents that say what they mean."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

from hotspots.rights import Actor
from hotspots.service import Site, init_site, open_site
from hotspots.service.handlers import worker_of
from hotspots.service.imports import request_import
from hotspots.service.people import accept, invite
from hotspots.service.site import SETTINGS
from hotspots.store.models import Job, Person
from hotspots.store.queries import get

ROOT = Path(__file__).resolve().parent.parent
SITE_AREAS = [
    str(ROOT / "boundaries" / "simulated_wards.geojson"),
    str(ROOT / "boundaries" / "simulated_priority_neighbourhoods.geojson"),
]
INCIDENTS = ROOT / "data" / "simulated_incidents.csv"
MAPPING = (ROOT / "data" / "simulated_incidents.toml").read_text(encoding="utf-8")
TODAY = dt.date(2025, 7, 1)
OPERATOR = Actor.operator()
HEADER = "Reference,From,Category,Easting,Northing,Address\n"
SMALL_MAPPING = """
[columns]
reference = "Reference"
start = "From"
category = "Category"
easting = "Easting"
northing = "Northing"
address = "Address"

[dates]
formats = ["%d/%m/%Y %H:%M"]
"""


def actor(role: str, agency: str = "police") -> Actor:
    """Somebody in one role."""
    return Actor(id=f"{role}-1", name=role, roles=frozenset({(role, agency)}))


def tell(site: Site, **told: Any) -> Site:
    """Write entries of the settings; they count at once."""
    replace(site.settings, **told).write(site.folder / SETTINGS)
    return site


def make_site(folder: Path, database_url: str, **resources: Path) -> Site:
    """A site with the areas of the simulated town and no incidents."""
    init_site(
        folder,
        name="Town",
        area_files=SITE_AREAS,
        database=database_url,
        resources=resources,
    )
    return open_site(folder)


def row(reference: str, when: str = "14/05/2025 21:30", *, x: int = 475_211) -> str:
    """A line of a small file."""
    return f"{reference},{when},Burglary,{x},319108,12 Market Place\n"


def import_text(
    site: Site, *rows: str, feed: str = "police", who: Actor = OPERATOR
) -> Job:
    """Import a small file and return the work, ended."""
    text = (HEADER + "".join(rows)).encode()
    files = [("week.csv", io.BytesIO(text))]
    id = request_import(site, who, files, feed=feed, profile=SMALL_MAPPING, today=TODAY)
    return finish(site, id)


def import_town(site: Site) -> Job:
    """Import the simulated town."""
    with INCIDENTS.open("rb") as stream:
        id = request_import(
            site,
            OPERATOR,
            [(INCIDENTS.name, stream)],
            feed="police",
            profile=MAPPING,
            today=TODAY,
        )
    return finish(site, id)


def finish(site: Site, id: str) -> Job:
    """Do what is waiting and return the work of this identifier."""
    worker_of(site).run_all()
    with site.store.reading() as session:
        return get(session, Job, id)


def join(site: Site, email: str = "a@example.org", **told: str) -> Person:
    """Somebody with an account, analyst of housing unless told otherwise."""
    given = {"role": "analyst", "agency": "housing", "password": "hash", **told}
    with site.store.writing() as session:
        link = invite(session, OPERATOR, role=given["role"], agency=given["agency"])
        password = given["password"]
        return accept(session, link, name="A", email=email, password=password)
