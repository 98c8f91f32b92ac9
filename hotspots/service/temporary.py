"""A site for the time of one run: some files, imported through the same door as any."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hotspots.core.errors import SourceError
from hotspots.core.temporary import temporary_folder
from hotspots.intake.profile import Profile
from hotspots.rights import Actor
from hotspots.samples import sample_path, sample_paths
from hotspots.service.imports import import_now
from hotspots.service.site import Site, init_site, open_site

FEED = "files"
NAME = "this computer"


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a temporary site is made of; ``resources`` as :func:`init_site` takes them.

    ``areas`` are PATH or KIND=PATH; ``profile`` is a column mapping.
    """

    files: Sequence[Path]
    areas: Sequence[str]
    profile: Path | None = None
    resources: Mapping[str, Path] = field(default_factory=dict)
    today: dt.date | None = None
    leave_out: str = ""
    with_institutions: bool = False

    @classmethod
    def town(cls, **resources: Path) -> Given:
        """Return the simulated town, with what it has of columns, premises, streets."""
        incidents, polygons = sample_paths()
        own = {
            "columns": sample_path("data/simulated_columns.csv"),
            "premises": sample_path("data/simulated_premises.csv"),
            "streets": sample_path("boundaries/simulated_streets.geojson"),
            "ground": sample_path("boundaries/simulated_ground.geojson"),
            "survey": sample_path("data/simulated_survey.csv"),
        }
        return cls(
            files=[incidents],
            areas=[str(path) for path in polygons],
            resources={**own, **resources},
        )


def temporary_site(given: Given) -> Site:
    """Make a site that is gone when this process ends, and import the files.

    Raises SourceError if the files cannot be used; the message says which and what to
    do.
    """
    folder = temporary_folder("site") / "site"
    init_site(
        folder,
        name=NAME,
        area_files=list(given.areas),
        resources=given.resources,
        leave_out=given.leave_out,
        with_institutions="yes" if given.with_institutions else "",
    )
    site = open_site(folder)
    text = Profile.text_of(given.profile) if given.profile else None
    job = import_now(
        site, Actor.operator(), given.files, feed=FEED, profile=text, today=given.today
    )
    if job.state != "done":
        raise SourceError(job.sentence)
    return site
