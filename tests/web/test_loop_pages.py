"""The pages of the loop on the demonstration: decide, own, deploy, walk, measure."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from patient import patient
from site_fixture import HEADER, finish, row

from hotspots.core.errors import ConflictError, RightsError
from hotspots.rights import Actor
from hotspots.service import Site, briefs, open_site
from hotspots.service.decisions import UNDONE_WITHIN
from hotspots.service.demonstration import PEOPLE
from hotspots.service.handlers import worker_of
from hotspots.store.models import Batch, Decision, Job, Meeting, Place, Task, Visit
from hotspots.store.queries import find
from hotspots.web import create_app

SMALL = "Reference,From,Category,Easting,Northing,Address\n"


@pytest.fixture
def site(demonstration: Path, tmp_path: Path) -> Iterator[Site]:
    shutil.copytree(demonstration, tmp_path / "site")
    opened = open_site(tmp_path / "site")
    yield opened
    opened.close()


@pytest.fixture
def client(site: Site, vendor: Path) -> Any:  # noqa: ARG001
    app = create_app(site)
    app.config["WTF_CSRF_ENABLED"] = False
    return patient(app)


def rows(site: Site, table: Any, **equals: Any) -> list[Any]:
    with site.store.reading() as session:
        return find(session, table, **equals)


def words(answer: Any) -> str:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    text = re.sub(
        r"<(script|style).*?</\1>|<[^>]+>", " ", answer.get_data(as_text=True)
    )
    return " ".join(unescape(text).split())


def test_home_says_what_needs_whoever_asks(client: Any) -> None:
    said = words(client.get("/home"))
    assert "Mobile CCTV, Market Place" in said
    assert "Overdue due 20 June 2025" in said
    assert "7 suggestions wait for a decision. Joint Action Group, July" in said
    assert "3 areas to walk today , 0 done" in said
    assert "Police: to 30 June 2025" in said


def test_the_meeting_shows_what_came_of_the_last(site: Site, client: Any) -> None:
    before, now = rows(site, Meeting)[1:]
    said = words(client.get(f"/meetings/{now.id}"))
    assert "What was decided last time (3 June 2025)" in said
    assert "9 visits, 135 minutes" in said
    assert "Two sessions" not in said.partition("Overdue")[0]  # its title is short
    first = words(client.get(f"/meetings/{before.id}"))
    assert "Cannot tell. Against comparison" in first
    assert "Road works close the street until May." in first


def suggestion_of(client: Any, meeting: str) -> str:
    page = client.get(f"/meetings/{meeting}").get_data(as_text=True)
    found = re.search(r"/suggestions/(\w+)/decide", page)
    assert found is not None
    return found[1]


def decide(client: Any, id: str, **told: str) -> str:
    answers = {f"d{id}-{name}": value for name, value in told.items()}
    return words(
        client.post(
            f"/suggestions/{id}/decide",
            data={**answers, "back": "/home"},
            follow_redirects=True,
        )
    )


ACCEPTED = {
    "verdict": "accept",
    "reason": "It leads.",
    "owner_agency": "police",
    "owner_role": "Sergeant",
    "due": "2025-07-20",
}


def test_a_suggestion_is_accepted_where_it_stands_and_undone(
    site: Site, client: Any
) -> None:
    meeting = rows(site, Meeting)[-1]
    id = suggestion_of(client, meeting.id)
    before = len(rows(site, Task))
    assert "It can be undone for ten minutes" in decide(client, id, **ACCEPTED)
    made = rows(site, Decision, suggestion_id=id)[0]
    (task,) = rows(site, Task, decision_id=made.id)
    assert (task.owner_agency, task.due) == ("police", dt.date(2025, 7, 20))
    again = decide(client, id, **ACCEPTED)
    assert "a suggestion is decided on once" in again
    client.post(f"/decisions/{made.id}/undo")
    assert rows(site, Decision, suggestion_id=id) == []
    assert len(rows(site, Task)) == before


def test_what_is_missing_of_a_decision_is_said(site: Site, client: Any) -> None:
    id = suggestion_of(client, rows(site, Meeting)[-1].id)
    assert "Reason is needed" in decide(client, id, **{**ACCEPTED, "reason": ""})
    said = decide(client, id, **{**ACCEPTED, "verdict": "change"})
    assert "to change a suggestion, say" in said
    assert rows(site, Decision, suggestion_id=id) == []


def test_a_decision_stays_once_somebody_worked_on_it(site: Site, client: Any) -> None:
    id = suggestion_of(client, rows(site, Meeting)[-1].id)
    decide(client, id, **ACCEPTED)
    made = rows(site, Decision, suggestion_id=id)[0]
    (task,) = rows(site, Task, decision_id=made.id)
    client.post(f"/tasks/{task.id}/comments", data={"text": "Begun."})
    client.post(f"/decisions/{made.id}/undo")
    assert rows(site, Decision, suggestion_id=id) != []
    assert dt.timedelta(minutes=10) == UNDONE_WITHIN


def test_a_plan_is_kept_and_then_decided_on(site: Site, client: Any) -> None:
    path = "/plans/patrol?n_areas=2"
    assert "Keep this plan" in words(client.get(path))
    kept = client.post("/plans/patrol/keep?n_areas=2")
    id = re.search(r"kept=(\w+)", kept.headers["Location"])
    assert id is not None
    assert "The plan is being kept" in words(client.get(kept.headers["Location"]))
    assert finish(site, id[1]).state == "done"
    assert "Accept, change or decline" in words(client.get(path))


def test_a_task_is_changed_only_as_it_was_seen(site: Site, client: Any) -> None:
    task = rows(site, Task, status="open")[0]
    told = {
        "seen": str(task.version),
        "status": "in progress",
        "due": task.due.isoformat(),
        "owner_role": "Inspector",
        "osara": "response",
    }
    client.post(f"/tasks/{task.id}", data=told)
    assert rows(site, Task, id=task.id)[0].owner_role == "Inspector"
    said = words(client.post(f"/tasks/{task.id}", data=told, follow_redirects=True))
    assert "somebody else has changed it since" in said


def test_a_deployment_is_registered_and_its_outcome_asked_for(
    site: Site, client: Any
) -> None:
    task = rows(site, Task, tactic="youth")[0]
    none = client.post(f"/tasks/{task.id}/outcomes", follow_redirects=True)
    assert "Register what was deployed first" in words(none)
    told = {"provider": "Detached team", "begins": "2025-06-20"}
    client.post(f"/tasks/{task.id}/deployments", data=told)
    asked = client.post(f"/tasks/{task.id}/outcomes")
    assert "asked=" in asked.headers["Location"]
    assert rows(site, Job, kind="outcome")[-1].state == "queued"


def test_a_place_has_its_history_under_one_name(site: Site, client: Any) -> None:
    place = next(each for each in rows(site, Place) if each.number == 1)
    said = words(client.get(f"/places/{place.id}"))
    assert place.name in said
    assert re.search(
        r"\d+ in June 2025 : usual \(usual range \d+ to \d+ a month\)", said
    )
    assert "Shoplifting" in said
    assert "Cannot tell. Against comparison" in said
    assert place.name in words(client.get("/places"))


def test_a_place_gives_its_cards_outline_and_months(site: Site, client: Any) -> None:
    place = next(each for each in rows(site, Place) if each.number == 1)
    page = client.get(f"/places/{place.id}").get_data(as_text=True)
    cards = re.findall(r'href="(/places/\w+/cards/\w+\.pdf)"', page)
    assert cards
    with client.get(cards[0]) as answer:
        assert answer.data.startswith(b"%PDF")
    other = next(each for each in rows(site, Place) if each.number == 2)
    wrong = cards[0].replace(place.id, other.id)
    assert client.get(wrong).status_code == 404
    outline = client.get(f"/places/{place.id}/outline.geojson").get_json()
    assert outline["properties"]["name"] == place.name
    assert outline["geometry"] == place.geometry
    sent = client.get(f"/places/{place.id}/months.csv").get_data()
    months = sent.decode("utf-8-sig").splitlines()
    assert months[0] == "month,incidents"
    assert months[-1].startswith("2025-06,")
    assert "Open tasks" in page


def test_a_visit_is_written_down_once_however_often_it_is_sent(
    site: Site, client: Any
) -> None:
    page = client.get("/shift/").get_data(as_text=True)
    path = re.findall(r'data-tap="([^"]+)"', page)[0]
    told = {"start": "2025-07-01T18:05", "end": "2025-07-01T18:21"}
    before = len(rows(site, Visit))
    answers = [client.post(path, json=told) for _ in range(3)]
    assert {each.status_code for each in answers} == {200}
    assert len(rows(site, Visit)) == before + 1
    assert "1 of 3 areas done · 16 minutes there" in words(client.get("/shift/"))
    wrong = client.post(path, json={"start": "now"})
    assert (wrong.status_code, wrong.get_json()["ok"]) == (400, False)


def test_a_visit_by_the_form_is_of_today(site: Site, client: Any) -> None:
    page = client.get("/shift/").get_data(as_text=True)
    path = re.findall(r'data-tap="([^"]+)"', page)[1]
    client.post(path, data={"start": "19:00", "end": "19:15"})
    assert rows(site, Visit)[-1].start == "2025-07-01T19:00"


def upload(client: Any, text: str, feed: str = "council") -> str:
    sent = {"files": (io.BytesIO(text.encode()), "week.csv"), "feed": feed}
    answer = client.post("/imports/", data=sent)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def test_files_are_recognised_tried_imported_and_undone(
    site: Site, client: Any
) -> None:
    rows_sent = "".join(row(f"C{k}") for k in range(20))
    strange = row("C99").replace("Burglary", "Odd happening")
    check = upload(client, HEADER + rows_sent + strange)
    said = words(client.get(check))
    assert "What was recognised" in said
    assert "What are these? " in said
    assert "Odd happening" in said
    id = check.split("/")[2]
    mapping = {
        "feed": "council",
        "column.reference": "Reference",
        "column.start": "From",
        "column.category": "Category",
        "column.easting": "Easting",
        "column.northing": "Northing",
    }
    tried = client.post(f"/imports/{id}/try", data=mapping)
    there = tried.headers["Location"]
    dry = client.get(there)
    assert "Nothing was imported. council: 21 rows read; 21 new" in words(dry)
    assert rows(site, Batch)[-1].rows_read == 12_089  # nothing is kept yet
    profile = unescape(
        re.search(r'name="profile" value="([^"]+)"', dry.get_data(as_text=True))[1]  # type: ignore[index]
    )
    assert '"Odd happening" = "Odd happening"' in profile
    client.post(f"/imports/{id}", data={"feed": "council", "profile": profile})
    assert finish(site, id).state == "done"
    one = words(client.get(f"/imports/{id}"))
    assert "21 new" in one
    assert "Undo this import" in one
    assert "council" in words(client.get("/imports/"))
    client.post(f"/imports/{id}/undo")
    assert "Undone." in words(client.get(f"/imports/{id}"))


def test_a_mapping_that_lacks_something_says_so(client: Any) -> None:
    check = upload(client, HEADER + row("C1"))
    id = check.split("/")[2]
    answer = client.post(
        f"/imports/{id}/try", data={"feed": "council", "column.start": "From"}
    )
    said = words(client.get(answer.headers["Location"], follow_redirects=True))
    assert "category" in said
    assert "What was recognised" in said


def test_no_file_and_a_forgotten_upload_are_said(client: Any) -> None:
    none = client.post("/imports/", data={"feed": "x"}, follow_redirects=True)
    assert "an import must have from 1 to" in words(none)
    gone = client.get("/imports/absent/check?feed=x", follow_redirects=True)
    assert "Upload them again" in words(gone)


def test_a_brief_is_asked_for_and_read(site: Site, client: Any) -> None:
    said = words(client.get("/briefs"))
    assert "Weekly hotspot brief" in said
    page = client.get("/briefs").get_data(as_text=True)
    pdf = re.search(r'href="(/briefs/\w+/[^"]+\.pdf)"', page)
    assert pdf is not None
    with client.get(pdf[1]) as answer:
        assert answer.data.startswith(b"%PDF")
    told = {"period": "2025-06", "audience": "partner"}
    client.post("/briefs", data=told)
    assert rows(site, Job, kind="brief")[-1].arguments["period"] == "2025-06"
    bad = client.post("/briefs", data={**told, "period": "June"}, follow_redirects=True)
    assert "app-notice--problem" in bad.get_data(as_text=True)


@pytest.mark.parametrize(
    ("role", "sees", "not_"),
    [
        ("analyst", ["/imports/", "/tasks", "/home"], ["/shift/worker"]),
        ("jag-member", ["/tasks", "/meetings", "/home"], ["/imports/", "/rejects"]),
        ("auditor", ["/home", "/imports/"], ["/rejects"]),
        ("administrator", ["/home"], ["/tasks", "/imports/", "/", "/places"]),
    ],
)
def test_each_role_sees_its_pages_and_no_other(
    client: Any,
    monkeypatch: pytest.MonkeyPatch,
    role: str,
    sees: list[str],
    not_: list[str],
) -> None:
    who = Actor(id="a", name="A", roles=frozenset({(role, "police")}))
    monkeypatch.setattr("hotspots.web.site.identity._at_this_computer", lambda: who)
    assert {client.get(path).status_code for path in sees} == {200}
    assert {client.get(path).status_code for path in not_} <= {403, 404}


def test_a_brief_is_a_draft_until_the_chair_approves_and_then_is_handed_out(
    site: Site, client: Any
) -> None:
    analyst, chair = PEOPLE["Demonstration analyst"], PEOPLE["Demonstration chair"]
    with site.store.writing() as session:
        asked = {"period": "2025-W25", "comment": "Two nights were <wet>."}
        id = briefs.request_brief(session, analyst, **asked)
    worker_of(site).run_all()
    made = site.documents / "briefs" / id / "brief.html"
    assert "Two nights were &lt;wet&gt;." in made.read_text(encoding="utf-8")
    with site.store.writing() as session, pytest.raises(RightsError):
        briefs.approve(session, analyst, id)
    with site.store.writing() as session, pytest.raises(ConflictError, match="draft"):
        briefs.hand_out(session, analyst, id, "Chief inspector")
    said = words(client.get("/briefs"))
    assert "Draft" in said
    assert "Comment: Two nights were <wet>." in said
    client.post(f"/briefs/{id}/approve")
    client.post(f"/briefs/{id}/send", data={f"b{id}-to": "Chief inspector, on paper"})
    said = words(client.get("/briefs"))
    assert "Handed out" in said
    assert ": Chief inspector, on paper" in said
    with site.store.writing() as session, pytest.raises(ConflictError):
        briefs.approve(session, chair, id)
