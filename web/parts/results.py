"""Analyses, answers, plans and their files, kept for what was asked for last."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import polars as pl
from flask import current_app

from hotspots import __version__
from hotspots.core.budget import checkpoint
from hotspots.core.once import Once
from hotspots.core.temporary import remove_folder, temporary_folder
from hotspots.model.incidents import Incidents
from hotspots.resources import Resources
from hotspots.service import Site, views
from hotspots.service.datasets import current_version, dataset_at
from hotspots.service.plans import resources_of, told_of
from hotspots.service.sealed import key_of, unseal
from hotspots.tactics.plan import Plan
from hotspots.web.parts.choices import Choices
from hotspots.web.parts.jobs import Jobs, Kind, NotReadyError, may_begin
from hotspots.web.plans.query import PlanQuery
from hotspots.web.settings import WebSettings
from hotspots.web.site.identity import current_actor, state_of_site
from hotspots.workflow import Analysis, Dataset, Parameters, analyse, write

ANALYSIS, ANSWER, FILES = "analysis", "answer", "files"
VIEWS_KEPT = 16
VERSIONS_KEPT = 2


class Kept:
    """What is kept for a site: the work, its files, and its last data versions."""

    def __init__(self, site: Site, settings: WebSettings) -> None:
        self.site = site
        self.settings = settings
        self.folder = temporary_folder()
        weakref.finalize(self, remove_folder, self.folder)
        self.reading = Lock()
        self.jobs = Jobs(
            Kind(name=ANALYSIS, keep=settings.n_analyses_kept),
            Kind(name=ANSWER),
            Kind(name=FILES, keep=settings.n_folders_kept, drop=self._drop),
        )
        self._versions: Once[int, Results] = Once(VERSIONS_KEPT)
        self._views: Once[str, Any] = Once(VIEWS_KEPT)

    def now(self) -> Results:
        """Return the results of the data as they are now."""
        with self.site.store.reading() as session:
            return self.at(current_version(session))

    def at(self, version: int) -> Results:
        """Return the results of a data version."""
        return self._versions.get(
            version, lambda: Results(self, version, dataset_at(self.site, version))
        )

    def view(self, kind: str, version: int, told: Mapping[str, Any]) -> Any:
        """Return what a worker made for a page; have it begun where this request may.

        Raises NotReadyError if it is not there.
        """
        key = key_of(self.site, kind, version, told)

        def find() -> Any:
            found = unseal(self.site, key)
            if found is not None:
                return found
            if may_begin():
                views.begin(self.site, current_actor(), kind, version, told)
            with self.site.store.reading() as session:
                raise NotReadyError(key if views.going(session, key) else "")

        return self._views.get(key, find)

    def _drop(self, folder: Path) -> None:
        with self.reading:
            shutil.rmtree(folder)


class Results:
    """One data version, the analyses made of it and the files written from them.

    What has not been made raises NotReadyError; see :mod:`hotspots.web.parts.jobs`.
    """

    def __init__(self, kept: Kept, version: int, dataset: Dataset) -> None:
        self.kept, self.version, self.dataset = kept, version, dataset
        self.settings, self.jobs = kept.settings, kept.jobs
        self.choices = Choices.from_dataset(dataset)

    @cached_property
    def resources(self) -> Resources:
        """What the site knows of its district: streets, columns, premises."""
        return resources_of(self.kept.site, simulated=self.dataset.simulated)

    @cached_property
    def burglaries(self) -> Incidents:
        """The burglaries inside the areas: mixed kinds follow one another anyway."""
        frame = self.dataset.incidents.frame
        kind = frame["category"].cast(pl.String).str.to_lowercase()
        inside = self.dataset.area_of_place[frame["place"].to_numpy()] >= 0
        chosen = kind.str.contains("burglary") & pl.Series(inside)
        return self.dataset.incidents.select(chosen)

    def prepare(self, parameters: Parameters) -> None:
        """Begin an analysis before anybody asks."""
        self.jobs.begin(
            ANALYSIS, (self.version, parameters), lambda: self._analyse(parameters)
        )

    def analysis(self, parameters: Parameters) -> Analysis:
        """Return the analysis for some parameters, made once."""
        made: Analysis = self.jobs.get(
            ANALYSIS, (self.version, parameters), lambda: self._analyse(parameters)
        )
        return made

    def view(self, kind: str, told: Mapping[str, Any]) -> Any:
        """Return what a worker made of this data version; see :meth:`Kept.view`."""
        return self.kept.view(kind, self.version, told)

    def difference(self, what: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """Return what differs between two analyses, made once."""
        return self.jobs.get(ANSWER, (self.version, *what), make)

    def plan(self, query: PlanQuery) -> Plan:
        """Return a plan, made once."""
        made: Plan = self.view(views.PLAN, told_of(query))
        return made

    def file(self, parameters: Parameters, name: str) -> bytes:
        """Return one output of an analysis, as the command line writes it."""
        return self._read(
            (self.version, parameters), lambda: self._write(parameters), name
        )

    def plan_file(self, query: PlanQuery, path: str) -> bytes:
        """Return one file of a plan, as the command line writes it."""
        told = told_of(query)
        self.view(views.FILES, told)
        site = self.kept.site
        return views.view_file(
            site, key_of(site, views.FILES, self.version, told), path
        )

    def tag(self, what: str, parameters: object = None) -> str:
        """Return a text that changes when the answer would: an entity tag."""
        of = (
            what,
            __version__,
            self.dataset.reading.inputs,
            self.dataset.area_inputs,
            self.dataset.harm.frame.write_csv(),
            parameters,
        )
        return hashlib.sha256(repr(of).encode()).hexdigest()[:32]

    def _read(
        self, what: tuple[Any, ...], make: Callable[[], Path], name: str
    ) -> bytes:
        folder: Path = self.jobs.get(FILES, what, make)
        with self.kept.reading:  # nobody drops the folder meanwhile
            try:
                return (folder / name).read_bytes()
            except FileNotFoundError as error:
                if folder.is_dir():
                    raise
                raise NotReadyError from error  # it has just gone

    def _analyse(self, parameters: Parameters) -> Analysis:
        return analyse(self.dataset, parameters, progress=checkpoint)

    def _write(self, parameters: Parameters) -> Path:
        analysis = self.jobs.finish(
            ANALYSIS, (self.version, parameters), lambda: self._analyse(parameters)
        )
        folder = Path(tempfile.mkdtemp(dir=self.kept.folder))
        write(analysis, folder, progress=checkpoint)
        return folder


def current_kept() -> Kept:
    """Return what the application that answers this request keeps."""
    kept: Kept = current_app.extensions["hotspots"]
    return kept


def current_results() -> Results:
    """Return the results of the data as they are at this request."""
    return current_kept().at(state_of_site().version)
