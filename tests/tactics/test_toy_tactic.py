"""A tactic from outside: its folder and one line of the catalogue are enough."""

from __future__ import annotations

import csv
import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from dataset_site import site_of
from patient import patient
from town import sample_town

from hotspots.core.window import Window
from hotspots.register.deployments import delivery_table, read_deployments
from hotspots.register.tactics import CATALOGUE
from hotspots.samples import sample_paths
from hotspots.tactics.catalogue import TACTICS
from hotspots.tactics.planner import PlanRequest, suggest
from hotspots.web import create_app
from hotspots.workflow import Dataset

CODE = '''
"""Street lighting: mend the lamps of the ward with most reports."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from hotspots.core.options import check_fields, option
from hotspots.tactics.backtest import Covers, Trial
from hotspots.tactics.rationale import drivers
from hotspots.tactics.tactic import Place, Proposal, Tactic


@dataclass(frozen=True, kw_only=True)
class LightOptions:
    n_lamps: int = option(3, help="How many lamps.", ge=1, label="Lamps", first=True)

    def __post_init__(self):
        check_fields(self)


def solve(options, context):
    areas, at = context.dataset.areas, context.dataset.area_of_place

    def most(incidents):
        return int(np.bincount(at[incidents.frame["place"].to_numpy()]).argmax())

    def choose(training, _day):
        ward = most(training)
        return Covers(lambda later: at[later.frame["place"].to_numpy()] == ward)

    ward, used = most(context.recent), context.recent
    here = used.select(pl.Series(at[used.frame["place"].to_numpy()] == ward))
    place = Place(
        name=areas.frame["name"][ward],
        geometry=areas.geometry[ward],
        what=f"Mend {options.n_lamps} lamps.",
        when="At dusk.",
        dose="Once.",
        expires=context.day + dt.timedelta(days=28),
        drivers=drivers(here, used, where="here"),
        lasting=None,
        n_eligible=here.n,
        n_ineligible=0,
        per_day=float(context.per_day(here).sum()),
        value=float(here.n),
        solution="Every ward was counted.",
        stability=None,
        control_note="None is kept.",
    )
    return Proposal(
        places=(place,),
        headline=f"{here.n} of {used.n} incidents are there. {{backtest}}",
        used=used,
        measured="incidents here",
        weeks=4,
        covers=Trial(choose=choose, baselines={"the same": choose}, days=28),
        eligibility="All count.",
        value_unit="incidents",
        n_resamples=0,
        no_alternative="One ward is chosen.",
        tables={"lamps": pl.DataFrame({"rank": [1], "n_lamps": [options.n_lamps]})},
    )


LIGHTS = Tactic(
    name="lights", options=LightOptions, solve=solve, words="lights.toml",
    uses=("columns",),
)
'''
WORDS = """
title = "Street lighting"
help = "Choose where lamps are mended."
suggests = "wards whose lamps are mended"
dpia = "To be completed: no person is involved."
equality = "To be completed: who walks there."
do = ["Mend {n_lamps} lamps."]
do_not = ["Do not leave one out."]
[rating]
words = "Promising."
found = ["A study"]
null = ["None known"]
[tables]
lamps = "Lamps to mend"
[headings]
n_lamps = "Number of lamps"
"""
LINE = "lights_from_outside:LIGHTS"
COMMAND = (
    "import sys; from hotspots.register.tactics import CATALOGUE;"
    f"CATALOGUE['lights'] = '{LINE}';"
    "from hotspots.__main__ import main; sys.exit(main())"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("outside")
    package = path / "lights_from_outside"
    package.mkdir()
    (package / "__init__.py").write_text(CODE, encoding="utf-8")
    (package / "lights.toml").write_text(WORDS, encoding="utf-8")
    return path


@pytest.fixture
def added(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setitem(CATALOGUE, "lights", LINE)
    yield
    sys.modules.pop("lights_from_outside", None)


@pytest.fixture(scope="module")
def town() -> Dataset:
    return sample_town()


def run(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "suggest", *words],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "", "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_gets_a_command_with_every_file(folder: Path, root: Path) -> None:
    assert "Choose where lamps are mended." in run(folder, "--help")
    assert "--n-lamps" in run(folder, "lights", "--help")
    incidents, areas = sample_paths()
    given = [str(incidents), *(f"--areas={path}" for path in areas)]
    said = run(folder, "lights", *given, "--n-lamps", "5", "--out", "out", "--full")
    assert "Street lighting" in said
    assert "it captured" in said
    out = folder / "out"
    record = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert (record["tactic"], record["parameters"]["n_lamps"]) == ("lights", 5)
    suggestion = record["suggestions"][0]
    assert suggestion["do"] == ["Mend 5 lamps."]
    assert suggestion["dpia"].startswith("To be completed")
    headings = [line["heading"] for line in suggestion["rationale"]]
    for line in ("Backtest", "Smallest effect we could see", "Comparison places"):
        assert line in headings
    with (out / "tables" / "lamps.csv").open(encoding="utf-8-sig") as stream:
        row = next(csv.DictReader(stream))
    assert row["expires"] == suggestion["expires"]
    for name in (
        "*_cards.pdf",
        "suggestions.gpkg",
        "suggestions.gpx",
        "suggestions.kml",
    ):
        assert [path.stat().st_size > 0 for path in out.glob(name)] == [True]
    assert str(root).encode() not in (out / "plan.json").read_bytes()


@pytest.mark.usefixtures("added")
def test_it_gets_a_form_and_a_page(town: Dataset, root: Path) -> None:
    if not (root / "web" / "static" / "vendor").is_dir():
        pytest.skip("front-end files are not fetched: python tools/fetch_assets.py")
    client = patient(create_app(site_of(town)))
    index = unescape(client.get("/plans").get_data(as_text=True))
    assert "Street lighting" in index
    sent = client.get("/map/plans/lights?n_lamps=4").get_json()
    text = unescape(client.get("/plans/lights?n_lamps=4").get_data(as_text=True))
    for words in ('for="n_lamps"', "Lamps to mend", "Number of lamps", "Mend 4 lamps"):
        assert words in text, words
    assert client.get("/plans/lights?n_lamps=0").status_code == 400
    assert sent["suggestions"][0]["name"] in text


@pytest.mark.usefixtures("added")
def test_python_asks_for_it_as_for_any_other(town: Dataset) -> None:
    asked = PlanRequest(tactic="lights", options={"n_lamps": "2"}, seed=4)
    plan = suggest(town, asked)
    assert (plan.tactic, plan.title, plan.seed) == ("lights", "Street lighting", 4)
    assert plan.suggestions[0].backtest.n_folds == 6
    assert plan.suggestions[0].cautions  # judged by the time that chose it


@pytest.mark.usefixtures("added")
def test_it_gets_rows_in_the_brief(tmp_path: Path) -> None:
    path = tmp_path / "deployments.csv"
    path.write_text(
        "id,tactic,place,provider,from,status\n"
        "D1,lights,Mill Lane,council,10/06/2025 09:00,done\n",
        encoding="utf-8",
    )
    window = Window(start=dt.date(2025, 6, 9), end=dt.date(2025, 6, 16))
    table = delivery_table(read_deployments(path), window)
    assert "Street lighting" in table.rows["tactic"].to_list()


@pytest.mark.usefixtures("added")
def test_it_gets_an_entry_in_the_documents() -> None:
    assert TACTICS["lights"].docs_row == (
        "| `lights` | wards whose lamps are mended | | `--columns` |"
    )


def test_the_planners_page_has_the_row_of_every_tactic(root: Path) -> None:
    text = (root / "docs" / "planner.md").read_text(encoding="utf-8").splitlines()
    rows = [tactic.docs_row for tactic in TACTICS.values()]
    first = text.index(rows[0])
    assert text[first : first + len(rows)] == rows
