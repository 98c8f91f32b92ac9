"""The pages without a browser: everything the map shows stands in a table."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from dataset_site import site_of
from patient import patient

from hotspots.web import WebSettings, create_app
from hotspots.workflow import Parameters, analyse

NASTY = "<img src=x onerror=alert(1)>"


def page(client: Any, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return str(answer.get_data(as_text=True))


def test_the_list_has_every_hotspot_with_its_reasons(client: Any, dataset: Any) -> None:
    text = html.unescape(page(client, "/"))
    for hotspot in analyse(dataset).hotspots:
        assert f'data-rank="{hotspot.rank}"' in text
        assert hotspot.why in text
        assert hotspot.name in text


@pytest.mark.parametrize("page", ["/", "/cells", "/rejects"])
def test_every_page_of_a_made_up_town_says_so(client: Any, page: str) -> None:
    assert "Simulated data." in client.get(page).get_data(as_text=True)


def test_simulated_and_local_are_said(client: Any) -> None:
    for path in ("/", "/cells", "/rejects"):
        text = page(client, path)
        assert "imulated data" in text
        assert "answers only on this computer" in text
        assert "no accounts" in text


def test_markup_in_the_data_stays_text(client: Any) -> None:
    for path in ("/", "/cells", "/rejects"):
        text = page(client, path)
        assert NASTY not in text
        assert "<b>" not in text
    assert html.escape(NASTY, quote=False) in page(client, "/")


def test_the_form_shows_what_was_chosen(client: Any) -> None:
    text = page(client, "/?category=Burglary&from=2024-01&area=W2&layer=gi_star")
    for value in ("Burglary", "gi_star"):
        assert re.search(rf'value="{value}"[^>]* checked', text), value
    for value in ("2024-01", "W2"):
        assert re.search(rf'value="{value}"[^>]* selected', text), value
    assert not re.search(r'value="Vehicle crime"[^>]* checked', text)
    assert "January 2024 to June 2025" in text


def test_links_carry_the_filters_on(client: Any) -> None:
    text = html.unescape(page(client, "/?category=Burglary&area=W2"))
    for path in ("/cells", "/rejects", "/download/map.html", "/map/cells"):
        assert f"{path}?category=Burglary&area=W2" in text, path


def test_a_mistake_is_said_beside_its_field_and_the_rest_is_kept(client: Any) -> None:
    answer = client.get("/?category=Burglary&from=2025-06&to=2024-01")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "There is a problem" in text
    assert 'href="#from"' in text
    assert 'id="from-error"' in text
    assert "A window must end after it starts" in text
    assert re.search(r'value="Burglary"[^>]* checked', text)
    assert "<title>Error: " in text
    assert 'id="map"' not in text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/?colour=red", 400),
        ("/?area=%3Cscript%3E", 400),
        ("/?from=2019-01&to=2019-02", 400),
        ("/cells?page=99", 400),
        ("/cells?sort=up", 400),
        ("/rejects?status=lost", 400),
        ("/nowhere", 404),
    ],
)
def test_bad_questions_are_answered_politely(
    client: Any, path: str, status: int
) -> None:
    answer = client.get(path)
    text = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert "<script>" not in text
    assert ("There is a problem" in text) == (status == 400)


def test_all_cells_can_be_paged_through(client: Any, dataset: Any) -> None:
    table = analyse(dataset).cells_table
    first = page(client, "/cells")
    n_pages = -(-table.height // 10)
    assert n_pages > 1
    assert "govuk-pagination" in first
    seen = [
        cell
        for number in range(1, n_pages + 1)
        for cell in re.findall(
            r">(8a[0-9a-f]{13})<", page(client, f"/cells?page={number}")
        )
    ]
    assert sorted(seen) == table["cell"].to_list()


def test_every_row_is_accounted_for(client: Any, dataset: Any) -> None:
    summary = analyse(dataset).summary
    text = page(client, "/rejects")
    assert f"{summary['rows_read']:,} rows were read" in text
    assert "no coordinates" in text
    assert html.escape("31/02/2024 <b>") in text
    excluded = page(client, "/rejects?status=excluded")
    assert "category left out: Drugs" in excluded
    rows = re.findall(r"govuk-table__cell--numeric\"\s*>([\d,]+)</td>", text)
    numbers = [int(row.replace(",", "")) for row in rows]
    total = numbers.index(summary["rows_read"])
    assert sum(numbers[:total]) == summary["rows_read"]


def test_an_analysis_is_made_once_for_every_process(
    dataset: Any,
    vendor: Any,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from hotspots.service import analyses

    made: list[Parameters] = []

    def counted(data: Any, parameters: Parameters, **options: Any) -> Any:
        made.append(parameters)
        return analyse(data, parameters, **options)

    monkeypatch.setattr(analyses, "analyse", counted)
    site = site_of(dataset)
    first, second = (
        patient(create_app(site, WebSettings(n_views_kept=n))) for n in (2, 16)
    )
    for path in ("/", "/cells", "/map/cells", "/?layer=density", "/?area="):
        page(first, path)
    assert len(made) == 1
    for path in ("/?area=W1", "/?area=W2", "/"):
        page(first, path)
        assert second.get(f"/map/cells{path[1:]}").json["ok"]
    assert len(made) == 3


def test_missing_front_end_files_are_named(
    dataset: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    import flask

    from hotspots.core.errors import OutputError

    monkeypatch.setattr(flask.Flask, "static_folder", str(tmp_path))
    with pytest.raises(OutputError, match=r"tools/fetch_assets\.py"):
        create_app(site_of(dataset))
