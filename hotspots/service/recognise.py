"""What an uploaded file is: its columns, what each is taken for, what is still asked.

Nothing is counted before what is unknown was answered by a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from hotspots.intake.given import expand
from hotspots.intake.headings import COLUMNS, known_headings
from hotspots.intake.police_layout import is_police_uk
from hotspots.intake.profile import Profile
from hotspots.intake.table import Layout
from hotspots.rights import Actor
from hotspots.service.imports import preview
from hotspots.service.site import Site
from hotspots.service.uploads import staged
from hotspots.sources import columns
from hotspots.sources.reading.kinds import header_of, is_gis
from hotspots.sources.reading.proposing import propose

N_SAMPLES = 3
MOST_POINTS = 400
MOST_STRANGE = 60


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """A file as it was understood.

    ``headings`` are each column with samples; ``profile`` is what each is taken for,
    none where the file needs no mapping; ``strange`` are categories that the harm table
    does not know; ``gaps`` what must be filled in.
    """

    names: tuple[str, ...]
    headings: tuple[tuple[str, tuple[str, ...]], ...]
    profile: Profile | None
    strange: tuple[str, ...]

    @property
    def gaps(self) -> tuple[str, ...]:
        """What a person must still say."""
        return self.profile.gaps if self.profile else ()


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A dry run: what would happen, where the points fall, what is not usable."""

    sentence: str
    rows_read: int
    rows_usable: int
    time_precision: str
    notes: tuple[str, ...]
    points: tuple[tuple[float, float], ...]
    rejects: tuple[tuple[str, int], ...]


def recognise(
    site: Site,
    actor: Actor,
    id: str,
    *,
    sheet: str | None = None,
    header_row: int | None = None,
) -> Recognised:
    """Return what the first of the uploaded files is taken for."""
    paths = [p for p in staged(site, actor, id) if p.suffix.lower() != ".toml"]
    names = tuple(path.name for path in paths)
    item = expand(paths[:1])[0]
    if not is_gis(item) and is_police_uk(header_of(item)):
        return Recognised(names=names, headings=(), profile=None, strange=())
    beside = _beside(staged(site, actor, id))
    profile = beside or propose(item, sheet=sheet, header_row=header_row)
    if is_gis(item):
        return Recognised(names=names, headings=(), profile=profile, strange=())
    layout = Layout(wanted=known_headings, sheet=sheet, header_row=header_row)
    frame = columns.look_at(item, layout).frame
    return Recognised(
        names=names,
        headings=tuple((name, _samples(frame[name])) for name in frame.columns),
        profile=replace(profile, sheet=sheet or profile.sheet),
        strange=_strange(site, frame, profile),
    )


def as_told(
    profile: Profile, told: Mapping[str, str], categories: Mapping[str, str]
) -> Profile:
    """Return a mapping as a person corrected it: a role to its column, empty for none.

    Raises ProfileError if something needed is missing or contradictory.
    """
    chosen = {role: told[role] for role in COLUMNS if told.get(role)}
    return replace(
        profile,
        columns=chosen,
        categories={**profile.categories, **categories},
        comments=(),
        gaps=(),
    )


def try_out(site: Site, actor: Actor, id: str, *, feed: str, text: str | None) -> Trial:
    """Read the uploaded files and compare them with what is held, keeping nothing."""
    paths = [p for p in staged(site, actor, id) if p.suffix.lower() != ".toml"]
    seen = preview(site, actor, paths, feed=feed, text=text, today=None)
    incidents = seen.reading.incidents
    places = incidents.places
    step = max(1, places.height // MOST_POINTS)
    shown = places.gather_every(step).select("lon", "lat")
    finite = shown.filter(pl.all_horizontal(pl.all().is_finite()))
    counts = seen.reading.rejects["reason"].value_counts(sort=True)
    return Trial(
        sentence=seen.sentence,
        rows_read=seen.reading.rows_read,
        rows_usable=incidents.n,
        time_precision=incidents.time_precision,
        notes=tuple(incidents.notes),
        points=tuple((float(x), float(y)) for x, y in finite.iter_rows()),
        rejects=tuple(counts.iter_rows()),
    )


def _beside(paths: list[Path]) -> Profile | None:
    """Return the mapping that was uploaded with the files, where there is one."""
    given = [path for path in paths if path.suffix.lower() == ".toml"]
    return Profile.from_toml(given[0]) if given else None


def _samples(column: pl.Series) -> tuple[str, ...]:
    values = column.drop_nulls().cast(pl.String).str.strip_chars()
    return tuple(values.filter(values != "").unique(maintain_order=True)[:N_SAMPLES])


def _strange(site: Site, frame: pl.DataFrame, profile: Profile) -> tuple[str, ...]:
    column = profile.columns.get("category")
    if column is None or column not in frame.columns:
        return ()
    values = frame[column].drop_nulls().str.strip_chars().unique().sort()
    known = set(profile.categories)
    asked = [
        each for each in site.harm().unknown(values.to_list()) if each not in known
    ]
    return tuple(asked[:MOST_STRANGE])
