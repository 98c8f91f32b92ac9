"""Write the transparency record, the evidence for a DPIA and the equality note."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from hotspots.core.errors import OutputError
from hotspots.disclosure import PUBLIC_POLICY, Policy
from hotspots.evaluate import Evaluation
from hotspots.tactics.plan import Plan
from hotspots.transparency.atrs import build_atrs
from hotspots.transparency.document import Document
from hotspots.transparency.dpia import build_dpia
from hotspots.transparency.equality import build_equality
from hotspots.transparency.facts import Facts, build_facts
from hotspots.transparency.runs import PlanRun
from hotspots.workflow import Analysis


def build_documents(
    analysis: Analysis,
    *,
    evaluation: Evaluation | None = None,
    plans: Sequence[Plan | PlanRun] = (),
    usage: Sequence[str] = (),
    untested: str = Facts.untested,
    policy: Policy = PUBLIC_POLICY,
) -> dict[str, Document]:
    """Fill in every document from the runs."""
    runs = [PlanRun.of(one) if isinstance(one, Plan) else one for one in plans]
    facts = build_facts(analysis, evaluation, runs, policy, usage, untested)
    return {
        "atrs-record": build_atrs(facts),
        "dpia-evidence": build_dpia(facts),
        "equality-note": build_equality(facts),
    }


def write_transparency(
    analysis: Analysis,
    out: Path | str,
    *,
    evaluation: Evaluation | None = None,
    plans: Sequence[Plan | PlanRun] = (),
    usage: Sequence[str] = (),
    untested: str = Facts.untested,
    policy: Policy = PUBLIC_POLICY,
) -> tuple[Path, ...]:
    """Write every document as Markdown and as JSON.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    folder = Path(out)
    documents = build_documents(
        analysis,
        evaluation=evaluation,
        plans=plans,
        usage=usage,
        untested=untested,
        policy=policy,
    )
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, document in documents.items():
            record = json.dumps(document.to_record(), indent=2, ensure_ascii=False)
            for ending, text in (
                ("md", document.to_markdown()),
                ("json", record + "\n"),
            ):
                path = folder / f"{name}.{ending}"
                path.write_text(text, encoding="utf-8", newline="\n")
                written.append(path)
    except OSError as error:
        raise OutputError(
            f"the folder for transparency records must be writable; {folder} is not "
            f"({error.strerror or error}). Choose another."
        ) from error
    return tuple(written)
