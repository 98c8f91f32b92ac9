"""What is sent at random, within the schema and outside: no error of ours, no lie."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from api_fixture import Caller
from hypothesis import HealthCheck, Phase, given, settings

from hotspots.rights import ROLES
from hotspots.service import Site
from hotspots.web import create_app


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_every_operation_keeps_its_schema(
    site: Site, caller: Callable[[str, str], Caller], role: str
) -> None:
    headers = caller(role, "police").headers
    app = create_app(site)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 50
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(
            max_examples=25,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def try_out(case: Any) -> None:
            case.call_and_validate(headers=headers)

        try_out()


def test_the_description_is_of_this_version_and_names_every_address(
    site: Site,
) -> None:
    client = create_app(site).test_client()
    told = client.get("/api/v1/openapi.json").get_json()
    assert told["openapi"] == "3.1.0"
    assert told["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    patch = told["paths"]["/api/v1/tasks/{id}"]["patch"]
    assert {"412", "428"} <= set(patch["responses"])
    assert any(each["name"] == "If-Match" for each in patch["parameters"])
    assert (
        "multipart/form-data"
        in (told["paths"]["/api/v1/imports"]["post"]["requestBody"]["content"])
    )
