"""Every address x role x agency: who may gets an answer, who may not gets 403."""

from __future__ import annotations

import datetime as dt
import io
import time
from collections.abc import Callable
from typing import Any

import pytest
from api_fixture import BASE, Caller
from flask.testing import FlaskClient

from hotspots.rights import ROLES, Actor, Owned, may
from hotspots.service import Site
from hotspots.store import now
from hotspots.store.models import (
    Batch,
    Brief,
    Deployment,
    Feed,
    Job,
    Meeting,
    Outcome,
    Place,
    Plan,
    Run,
    Suggestion,
    Task,
)
from hotspots.web import create_app

DAY = dt.date(2025, 6, 1)
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[-0.9, 52.7], [-0.9, 52.71], [-0.89, 52.71], [-0.9, 52.7]]],
}
EVERYBODY = "everybody"
FILE = {"files": (io.BytesIO(b"x"), "a.csv"), "feed": "police"}
OWNER: dict[str, Any] = {
    "owner_agency": "police",
    "owner_role": "Sergeant",
    "due": "2099-01-01",
}

ROUTES: dict[str, tuple[str, dict[str, Any] | None]] = {
    "GET /me": (EVERYBODY, None),
    "GET /agencies": ("agency.read", None),
    "POST /agencies": ("access.give", {"name": "Victim support"}),
    "GET /tokens": ("access.read", None),
    "POST /tokens": (
        "access.give",
        {"name": "n", "role": "analyst", "agency": "police"},
    ),
    "POST /tokens/<name>/revoke": ("access.give", {}),
    "GET /audit": ("audit.read", None),
    "GET /exports": ("export.read", None),
    "POST /exports": ("export.personal", {"feed": "police", "reason": "r" * 10}),
    "GET /work": ("work.read", None),
    "GET /work/<id>": ("work.read", None),
    "POST /work/<id>/cancel": ("work.cancel", {}),
    "POST /imports": ("batch.import", None),
    "GET /imports": ("batch.read", None),
    "GET /imports/<id>": ("batch.read", None),
    "GET /imports/<id>/rejects": ("reject.read", None),
    "GET /imports/<id>/same-events": ("batch.import", None),
    "GET /statutory": ("feed.read", None),
    "POST /imports/<id>/undo": ("batch.undo", {}),
    "GET /feeds": ("feed.read", None),
    "GET /feeds/<name>": ("feed.read", None),
    "PATCH /feeds/<name>": ("feed.change", {"legal_regime": "UK GDPR"}),
    "POST /runs": ("run.make", {}),
    "GET /runs": ("run.read", None),
    "GET /runs/<id>": ("run.read", None),
    "GET /runs/<id>/files/<name>": ("aggregate.exact", None),
    "GET /hotspots": ("aggregate.read", None),
    "GET /places": ("place.read", None),
    "GET /places/<id>": ("place.read", None),
    "POST /plans": ("plan.make", {"tactic": "patrol"}),
    "GET /plans": ("plan.read", None),
    "GET /plans/<id>": ("plan.read", None),
    "GET /plans/<id>/files/<path:name>": ("plan.read_personal", None),
    "POST /outcomes": ("outcome.make", {"task": "task1"}),
    "GET /outcomes": ("outcome.read", None),
    "GET /outcomes/<id>": ("outcome.read", None),
    "POST /briefs": ("brief.make", {"period": "2025-W20"}),
    "GET /briefs": ("brief.read", None),
    "GET /briefs/<id>": ("brief.read", None),
    "GET /briefs/<id>/<path:name>": ("brief.read", None),
    "POST /decisions": (
        "decision.make",
        {"suggestion": "suggestion1", "verdict": "accept", "reason": "r", **OWNER},
    ),
    "GET /decisions": ("decision.read", None),
    "POST /meetings": ("meeting.change", {"title": "t", "held_on": "2025-06-12"}),
    "GET /meetings": ("meeting.read", None),
    "GET /meetings/<id>": ("meeting.read", None),
    "GET /tasks": ("task.read", None),
    "POST /tasks": ("task.make", {"action": "a", **OWNER}),
    "GET /tasks/<id>": ("task.read", None),
    "PATCH /tasks/<id>": ("task.change", {"result": "r"}),
    "GET /tasks/<id>/comments": ("task.read", None),
    "POST /tasks/<id>/comments": ("comment.make", {"text": "t"}),
    "GET /registers/actions.csv": ("task.read", None),
    "GET /registers/deployments.csv": ("deployment.read", None),
    "POST /deployments": (
        "deployment.change",
        {
            "agency": "police",
            "tactic": "patrol",
            "place_name": "p",
            "provider": "PCSO",
            "begins": "2025-06-01T08:00",
        },
    ),
    "GET /deployments": ("deployment.read", None),
    "GET /deployments/<id>": ("deployment.read", None),
    "PATCH /deployments/<id>": ("deployment.change", {"reference": "r"}),
    "GET /visits": ("visit.read", None),
    "POST /visits": (
        "visit.log",
        {
            "deployment": "deployment1",
            "start": "2025-06-02T18:00",
            "end": "2025-06-02T18:15",
        },
    ),
}
"""Each address, the right that it needs, what is sent; all of it is the police's."""
OWN_ROWS = {"GET /exports"}
"""What lists only the rows of the agencies of whoever asks."""
STEP_UP = {"POST /exports"}
"""What asks for a fresh proof, which a token without that scope cannot give."""
KINDS = ["import", "run", "plan", "outcome", "brief"]


