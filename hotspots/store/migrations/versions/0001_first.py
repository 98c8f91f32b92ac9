"""The first tables of a site."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def kept(kind: Any) -> Callable[..., sa.Column[Any]]:
    """Return what makes a column that must be filled, unless it says otherwise."""

    def column(name: str, *rest: Any, nullable: bool = False, **more: Any) -> Any:
        return sa.Column(name, kind, *rest, nullable=nullable, **more)

    return column


text, moment, flag, whole = map(kept, (sa.Text, sa.DateTime, sa.Boolean, sa.Integer))
big, json, day, real = map(kept, (sa.BigInteger, sa.JSON, sa.Date, sa.Double))
binary = kept(sa.LargeBinary)
serial = kept(sa.BigInteger().with_variant(sa.Integer, "sqlite"))


def upgrade() -> None:
    """Make every table."""
    _people_and_feeds()
    _data()
    _results()
    _loop()
    _log()


def identified() -> tuple[sa.Column[Any], ...]:
    return text("id"), moment("made_at"), text("made_by")


def frozen() -> tuple[sa.Column[Any], ...]:
    kept = (json("parameters"), whole("data_version"), text("software"))
    return (*identified(), *kept, json("summary"), json("files"))


def table(name: str, *columns: Any, key: str = "id") -> None:
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(key, name=f"pk_{name}"))


def refers(table: str, column: str, other: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{other}.id", name=f"fk_{table}_{column}")


def unique(table: str, column: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(column, name=f"uq_{table}_{column}")


def index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _people_and_feeds() -> None:
    table("agency", *identified(), text("name"), unique("agency", "name"))
    table(
        "person",
        *identified(),
        text("name"),
        text("email"),
        text("uniquifier"),
        text("password", nullable=True),
        flag("active"),
        unique("person", "email"),
        unique("person", "uniquifier"),
    )
    table(
        "membership",
        *identified(),
        text("person_id", refers("membership", "person_id", "person")),
        text("agency_id", refers("membership", "agency_id", "agency")),
        text("role"),
        moment("ended_at", nullable=True),
    )
    index("membership", "person_id")
    table(
        "token",
        *identified(),
        text("name"),
        text("digest"),
        text("agency_id", refers("token", "agency_id", "agency")),
        text("role"),
        json("scopes"),
        moment("revoked_at", nullable=True),
        unique("token", "name"),
        unique("token", "digest"),
    )
    table(
        "invitation",
        *identified(),
        text("digest"),
        text("agency_id", refers("invitation", "agency_id", "agency")),
        text("role"),
        moment("expires_at"),
        moment("used_at", nullable=True),
        unique("invitation", "digest"),
    )
    table("site", whole("id"), text("name"), whole("data_version"))
    table(
        "feed",
        *identified(),
        text("name"),
        text("agency_id", refers("feed", "agency_id", "agency")),
        text("legal_regime"),
        text("sharing_agreement"),
        whole("expected_days", nullable=True),
        whole("retention_months"),
        text("mapping", nullable=True),
        unique("feed", "name"),
    )
    table(
        "batch",
        *identified(),
        text("feed_id", refers("batch", "feed_id", "feed")),
        whole("version", nullable=True),
        json("files"),
        text("mapping", nullable=True),
        whole("rows_read"),
        whole("rows_new"),
        whole("rows_updated"),
        whole("rows_same"),
        whole("rows_rejected"),
        day("first_day", nullable=True),
        day("last_day", nullable=True),
        text("time_precision"),
        flag("snapped"),
        flag("simulated"),
        json("notes"),
        whole("undone_version", nullable=True),
        unique("batch", "version"),
    )
    index("batch", "feed_id")


def _data() -> None:
    table(
        "incident",
        serial("id"),
        text("feed_id", refers("incident", "feed_id", "feed")),
        text("origin", refers("incident", "origin", "batch")),
        whole("since"),
        whole("until", nullable=True),
        text("key", nullable=True),
        text("content"),
        whole("file"),
        big("line"),
        real("lon"),
        real("lat"),
        big("start_us"),
        big("end_us"),
        text("category"),
        text("subcategory", nullable=True),
        text("street", nullable=True),
        text("premises", nullable=True),
        text("address", nullable=True),
        text("source_flag", nullable=True),
        text("qualifiers", nullable=True),
    )
    index("incident", "feed_id", "until")
    index("incident", "since")
    index("incident", "until")
    table(
        "reject",
        serial("id"),
        text("batch_id", refers("reject", "batch_id", "batch")),
        whole("file"),
        big("line"),
        text("status"),
        text("reason"),
        text("value", nullable=True),
        flag("counted"),
    )
    index("reject", "batch_id")
    table(
        "area_set",
        *identified(),
        text("name"),
        text("sha256"),
        flag("simulated"),
        json("notes"),
        whole("since"),
        whole("until", nullable=True),
    )
    table(
        "area",
        whole("id"),
        text("set_id", refers("area", "set_id", "area_set")),
        text("code"),
        text("name"),
        text("kind"),
        day("valid_from", nullable=True),
        day("valid_to", nullable=True),
        binary("geometry"),
    )
    index("area", "set_id")
    table(
        "place",
        *identified(),
        whole("number"),
        text("name"),
        text("ward"),
        json("geometry"),
        unique("place", "number"),
    )


def _results() -> None:
    table("run", *frozen())
    table(
        "sighting",
        whole("id"),
        text("place_id", refers("sighting", "place_id", "place")),
        text("run_id", refers("sighting", "run_id", "run")),
        whole("rank"),
        json("row"),
        json("geometry"),
    )
    index("sighting", "place_id")
    index("sighting", "run_id")
    table("plan", *frozen(), text("agency_id"), text("tactic"), text("marking"))
    table(
        "suggestion",
        *identified(),
        text("plan_id", refers("suggestion", "plan_id", "plan")),
        text("place_id", refers("suggestion", "place_id", "place"), nullable=True),
        text("tactic"),
        whole("rank"),
        text("name"),
        json("row"),
        json("rationale"),
        json("geometry"),
        text("marking"),
    )
    index("suggestion", "place_id")
    index("suggestion", "plan_id")
    table("brief", *frozen(), text("period"), text("audience"), text("marking"))


def _loop() -> None:
    table(
        "meeting",
        *identified(),
        text("title"),
        day("held_on"),
        json("agencies"),
        text("note"),
        whole("version"),
    )
    table(
        "decision",
        *identified(),
        text("suggestion_id", refers("decision", "suggestion_id", "suggestion")),
        text("meeting_id", refers("decision", "meeting_id", "meeting"), nullable=True),
        text("agency_id", refers("decision", "agency_id", "agency")),
        text("verdict"),
        text("reason"),
        text("change"),
        day("decided_on"),
    )
    index("decision", "suggestion_id")
    table(
        "task",
        *identified(),
        whole("number"),
        text("decision_id", refers("task", "decision_id", "decision"), nullable=True),
        text("place_id", refers("task", "place_id", "place"), nullable=True),
        text("action"),
        text("tactic"),
        text("owner_agency", refers("task", "owner_agency", "agency")),
        text("owner_role"),
        day("set_on"),
        day("due"),
        text("status"),
        day("done_on", nullable=True),
        text("result"),
        text("measure"),
        text("success"),
        text("osara"),
        text("exit_rule"),
        text("case_reference"),
        whole("version"),
        unique("task", "number"),
    )
    index("task", "decision_id")
    index("task", "owner_agency")
    index("task", "place_id")
    table(
        "comment",
        *identified(),
        text("task_id", refers("comment", "task_id", "task")),
        text("text"),
    )
    index("comment", "task_id")
    table(
        "deployment",
        *identified(),
        whole("number"),
        text("task_id", refers("deployment", "task_id", "task"), nullable=True),
        text("place_id", refers("deployment", "place_id", "place"), nullable=True),
        text("tactic"),
        text("place_name"),
        real("easting", nullable=True),
        real("northing", nullable=True),
        text("agency_id", refers("deployment", "agency_id", "agency")),
        text("provider"),
        text("begins"),
        text("ends", nullable=True),
        text("status"),
        whole("minutes_planned", nullable=True),
        day("review_due", nullable=True),
        day("due", nullable=True),
        day("done", nullable=True),
        whole("offered", nullable=True),
        whole("marked", nullable=True),
        whole("contacts", nullable=True),
        text("reference"),
        whole("version"),
        unique("deployment", "number"),
    )
    index("deployment", "agency_id")
    index("deployment", "place_id")
    index("deployment", "task_id")
    table(
        "visit",
        *identified(),
        text("deployment_id", refers("visit", "deployment_id", "deployment")),
        text("provider"),
        text("start"),
        text("end"),
        whole("minutes"),
        text("state"),
    )
    index("visit", "deployment_id")
    table(
        "outcome",
        *frozen(),
        text("task_id", refers("outcome", "task_id", "task")),
        text("word"),
        text("sentence"),
    )
    index("outcome", "task_id")


def _log() -> None:
    table(
        "audit",
        whole("number", autoincrement=False),
        text("at"),
        text("actor"),
        text("agency"),
        text("action"),
        text("subject"),
        text("detail"),
        text("previous"),
        text("hash"),
        key="number",
    )
    index("audit", "action")
    index("audit", "actor")
    index("audit", "subject")
    table("audit_head", whole("id"), whole("number"), text("hash"))
    table(
        "export",
        *identified(),
        text("agency_id", refers("export", "agency_id", "agency")),
        text("what"),
        text("reason"),
        text("marking"),
        day("recall_by"),
    )
    table(
        "job",
        text("id"),
        text("kind"),
        json("arguments"),
        json("actor"),
        text("state"),
        text("doing"),
        whole("done"),
        whole("total"),
        text("sentence"),
        whole("attempts"),
        text("worker"),
        flag("cancel"),
        moment("made_at"),
        moment("beat_at", nullable=True),
        moment("ended_at", nullable=True),
    )
    index("job", "kind")
    index("job", "state")
