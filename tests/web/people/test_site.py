"""The pages of the site itself: areas come and go, the log says so."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import shapely

from hotspots.service import open_site
from hotspots.service.datasets import current_version
from hotspots.web import create_app


@pytest.fixture
def client(demonstration: Path, tmp_path: Path, vendor: Path) -> Any:  # noqa: ARG001
    shutil.copytree(demonstration, tmp_path / "site")
    site = open_site(tmp_path / "site")
    app = create_app(site)
    app.config["WTF_CSRF_ENABLED"] = False
    yield app.test_client()
    site.close()


def shown(client: Any, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def file_of(name: str) -> tuple[io.BytesIO, str]:
    shape = json.loads(shapely.to_geojson(shapely.box(-0.9, 52.75, -0.89, 52.76)))
    feature = {"type": "Feature", "properties": {"name": name}, "geometry": shape}
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    return io.BytesIO(text.encode()), "beats.geojson"


def test_areas_are_added_end_and_stand_in_the_log(client: Any) -> None:
    told = {"file": file_of("Beat <1>"), "kind": "beat"}
    client.post("/areas", data=told)
    text = shown(client, "/areas")
    assert "Beat &lt;1&gt;" in text
    assert "count from now on" in text
    ends = text.partition("beats.geojson")[2].partition('action="')[2]
    client.post(ends.partition('"')[0])
    assert "Beat &lt;1&gt;" not in shown(client, "/areas")
    log = shown(client, "/audit")
    assert ">areas.add<" in log
    assert ">areas.end<" in log


@pytest.mark.parametrize("name", ["a.csv", "..", "a/.."])
def test_a_file_that_holds_no_areas_is_refused_and_nothing_changes(
    client: Any, name: str
) -> None:
    told = {"file": (io.BytesIO(b"no,areas\n1,2\n"), name), "kind": "beat"}
    client.post("/areas", data=told)
    text = shown(client, "/areas")
    assert "app-notice--problem" in text
    assert "a.csv</th>" not in text


def test_the_log_is_checked_and_taken_away(client: Any) -> None:
    client.post("/audit")
    assert "entries are as they were written" in shown(client, "/audit")
    lines = client.get("/audit.jsonl").get_data(as_text=True).splitlines()
    assert [json.loads(line)["number"] for line in lines] == [*range(1, len(lines) + 1)]


def test_settings_say_what_the_site_is_told(client: Any) -> None:
    text = shown(client, "/settings")
    assert "Demonstration partnership (simulated)" in text
    assert "fixed for a demonstration" in text


def change(client: Any, **told: str) -> str:
    """Send the form of the settings as it stands, but for what is told."""
    text = shown(client, "/settings")
    seen = text.partition('name="seen"')[2].partition('value="')[2].partition('"')[0]
    usual = {"seen": seen, "name": "Town", "with_institutions": "no"}
    return post(client, usual | told)


def post(client: Any, told: dict[str, str]) -> str:
    answer = client.post("/settings", data=told, follow_redirects=True)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def test_settings_change_for_every_process_and_stand_in_the_log(
    client: Any, tmp_path: Path
) -> None:
    other = open_site(tmp_path / "site")
    with other.store.reading() as session:
        version = current_version(session)
    text = change(client, name="Brindleford <b>", purge="Sunday 03:00")
    assert "Brindleford &lt;b&gt;" in text
    assert other.settings.name == "Brindleford <b>"
    assert other.settings.schedules == {"purge": "Sunday 03:00"}
    assert other.settings.today  # what is not in the form stays
    log = shown(client, "/audit")
    assert ">settings.change<" in log
    assert "Sunday 03:00" in log
    change(client, name="Brindleford <b>", purge="Sunday 03:00", leave_out="Mill Lane")
    with other.store.reading() as session:
        assert current_version(session) == version + 1
    assert other.apart().leave_out == "Mill Lane"
    other.close()


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"name": " "}, "must have a name"),
        ({"backup": "daily"}, "a weekday and a time"),
        ({"leave_out": "x"}, "leave_out"),
        ({"seen": "before"}, "somebody has changed them"),
    ],
)
def test_settings_that_cannot_be_are_refused_and_nothing_changes(
    client: Any, tmp_path: Path, told: dict[str, str], why: str
) -> None:
    before = (tmp_path / "site" / "site.toml").read_bytes()
    assert why in change(client, **told)
    assert (tmp_path / "site" / "site.toml").read_bytes() == before
    assert ">settings.change<" not in shown(client, "/audit")


def test_while_the_settings_cannot_be_read_the_site_goes_by_the_last(
    client: Any, tmp_path: Path
) -> None:
    shown(client, "/settings")
    (tmp_path / "site" / "site.toml").write_text("name = ")
    assert "Demonstration partnership" in shown(client, "/settings")