@pytest.fixture
def filled(site: Site) -> Site:
    """A site with one of everything, of the police."""
    frozen: dict[str, Any] = {
        "parameters": {},
        "data_version": 2,
        "software": "0",
        "summary": {},
    }
    analyst = Actor(id="a", name="A", roles=frozenset({("analyst", "police")}))
    placed = {"place_id": "place1"}
    owner = {"owner_agency": "police", "owner_role": "r", "set_on": DAY, "due": DAY}
    first = [
        Feed(id="feed1", name="police", agency_id="police"),
        Run(id="run1", **frozen),
        Place(id="place1", number=1, name="p", geometry=SQUARE),
        Plan(
            id="plan1",
            agency_id="police",
            tactic="packs",
            marking="OFFICIAL-SENSITIVE",
            **frozen,
        ),
        Meeting(id="meeting1", title="t", held_on=DAY, agencies=[]),
        Brief(
            id="brief1",
            period="2025-W20",
            audience="operational",
            marking="OFFICIAL",
            **frozen,
        ),
        *(
            Job(
                id=f"{kind}1",
                kind=kind,
                arguments={"feed": "feed1"},
                actor=analyst.to_record(),
                state="done",
                ended_at=now(),
            )
            for kind in KINDS
        ),
    ]
    second = [
        Batch(
            id="import1",
            feed_id="feed1",
            version=None,
            files=[],
            rows_read=0,
            rows_new=0,
            rows_updated=0,
            rows_same=0,
            rows_rejected=0,
            time_precision="day",
            snapped=False,
            simulated=True,
            notes=[],
        ),
        Suggestion(
            id="suggestion1",
            plan_id="plan1",
            tactic="patrol",
            rank=1,
            name="p",
            rationale=[],
            geometry=SQUARE,
            marking="OFFICIAL",
            **placed,
            row={"what": "w", "success": "s", "expires": "2025-08-01"},
        ),
        Task(id="task1", number=1, decision_id=None, action="a", **placed, **owner),
        Deployment(
            id="deployment1",
            number=1,
            task_id=None,
            tactic="patrol",
            place_name="p",
            agency_id="police",
            provider="PCSO",
            begins="2025-06-01T08:00",
            status="active",
            **placed,
        ),
    ]
    third = Outcome(
        id="outcome1", task_id="task1", word="cannot tell", sentence="s", **frozen
    )
    with site.store.writing() as session:
        for rows in (first, second, [third]):
            session.add_all(rows)
            session.flush()
    return site


