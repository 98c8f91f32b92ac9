"""Sheets of paper: one page each, every place by the number that its map has."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest
from patient import patient

from hotspots.service import open_site
from hotspots.store.models import Meeting
from hotspots.store.queries import find
from hotspots.web import create_app

MM = 72 / 25.4


@pytest.fixture(scope="module")
def site(
    demonstration: Path,
    tmp_path_factory: pytest.TempPathFactory,
    vendor: Path,  # noqa: ARG001
) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("paper") / "site"
    shutil.copytree(demonstration, folder)
    opened = open_site(folder)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(site: Any) -> Any:
    return patient(create_app(site))


def page_of(client: Any, path: str) -> Any:
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    [page] = pypdf.PdfReader(io.BytesIO(answer.get_data())).pages
    return page


def test_a_shift_is_one_a4_with_every_area_and_its_grid_reference(client: Any) -> None:
    page = page_of(client, "/paper/shift.pdf")
    assert float(page.mediabox.width) == pytest.approx(210 * MM, abs=1)
    said = " ".join(page.extract_text().split())
    assert "Areas of 1 July 2025" in said
    assert "SK 7514 1903" in said
    assert "nothing here is real" in said


def test_a_meeting_is_one_a4_with_its_decisions_to_take(site: Any, client: Any) -> None:
    with site.store.reading() as session:
        last = find(session, Meeting)[-1].id
    said = " ".join(
        page_of(client, f"/paper/meetings/{last}.pdf").extract_text().split()
    )
    for words in (
        "Joint Action Group, July",
        "To decide",
        "Youth sessions",
        "9 visits",
    ):
        assert words in said


def test_a_wall_map_is_an_a3_at_the_scale_that_was_chosen(client: Any) -> None:
    page = page_of(client, "/paper/wall.pdf?paper=A3&scale=10000")
    assert float(page.mediabox.width) == pytest.approx(420 * MM, abs=1)
    said = " ".join(page.extract_text().split())
    assert "Scale 1 : 10,000 on A3." in said
    assert "OFFICIAL" in said


def test_paper_and_scale_that_are_not_offered_are_refused(client: Any) -> None:
    assert client.get("/paper/wall.pdf?paper=A0").status_code == 400
    assert client.get("/paper/wall.pdf?scale=123").status_code == 400
