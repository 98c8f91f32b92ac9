"""Deciding where a suggestion stands: keep the plan, accept, change, decline, undo."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from hotspots.outputs.formats.plan_record import plan_record
from hotspots.rights import may
from hotspots.service import decisions, plans, queue
from hotspots.service.places import named
from hotspots.tactics.catalogue import TACTICS
from hotspots.tactics.plan import Plan
from hotspots.web.parts.results import current_results
from hotspots.web.parts.sessions import agency_names, reading, today, writing
from hotspots.web.parts.wtf import (
    FlaskForm,
    back,
    choices,
    day,
    do,
    line,
    one_of,
    radios,
    words,
)
from hotspots.web.plans.query import PlanQuery
from hotspots.web.site.identity import current_actor

blueprint = Blueprint("decide", __name__)

OWNERS = {
    "cctv": "CCTV manager",
    "marking": "Crime prevention officer",
    "operation": "Neighbourhood inspector",
    "packs": "Crime prevention officer",
    "patrol": "Neighbourhood sergeant",
    "youth": "Detached team lead",
}
"""Who usually owns a task of a tactic: what the form says first."""
WEEKS_DUE = 4


class DecisionForm(FlaskForm):
    """What is said to one suggestion."""

    verdict = radios(
        "Decision", [("accept", "Accept"), ("change", "Change"), ("decline", "Decline")]
    )
    reason = words("Reason")
    owner_agency = one_of("Owner", needed=False)
    owner_role = line("Role of the owner", needed=False)
    due = day("Due", needed=False)
    change = words("What is to be different", "Only for a change.", needed=False)

    @classmethod
    def of(cls, suggestion: Any, agencies: dict[str, str]) -> DecisionForm:
        """Return the form of one suggestion, filled in as far as it can be."""
        own = min(current_actor().agencies, default=next(iter(agencies)))
        made = cls(
            prefix=f"d{suggestion.id}-",
            data={
                "owner_agency": own,
                "owner_role": OWNERS.get(suggestion.tactic, ""),
                "due": today() + dt.timedelta(weeks=WEEKS_DUE),
                "verdict": "accept",
            },
        )
        made.owner_agency.choices = choices(agencies.items())
        return made


def decisions_of(made: Plan, asked: str) -> dict[str, Any]:
    """Return what a page of a plan shows of its decisions.

    ``asked`` is the work that keeps the plan, where it was asked for.
    """
    actor = current_actor()
    with reading() as session:
        _, suggestions = plans.kept_plan(session, actor, plan_record(made)["sha256"])
        job = queue.one(session, actor, asked) if asked and not suggestions else None
        return {"keeping": job, **shown(session, suggestions)}


def shown(session: Any, suggestions: list[Any]) -> dict[str, Any]:
    """Return how suggestions stand, each with its form where this actor decides."""
    actor = current_actor()
    agencies = agency_names(session)
    ids = {each.place_id for each in suggestions if each.place_id}
    forms = may(actor, "decision.make")
    return {
        "agencies": agencies,
        "places": named(session, actor, ids),
        "standings": [
            (each, DecisionForm.of(each.suggestion, agencies) if forms else None)
            for each in decisions.standings(session, actor, suggestions)
        ],
    }


@blueprint.post("/plans/<tactic>/keep")
def keep(tactic: str) -> Any:
    """Keep a plan as it is shown, so that it can be decided on."""
    if tactic not in TACTICS:
        abort(404)
    query = PlanQuery.from_args(
        request.args, TACTICS[tactic], current_results().choices, also=("kept",)
    )
    with writing() as session:
        id = plans.request_plan(session, current_actor(), query)
    args = {**query.to_args(), "tactic": tactic, "kept": id}
    return redirect(url_for("plans.plan", **args, _anchor="decide"), 303)


@blueprint.get("/suggestions/<id>")
def suggestion(id: str) -> str:
    """Show one suggestion that is kept, and decide on it."""
    with reading() as session:
        found = plans.suggestion(session, current_actor(), id)
        told = shown(session, [found])
    return render_template("plans/suggestion.html", found=found, page="plans", **told)


@blueprint.post("/suggestions/<id>/decide")
def decide(id: str) -> Any:
    """Write a decision down."""
    actor = current_actor()
    with reading() as session:
        suggestion = plans.suggestion(session, actor, id)
        form = DecisionForm.of(suggestion, agency_names(session))

    def act() -> None:
        told = {name: form[name].data or "" for name in _TEXT}
        verdict = decisions.Verdict(
            suggestion=id,
            due=form.due.data,
            decided=today(),
            meeting=request.form.get("meeting") or None,
            **told,
        )
        with writing() as session:
            decisions.decide(session, actor, verdict)

    said = f"{form.verdict.data}: {suggestion.name}.".capitalize()
    do(form, act, f"{said} It can be undone for ten minutes.")
    return back(url_for("home.index"))


@blueprint.post("/decisions/<id>/undo")
def undo(id: str) -> Any:
    """Take a decision back."""

    def act() -> None:
        with writing() as session:
            decisions.undo_decision(session, current_actor(), id)

    do(FlaskForm(), act, "Undone.")
    return back(url_for("home.index"))


_TEXT = ("verdict", "reason", "owner_agency", "owner_role", "change")
