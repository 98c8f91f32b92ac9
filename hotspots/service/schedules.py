"""What a site does by itself, once a week each: on its own queue, in its own log.

``[schedules]`` of ``site.toml`` says when, by the clock on the wall: ``brief = "Monday
06:00"``. What was due while no worker ran is done when one runs again, once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from hotspots.core.errors import ParameterError, did_you_mean
from hotspots.core.window import WEEKDAYS
from hotspots.delivery.schedule import Schedule
from hotspots.rights import Actor
from hotspots.service.audit import record
from hotspots.service.backup import backup
from hotspots.service.briefs import request_brief
from hotspots.service.feeds import feed_states
from hotspots.service.site import SCHEDULED, Site
from hotspots.store import Session, now
from hotspots.store.models import AreaSet, AuditHead, Job
from hotspots.store.queries import find, get, hold
from hotspots.work import Task, submit

KINDS = SCHEDULED
BACKUPS_KEPT = 8
ACTOR = Actor.operator("schedule of the site")
MARK = "scheduled"


def parse_schedules(told: Mapping[str, str], zone: str) -> dict[str, Schedule]:
    """Return when each thing is done.

    Raises ParameterError if a thing or a time is none.

    Examples
    --------
    >>> parse_schedules({"purge": "Sunday 03:00"}, "Europe/London")["purge"].weekday
    6
    """
    for kind in told:
        if kind not in KINDS:
            raise ParameterError(
                f"[schedules] may say {', '.join(KINDS)}; got '{kind}'."
                f"{did_you_mean(kind, KINDS)}"
            )
    return {kind: _schedule(kind, text, zone) for kind, text in told.items()}


def queue_due(site: Site, moment: dt.datetime | None = None) -> list[str]:
    """Queue what is due at a moment and was not queued since; return the kinds."""
    at, queued = moment or now(), []
    told = parse_schedules(site.settings.schedules, site.settings.time_zone)
    for kind, schedule in told.items():
        with site.store.writing() as session:
            hold(session, AuditHead, 1)  # one worker at a time
            if schedule.last_before(at) > _last(session, kind):
                _queue(site, session, kind)
                queued.append(kind)
    return queued


def perform_backup(site: Site, task: Task) -> None:
    """Do a scheduled backup, and let go of the oldest beyond those that are kept."""
    folder = site.folder / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    out = folder / f"{now():%Y%m%dT%H%M%S}-{task.id[-6:]}.tar"
    backup(site, task.actor, out)
    for old in sorted(folder.glob("*.tar"))[:-BACKUPS_KEPT]:
        old.unlink()
    task.sentence = f"The site is in backups/{out.name}. It holds the keys."
    with task.commit():
        pass


def perform_freshness(site: Site, task: Task) -> None:
    """Say how fresh each feed is, in the log too."""
    with site.store.reading() as session:
        states = feed_states(session, task.actor, site.today())
    task.sentence = "; ".join(each.sentence() for each in states) or "There is no feed."
    with task.commit() as session:
        record(session, task.actor, "feed.freshness", said=task.sentence)


def _queue(site: Site, session: Session, kind: str) -> None:
    if kind == "brief":
        last = site.today() - dt.timedelta(weeks=1)
        week = last.isocalendar()
        period = f"{week.year}-W{week.week:02d}"
        id = request_brief(session, ACTOR, period=period)
        job = get(session, Job, id)
        job.arguments = {**job.arguments, MARK: True}
    else:
        submit(session, kind, {MARK: True}, ACTOR)
    record(session, ACTOR, "schedule.queue", kind)


def _last(session: Session, kind: str) -> dt.datetime:
    """Return when it was queued last by schedule; before that, when the site began."""
    made = find(session, Job, descending=True, kind=kind)
    own = (each.made_at for each in made if each.arguments.get(MARK))
    (first,) = find(session, AreaSet, limit=1)  # a site is made with areas
    return next(own, first.made_at)


def _schedule(kind: str, text: str, zone: str) -> Schedule:
    name, _, clock = text.strip().partition(" ")
    days = [each.lower() for each in WEEKDAYS]
    try:
        return Schedule(
            weekday=days.index(name.lower()),
            at=dt.time.fromisoformat(clock.strip()),
            zone=zone,
        )
    except ValueError as error:
        raise ParameterError(
            f"'{kind}' of [schedules] must be a weekday and a time such as 'Monday "
            f"06:00'; got {text!r}."
        ) from error
