"""A toy town on a page, and a real Chromium for the tests that look at it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import polars as pl
import pytest
import shapely
from dataset_site import site_of
from flask import Flask
from listening import listening
from patient import patient
from plan_pages import sample_app

from hotspots.analysis.dataset import Dataset
from hotspots.intake.rejects import SCHEMA
from hotspots.model.areas import Areas
from hotspots.model.incidents import Incidents
from hotspots.service.demonstration import make_demonstration
from hotspots.sources import Reading
from hotspots.web.people import sign_in

ROOT = Path(__file__).resolve().parents[2]
NASTY = "<img src=x onerror=alert(1)> & Son's Lane"
WEST, SOUTH = -0.92, 52.74
PLACES = 12
CATEGORIES = ("Anti-social behaviour", "Burglary", "Drugs", "Vehicle crime")


@pytest.fixture(autouse=True, scope="session")
def real_cost() -> Iterator[dict[str, int]]:
    """Let a password cost little, hundreds are hashed; return what it costs really."""
    real = sign_in.COST
    cheap = {name: 1024 if "memory" in name else 1 for name in real}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sign_in, "COST", cheap)
        yield real


def build_incidents() -> Incidents:
    """900 incidents over three years at twelve places, the first the busiest."""
    rng = np.random.default_rng(20250614)
    weights = 1 / np.arange(1, PLACES + 1)
    place = rng.choice(PLACES, size=900, p=weights / weights.sum())
    lon = WEST + 0.008 + 0.016 * (place % 4) + rng.integers(0, 3, 900) * 1e-4
    lat = SOUTH + 0.008 + 0.012 * (place // 4) + rng.integers(0, 3, 900) * 1e-4
    hours = rng.integers(0, 3 * 365 * 24, size=900)
    start = [dt.datetime(2022, 7, 1) + dt.timedelta(hours=int(h)) for h in hours]
    streets = [NASTY, *(f"Street {k}" for k in range(2, PLACES + 1))]
    located = pl.DataFrame(
        {
            "lon": lon,
            "lat": lat,
            "start": start,
            "category": rng.choice(CATEGORIES, size=900),
            "street": [streets[k] for k in place],
            "file": np.zeros(900, dtype=np.int64),
            "line": np.arange(2, 902),
        }
    )
    return Incidents.from_located(located, simulated=True)


def build_dataset() -> Dataset:
    """The toy town: two wards, one priority neighbourhood, three rows refused."""
    middle, east, north = WEST + 0.035, WEST + 0.07, SOUTH + 0.045
    wards = Areas.from_polygons(
        [
            shapely.box(WEST, SOUTH, middle, north),
            shapely.box(middle, SOUTH, east, north),
        ],
        codes=["W1", "W2"],
        names=["West <b>ward</b>", "East"],
        kind="ward",
        simulated=True,
    )
    neighbourhood = Areas.from_polygons(
        [shapely.box(WEST + 0.001, SOUTH + 0.001, WEST + 0.02, SOUTH + 0.02)],
        codes=["P1"],
        names=["Fairfield"],
        kind="priority neighbourhood",
        simulated=True,
    )
    areas = dataclasses.replace(
        wards.join(neighbourhood),
        notes=(f"areas in a_{'very_' * 12}long_name.geojson",),
    )
    rejects = pl.DataFrame(
        {
            "file": [0, 0, 0],
            "line": [902, 903, 904],
            "status": ["rejected"] * 3,
            "reason": ["no coordinates", "no coordinates", "unreadable date"],
            "value": ["", "", "31/02/2024 <b>"],
        },
        schema=SCHEMA,
    )
    incidents = build_incidents()
    reading = Reading(
        incidents=incidents,
        rejects=rejects,
        rows_read=incidents.n + rejects.height,
        inputs=(("toy.csv", "0" * 64),),
    )
    return Dataset(
        reading=reading,
        areas=areas,
        area_inputs=(("toy.geojson", "1" * 64),),
    )


@pytest.fixture(scope="session", autouse=True)
def _pages_are_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each application compiles every page anew, and here there are hundreds."""
    cache = jinja2.FileSystemBytecodeCache(str(tmp_path_factory.mktemp("pages")))
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": cache}


@pytest.fixture(scope="session")
def vendor() -> Path:
    folder = ROOT / "web" / "static" / "vendor"
    if not (folder / "leaflet" / "leaflet.js").is_file():
        pytest.skip("front-end files are not fetched: python tools/fetch_assets.py")
    return folder


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return build_dataset()


@pytest.fixture(scope="session")
def app(dataset: Dataset, vendor: Path) -> Any:  # noqa: ARG001
    from hotspots.web import WebSettings, create_app

    return create_app(site_of(dataset), WebSettings(rows_per_page=10))


@pytest.fixture(scope="session")
def town_app(vendor: Path) -> Any:  # noqa: ARG001
    """The application for the simulated town: its plans are made once for all."""
    return sample_app()


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's folder, made once; a test that writes works on a copy.

    Without a basemap: the test server leaves its file open where a browser goes on.
    """
    folder = tmp_path_factory.mktemp("demonstration") / "site"
    make_demonstration(folder).close()
    return folder


@pytest.fixture
def client(app: Any) -> Any:
    return patient(app)


@pytest.fixture(scope="session")
def address(app: Any) -> Iterator[str]:
    """Where the toy town is served, on a free port; its map is made."""
    patient(app).get("/")
    with listening(app) as at:
        yield at
