"""The pages of the plans: what the commands suggest, as tables, reasons and files."""

from __future__ import annotations

import hashlib
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from dataset_site import site_of
from patient import patient
from plan_pages import SENSITIVE, address, plan_of, query_of

from hotspots.core.crs import bng_to_lonlat, shapes_to_metres
from hotspots.outputs.formats.plan_record import plan_record
from hotspots.outputs.plan_folder import write_plan
from hotspots.outputs.printing import Background
from hotspots.tactics.catalogue import TACTICS
from hotspots.tactics.planner import suggest
from hotspots.web import create_app
from hotspots.web.parts.words import sentence
from hotspots.web.plans.files import download_name, plan_files
from hotspots.web.plans.reasons import STARTS, reason_groups


@pytest.fixture(scope="module")
def app(town_app: Any) -> Any:
    return town_app


@pytest.fixture(scope="module")
def results(app: Any) -> Any:
    return app.extensions["hotspots"].now()


@pytest.fixture(scope="module")
def sample(app: Any) -> Any:
    return patient(app)


@pytest.fixture(scope="module")
def toy(dataset: Any, vendor: Path) -> Any:  # noqa: ARG001
    return patient(create_app(site_of(dataset)))


@pytest.fixture(scope="module")
def plans(results: Any) -> dict[str, Any]:
    return {name: plan_of(results, query_of(name, results.choices)) for name in TACTICS}


