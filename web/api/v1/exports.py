"""What leaves with addresses: for a reason, by a fresh proof, to be recalled."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response
from pydantic import Field

from hotspots.service import exports
from hotspots.web.api.v1.endpoint import Answer, Body, Said, Text, endpoint
from hotspots.web.api.v1.tables import bytes_answer


class ExportBody(Body):
    """Rows of a feed between two days, or a file of a plan; and why."""

    reason: Said = Field(max_length=2000)
    feed: Text = Field(default="", max_length=200)
    first: dt.date | None = None
    last: dt.date | None = None
    plan: Text = Field(default="", max_length=200)
    file: Text = Field(default="", max_length=500)


class Export(Answer):
    """What left, and by when it is to be deleted."""

    id: str
    agency_id: str
    what: str
    reason: str
    marking: str
    recall_by: dt.date
    made_at: dt.datetime
    made_by: str


class ExportList(Answer):
    """What left, the latest first."""

    exports: list[Export]


@endpoint("/exports", "POST", body=ExportBody)
def post_export(site: Any, session: Any, actor: Any, told: ExportBody) -> Response:
    """Download rows or a file with addresses; a token needs the scope 'export'."""
    asked = exports.Asked(**told.model_dump())
    return export_answer(exports.export(site, session, actor, asked))


@endpoint("/exports", returns=ExportList)
def list_exports(session: Any, actor: Any) -> ExportList:
    """List what left, and by when it is to be deleted."""
    made = exports.exports(session, actor)
    return ExportList(exports=[Export.model_validate(each) for each in made])


def export_answer(made: exports.Exported) -> Response:
    """Answer an export under its marked name."""
    answer = bytes_answer(made.content, made.name, "application/octet-stream")
    answer.headers["X-Marking"] = made.marking
    answer.headers["X-Recall-By"] = made.recall_by.isoformat()
    return answer
