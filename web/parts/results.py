"""Analyses, answers, plans and their files: found where a worker made them.

No request waits for one. Only a POST has it begun; a page then shows how far it is, and
a script or the person asks again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import polars as pl
from flask import current_app, has_request_context, request

from hotspots import __version__
from hotspots.analysis.differences import Difference
from hotspots.core.once import Once
from hotspots.core.window import Window
from hotspots.model.incidents import Incidents
from hotspots.resources import Resources
from hotspots.rights import Actor
from hotspots.service import Site, analyses, views
from hotspots.service.datasets import batches_at, current_version, dataset_at
from hotspots.service.plans import resources_of, told_of
from hotspots.service.sealed import is_sealed, key_of
from hotspots.tactics.plan import Plan
from hotspots.web.parts.choices import Choices
from hotspots.web.parts.waiting import NotReadyError
from hotspots.web.plans.query import PlanQuery
from hotspots.web.settings import WebSettings
from hotspots.web.site.identity import current_actor, state_of_site
from hotspots.workflow import Analysis, Dataset, Parameters

VERSIONS_KEPT = 2


class Kept:
    """What a process keeps of a site: its last data versions, what was looked at."""

    def __init__(self, site: Site, settings: WebSettings) -> None:
        self.site, self.settings = site, settings
        self._versions: Once[int, Results] = Once(VERSIONS_KEPT)
        self._views: Once[str, Any] = Once(settings.n_views_kept)

    def now(self) -> Results:
        """Return the results of the data as they are now."""
        with self.site.store.reading() as session:
            return self.at(current_version(session))

    def prepare(self) -> None:
        """Have the usual analysis begun before anybody asks, and load the data."""
        told = analyses.told_of(Parameters())
        with self.site.store.reading() as session:
            version = current_version(session)
            if not batches_at(session, version):
                return
        if not is_sealed(self.site, key_of(self.site, views.ANALYSIS, version, told)):
            views.begin(self.site, Actor.operator(), views.ANALYSIS, version, told)
        self.at(version)

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
            found = views.taken(self.site, kind, version, told)
            if found is not None:
                return found
            if has_request_context() and request.method == "POST":
                views.begin(self.site, current_actor(), kind, version, told)
            with self.site.store.reading() as session:
                raise NotReadyError(key if views.going(session, key) else "")

        in_files = kind in (views.FILES, views.OUTPUTS)  # which go from the disk
        return find() if in_files else self._views.get(key, find)


class Results:
    """One data version and what is made of it.

    What has not been made raises NotReadyError; see :meth:`Kept.view`.
    """

    def __init__(self, kept: Kept, version: int, dataset: Dataset) -> None:
        self.kept, self.version, self.dataset = kept, version, dataset
        self.settings = kept.settings
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

    def view(self, kind: str, told: Mapping[str, Any]) -> Any:
        """Return what a worker made of this data version; see :meth:`Kept.view`."""
        return self.kept.view(kind, self.version, told)

    def analysis(self, parameters: Parameters) -> Analysis:
        """Return the analysis for some parameters, made once."""
        made: Analysis = self.view(views.ANALYSIS, analyses.told_of(parameters))
        return made

    def difference(
        self, parameters: Parameters, *, area: str = "", before: Window | None = None
    ) -> Difference:
        """Return what differs from another area or period, made once."""
        days = (before.start, before.end) if before else ()
        told = {
            "parameters": analyses.told_of(parameters),
            "area": area,
            "before": [day.isoformat() for day in days],
        }
        found: Difference = self.view(views.DIFFERENCE, told)
        return found

    def plan(self, query: PlanQuery) -> Plan:
        """Return a plan, made once."""
        made: Plan = self.view(views.PLAN, told_of(query))
        return made

    def file(self, parameters: Parameters, name: str) -> bytes:
        """Return one output of an analysis, as the command line writes it."""
        told = {"parameters": analyses.told_of(parameters)}
        return self._file(views.OUTPUTS, told, name)

    def plan_file(self, query: PlanQuery, path: str) -> bytes:
        """Return one file of a plan, as the command line writes it."""
        return self._file(views.FILES, told_of(query), path)

    def _file(self, kind: str, told: Mapping[str, Any], name: str) -> bytes:
        self.view(kind, told)
        site = self.kept.site
        return views.view_file(site, key_of(site, kind, self.version, told), name)

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


def current_kept() -> Kept:
    """Return what the application that answers this request keeps."""
    kept: Kept = current_app.extensions["hotspots"]
    return kept


def current_results() -> Results:
    """Return the results of the data as they are at this request."""
    return current_kept().at(state_of_site().version)
