"""Outcomes: did it fall by more here than where nothing was done, or can one not tell.

Before is the same days a year earlier, as the suggestion declared; the comparison is
the place of the latest run that had the nearest count then, of those where nothing was
deployed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from hotspots.analysis.dataset import Dataset
from hotspots.core.errors import ConflictError, PrecisionError, TooFewError
from hotspots.core.window import Window, add_months, in_words, month_start
from hotspots.effects import assess_effect, before_and_after, earlier_dispersion
from hotspots.rights import Actor, check
from hotspots.service.audit import record
from hotspots.service.datasets import dataset_at
from hotspots.service.frozen import ask, frozen, result_of
from hotspots.service.places import as_area, from_geojson, widened
from hotspots.service.site import Site
from hotspots.store import Session
from hotspots.store.models import (
    Decision,
    Deployment,
    Outcome,
    Place,
    Run,
    Sighting,
    Suggestion,
    Task,
)
from hotspots.store.queries import find, get
from hotspots.tactics.selection import pick_controls
from hotspots.work import Task as Work
from hotspots.workflow import analyse

YEAR = dt.timedelta(weeks=52)
RING_M = 100.0
LONGEST = dt.timedelta(weeks=26)
SHORT = 84
"""Days: an effect of fewer is said to rest on little."""
CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, kw_only=True)
class _Question:
    """Where something was done, when, and where it could be compared with."""

    treated: Any
    begins: dt.date
    ends: dt.date | None
    candidates: list[tuple[str, Any]]
    busy: list[Any]


def request_outcome(session: Session, actor: Actor, task_id: str) -> str:
    """Queue the outcome of a task.

    Raises ConflictError if nothing was deployed for it, or its place is not known.
    """
    check(actor, "outcome.make")
    asked = get(session, Task, task_id)
    if not find(session, Deployment, task_id=task_id) or not asked.place_id:
        raise ConflictError(
            "an outcome needs a task with a place and a deployment; this one has not. "
            "Register what was deployed first."
        )
    return ask(session, actor, "outcome", {"task": task_id})


def perform_outcome(site: Site, work: Work) -> None:
    """Measure a queued outcome."""
    dataset = dataset_at(site, work.arguments["version"])
    with site.store.reading() as session:
        asked = get(session, Task, work.arguments["task"])
        question = _question(session, asked, dataset)
    work.progress("counting before and after")
    found = _measure(dataset, question)
    kept = Outcome(
        **frozen(work, {"task": asked.id}),
        summary=found,
        task_id=asked.id,
        word=found["word"],
        sentence=found["sentence"],
    )
    work.sentence = found["sentence"]
    with work.commit() as session:
        session.add(kept)
        session.flush()
        record(session, work.actor, "outcome.make", kept.id, word=kept.word)


def outcome(session: Session, actor: Actor, id: str) -> Outcome:
    """Return an outcome that was measured."""
    check(actor, "outcome.read")
    return result_of(session, Outcome, id)


def outcomes(session: Session, actor: Actor, **equals: Any) -> list[Outcome]:
    """Return the outcomes that were measured, the latest first."""
    check(actor, "outcome.read")
    return find(session, Outcome, descending=True, **equals)


def _question(session: Session, asked: Task, dataset: Dataset) -> _Question:
    deployed = find(session, Deployment, task_id=asked.id)
    ends = [each.ends for each in deployed]
    latest = find(session, Run, descending=True, limit=1)
    seen = find(session, Sighting, order="rank", run_id=latest[0].id) if latest else []
    candidates = [(each.row["name"], from_geojson(each.geometry)) for each in seen]
    if not seen:
        made = analyse(dataset).hotspots
        candidates = [(each.name, each.polygon) for each in made]
    busy = {each.place_id for each in find(session, Deployment) if each.place_id}
    return _Question(
        treated=_treated(session, asked),
        begins=_day(min(each.begins for each in deployed)),
        ends=None if None in ends else _day(max(end for end in ends if end)),
        candidates=candidates,
        busy=[from_geojson(get(session, Place, id).geometry) for id in sorted(busy)],
    )


def _treated(session: Session, asked: Task) -> Any:
    if asked.decision_id:
        decision = get(session, Decision, asked.decision_id)
        suggested = get(session, Suggestion, decision.suggestion_id)
        return as_area(from_geojson(suggested.geometry))
    return from_geojson(get(session, Place, asked.place_id).geometry)


def _measure(dataset: Dataset, question: _Question) -> dict[str, Any]:
    windows = _windows(dataset, question)
    if windows is None:
        return _cannot(
            "Cannot tell: the incidents must cover the days of the deployment (from "
            f"{in_words(question.begins)}) and the same days a year before; they are "
            f"of {in_words(_first_day(dataset))} to {in_words(_last_day(dataset))}."
        )
    before, after = windows
    ring = shapely.difference(widened(question.treated, RING_M), question.treated)

    def count(shape: Any) -> tuple[int, int]:
        return before_and_after(dataset.incidents, shape, before, after)

    try:
        control = _control(question, count)
        if control is None:
            return _cannot("Cannot tell: no place is left to compare with.")
        name, shape = control
        pairs = {
            "treated": count(question.treated),
            "control": count(shape),
            "ring": count(shapely.difference(ring, shape)),
        }
        areas = [question.treated, shape]
        effect = assess_effect(
            *pairs.values(),
            dispersion=earlier_dispersion(dataset.incidents, areas, before.end) or 1.0,
        )
    except (PrecisionError, TooFewError) as error:
        return _cannot(f"Cannot tell: {error}")
    difference = effect.difference
    short = after.days < SHORT
    return {
        "word": effect.word,
        "sentence": f"{effect.word.capitalize()}. {' '.join(effect.sentences())}",
        "counts": {key: list(pair) for key, pair in pairs.items()},
        "before": str(before),
        "after": str(after),
        "control": name,
        "estimate": difference.estimate,
        "low": difference.low,
        "high": difference.high,
        "confidence": difference.confidence,
        "detectable": effect.detectable.sentence(),
        "cautions": [f"Only {after.days} days after: at least 84 are wanted."]
        if short
        else [],
    }


def _cannot(sentence: str) -> dict[str, Any]:
    return {"word": CANNOT_TELL, "sentence": sentence}


def _windows(dataset: Dataset, question: _Question) -> tuple[Window, Window] | None:
    """Return the time before and after; none where the data do not cover both."""
    first, last = _first_day(dataset), _last_day(dataset)
    one = dt.timedelta(days=1)
    start = question.begins
    end = min((question.ends or last) + one, last + one, start + LONGEST)
    if dataset.incidents.time_precision == "month":
        start = start if start.day == 1 else add_months(month_start(start), 1)
        end = month_start(end) if end <= last else add_months(month_start(last), 1)
    if end <= start:
        return None
    if dataset.incidents.time_precision == "month":
        before = Window(start=add_months(start, -12), end=add_months(end, -12))
    else:
        before = Window(start=start - YEAR, end=end - YEAR)
    if before.start < first or before.end > start:
        return None
    return before, Window(start=start, end=end)


def _control(question: _Question, count: Any) -> tuple[str, Any] | None:
    around = widened(question.treated, RING_M)
    busy = shapely.union_all([around, *question.busy])
    free = [
        each for each in question.candidates if not shapely.intersects(each[1], busy)
    ]
    if not free:
        return None
    counts = [count(question.treated)[0], *(count(shape)[0] for _, shape in free)]
    names = ["", *(str(number) for number in range(len(free)))]
    chosen = pick_controls(np.array(counts), [0], names)[0]
    return free[int(chosen[0])] if chosen else None


def _day(text: str) -> dt.date:
    return dt.datetime.fromisoformat(text).date()


def _first_day(dataset: Dataset) -> dt.date:
    return _date(dataset.incidents.frame["start"].min())


def _last_day(dataset: Dataset) -> dt.date:
    return _date(dataset.incidents.frame["start"].max())


def _date(moment: object) -> dt.date:
    assert isinstance(moment, dt.datetime)
    return moment.date()
