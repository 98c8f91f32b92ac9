"""A site: a folder with settings, a database, keys and frozen documents."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import tomli_w

from hotspots.analysis.area_files import AreaFile, read_area_files
from hotspots.core.environment import check_environment
from hotspots.core.errors import (
    ConflictError,
    OutputError,
    ParameterError,
    StoreError,
    did_you_mean,
)
from hotspots.core.folders import real
from hotspots.core.small import read_small, toml_of
from hotspots.intake.gazetteer import Lookups
from hotspots.model.harm import HarmTable
from hotspots.model.institutions import Apart
from hotspots.resources.institutions import apart_of
from hotspots.resources.survey import Survey
from hotspots.rights import Actor
from hotspots.service import areas
from hotspots.service.access import AGENCIES, add_agency, has_accounts
from hotspots.service.audit import record
from hotspots.service.people import invite
from hotspots.store import Session, Store
from hotspots.store.models import AreaSet, AuditHead, Batch, SiteRecord
from hotspots.store.queries import count, get

SETTINGS = "site.toml"
DATABASE = "site.sqlite3"
_TABLES = ("resources", "schedules", "single_sign_on")
ENVIRONMENT = ("DATABASE", "CLIENT_SECRET", "COMPILED", "MINUTES", "SHARED_DATA")
"""With HOTSPOTS_ before it, all that the environment may say but for pages and mail."""
SCHEDULED = ("brief", "freshness", "purge", "backup")
PLANNED_WITH = (
    *("streets", "ground", "columns", "cameras", "buildings", "premises", "slots"),
    *("deliveries", "eligibility"),
)
RESOURCES = (
    *PLANNED_WITH,
    *("harm", "institutions", "postcodes", "uprns", "survey"),
)
"""Files that a site may hold: those of ``load_resources``, a harm table, where
institutions, postcodes and UPRNs are, and what residents named as a concern."""
_INSIDE = {"resources": RESOURCES, "schedules": SCHEDULED}
"""What the tables of the settings may say."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What ``site.toml`` says; ``HOTSPOTS_DATABASE`` goes before its ``database``.

    ``leave_out`` names streets or places that count nothing, with ``;`` between;
    ``with_institutions`` is "yes" where prisons, hospitals and the like count.
    ``today`` is the day that a demonstration takes as today; else the clock says it.
    """

    name: str
    time_zone: str = "Europe/London"
    force: str = ""
    database: str = ""
    leave_out: str = ""
    with_institutions: str = ""
    today: str = ""
    resources: Mapping[str, str] = field(default_factory=dict)
    schedules: Mapping[str, str] = field(default_factory=dict)
    single_sign_on: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_toml(cls, path: Path) -> Settings:
        """Read the settings.

        Raises StoreError if there are none, or an entry is unknown or of another kind.
        """
        try:
            told = toml_of(read_small(path))
        except FileNotFoundError as error:
            raise StoreError(
                f"a site must be a folder with a {SETTINGS}; {path.parent} has none. "
                "Make one with 'hotspots site init'."
            ) from error
        except (OSError, ValueError) as error:
            raise StoreError(f"{SETTINGS} must be readable TOML; {error}.") from error
        known = {each.name: each for each in fields(cls)}
        for key, value in told.items():
            if key not in known:
                raise StoreError(
                    f"{SETTINGS} may say {', '.join(known)}; got '{key}'."
                    f"{did_you_mean(key, known)}"
                )
            if not isinstance(value, dict if key in _TABLES else str):
                raise StoreError(f"'{key}' of {SETTINGS} has a wrong value: {value!r}.")
            if isinstance(value, dict) and key in _INSIDE:
                _check_table(key, value)
        return cls(**told)

    def write(self, path: Path) -> None:
        """Write the settings whole or not at all, without what is empty."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        beside = path.with_suffix(".new")
        beside.write_text(tomli_w.dumps({k: v for k, v in said.items() if v}), "utf-8")
        beside.replace(path)


def _check_table(key: str, table: Mapping[str, Any]) -> None:
    for name, value in table.items():
        if name not in _INSIDE[key] or not isinstance(value, str):
            raise StoreError(
                f"[{key}] of {SETTINGS} may say {', '.join(_INSIDE[key])}, each as "
                f"text; got '{name} = {value!r}'.{did_you_mean(name, _INSIDE[key])}"
            )


@dataclass(frozen=True, kw_only=True)
class Site:
    """An open site."""

    folder: Path
    store: Store
    _told: list[tuple[tuple[int, ...], Settings]] = field(
        default_factory=list, repr=False
    )

    @property
    def settings(self) -> Settings:
        """What ``site.toml`` says now; while it cannot be read, what it said last."""
        path = self.folder / SETTINGS
        try:
            stat = path.stat()
            stamp = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
            if not self._told or self._told[0][0] != stamp:
                self._told[:] = [(stamp, Settings.from_toml(path))]
        except (OSError, StoreError):
            if not self._told:
                raise
        return self._told[0][1]

    @property
    def documents(self) -> Path:
        """Where frozen results lie."""
        return self.folder / "documents"

    @property
    def cache(self) -> Path:
        """What can be made again."""
        return self.folder / "cache"

    @property
    def spool(self) -> Path:
        """Uploads until they are imported; then they are deleted."""
        return self.folder / "spool"

    def key(self, name: str) -> bytes:
        """Return a secret that is kept outside the database.

        Raises StoreError if it is not there.
        """
        try:
            return (self.folder / "keys" / name).read_bytes()
        except OSError as error:
            raise StoreError(
                f"the key '{name}' must lie in the site's folder 'keys'; {error}. "
                "Restore it from your own safe copy."
            ) from error

    @property
    def basemap(self) -> Path | None:
        """The ground to draw under the map, as ``hotspots basemap`` writes it."""
        path = self.folder / "basemap.pmtiles"
        return path if path.is_file() else None

    def today(self) -> dt.date:
        """Return the day that pages, colours of tasks and freshness go by."""
        fixed = self.settings.today
        return dt.date.fromisoformat(fixed) if fixed else dt.datetime.now().date()

    def harm(self) -> HarmTable:
        """Return the weights of categories: the site's own file, else the usual."""
        own = self.resource_files().get("harm")
        return HarmTable.from_csv(own) if own else HarmTable.default()

    def lookups(self) -> Lookups:
        """Return where postcodes and UPRNs are, as far as the site has it."""
        own = self.resource_files()
        return Lookups(postcodes=own.get("postcodes"), uprns=own.get("uprns"))

    def apart(self) -> Apart:
        """Return what is set apart before anything is counted."""
        own = self.resource_files()
        file = own.get("institutions") or own.get("streets")
        return apart_of(
            self.settings.leave_out,
            institutions=self.settings.with_institutions.lower() != "yes",
            file=file,
        )

    def resource_files(self) -> dict[str, Path]:
        """Return the files of resources that this site has, by what they are."""
        named = self.settings.resources.items()
        return {kind: self.folder / "resources" / name for kind, name in named}

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()


