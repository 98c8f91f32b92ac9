"""Analyses and their files, kept for the filters that were asked for last."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import weakref
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from flask import current_app

from hotspots import __version__
from hotspots.core.temporary import remove_folder, temporary_folder
from hotspots.outputs.plan_folder import write_plan
from hotspots.outputs.printing import Background
from hotspots.resources import Resources
from hotspots.tactics.plan import Plan
from hotspots.web.parts.choices import Choices
from hotspots.web.parts.jobs import Jobs, Running
from hotspots.web.plans.query import PlanQuery
from hotspots.web.settings import WebSettings
from hotspots.workflow import Analysis, Dataset, Parameters, analyse, write

K = TypeVar("K")
V = TypeVar("V")


class _Kept(Generic[K, V]):
    """The values made last; the one unused for longest goes first."""

    def __init__(
        self,
        make: Callable[[K], V],
        most: int,
        drop: Callable[[V], object] = lambda _value: None,
    ) -> None:
        self._make, self._most, self._drop = make, most, drop
        self._values: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K) -> V:
        with self._lock:
            if key not in self._values:
                self._values[key] = self._make(key)
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._drop(self._values.popitem(last=False)[1])
            return self._values[key]


class Results:
    """One dataset, the analyses made of it and the files written from them."""

    def __init__(
        self, dataset: Dataset, settings: WebSettings, resources: Resources
    ) -> None:
        self.dataset = dataset
        self.settings = settings
        self.resources = resources
        self.jobs = Jobs(wait_s=settings.wait_s)
        self.choices = Choices.from_dataset(dataset)
        self._analyses = _Kept(self._analyse, settings.n_analyses_kept)
        self._folder = temporary_folder()
        weakref.finalize(self, remove_folder, self._folder)
        self._folders = _Kept(self._write, settings.n_folders_kept, shutil.rmtree)
        self._plan_folders = _Kept(
            self._write_plan, settings.n_folders_kept, shutil.rmtree
        )
        self._reading = Lock()

    def analysis(self, parameters: Parameters) -> Analysis:
        """Return the analysis for some parameters, made once."""
        return self._analyses.get(parameters)

    def file(self, parameters: Parameters, name: str) -> bytes:
        """Return one output of an analysis, as the command line writes it."""
        with self._reading:  # nobody drops the folder meanwhile
            return (self._folders.get(parameters) / name).read_bytes()

    def plan(self, query: PlanQuery) -> Plan | Running:
        """Return a plan, made once, or what says that it is still being made."""
        made: Plan | Running = self.jobs.get(
            ("plan", query), lambda: query.suggest(self.dataset, self.resources)
        )
        return made

    def plan_now(self, query: PlanQuery) -> Plan:
        """Return a plan, however long it takes."""
        while isinstance(made := self.plan(query), Running):
            self.jobs.wait(made.key)
        return made

    def plan_file(self, query: PlanQuery, path: str) -> bytes:
        """Return one file of a plan, as the command line writes it."""
        with self._reading:
            return (self._plan_folders.get(query) / path).read_bytes()

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

    def _analyse(self, parameters: Parameters) -> Analysis:
        return analyse(self.dataset, parameters)

    def _write_plan(self, query: PlanQuery) -> Path:
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        ground = Background.from_areas(self.dataset.areas, resources=self.resources)
        write_plan(self.plan_now(query), folder, background=ground)
        return folder

    def _write(self, parameters: Parameters) -> Path:
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        write(self.analysis(parameters), folder)
        return folder


def current_results() -> Results:
    """Return the results of the application that answers this request."""
    results: Results = current_app.extensions["hotspots"]
    return results
