"""Default deny: a route without a policy, another computer, another host name."""

from __future__ import annotations

from typing import Any

import pytest
from dataset_site import site_of

from hotspots.web import create_app
from hotspots.web.policy import API, POLICIES, endpoints_without_policy


def test_every_route_has_a_policy_and_every_policy_a_route(app: Any) -> None:
    assert endpoints_without_policy(app) == []
    routed = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert set(POLICIES) == {name for name in routed if not name.startswith(API)}


def test_a_route_without_a_policy_is_refused(dataset: Any, vendor: Any) -> None:  # noqa: ARG001
    app = create_app(site_of(dataset))
    app.add_url_rule("/secret", "secret", lambda: "secret")
    assert endpoints_without_policy(app) == ["secret"]
    answer = app.test_client().get("/secret")
    assert answer.status_code == 403
    assert b"secret" not in answer.data


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8765", "127.0.0.1:8765", "[::1]:8765", "LOCALHOST"]
)
def test_this_computer_is_served(client: Any, host: str) -> None:
    assert client.get("/cells", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8765",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.2",
        "192.168.1.10",
    ],
)
def test_another_host_name_is_refused(client: Any, host: str) -> None:
    answer = client.get("/map/cells", headers={"Host": host})
    assert answer.status_code == 403
    assert answer.get_json()["ok"] is False


@pytest.mark.parametrize("remote", ["192.168.1.10", "10.0.0.1", "2001:db8::1", ""])
def test_another_computer_is_refused(client: Any, remote: str) -> None:
    answer = client.get("/", environ_base={"REMOTE_ADDR": remote})
    assert answer.status_code == 403
    assert "only on the computer it runs on" in answer.get_data(as_text=True)


def test_a_forwarded_address_is_not_believed(client: Any) -> None:
    answer = client.get(
        "/",
        environ_base={"REMOTE_ADDR": "192.168.1.10"},
        headers={"X-Forwarded-For": "127.0.0.1"},
    )
    assert answer.status_code == 403


def test_limits_are_set(app: Any) -> None:
    for name in ("MAX_CONTENT_LENGTH", "MAX_FORM_MEMORY_SIZE", "MAX_FORM_PARTS"):
        assert app.config[name]
    assert len(app.config["SECRET_KEY"]) == 32
    assert app.config["SESSION_COOKIE_SAMESITE"] == "Lax"


ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate",
     "Sec-Fetch-Dest": "iframe"},
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:1"},
]  # fmt: skip


@pytest.mark.parametrize("headers", ELSEWHERE)
@pytest.mark.parametrize("path", ["/", "/status", "/static/app.css", "/api/v1/x"])
def test_another_page_may_ask_for_nothing(
    client: Any, headers: dict[str, str], path: str
) -> None:
    assert client.get(path, headers=headers).status_code == 403
    assert client.post(path, headers=headers).status_code in (400, 403)


def test_a_link_from_anywhere_opens_a_page_and_begins_nothing(app: Any) -> None:
    followed = {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }
    client = app.test_client()
    assert client.get("/status", headers=followed).status_code == 200
    answer = client.get("/plans/operation?seed=77", headers=followed)
    assert answer.status_code == 202
    assert b"data-begin" not in answer.data
    assert client.get("/plans/operation?seed=77").status_code == 202
    own = {**followed, "Sec-Fetch-Site": "none"}
    assert b"data-begin" in client.get("/plans/operation?seed=77", headers=own).data
    assert client.get("/map/cells", headers=followed).status_code == 403


def test_work_is_begun_only_with_the_token_of_the_session(app: Any) -> None:
    client = app.test_client()
    for path in (
        "/plans/operation?seed=78",
        "/questions/change",
        "/?from=2024-05&area=W1",
    ):
        assert client.post(path).status_code == 400
        assert client.get(path).status_code == 202
        assert client.get(path).status_code == 202
    answer = client.get("/map/hotspots?from=2024-05&area=W1")
    assert answer.status_code == 409
    assert answer.get_json()["job"] is None
