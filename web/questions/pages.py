"""The pages of the questions: a form made from the definition, and the answer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, jsonify, render_template
from flask.typing import ResponseReturnValue

from hotspots.core.errors import HotspotsError
from hotspots.questions import QUESTIONS, Question
from hotspots.service import queue
from hotspots.service.views import ANSWER
from hotspots.web.errors import WORKING, status_of
from hotspots.web.map.ground import shown_basemap
from hotspots.web.parts.asking import asked, works
from hotspots.web.parts.forms import fields
from hotspots.web.parts.query import Query
from hotspots.web.parts.results import Results, current_results
from hotspots.web.parts.sessions import reading, writing
from hotspots.web.parts.shapes import answer_shapes
from hotspots.web.parts.waiting import NotReadyError
from hotspots.web.site.identity import current_actor, current_site

blueprint = Blueprint("questions", __name__)

LONGEST_VALUE = 2000


@blueprint.get("/questions")
def index() -> str:
    """List the questions."""
    return render_template(
        "questions/index.html", page="questions", questions=QUESTIONS
    )


@works(blueprint, "/questions/<name>")
def question(name: str) -> ResponseReturnValue:
    """Show the form of a question and, once it is there, the answer."""
    found = QUESTIONS.get(name)
    if found is None:
        abort(404)
    results = current_results()
    names = [param.name for param in found.options]
    text = option_text(names)
    try:
        query = Query.from_args(asked(), results.choices, also=names)
        answer = _answer(results, found, query, text)
    except NotReadyError as waiting:
        return _render(results, found, text, query=query, waiting=waiting), WORKING
    except HotspotsError as error:
        shown = _render(results, found, text, error=str(error))
        return shown, status_of(error)
    return _render(results, found, text, query=query, answer=answer), 200


@blueprint.get("/working/<key>")
def job(key: str) -> ResponseReturnValue:
    """Say whether some work is done."""
    with reading() as session:
        state = queue.state(session, current_actor(), key[:64])
    return jsonify(ok=True, **state)


@blueprint.post("/working/<key>/cancel")
def cancel(key: str) -> ResponseReturnValue:
    """Stop some work at its next step."""
    with writing() as session:
        queue.cancel(session, current_actor(), key[:64])
    return jsonify(ok=True)


def option_text(names: list[str]) -> dict[str, str]:
    """Return the options of a query string; several values are joined by ';'."""
    said = {}
    for name in names:
        value = ";".join(part for part in asked().getlist(name) if part.strip())
        if value:
            said[name] = value[:LONGEST_VALUE]
    return said


def _answer(
    results: Results, wanted: Question, query: Query, text: dict[str, str]
) -> Any:
    wanted.build(text)  # a bad option is told before any work
    told = {
        "question": wanted.name,
        "options": text,
        "categories": query.categories or None,
        "window": query.window_text(results.choices),
        "area": query.area or None,
    }
    return results.view(ANSWER, told)


def _render(
    results: Results,
    wanted: Question,
    text: dict[str, str],
    *,
    query: Query | None = None,
    **context: Any,
) -> str:
    areas = [(area.code, area.name) for area in results.choices.areas]
    answer = context.get("answer")
    mapped = answer_shapes(answer, results.dataset.areas) if answer else None
    return render_template(
        "questions/question.html",
        basemap=shown_basemap(current_site()),
        mapped=mapped,
        choices=results.choices,
        chosen=query or Query(),
        fields=fields(wanted.options, text, areas=areas),
        page="questions",
        question=wanted,
        **context,
    )