def words(client: Any, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return unescape(answer.get_data(as_text=True))


@pytest.mark.parametrize("name", ["packs", "operation"])
def test_the_plan_is_the_one_of_the_command(
    results: Any, plans: dict[str, Any], name: str
) -> None:
    made = suggest(results.dataset, name, results.resources)
    assert plan_record(made) == plan_record(plans[name])


# --- the list ---


def test_every_tactic_is_listed_with_what_it_needs(sample: Any, toy: Any) -> None:
    text = words(sample, "/plans")
    for tactic in TACTICS.values():
        assert tactic.title in text
        assert tactic.help in text
        assert f'href="/plans/{tactic.name}"' in text
    assert "list of premises (given)" in text
    assert "fixed cameras (not given)" in text
    assert "list of premises (not given)" in words(toy, "/plans")


# --- the page ---


@pytest.mark.parametrize("name", list(TACTICS))
def test_the_page_holds_every_line_of_every_rationale(
    sample: Any, plans: dict[str, Any], name: str
) -> None:
    text = words(sample, address(name))
    plan = plans[name]
    assert plan.headline in text
    assert plan.marking in text
    for note in plan.notes:
        assert note in text
    for suggestion in plan.suggestions:
        for heading, line in suggestion.rationale():
            assert f"<dt>{heading}</dt><dd>{sentence(line)}</dd>" in text, heading
        assert f'id="suggestion-{suggestion.rank}"' in text  # where the cards point
    for frame in plan.tables.values():
        for value in frame.head(25).row(0):
            if isinstance(value, str) and not re.match(r"\d{4}-|OFFICIAL", value):
                assert f">{value}<" in text


@pytest.mark.parametrize("name", list(TACTICS))
def test_the_map_holds_the_numbers_of_the_table(
    sample: Any, plans: dict[str, Any], name: str
) -> None:
    answer = sample.get(address(name, "/map/plans/"))
    sent = answer.get_json()
    text = words(sample, address(name))
    table = text[text.index('id="plan-table"') : text.index('id="reasons-heading"')]
    rows = re.findall(
        r'<tr class="govuk-table__row" data-rank="(\d+)">(.*?)</tr>', table, re.S
    )
    assert [int(rank) for rank, _ in rows] == [
        one["rank"] for one in sent["suggestions"]
    ]
    for (_, row), one, made in zip(
        rows, sent["suggestions"], plans[name].suggestions, strict=True
    ):
        assert one["name"] == made.name
        assert made.name in row
        assert f">{one['n_eligible']:,}<" in row
        assert one["stability"] == made.stability
        of = made.n_resamples
        again = "–" if of == 0 else f"{round(one['stability'] * of):,} of {of:,}"
        assert f">{again}<" in row
        assert f">{one['value']:,.1f} {one['value_unit']}<" in row
        for other in one["alternatives"]:
            assert f"<li>{other['text']}</li>" in row
    assert {layer["name"] for layer in sent["layers"]} == set(plans[name].layers)
    for layer in sent["layers"]:
        assert len(layer["items"]) == plans[name].layers[layer["name"]].frame.height
        for item in layer["items"]:
            assert item["name"] in text


def test_the_map_sends_only_names_and_geometry(sample: Any) -> None:
    for name in SENSITIVE:
        sent = sample.get(address(name, "/map/plans/")).get_data(as_text=True)
        assert "uprn" not in sent.lower()
        assert "SIM-25" not in sent


def test_the_map_is_not_sent_twice(sample: Any) -> None:
    first = sample.get("/map/plans/packs")
    again = sample.get(
        "/map/plans/packs", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304
    other = sample.get("/map/plans/packs?look_back_days=7")
    assert other.headers["ETag"] != first.headers["ETag"]


def test_streets_are_sent_where_there_are_some(
    sample: Any, results: Any, toy: Any
) -> None:
    sent = sample.get("/map/plans/packs/streets").get_json()
    streets = results.resources.streets
    assert len(sent["lines"]) == len(streets.lines)
    assert sent["names"] == list(streets.names)
    lon, lat = sent["lines"][0][0]
    assert -1.2 < lon < -0.6
    assert 52.5 < lat < 53
    assert toy.get("/map/plans/patrol/streets").get_json()["lines"] == []


def test_of_too_many_streets_the_nearest_are_sent(
    sample: Any,
    results: Any,
    plans: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hotspots.web.plans.data.MAX_STREETS", 100)
    sent = sample.get("/map/plans/marking/streets?n_resamples=10").get_json()
    shapes = [each.geometry for each in plans["marking"].suggestions]
    place = shapes_to_metres(shapely.convex_hull(shapely.union_all(shapes)))
    streets = results.resources.streets
    distance = [place.distance(line) for line in streets.lines]
    wanted = sorted(sorted(range(len(distance)), key=distance.__getitem__)[:100])
    assert sent["names"] == [streets.names[row] for row in wanted]
    assert len(sent["lines"]) == 100
    ends = [line[0] for line in sent["lines"]]
    starts = [lonlat_of(streets.lines[row]) for row in wanted]
    assert np.abs(np.array(ends) - np.array(starts)).max() < 2e-6


def lonlat_of(line: Any) -> tuple[float, float]:
    lon, lat = bng_to_lonlat(*np.array(line.coords[:1]).T)
    return float(lon[0]), float(lat[0])


def test_a_long_list_has_pages_of_its_own(sample: Any, plans: dict[str, Any]) -> None:
    frame = plans["packs"].tables["cocoon_list"]
    assert frame.height > 100
    last = -(-frame.height // 100)
    seen: list[str] = []
    for page in range(1, last + 1):
        text = words(sample, f"/plans/packs/lists/cocoon_list?page={page}")
        assert "OFFICIAL-SENSITIVE" in text
        seen += re.findall(r">(\d{12})</td>", text)
    assert seen == frame["uprn"].to_list()
    assert (
        sample.get(f"/plans/packs/lists/cocoon_list?page={last + 1}").status_code == 400
    )
    assert sample.get("/plans/packs/lists/secret").status_code == 404


@pytest.mark.parametrize("name", list(TACTICS))
def test_a_sensitive_plan_says_so_at_the_top(sample: Any, name: str) -> None:
    text = words(sample, address(name))
    top = text[text.index("<main") : text.index("<h1")]
    assert ("OFFICIAL-SENSITIVE" in top) == (name in SENSITIVE)
    assert "Simulated data." in text


# --- files ---


@pytest.mark.parametrize("name", ["operation", "packs"])
def test_downloads_are_the_bytes_that_the_command_writes(
    sample: Any, results: Any, plans: dict[str, Any], tmp_path: Path, name: str
) -> None:
    ground = Background.from_areas(results.dataset.areas, resources=results.resources)
    written = write_plan(plans[name], tmp_path / name, background=ground)
    wanted = {str(path.relative_to(tmp_path / name)): path for path in written}
    offered_files = {each.path: each for each in plan_files(plans[name])}
    assert set(offered_files) == set(wanted)
    page = words(sample, f"/plans/{name}")
    for path, file in wanted.items():
        assert f'href="/plans/{name}/files/{path}"' in page
        answer = sample.get(f"/plans/{name}/files/{path}")
        assert answer.status_code == 200
        assert _digest(answer.data) == _digest(file.read_bytes()), path
        said = answer.headers["Content-Disposition"]
        saved = download_name(plans[name], offered_files[path])
        assert said == f"attachment; filename={saved}"
        assert re.fullmatch(r"[a-z0-9_\-]+\.[a-z]+", saved)
        assert saved.startswith("official-sensitive_") == (name in SENSITIVE)
        assert name in saved


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize(
    "path",
    ["../plan.json", "tables/../plan.json", "..%2f..%2fetc%2fpasswd", "plan", ""],
)
def test_no_other_file_is_sent(sample: Any, path: str) -> None:
    assert sample.get(f"/plans/packs/files/{path}").status_code == 404


def test_an_option_reaches_the_file(sample: Any) -> None:
    prefix = "/plans/packs/files/official-sensitive_plan.json"
    few = json.loads(sample.get(f"{prefix}?look_back_days=7").data)
    usual = json.loads(sample.get(prefix).data)
    assert few["parameters"]["look_back_days"] == 7
    assert usual["parameters"]["look_back_days"] == 28


# --- groups of reasons ---


def test_the_groups_hold_every_line_once_in_its_order(plans: dict[str, Any]) -> None:
    for plan in plans.values():
        for suggestion in plan.suggestions:
            groups = reason_groups(suggestion)
            assert [group.title for group in groups] == list(STARTS.values())
            lines = [line for group in groups for line in group.lines]
            doing = [line for line in lines if line[0] in ("Do", "Do not")]
            for (_, text), said in zip(
                doing, (suggestion.do, suggestion.do_not), strict=True
            ):
                assert text == " ".join(one.rstrip(".") + "." for one in said)
            assert [line for line in lines if line not in doing] == [
                (heading, sentence(text)) for heading, text in suggestion.rationale()
            ]