def send(caller: Caller, route: str, body: dict[str, Any] | None) -> int:
    method, _, rule = route.partition(" ")
    kind = rule.split("/")[1].rstrip("s")
    kind = "import" if kind == "work" else kind
    path = rule.replace("<path:name>", "x.pdf").replace("<id>", f"{kind}1")
    path = path.replace("<name>", "police" if kind == "feed" else "x")
    more: dict[str, Any] = {} if body is None else {"json": body}
    if route == "POST /imports":
        more = {"data": {"files": (io.BytesIO(b"x"), "a.csv"), "feed": "police"}}
    answer = caller.call(method, path, headers={"If-Match": '"1"'}, **more)
    answer.close()
    return answer.status_code


def test_every_address_is_in_the_matrix(site: Site) -> None:
    rules = create_app(site).url_map.iter_rules()
    there = {
        f"{method} {rule.rule.removeprefix(BASE)}"
        for rule in rules
        if rule.endpoint.startswith("v1.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert there == set(ROUTES)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("agency", ["police", "housing"])
def test_the_matrix(
    caller: Callable[[str, str], Caller], role: str, agency: str
) -> None:
    who = caller(role, agency)
    actor = Actor(id="x", name="x", roles=frozenset({(role, agency)}))
    wrong = {}
    for route, (action, body) in ROUTES.items():
        status = send(who, route, body)
        owned = None if route in OWN_ROWS else Owned(agency="police")
        allowed = action == EVERYBODY or may(actor, action, owned)
        fits = status not in (401, 403, 500) if allowed else status == 403
        if allowed and route in STEP_UP:
            fits = status == 401
        if not fits:
            wrong[route] = (status, allowed)
    assert wrong == {}


def test_without_a_token_that_opens_nothing_is_answered(
    filled: Site, caller: Callable[[str, str], Caller]
) -> None:
    caller("analyst", "police")
    nobody = Caller(create_app(filled).test_client(), filled, "hsp_wrong")
    for route, (_, body) in ROUTES.items():
        assert send(nobody, route, body) == 401, route
    nobody.headers = {}
    for route, (_, body) in ROUTES.items():
        assert send(nobody, route, body) == 401, route


def test_a_token_that_is_revoked_opens_nothing_a_second_later(
    filled: Site, caller: Callable[[str, str], Caller]
) -> None:
    from hotspots.service.access import revoke_token

    analyst = caller("analyst", "police")
    assert analyst.call("GET", "/me").status_code == 200
    with filled.store.writing() as session:
        revoke_token(session, Actor.operator(), "analyst police")
    time.sleep(1)
    assert analyst.call("GET", "/me").status_code == 401


def test_what_is_not_there_and_what_is_hidden_answer_alike(
    filled: Site, caller: Callable[[str, str], Caller]
) -> None:
    with filled.store.writing() as session:
        hidden = session.get(Suggestion, "suggestion1")
        assert hidden is not None
        hidden.marking = "OFFICIAL-SENSITIVE"
    chair = caller("jag-chair", "housing")
    said = {"verdict": "decline", "reason": "r"}
    answers = [
        chair.call("POST", "/decisions", json={"suggestion": id, **said})
        for id in ("suggestion1", "nothing")
    ]
    assert [a.status_code for a in answers] == [404, 404]
    assert answers[0].get_data() == answers[1].get_data()


def client_of(site: Site) -> FlaskClient:
    return create_app(site).test_client()


def test_the_person_at_this_computer_needs_no_token_until_there_is_one(
    site: Site, caller: Callable[[str, str], Caller]
) -> None:
    client = client_of(site)
    assert client.get(f"{BASE}/me").get_json()["id"] == "operator"
    for told in (
        {"headers": {"Host": "evil.example"}},
        {"environ_base": {"REMOTE_ADDR": "10.0.0.7"}},
    ):
        assert client.get(f"{BASE}/me", **told).status_code == 401  # type: ignore[arg-type]
    other = {"Origin": "https://evil.example"}
    assert client.get(f"{BASE}/me", headers=other).status_code == 403
    caller("auditor", "police")
    assert client.get(f"{BASE}/me").status_code == 401
