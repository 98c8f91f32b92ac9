"""The plan pages of the sample town, for tests with and without a browser."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from werkzeug.datastructures import MultiDict

from hotspots.resources import Resources, load_resources
from hotspots.rights import Actor
from hotspots.samples import sample_path
from hotspots.service import views
from hotspots.service.handlers import worker_of
from hotspots.service.plans import told_of
from hotspots.service.temporary import Given, temporary_site
from hotspots.tactics.catalogue import TACTICS
from hotspots.tactics.plan import Plan
from hotspots.web import create_app
from hotspots.web.parts.choices import Choices
from hotspots.web.parts.results import Results
from hotspots.web.parts.waiting import NotReadyError
from hotspots.web.plans.query import PlanQuery

__all__ = [
    "QUICK",
    "SENSITIVE",
    "address",
    "plan_of",
    "query_of",
    "sample_app",
    "sample_things",
]

SENSITIVE = ("marking", "packs")
QUICK = {
    "cctv": "?n_cameras=2",
    "marking": "?n_resamples=10",
    "youth": "?resamples=0",
}
"""Smaller plans, where the tactic takes long."""


def sample_things() -> Resources:
    """Return the columns, premises and streets of the simulated town."""
    return load_resources(
        columns=sample_path("data/simulated_columns.csv"),
        premises=sample_path("data/simulated_premises.csv"),
        streets=sample_path("boundaries/simulated_streets.geojson"),
        simulated=True,
    )


def sample_app() -> Any:
    """Return the application for the simulated town, as it is served."""
    return create_app(temporary_site(Given.town()))


def address(name: str, of: str = "/plans/") -> str:
    """Return where the plan of a tactic is."""
    return of + name + QUICK.get(name, "")


def plan_of(results: Results, query: PlanQuery) -> Plan:
    """Return a plan as the site's worker makes it, whatever else is waiting."""
    site = results.kept.site
    key = views.begin(
        site, Actor.operator(), views.PLAN, results.version, told_of(query)
    )
    while not worker_of(site).run_one(key):
        with suppress(NotReadyError):  # a worker beside may have taken it
            return results.plan(query)
        time.sleep(0.02)
    return results.plan(query)


def query_of(name: str, choices: Choices) -> PlanQuery:
    """Return what that address asks."""
    said = QUICK.get(name, "?").removeprefix("?")
    args = MultiDict([tuple(said.split("="))] if said else [])
    return PlanQuery.from_args(args, TACTICS[name], choices)
