"""Evidence for a data protection impact assessment; the assessment is a person's."""

from __future__ import annotations

import polars as pl

from hotspots.disclosure import address_columns
from hotspots.transparency.document import Document, Entry, Section, blank
from hotspots.transparency.facts import Facts

OFFICER = "the data protection officer"
OWNER = "the controller"


def build_dpia(facts: Facts) -> Document:
    """Return what the runs can show under each step of an assessment.

    References
    ----------
    Information Commissioner's Office, "Data protection impact assessments", the seven
    steps of its sample template. UK GDPR article 35; Data Protection Act 2018, section
    64, for law enforcement processing.
    """
    return Document(
        title="Evidence for the data protection impact assessment: hotspots",
        marking="OFFICIAL",
        introduction=(
            "What the configuration and the runs show, by the steps of the Information "
            "Commissioner's template. It is evidence for an assessment, not one."
        ),
        sections=(
            _need(facts),
            _processing(facts),
            Section(
                title="3 Consultation",
                entries=(blank("", "Who was consulted, and what they said", OWNER),),
            ),
            _necessity(facts),
            _risks(facts),
            Section(
                title="7 Sign-off",
                entries=(
                    blank("", "Advice of the data protection officer", OFFICER),
                    blank("", "Residual risks accepted", OWNER),
                    blank("", "Review date", OFFICER),
                ),
            ),
        ),
    )


def _need(facts: Facts) -> Section:
    return Section(
        title="1 Need for an assessment",
        entries=(
            Entry(
                name="What is done",
                lines=(
                    *facts.simulated,
                    "Recorded incidents are counted by place to suggest where to act.",
                    "The tool ranks places and makes no decision about a person.",
                ),
                complete_by=OFFICER,
            ),
        ),
    )


def _processing(facts: Facts) -> Section:
    incidents = facts.analysis.incidents.frame
    close = address_columns(incidents)
    held = ", ".join(n for n in close if _has_values(incidents, n)) or "none"
    return Section(
        title="2 The processing",
        entries=(
            Entry(name="Files read", lines=facts.inputs),
            Entry(name="Where every row went", lines=facts.rows(public=False)),
            Entry(name="Why rows were not used", lines=facts.reasons()),
            Entry(
                name="Columns held",
                lines=(
                    f"All: {', '.join(incidents.columns)}.",
                    f"That lead to one address or record, and have values: {held}.",
                ),
            ),
            Entry(
                name="Scope",
                lines=(facts.coverage, *facts.grain),
            ),
            Entry(
                name="Settings",
                lines=(facts.version, *facts.parameters, *facts.analysis.notes),
            ),
            Entry(name="Plans made", lines=facts.tactics),
            blank("", "Nature, context and sources of the data", OFFICER),
        ),
    )


def _necessity(facts: Facts) -> Section:
    return Section(
        title="4 Necessity and proportionality",
        entries=(
            Entry(
                name="Data left out",
                lines=("Left out of hotspot counts by rule:", *facts.left_out),
            ),
            Entry(
                name="Does it achieve its purpose",
                lines=facts.performance(public=False),
            ),
            blank("", "Lawful basis, regime and sharing agreements", OFFICER),
            blank("", "Retention periods applied", OFFICER),
            blank("", "How people's rights are met", OFFICER),
        ),
    )


def _risks(facts: Facts) -> Section:
    return Section(
        title="5 and 6 Risks and measures",
        entries=(
            Entry(
                name="A person is identified from a published count",
                lines=(
                    "Every public table passes one disclosure control.",
                    facts.policy.in_words(),
                ),
                complete_by=OFFICER,
            ),
            Entry(
                name="An address leaves the partnership",
                lines=(
                    "Partner and public outputs hold no address column; operational "
                    "ones that do are marked OFFICIAL-SENSITIVE, and the software "
                    "refuses to attach them to an e-mail.",
                ),
                complete_by=OFFICER,
            ),
            Entry(
                name="A place is singled out by how it is policed",
                lines=("See equality-note.md.",),
                complete_by=OWNER,
            ),
        ),
    )


def _has_values(frame: pl.DataFrame, name: str) -> bool:
    return frame[name].null_count() < frame.height
