"""Briefs of the simulated town and their pages, each made once for all tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import town

from hotspots.analysis.dataset import Dataset
from hotspots.brief.build import build_brief
from hotspots.brief.content import Brief
from hotspots.brief.page import Page, brief_page
from hotspots.brief.pictures import build_pictures
from hotspots.brief.repeats import Annex, build_annex
from hotspots.brief.write import write_brief
from hotspots.outputs.printing import Background
from hotspots.resources import load_resources
from hotspots.samples import sample_path


@pytest.fixture(scope="session")
def sample_town() -> Dataset:
    return town.sample_town()


@pytest.fixture(scope="session")
def ground(sample_town: Dataset) -> Background:
    streets = sample_path("boundaries/simulated_streets.geojson")
    resources = load_resources(streets=streets, simulated=True)
    return Background.from_areas(sample_town.areas, resources=resources)


@pytest.fixture(scope="session")
def brief_of(root: Path, sample_town: Dataset) -> Callable[..., Brief]:
    """Return the brief of a period for an audience."""

    @cache
    def made(period: str, audience: str = "operational") -> Brief:
        return build_brief(
            sample_town,
            period=period,
            audience=audience,
            deployments=root / "data" / "simulated_deployments.csv",
            actions=root / "data" / "simulated_actions.csv",
        )

    return made


@pytest.fixture(scope="session")
def page_of(brief_of: Callable[..., Brief], ground: Background) -> Callable[..., Page]:
    """Return the page of a period for an audience."""

    @cache
    def made(period: str, audience: str = "operational") -> Page:
        brief = brief_of(period, audience)
        return brief_page(brief, build_pictures(brief, ground))

    return made


@pytest.fixture(scope="session")
def week(page_of: Callable[..., Page]) -> Page:
    return page_of("2025-W24")


@pytest.fixture(scope="session")
def public(page_of: Callable[..., Page]) -> Page:
    return page_of("2025-06", "public")


@pytest.fixture(scope="session")
def week_brief(brief_of: Callable[..., Brief]) -> Brief:
    return brief_of("2025-W24")


@pytest.fixture(scope="session")
def annex(sample_town: Dataset) -> Annex:
    return build_annex(sample_town, period="2025-W24", purpose="Prevention visits")


@pytest.fixture(scope="session")
def written(
    week_brief: Brief,
    annex: Annex,
    ground: Background,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Return the folder of the week's brief, with its annex."""
    out = tmp_path_factory.mktemp("written") / "week"
    write_brief(week_brief, out, background=ground, annex=annex)
    return out
