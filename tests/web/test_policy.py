"""Default deny: a route without a policy, another computer, another host name."""

from __future__ import annotations

from typing import Any

import pytest

from hotspots.web import create_app
from hotspots.web.policy import POLICIES, endpoints_without_policy


def test_every_route_has_a_policy_and_every_policy_a_route(app: Any) -> None:
    assert endpoints_without_policy(app) == []
    assert set(POLICIES) == {rule.endpoint for rule in app.url_map.iter_rules()}


def test_a_route_without_a_policy_is_refused(dataset: Any, vendor: Any) -> None:  # noqa: ARG001
    app = create_app(dataset)
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
    answer = client.get("/api/v1/cells", headers={"Host": host})
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
    assert app.config["SECRET_KEY"] is None  # no session, so nothing to sign
