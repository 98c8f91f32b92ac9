"""The public transparency records of a site: what it computes and how it is used."""

from __future__ import annotations

from pathlib import Path

from hotspots.core.errors import PrecisionError, TooFewError
from hotspots.rights import Actor, check
from hotspots.service.audit import record
from hotspots.service.datasets import dataset_at
from hotspots.service.frozen import folder_of
from hotspots.service.site import Site
from hotspots.store import Session
from hotspots.store.models import Brief, Decision, Outcome, Plan, Run
from hotspots.store.queries import count, find
from hotspots.transparency import read_plan_run, write_transparency
from hotspots.workflow import analyse, evaluate

PLANS = 20
"""The latest plans that the records speak of."""


def write_records(
    site: Site, actor: Actor, out: Path, *, back_test: bool = True
) -> list[Path]:
    """Write the records of a site into a folder and return the files."""
    check(actor, "transparency.make")
    with site.store.writing() as session:
        usage = _usage(session)
        made = find(session, Plan, descending=True, limit=PLANS)
        record(session, actor, "transparency.make", out.name)
    folders = [folder_of(site, "plan", each.id) for each in made]
    dataset = dataset_at(site)
    evaluation, untested = None, "No back-test was asked for."
    if back_test:
        try:
            evaluation, untested = evaluate(dataset), ""
        except (PrecisionError, TooFewError) as error:
            untested = f"No back-test: {error}"
    return list(
        write_transparency(
            analyse(dataset),
            out,
            evaluation=evaluation,
            plans=[read_plan_run(each) for each in folders],
            usage=usage,
            untested=untested,
        )
    )


def _usage(session: Session) -> tuple[str, ...]:
    verdicts = {
        verdict: count(session, Decision, verdict=verdict)
        for verdict in ("accept", "change", "decline")
    }
    cannot = count(session, Outcome, word="cannot tell")
    return (
        f"{count(session, Run)} analyses, {count(session, Plan)} plans and "
        f"{count(session, Brief)} briefs were made.",
        f"People accepted {verdicts['accept']} suggestions, changed "
        f"{verdicts['change']} and declined {verdicts['decline']}.",
        f"{count(session, Outcome)} outcomes were measured; {cannot} cannot tell.",
    )
