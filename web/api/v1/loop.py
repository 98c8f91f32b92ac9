"""The loop: meetings, decisions, tasks, deployments and visits."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, Field

from hotspots.service import decisions, registers, tasks
from hotspots.web.api.v1.endpoint import Answer, Body, Said, Text, endpoint
from hotspots.web.api.v1.tables import bytes_answer

Status = Literal["open", "in progress", "done", "closed"]
Osara = Literal["objective", "scanning", "analysis", "response", "assessment"]
Words = Field(default="", max_length=2000)


class TaskAnswer(Answer):
    """A task; ``version`` is its ETag."""

    id: str
    number: int
    version: int
    action: str
    tactic: str
    place_id: str | None
    decision_id: str | None
    owner_agency: str
    owner_role: str
    set_on: dt.date
    due: dt.date
    status: str
    colour: str
    done_on: dt.date | None
    result: str
    measure: str
    success: str
    osara: str
    exit_rule: str
    case_reference: str


class TaskList(Answer):
    """Tasks, the first due first."""

    tasks: list[TaskAnswer]


class TaskBody(Body):
    """A task that stems from no suggestion."""

    action: Said = Field(max_length=2000)
    owner_agency: Said = Field(max_length=200)
    owner_role: Said = Field(max_length=200)
    due: dt.date
    place: Text | None = None
    tactic: Text = Field(default="", max_length=50)
    measure: Text = Words
    success: Text = Words
    exit_rule: Text = Words
    case_reference: Text = Field(default="", max_length=200)


class TaskChange(Body):
    """What is to change of a task."""

    action: Said | None = Field(default=None, max_length=2000)
    owner_role: Said | None = Field(default=None, max_length=200)
    due: dt.date | None = None
    status: Status | None = None
    done_on: dt.date | None = None
    result: Text | None = Field(default=None, max_length=2000)
    osara: Osara | None = None
    exit_rule: Text | None = Field(default=None, max_length=2000)
    case_reference: Text | None = Field(default=None, max_length=200)


class TaskQuery(BaseModel):
    """Which tasks."""

    status: Status | None = None
    owner_agency: str | None = None


class DecisionBody(Body):
    """What is said to a suggestion, and who is to do what by when."""

    suggestion: Text
    verdict: Literal["accept", "change", "decline"]
    reason: Text = Field(max_length=2000)
    owner_agency: Text = Field(default="", max_length=200)
    owner_role: Text = Field(default="", max_length=200)
    due: dt.date | None = None
    change: Text = Words
    meeting: Text | None = None
    decided: dt.date | None = None
    measure: Text = Words
    exit_rule: Text = Words
    case_reference: Text = Field(default="", max_length=200)


class DecisionAnswer(Answer):
    """A decision."""

    id: str
    suggestion_id: str
    meeting_id: str | None
    agency_id: str
    verdict: str
    reason: str
    change: str
    decided_on: dt.date


class Decided(Answer):
    """The task that a decision set, with the decision; a declined one sets none."""

    id: str = Field(description="Of the task; of the decision where there is none.")
    decision: DecisionAnswer
    task: str | None = None
    version: int | None = None
    number: int | None = None
    action: str | None = None
    owner_agency: str | None = None
    owner_role: str | None = None
    due: dt.date | None = None
    status: str | None = None
    place_id: str | None = None


class DecisionList(Answer):
    """Decisions, the latest first."""

    decisions: list[DecisionAnswer]


class MeetingBody(Body):
    """A meeting of the partnership."""

    title: Said = Field(max_length=200)
    held_on: dt.date
    agencies: list[Text] = Field(default=[], max_length=50)
    note: Text = Words


class MeetingAnswer(Answer):
    """A meeting; ``version`` is its ETag."""

    id: str
    version: int
    title: str
    held_on: dt.date
    agencies: list[str]
    note: str


class MeetingList(Answer):
    """Meetings, the latest first."""

    meetings: list[MeetingAnswer]


class Agenda(MeetingAnswer):
    """A meeting with what it has before it."""

    tasks: list[TaskAnswer]
    suggestions: list[dict[str, Any]]
    decisions: list[DecisionAnswer]


class CommentBody(Body):
    """What is said on a task."""

    text: Said = Field(max_length=4000)


class Comment(Answer):
    """What was said on a task."""

    id: str
    text: str
    made_at: dt.datetime
    made_by: str


class CommentList(Answer):
    """What was said on a task, the first first."""

    comments: list[Comment]


@endpoint("/decisions", "POST", body=DecisionBody, returns=Decided, status=201)
def post_decision(session: Any, actor: Any, told: DecisionBody) -> Decided:
    """Accept, change or decline a suggestion; the task that follows is the answer."""
    said = decisions.Verdict(**told.model_dump())
    decision, task = decisions.decide(session, actor, said)
    answer = DecisionAnswer.model_validate(decision)
    if task is None:
        return Decided(id=decision.id, decision=answer)
    shared = set(Decided.model_fields) - {"decision", "task"}
    return Decided(
        decision=answer, task=task.id, **{name: getattr(task, name) for name in shared}
    )


@endpoint("/decisions", returns=DecisionList)
def list_decisions(session: Any, actor: Any) -> DecisionList:
    """List what was decided."""
    made = decisions.decisions(session, actor)
    return DecisionList(decisions=[DecisionAnswer.model_validate(d) for d in made])


@endpoint("/meetings", "POST", body=MeetingBody, returns=MeetingAnswer, status=201)
def post_meeting(session: Any, actor: Any, told: MeetingBody) -> MeetingAnswer:
    """Make a meeting."""
    made = decisions.add_meeting(session, actor, **told.model_dump())
    return MeetingAnswer.model_validate(made)


@endpoint("/meetings", returns=MeetingList)
def list_meetings(session: Any, actor: Any) -> MeetingList:
    """List the meetings."""
    made = decisions.meetings(session, actor)
    return MeetingList(meetings=[MeetingAnswer.model_validate(each) for each in made])


@endpoint("/meetings/<id>", returns=Agenda)
def get_meeting(session: Any, actor: Any, id: str) -> Agenda:
    """Tell what a meeting has before it."""
    found = decisions.agenda(session, actor, id)
    return Agenda(
        **MeetingAnswer.model_validate(found.meeting).model_dump(),
        tasks=[_task(each) for each in found.tasks],
        suggestions=[
            {"id": s.id, "plan": s.plan_id, "tactic": s.tactic, "name": s.name}
            for s in found.suggestions
        ],
        decisions=[DecisionAnswer.model_validate(each) for each in found.decisions],
    )


@endpoint("/tasks", query=TaskQuery, returns=TaskList)
def list_tasks(session: Any, actor: Any, asked: TaskQuery) -> TaskList:
    """List tasks, the first due first."""
    wanted = asked.model_dump(exclude_none=True)
    return TaskList(tasks=[_task(t) for t in tasks.tasks(session, actor, **wanted)])


@endpoint("/tasks", "POST", body=TaskBody, returns=TaskAnswer, status=201)
def post_task(session: Any, actor: Any, told: TaskBody) -> TaskAnswer:
    """Set a task that stems from no suggestion."""
    return _task(tasks.make_task(session, actor, **told.model_dump()))


@endpoint("/tasks/<id>", returns=TaskAnswer)
def get_task(session: Any, actor: Any, id: str) -> TaskAnswer:
    """Read a task; its ETag is what a change must name."""
    return _task(tasks.task(session, actor, id))


@endpoint("/tasks/<id>", "PATCH", body=TaskChange, returns=TaskAnswer)
def patch_task(
    session: Any, actor: Any, id: str, told: TaskChange, seen: int
) -> TaskAnswer:
    """Change a task that is as it was read (If-Match)."""
    changes = told.model_dump(exclude_unset=True)
    return _task(tasks.change_task(session, actor, id, seen, **changes))


@endpoint("/tasks/<id>/comments", returns=CommentList)
def list_comments(session: Any, actor: Any, id: str) -> CommentList:
    """Read what was said on a task."""
    said = tasks.comments(session, actor, id)
    return CommentList(comments=[Comment.model_validate(each) for each in said])


@endpoint("/tasks/<id>/comments", "POST", body=CommentBody, returns=Comment, status=201)
def post_comment(session: Any, actor: Any, id: str, told: CommentBody) -> Comment:
    """Say something on a task."""
    return Comment.model_validate(tasks.comment(session, actor, id, told.text))


@endpoint("/registers/actions.csv")
def get_actions(session: Any, actor: Any) -> Any:
    """Download every task as the file of actions that a brief reads."""
    made = registers.actions_csv(session, actor)
    return bytes_answer(made, "actions.csv", "text/csv")


@endpoint("/registers/deployments.csv")
def get_deployments_file(session: Any, actor: Any) -> Any:
    """Download every deployment and visit as the file that a brief reads."""
    made = registers.deployments_csv(session, actor)
    return bytes_answer(made, "deployments.csv", "text/csv")


def _task(task: Any) -> TaskAnswer:
    today = dt.datetime.now().astimezone().date()
    names = TaskAnswer.model_fields
    told: dict[str, Any] = {name: getattr(task, name, None) for name in names}
    return TaskAnswer(**{**told, "colour": tasks.colour(task, today)})
