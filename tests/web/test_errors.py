"""One table of statuses, one JSON shape, the library's own sentence."""

from __future__ import annotations

from typing import Any

import pytest

from hotspots.core import errors
from hotspots.web.errors import STATUSES, status_of


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.ParameterError, 400),
        (errors.NoUsableRowsError, 400),
        (errors.PrecisionError, 422),
        (errors.TooFewError, 422),
        (errors.OutputError, 500),
        (errors.HotspotsError, 400),
    ],
)
def test_statuses(kind: type[errors.HotspotsError], status: int) -> None:
    assert status_of(kind("no")) == status


def test_the_base_stands_last_so_that_every_error_has_a_status() -> None:
    assert list(STATUSES)[-1] is errors.HotspotsError


@pytest.mark.parametrize(
    ("path", "status"),
    [("/map/cells?area=nowhere", 400), ("/api/v1/nothing", 404)],
)
def test_json_errors_have_one_shape(client: Any, path: str, status: int) -> None:
    answer = client.get(path)
    body = answer.get_json()
    assert answer.status_code == body["status"] == status
    assert set(body) == {"ok", "error", "status"}
    assert body["ok"] is False


def test_page_and_json_say_the_same_sentence(client: Any) -> None:
    sentence = client.get("/map/cells?from=2025-06&to=2024-01").get_json()["error"]
    page = client.get("/?from=2025-06&to=2024-01")
    assert page.status_code == 400
    assert sentence[1:] in page.get_data(as_text=True)


def test_what_broke_stays_on_this_side(
    app: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(app.extensions["hotspots"].now(), "analysis", broken)
    for path in ("/", "/map/cells"):
        answer = client.get(path)
        assert answer.status_code == 500
        assert b"swordfish" not in answer.data
        assert "Content-Security-Policy" in answer.headers


NINES = "9" * 299


@pytest.mark.parametrize(
    "address",
    [
        "/?to=9999-12",
        "/?to=0001-01",
        "/?from=9999-12-31&to=9999-12-31",
        "/map/cells?to=9999-12",
        "/download/map.html?to=9999-12",
        "/questions/change?to=9999-12",
        "/plans/youth?day=9999-12-31",
        "/plans/youth?holidays=2025-01-01:9999-12-31",
        "/plans/operation?day=9999-12-31",
        "/rejects?page=000000001999999999999999999999",
        "/rejects?page=000000001999",
        "/cells?page=-1",
        "/cells?page=\u0661",
        f"/questions/risk?months={NINES}",
        "/questions/adaptive-density?bandwidth_m=1e-300",
        "/questions/edge-density?bandwidth_m=1e-300",
        "/questions/near-repeats?on=9999-12-31",
        "/plans/patrol?n_areas=1e400",
        "/plans/patrol?shift_hours=nan",
        "/plans/cctv?range_m=inf",
    ],
)
def test_what_nobody_would_ask_for_is_refused_with_a_sentence(
    client: Any, address: str
) -> None:
    answer = client.get(address)
    assert answer.status_code in (400, 422), answer.get_data(as_text=True)[-300:]
    assert "must" in answer.get_data(as_text=True)