@dataclass(frozen=True, kw_only=True)
class SiteState:
    """How a site is at a moment: at which data version, whether it has accounts."""

    version: int
    has_accounts: bool
    simulated: bool


def site_state(session: Session) -> SiteState:
    """Return how a site is now."""
    kept = get(session, SiteRecord, 1)
    made_up = count(session, Batch, simulated=True, undone_version=None)
    return SiteState(
        version=kept.data_version,
        has_accounts=has_accounts(session),
        simulated=bool(made_up or count(session, AreaSet, simulated=True, until=None)),
    )


def init_site(
    folder: Path | str,
    *,
    name: str,
    area_files: Sequence[str],
    database: str = "",
    resources: Mapping[str, Path] | None = None,
    **more: Any,
) -> str:
    """Make a site and return the secret of the link that makes its administrator.

    ``more`` are other fields of :class:`Settings`.

    Raises OutputError if the folder is there and not empty, or cannot be written;
    ParameterError if there is no name, no area, or a name to be left out is too short.
    """
    folder = Path(folder)
    if not name.strip() or not area_files:
        raise ParameterError("a site needs a name and at least one file of areas.")
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise OutputError(
            f"a site must begin in a new or empty folder; {folder} is not. Choose "
            "another."
        )
    sets = read_area_files([str(text) for text in area_files])
    apart_of(more.get("leave_out", ""), institutions=False)
    if resources and "harm" in resources:
        HarmTable.from_csv(resources["harm"])
    if resources and "survey" in resources:
        Survey.from_file(resources["survey"])
    there = folder.exists()
    try:
        settings = Settings(
            name=name.strip(),
            database=database,
            resources=_keep_resources(folder, resources or {}),
            **more,
        )
        _make_folder(folder, settings)
        with_database = open_site(folder, upgrade=True)
        try:
            return _fill(with_database, sets)
        finally:
            with_database.close()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if there:
            folder.mkdir(parents=True, exist_ok=True)
        raise


def open_site(
    folder: Path | str, *, upgrade: bool = False, as_it_is: bool = False
) -> Site:
    """Open a site; ``as_it_is`` also one of another version, to copy it.

    Raises StoreError if it is none, or its tables are of another version of the
    software; ParameterError if a name in the environment is a slip.
    """
    folder = Path(folder)
    settings = Settings.from_toml(folder / SETTINGS)
    check_environment(
        "HOTSPOTS_", ENVIRONMENT, others=("HOTSPOTS_WEB_", "HOTSPOTS_SMTP_")
    )
    address = os.environ.get("HOTSPOTS_DATABASE") or settings.database
    store = Store(address or f"sqlite:///{real(folder) / DATABASE}")
    if upgrade:
        store.upgrade()
    elif not (as_it_is or store.is_current):
        raise StoreError(
            "the tables of the site must be of this version; they are at "
            f"'{store.revision}'. Run 'hotspots site upgrade {folder}', which keeps a "
            "copy."
        )
    return Site(folder=real(folder), store=store)


def _keep_resources(folder: Path, given: Mapping[str, Path]) -> dict[str, str]:
    kept = {}
    for kind, path in given.items():
        if not Path(path).is_file():
            raise ParameterError(f"the file of {kind} must be there; {path} is not.")
        target = folder / "resources" / Path(path).name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        kept[kind] = target.name
    return kept


def _make_folder(folder: Path, settings: Settings) -> None:
    try:
        for name in ("documents", "cache", "spool", "keys"):
            (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        settings.write(folder / SETTINGS)
        for name in ("reference", "session"):
            target = folder / "keys" / name
            target.touch(mode=0o600)
            target.write_bytes(secrets.token_bytes(32))
    except OSError as error:
        raise OutputError(f"the site must be writable at {folder}; {error}.") from error


def _fill(site: Site, sets: Sequence[AreaFile]) -> str:
    operator = Actor.operator()
    with site.store.writing() as session:
        if count(session, SiteRecord):
            raise ConflictError(
                "a new site needs a database of its own; this one holds a site. Give "
                "another with --database."
            )
        session.add_all([AuditHead(), SiteRecord(name=site.settings.name)])
        session.flush()
        record(session, operator, "site.make", site.settings.name)
        for agency in AGENCIES:
            add_agency(session, operator, agency)
        for each in sets:
            areas.add_set(session, operator, each)
        return invite(session, operator, role="administrator", agency=AGENCIES[0])
