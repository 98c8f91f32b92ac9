"""Each kind of long work and who does it."""

from __future__ import annotations

from functools import partial

from hotspots.service.briefs import perform_brief
from hotspots.service.imports import perform_import
from hotspots.service.outcomes import perform_outcome
from hotspots.service.plans import perform_plan
from hotspots.service.purge import perform_purge
from hotspots.service.runs import perform_run
from hotspots.service.schedules import (
    perform_backup,
    perform_freshness,
    queue_due,
)
from hotspots.service.site import Site
from hotspots.service.uploads import sweep_spool
from hotspots.service.views import perform_view, sweep_views
from hotspots.work import VIEW, Handler, Worker

HANDLERS = {
    "backup": perform_backup,
    "brief": perform_brief,
    "freshness": perform_freshness,
    "import": perform_import,
    "outcome": perform_outcome,
    "plan": perform_plan,
    "purge": perform_purge,
    "run": perform_run,
    "view": perform_view,
}


def worker_of(site: Site, *, pages: bool = False) -> Worker:
    """Return a worker for the queue of a site, or only for what pages wait for."""
    handlers: dict[str, Handler] = {
        kind: partial(perform, site) for kind, perform in HANDLERS.items()
    }

    def tidy() -> None:
        sweep_spool(site)
        sweep_views(site)

    return Worker(
        site.store, handlers, tidy, partial(queue_due, site), VIEW if pages else None
    )
