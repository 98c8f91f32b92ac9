"""Every page x role x agency: who may gets an answer, who may not gets 403."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from site_fixture import OPERATOR
from werkzeug.routing import Rule

from hotspots.rights import ROLES, Actor, may
from hotspots.service import Site
from hotspots.service.access import give_token
from hotspots.web.policy import API, OPEN, POLICIES, SIGNED_IN

BOTH = ("police", "housing")
REFUSED = (401, 403, 500)


def routes(app: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.startswith(API) and POLICIES[rule.endpoint] != OPEN
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
    ]


@pytest.fixture
def ask(site: Site, app: Flask) -> Callable[[str, str, Rule, str], int]:
    """Ask for a page by a token; forms need no token of theirs here."""
    app.config["WTF_CSRF_ENABLED"] = False
    client, known = app.test_client(), {}

    def call(role: str, agency: str, rule: Rule, method: str) -> int:
        if (role, agency) not in known:
            with site.store.writing() as session:
                known[role, agency] = give_token(
                    session, OPERATOR, f"{role} {agency}", role=role, agency=agency
                )
        path = rule.rule
        for argument in rule.arguments:
            kind = "path:" if f"<path:{argument}>" in path else ""
            path = path.replace(f"<{kind}{argument}>", "nothing")
        headers = {"Authorization": f"Bearer {known[role, agency]}"}
        answer = client.open(path, method=method, headers=headers)
        answer.close()
        return answer.status_code

    return call


@pytest.mark.parametrize("role", ROLES)
def test_the_matrix_of_the_pages(
    app: Flask, ask: Callable[[str, str, Rule, str], int], role: str
) -> None:
    wrong = {}
    for rule, method in routes(app):
        action = POLICIES[rule.endpoint]
        for agency in BOTH:
            actor = Actor(id="x", name="x", roles=frozenset({(role, agency)}))
            allowed = action == SIGNED_IN or may(actor, action)
            status = ask(role, agency, rule, method)
            fits = status not in REFUSED if allowed else status == 403
            if rule.endpoint in ("people.own_token", "exports.export") and allowed:
                fits = status in (302, 400, 401, 404)  # a fresh proof first
            if rule.endpoint.startswith("ogc.") and "<id>" not in rule.rule:
                fits = status == 200
            if not fits:
                wrong[f"{method} {rule.rule} {agency}"] = (status, allowed)
    assert wrong == {}


@pytest.mark.parametrize("what", ["reset", "enable", "role"])
def test_a_person_who_is_not_there_is_not_found(
    app: Flask, ask: Callable[[str, str, Rule, str], int], what: str
) -> None:
    rule = next(each for each, _ in routes(app) if each.endpoint == f"people.{what}")
    assert ask("administrator", "police", rule, "POST") in (404, 400)
