"""Write the transparency record, the evidence for a DPIA and the equality note."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hotspots.core.folders import atomic_folder
from hotspots.tactics.plan import Plan
from hotspots.transparency.document import Document, read_form
from hotspots.transparency.facts import Facts
from hotspots.transparency.runs import plan_words
from hotspots.workflow import Analysis

PUBLIC_FORMS = {"atrs-record": True, "dpia-evidence": False, "equality-note": False}
"""Whether each form is published."""


def build_documents(
    analysis: Analysis, *, plans: Sequence[Plan | str] = (), **given: Any
) -> dict[str, Document]:
    """Fill in every document from the runs.

    ``**given``: ``evaluation``, ``usage``, ``untested`` and ``policy`` of
    :class:`hotspots.transparency.facts.Facts`.

    References
    ----------
    Department for Science, Innovation and Technology, "Algorithmic Transparency
    Recording Standard", version 3.0: tier 1, and tier 2 in five parts. Information
    Commissioner's Office, "Data protection impact assessments", the seven steps of its
    sample template; UK GDPR article 35; Data Protection Act 2018, section 64. Equality
    Act 2010, sections 4 and 149.
    """
    runs = tuple(plan_words(one) if isinstance(one, Plan) else one for one in plans)
    facts = Facts(analysis=analysis, plans=runs, **given)
    tested = facts.evaluation is not None
    return {
        name: replace(
            read_form(name, facts.values(public=public), tested=tested),
            attribution=analysis.dataset.attribution,
        )
        for name, public in PUBLIC_FORMS.items()
    }


def write_transparency(
    analysis: Analysis, out: Path | str, **given: Any
) -> tuple[Path, ...]:
    """Write every document of :func:`build_documents` as Markdown and as JSON."""
    documents = build_documents(analysis, **given)
    written = []
    with atomic_folder(Path(out)) as folder:
        for name, document in documents.items():
            record = json.dumps(document.to_record(), indent=2, ensure_ascii=False)
            texts = {"md": document.to_markdown(), "json": record + "\n"}
            for ending, text in texts.items():
                path = folder / f"{name}.{ending}"
                path.write_text(text, encoding="utf-8", newline="\n")
                written.append(Path(out) / path.name)
    return tuple(written)
