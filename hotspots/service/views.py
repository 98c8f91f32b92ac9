"""What pages ask for and takes long: made on the site's queue, for every process alike.

Whoever asks the same of the same data takes up the same work; what came of it lies
sealed in ``cache/`` and can be made again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable, Mapping
from typing import Any, cast

from hotspots.analysis.differences import Difference, compare_cells, compare_with_area
from hotspots.analysis.result import Analysis
from hotspots.core.budget import CancelledError
from hotspots.core.errors import HotspotsError, NotFoundError, StoreError
from hotspots.core.window import Window
from hotspots.outputs.plan_folder import write_plan
from hotspots.outputs.printing import Background
from hotspots.questions import QUESTIONS
from hotspots.questions.gather import gather
from hotspots.rights import Actor
from hotspots.service.analyses import Found, found_by, writing_beside
from hotspots.service.datasets import dataset_at, made_analyses
from hotspots.service.frozen import hashes
from hotspots.service.plans import made_plan, resources_of
from hotspots.service.recognise import try_out
from hotspots.service.sealed import folder_beside, key_of, seal, unseal
from hotspots.service.site import Site
from hotspots.store import Session, now
from hotspots.store.models import Job, SiteRecord
from hotspots.store.queries import count, find, hold
from hotspots.work import VIEW, Task, is_free, submit
from hotspots.workflow import write

ANALYSIS, DIFFERENCE, OUTPUTS = "analysis", "difference", "outputs"
ANSWER, PLAN, FILES, TRIAL = "answer", "plan", "files", "trial"
MOST = 8
"""So many may wait; more are refused."""
AGAIN_S = 0.2
FORGOTTEN = dt.timedelta(days=1)


class BusyError(HotspotsError):
    """As much work as may wait is waiting."""


class UnfinishedError(HotspotsError):
    """Work that a page asked for was stopped or interrupted."""


def begin(
    site: Site, actor: Actor, kind: str, version: int, told: Mapping[str, Any]
) -> str:
    """Queue what a page asks for, unless it is going on; return its key.

    Raises BusyError if it would be one too many.
    """
    key = key_of(site, kind, version, told)
    with site.store.writing() as session:
        hold(session, SiteRecord, 1)  # one at a time, so that no two queue the same
        known = session.get(Job, key)
        if known is not None and known.ended_at is None:
            return key
        if count(session, Job, kind=VIEW, state="queued") >= MOST:
            raise BusyError(
                f"at most {MOST} things that pages ask for may wait at once; there are "
                "as many. Try again in a minute."
            )
        if known is not None:
            session.delete(known)
            session.flush()
        arguments = {"view": kind, "version": version, "told": dict(told)}
        submit(session, VIEW, arguments, actor, key)
    return key


def going(session: Session, key: str) -> bool:
    """Say whether it is in the making.

    Raises UnfinishedError if it ended without an answer.
    """
    job = session.get(Job, key)
    if job is None or job.state == "done":  # then it was forgotten since
        return False
    if job.ended_at is not None:
        raise UnfinishedError(f"{job.sentence} Ask for it again.")
    return True


def taken(site: Site, kind: str, version: int, told: Mapping[str, Any]) -> Any:
    """Return what was made, none where nothing is there."""
    found = unseal(site, key_of(site, kind, version, told))
    return found.of(dataset_at(site, version)) if isinstance(found, Found) else found


def analysis_of(
    site: Site, task: Task, version: int, told: Mapping[str, Any]
) -> Analysis:
    """Return an analysis for other work: as it was kept, or made and kept.

    Where another worker is at it, its end is waited for.
    """
    key, dataset = key_of(site, ANALYSIS, version, told), dataset_at(site, version)

    def find() -> Analysis:
        while True:
            with site.store.reading() as session:
                other = session.get(Job, key)
            found = taken(site, ANALYSIS, version, told)
            if found is not None:
                return cast("Analysis", found)
            if other is None or other.ended_at or is_free(other):
                made, kept = found_by(dataset, told, task.progress)
                seal(site, key, kept)
                return made
            task.progress(other.doing, other.done, other.total)
            time.sleep(AGAIN_S)

    return made_analyses.get((site.folder, key), find)


def sweep_views(site: Site) -> None:
    """Forget work for pages that ended a day ago."""
    ended = ("done", "failed", "cancelled")
    with site.store.reading() as session:
        every = find(session, Job, kind=VIEW, state=list(ended))
        old = [job.id for job in every if now() - job.made_at > FORGOTTEN]
    if old:
        with site.store.writing() as session:
            for job in find(session, Job, id=old):
                session.delete(job)


def perform_view(site: Site, task: Task) -> None:
    """Make what a page asked for."""
    make = VIEWS[task.arguments["view"]]
    try:
        answer = make(site, task)
    except (CancelledError, StoreError):
        raise
    except HotspotsError as error:
        seal(site, task.id, error)
        raise
    seal(site, task.id, answer)
    with task.commit():
        pass


def _analysis(site: Site, task: Task) -> Found:
    dataset = dataset_at(site, task.arguments["version"])
    return found_by(dataset, task.arguments["told"], task.progress)[1]


def _analysed(site: Site, task: Task) -> Analysis:
    told = task.arguments["told"]["parameters"]
    return analysis_of(site, task, task.arguments["version"], told)


def _difference(site: Site, task: Task) -> Difference:
    analysis, told = _analysed(site, task), task.arguments["told"]
    if told["area"]:
        return compare_with_area(analysis, told["area"])
    days = map(dt.date.fromisoformat, told["before"])
    before = dict(zip(("start", "end"), days, strict=False))
    return compare_cells(analysis, Window(**before) if before else None)


def _outputs(site: Site, task: Task) -> dict[str, str]:
    """Write the files of an analysis as the command does; return their hashes."""
    folder = folder_beside(site, task.id)
    with writing_beside(dataset_at(site, task.arguments["version"])):
        write(_analysed(site, task), folder, progress=task.progress)
    return hashes(folder)


def _answer(site: Site, task: Task) -> Any:
    told, dataset = task.arguments["told"], dataset_at(site, task.arguments["version"])
    wanted = QUESTIONS[told["question"]]
    material = gather(
        wanted,
        dataset,
        categories=told["categories"],
        window=told["window"],
        area=told["area"],
        resources=resources_of(site, simulated=dataset.simulated),
    )
    return wanted.answer(material, told["options"])


def _plan(site: Site, task: Task) -> Any:
    return made_plan(site, task.arguments["version"], task.arguments["told"])


def _files(site: Site, task: Task) -> dict[str, str]:
    """Write the files of a plan as the command does; return their hashes."""
    made, folder = _plan(site, task), folder_beside(site, task.id)
    dataset = dataset_at(site, task.arguments["version"])
    resources = resources_of(site, simulated=dataset.simulated)
    ground = Background.from_areas(dataset.areas, resources=resources)
    write_plan(made, folder, background=ground)
    return hashes(folder)


def _trial(site: Site, task: Task) -> Any:
    return try_out(site, task.actor, **task.arguments["told"])


VIEWS: dict[str, Callable[[Site, Task], Any]] = {
    ANALYSIS: _analysis,
    DIFFERENCE: _difference,
    OUTPUTS: _outputs,
    ANSWER: _answer,
    FILES: _files,
    PLAN: _plan,
    TRIAL: _trial,
}


def view_file(site: Site, key: str, name: str) -> bytes:
    """Return the bytes of one file of an answer that is files.

    Raises NotFoundError if there is none of this name, or it is not what was written.
    """
    known = unseal(site, key) or {}
    path = folder_beside(site, key) / name
    content = path.read_bytes() if name in known and path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != known.get(name):
        raise NotFoundError(f"there is no file named '{name}' any more.")
    return content
