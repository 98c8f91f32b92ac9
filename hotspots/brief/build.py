"""Build a brief: from one dataset and one period to every section of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from hotspots.analysis.dataset import Dataset
from hotspots.brief.comment import find_comment
from hotspots.brief.content import Brief, Comment
from hotspots.brief.indicators import Indicator, headline_indicators
from hotspots.brief.period import Kind, Period
from hotspots.brief.places import places_parameters
from hotspots.brief.provenance import build_provenance, method_sentences
from hotspots.brief.public import check_public_period
from hotspots.brief.record import read_previous
from hotspots.brief.scope import Scope
from hotspots.brief.sections import arrange
from hotspots.brief.tables import Found, build_tables, publish_tables
from hotspots.core.errors import ParameterError
from hotspots.disclosure.policy import PUBLIC_POLICY, Policy, check_audience
from hotspots.intake.records import Records
from hotspots.register.actions import read_actions
from hotspots.register.deployments import read_deployments
from hotspots.sources import Progress
from hotspots.workflow import analyse

PURPOSE = (
    "For the partnership to decide where to prevent crime and disorder (Crime and "
    "Disorder Act 1998, section 17)."
)
PUBLIC_PURPOSE = "To tell the public what was recorded, and what is not known."
PUBLIC_TITLES: dict[Kind, str] = {
    "monthly": "Crime and disorder: figures for the month",
    "quarterly": "Crime and disorder: figures for the quarter",
    "annual": "Crime and disorder: figures for the year",
}
TITLES: dict[Kind, str] = {
    "weekly": "Weekly hotspot brief",
    "monthly": "Monthly brief for the Joint Action Group",
    "quarterly": "Quarterly indicator return",
    "annual": "Strategic assessment",
}
MONTHS = 24
"""Look-back of the places, months."""


def build_brief(
    dataset: Dataset,
    *,
    period: str | Period,
    kind: Kind | None = None,
    audience: str = "operational",
    deployments: Path | str | Records | None = None,
    actions: Path | str | Records | None = None,
    previous: Path | str | None = None,
    out: Path | str | None = None,
    comment: Comment | None = None,
    purpose: str = "",
    sharing_agreement: str = "",
    months: int = MONTHS,
    n_places: int = 10,
    indicators: Sequence[Indicator] = (),
    policy: Policy = PUBLIC_POLICY,
    progress: Progress | None = None,
) -> Brief:
    """Build the brief of a week, a month, a quarter or a year.

    ``audience``: {"operational", "partner", "public"}. Raises ParameterError if the
    period, the kind or the audience is none, or the public is to see a calendar year;
    PrecisionError if a week is asked of files that state only the month, or for the
    public; NoUsableRowsError if no incident lies in the period; SourceError if a file
    cannot be used.
    """
    asked = Period.from_text(period) if isinstance(period, str) else period
    who = check_audience(audience)
    if kind is not None and kind != asked.kind:
        raise ParameterError(
            f"the period of a {kind} brief must be of that kind; {asked.text!r} is "
            f"{asked.kind}. Leave the kind out, or give another period."
        )
    if who == "public":
        check_public_period(asked)
    scope = Scope.of(dataset, asked)
    parameters = places_parameters(scope, months, n_places)
    held = _records(deployments, read_deployments)
    decided = _records(actions, read_actions)
    last = read_previous(previous, before=asked.window.last_day)
    carried = previous if last and last.get("audience") == who else None
    found = Found(
        audience=who,
        scope=scope,
        analysis=analyse(scope.dataset, parameters, progress=progress),
        indicators=indicators or headline_indicators(),
        deployments=held,
        actions=decided,
        previous=last,
    )
    tables, marking = publish_tables(build_tables(found), found, policy)
    configuration = {
        "kind": asked.kind,
        "period": asked.text,
        "audience": who,
        "look_back_months": months,
        "analysis": found.analysis.summary["parameters"],
        "indicators": [asdict(each) for each in found.indicators],
        "policy": asdict(policy),
    }
    areas = scope.dataset.areas
    return Brief(
        kind=asked.kind,
        audience=who,
        marking=marking,
        title=(PUBLIC_TITLES if who == "public" else TITLES)[asked.kind],
        subtitle=str(asked)[0].upper() + str(asked)[1:],
        purpose=purpose or (PUBLIC_PURPOSE if who == "public" else PURPOSE),
        sharing_agreement=sharing_agreement,
        period=asked,
        counted=asked.counted,
        data_to=asked.window.last_day,
        held=scope.dataset.exposure.words(found.analysis.window),
        sections=arrange(found, tables),
        comment=comment or find_comment(out, carried, period=asked.text),
        provenance=build_provenance(
            scope,
            configuration,
            deployments=held,
            actions=decided,
            method=method_sentences(scope, parameters, public=who == "public"),
        ),
        simulated=dataset.simulated,
        attribution=found.analysis.dataset.attribution,
        areas_geometry=areas.geometry,
        areas_frame=areas.frame.select("code", "name", "kind"),
    )


def _records(
    given: Path | str | Records | None, read: Callable[[Path | str], Records]
) -> Records | None:
    return given if given is None or isinstance(given, Records) else read(given)
