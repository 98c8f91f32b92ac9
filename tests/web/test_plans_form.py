"""What can be asked of a plan: the form, what is refused, and what takes long."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from dataset_site import site_of
from patient import patient
from plan_pages import plan_of
from werkzeug.datastructures import MultiDict

from hotspots.core.errors import ParameterError
from hotspots.core.options import parameters
from hotspots.service import plans
from hotspots.tactics.catalogue import TACTICS
from hotspots.tactics.planner import PlanRequest, suggest
from hotspots.web import create_app
from hotspots.web.plans.form import offered, plan_form, split_options
from hotspots.web.plans.query import LONGEST_VALUE, PlanQuery


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


def words(client: Any, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return unescape(answer.get_data(as_text=True))


# --- the form ---


@pytest.mark.parametrize("name", list(TACTICS))
def test_every_option_that_names_no_file_is_in_the_form(sample: Any, name: str) -> None:
    answer = sample.get(f"/plans/{name}?day=soon")  # the form alone, beside the error
    text = unescape(answer.get_data(as_text=True))
    names = {param.name for param in offered(TACTICS[name])}
    for option in (*names, "day", "from", "to", "only", "officer_generated", "seed"):
        assert f'name="{option}"' in text, option
    left = {param.name for param in parameters(TACTICS[name].options)} - names
    assert left == ({"folder"} if name == "operation" else set())


def option_fields(app: Any, results: Any, tactic: Any) -> list[Any]:
    first, more = split_options(tactic)
    assert len(first) <= 4  # five with the day
    with app.test_request_context():
        form = plan_form(tactic, MultiDict(), results.choices)
        return form.named(first + more)


def test_every_option_has_a_label_and_every_label_an_option(
    app: Any, results: Any
) -> None:
    for tactic in TACTICS.values():
        known = {param.name for param in offered(tactic)}
        shown = option_fields(app, results, tactic)
        assert {each.name for each in shown} == known
        assert len({each.label.text for each in shown}) == len(shown)


def test_what_was_typed_is_kept_in_the_form(sample: Any) -> None:
    text = words(sample, "/plans/packs?look_back_days=14&only=Burglary&seed=7")
    assert re.search(r'name="look_back_days"[^>]*value="14"', text)
    assert re.search(r'name="seed"[^>]*value="7"', text)
    ticked = re.findall(r'name="only"[^>]*value="([^"]*)" checked', text)
    assert ticked == ["Burglary"]
    assert "14 days before" in text


def test_equal_questions_are_one_question(results: Any) -> None:
    choices = results.choices
    tactic = TACTICS["patrol"]
    usual = PlanQuery.from_args(MultiDict(), tactic, choices)
    named = (MultiDict({name: "harm"}) for name in ("lens", "weighting"))
    before, now = (PlanQuery.from_args(each, tactic, choices) for each in named)
    assert before == now != usual
    said = MultiDict(
        {
            "n_areas": "5",
            "lens": "count",
            "seed": "1",
            "officer_generated": "no",
            "day": "",
            "from": "",
            "leave_out": "",
            "base": " ",
        }
    )
    for name in choices.by_default:
        said.add("only", name)
    assert PlanQuery.from_args(said, tactic, choices) == usual
    other = PlanQuery.from_args(MultiDict({"n_areas": "4"}), tactic, choices)
    assert other != usual
    again = PlanQuery.from_args(MultiDict(other.to_args()), tactic, choices)
    assert again == other


def test_no_hint_says_its_label_again(app: Any, results: Any) -> None:
    for tactic in TACTICS.values():
        for field in option_fields(app, results, tactic):
            said = field.description.rstrip(".").replace(",", "")
            assert said.lower() != field.label.text.replace(",", "").lower()


# --- refusals ---


@pytest.mark.parametrize(
    "asked",
    [
        "folder=/etc",
        "folder=",
        "template=/etc/passwd",
        "template=own.toml",
        "template=../../own.toml",
        "template=op-defrost.toml",
    ],
)
@pytest.mark.parametrize(
    "where",
    [
        "/plans/operation?",
        "/map/plans/operation?",
        "/plans/operation/files/plan.json?",
        "/plans/operation/lists/when?",
    ],
)
def test_no_option_reaches_a_file_on_the_server(
    sample: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, asked: str
) -> None:
    text = sample_template()
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    (tmp_path / "op-defrost.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert sample.get(where + asked).status_code == 400


def sample_template() -> str:
    from importlib.resources import files

    folder = files("hotspots") / "tactics" / "operation" / "templates"
    return (folder / "op-defrost.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("patrol?n_areas=0", "“Number of areas” must be at least 1; got 0."),
        (
            "patrol?n_areas=many",
            "“Number of areas” must be a whole number; got 'many'.",
        ),
        ("patrol?n_area=3", "Did you mean 'n_areas'?"),
        (
            "patrol?weighting=gut",
            "“Weighting” must be one of count, harm; got 'gut'.",
        ),
        ("patrol?seed=-1", "“Seed” must be a whole number from 0"),
        ("patrol?seed=99999999999999", "“Seed” must be a whole number from 0"),
        ("patrol?day=31/12/2024", "The first day must be a date such as 2025-07-01"),
        ("patrol?from=soon", "A date must be a month"),
        ("patrol?from=2025-06&to=2024-06", "A window must end after it starts"),
        ("patrol?only=Drugs", "A category must be one that is counted"),
        ("patrol?officer_generated=perhaps", "must be yes or no"),
        ("patrol?days=someday", "days"),
        ("packs?day=1999-01-01", "At least one incident must be left"),
        ("cctv?n_cameras=4&spacing_m=99999", "spacing"),
    ],
)
def test_what_cannot_be_is_said_on_the_page(sample: Any, asked: str, said: str) -> None:
    answer = sample.get(f"/plans/{asked}")
    text = unescape(answer.get_data(as_text=True))
    assert 400 <= answer.status_code < 500
    assert "There is a problem" in text
    summary = text[text.index("There is a problem") : text.index("<h1")]
    assert said in summary
    assert 'id="plan-form"' in text
    body = sample.get(f"/map/plans/{asked}").get_json()
    assert not body["ok"]
    assert body["status"] == answer.status_code


def test_the_error_is_the_one_of_the_library(sample: Any, results: Any) -> None:
    with pytest.raises(ParameterError) as refused:
        suggest(
            results.dataset,
            PlanRequest(tactic="cctv", options={"n_cameras": "0"}),
        )
    said = str(refused.value).replace("n_cameras", "“Number of cameras”")
    text = unescape(sample.get("/plans/cctv?n_cameras=0").get_data(as_text=True))
    assert f'<a href="#n_cameras">{said}</a>' in text
    assert 'id="n_cameras"' in text


def test_a_text_may_not_be_longer_than_a_line_or_two(sample: Any) -> None:
    assert sample.get(f"/plans/youth?veto={'a' * LONGEST_VALUE}").status_code != 500
    answer = sample.get(f"/plans/youth?veto={'a' * (LONGEST_VALUE + 1)}")
    assert answer.status_code == 400
    assert f"at most {LONGEST_VALUE} characters" in answer.get_data(as_text=True)


@pytest.mark.parametrize("where", ["/plans/", "/map/plans/"])
def test_a_tactic_that_is_not_there_is_not_found(sample: Any, where: str) -> None:
    for name in ("horoscope", "../cells", "__class__"):
        assert sample.get(where + name).status_code == 404


@pytest.mark.parametrize("name", list(TACTICS))
def test_without_resources_the_page_says_what_is_missing_or_does_without(
    toy: Any, name: str
) -> None:
    answer = toy.get(f"/plans/{name}")
    text = unescape(answer.get_data(as_text=True))
    if answer.status_code == 200:
        assert "data-rationale" in text
    else:
        assert 400 <= answer.status_code < 500
        summary = text[text.index("There is a problem") : text.index("<h1")]
        assert len(summary) > 120
    if name == "marking":
        assert answer.status_code in (400, 422)
        assert "premises" in text
    assert "<b>ward</b>" not in answer.get_data(as_text=True)
    assert "<img src=x" not in answer.get_data(as_text=True)


# --- places left out ---


def test_a_place_that_is_left_out_is_not_suggested(sample: Any, results: Any) -> None:
    usual = plan_of(results, PlanQuery(tactic="operation"))
    street = usual.suggestions[0].name.partition(",")[0]
    text = words(sample, f"/plans/operation?leave_out={street}")
    assert f'value="{street}"' in text
    table = text[text.index('id="plan-table"') : text.index('id="reasons-heading"')]
    assert f"{street}," not in table
    refused = sample.get("/plans/operation?leave_out=ab")
    assert refused.status_code == 400


# --- long work ---


def test_a_plan_that_takes_long_shows_a_bar_and_is_made_once(
    results: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = results.kept.site
    made: list[PlanRequest] = []
    own = plans.suggest

    def counted(dataset: Any, query: PlanRequest, *args: Any) -> Any:
        made.append(query)
        return own(dataset, query, *args)

    monkeypatch.setattr(plans, "suggest", counted)
    apps = [create_app(site) for _ in range(2)]  # as two processes answer for one site
    for each in apps:
        each.config["WTF_CSRF_ENABLED"] = False
    client, beside = (each.test_client() for each in apps)
    paths = ("/plans/operation?seed=31", "/plans/operation?seed=32", "/plans/packs")
    assert "data-job" not in client.get(paths[0]).get_data(as_text=True)
    for path in paths[:2]:
        sent = client.post(path)
        assert (sent.status_code, sent.location) == (303, path)
    beside.post(paths[0])
    pages = [client.get(path).get_data(as_text=True) for path in paths[:2]]
    pages.append(beside.get(paths[0]).get_data(as_text=True))
    jobs = [re.search(r'data-job="([^"]+)"', page) for page in pages]
    assert all(jobs)
    assert jobs[0][1] == jobs[2][1] != jobs[1][1]
    for page in pages:
        assert "<progress" in page
        assert "Look again" in page  # without scripts
        assert 'id="plan-form"' in page
        assert "data-rationale" not in page
    assert made == []
    assert client.get(jobs[0][1]).get_json()["state"] == "running"
    client.post(f"{jobs[1][1]}/cancel")
    plan = plan_of(results, PlanQuery(tactic="operation", seed=31))
    assert client.get(jobs[0][1]).get_json()["state"] == "done"
    for each in (client, beside):
        assert plan.headline in words(each, paths[0])
    assert len(made) == 1
    stopped = client.get(paths[1])
    assert stopped.status_code == 503
    assert "Ask for it again" in stopped.get_data(as_text=True)


def test_of_a_plan_that_cannot_be_only_the_reason_is_kept(toy: Any) -> None:
    for _ in range(2):
        refused = toy.get("/plans/marking")
        assert refused.status_code in (400, 422)
        assert "premises" in refused.get_data(as_text=True)
