"""What a caller from outside gets wrong at first, and what the API says of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from api_fixture import Caller

Ask = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def ask(caller: Callable[[str, str], Caller]) -> Ask:
    analyst = caller("analyst", "Police")

    def call(method: str, path: str, **given: Any) -> tuple[int, dict[str, Any]]:
        answer = analyst.call(method, path, **given)
        return answer.status_code, answer.get_json()

    return call


def test_what_may_be_left_out_need_not_be_sent(ask: Ask) -> None:
    status, made = ask("POST", "/runs")
    assert (status, made["state"]) == (202, "queued")
    status, told = ask("GET", f"/hotspots?run={made['id']}")
    assert status == 409
    assert f"Ask for /runs/{made['id']}" in told["error"]
    assert ask("POST", "/tasks")[0] == 422


@pytest.mark.parametrize(
    ("period", "status", "said"),
    [
        ("2025-W24", 202, ""),
        ({"start": "2025-06-09", "end": "2025-06-15"}, 202, ""),
        ({"start": "2025-06-10", "end": "2025-06-15"}, 409, "none is from 2025-06-10"),
        ({"start": "soon", "end": "2025-06-15"}, 422, "a date such as 2025-06-14"),
        ("last week", 409, "a week (2025-W24)"),
    ],
)
def test_a_period_is_a_name_or_two_days(
    ask: Ask, period: object, status: int, said: str
) -> None:
    told = {"period": period, "audience": "partners"}
    answered, body = ask("POST", "/briefs", json=told)
    assert answered == status
    assert said in body.get("error", "")


def test_a_body_that_is_no_json_is_told_so(ask: Ask) -> None:
    status, told = ask("POST", "/tasks", data="{", content_type="application/json")
    assert status == 400
    assert told["error"].startswith("What is sent must be JSON; ")
    assert (told["ok"], told["status"]) == (False, 400)


def test_files_under_another_name_are_asked_for_by_theirs(ask: Ask) -> None:
    status, told = ask("POST", "/imports", data={"feed": "police"})
    assert status == 409
    assert "a part named 'files'" in told["error"]
