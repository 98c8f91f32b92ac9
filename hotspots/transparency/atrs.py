"""The Algorithmic Transparency Recording Standard, filled in from the runs."""

from __future__ import annotations

from hotspots.transparency.atrs_tool import OFFICER, TEAM, build_specification
from hotspots.transparency.document import Document, Entry, Section, blank
from hotspots.transparency.facts import Facts

STANDARD = "Algorithmic Transparency Recording Standard v3.0"
"""The version whose questions are followed."""

OWNER = "the senior responsible owner"
BUYER = "the procurement lead"


def build_atrs(facts: Facts) -> Document:
    """Return the record for publication, with every blank marked.

    References
    ----------
    Department for Science, Innovation and Technology, "Algorithmic Transparency
    Recording Standard", version 3.0: tier 1, and tier 2 in five parts.
    """
    return Document(
        title="Algorithmic transparency record: hotspots",
        marking="FOR PUBLICATION once completed and approved",
        introduction=(
            f"A draft under the {STANDARD}. What the configuration and the runs show "
            "is filled in; nothing else is. Check the questions against the current "
            "template before sending it."
        ),
        sections=(
            _overview(facts),
            _owner(),
            _rationale(facts),
            _context(facts),
            *build_specification(facts),
            _risks(facts),
        ),
    )


def _overview(facts: Facts) -> Section:
    return Section(
        title="Tier 1: Overview",
        entries=(
            Entry(
                number="1.1",
                name="Name",
                lines=(*facts.simulated, "Hotspots: incidents to places and tactics"),
            ),
            Entry(
                number="1.2",
                name="Description",
                lines=(
                    "Counts recorded incidents by place and time, ranks places by "
                    "count, and suggests where patrols, cameras, youth work and "
                    "property marking could go. People decide.",
                    "It ranks places. It does not score, rank or identify people.",
                ),
                complete_by=OWNER,
            ),
            blank("1.3", "Website URL", TEAM),
            blank("1.4", "Contact email", TEAM),
        ),
    )


def _owner() -> Section:
    return Section(
        title="Tier 2: Owner and responsibility",
        entries=(
            blank("2.1.1", "Organisation or department", OWNER),
            blank("2.1.2", "Team", OWNER),
            blank("2.1.3", "Senior responsible owner", OWNER),
            blank("2.1.4", "Third party involvement", BUYER),
            blank("2.1.4.1", "Third party", BUYER),
            blank("2.1.4.2", "Companies House number", BUYER),
            blank("2.1.4.3", "Third party role", BUYER),
            blank("2.1.4.4", "Procurement procedure type", BUYER),
            blank("2.1.4.5", "Third party data access terms", OFFICER),
        ),
    )


def _rationale(facts: Facts) -> Section:
    return Section(
        title="Tier 2: Description and rationale",
        entries=(
            Entry(
                number="2.2.1",
                name="Detailed description",
                lines=(
                    "Incidents are placed in hexagonal cells; neighbouring cells that "
                    "hold the most incidents form hotspots.",
                    "Left out of hotspot counts in this run:",
                    *facts.left_out,
                    facts.coverage,
                ),
            ),
            Entry(
                number="2.2.2",
                name="Benefits",
                lines=(
                    "Measured in this run: see model performance. Benefits beyond that "
                    "are for the owner to state.",
                ),
                complete_by=OWNER,
            ),
            blank("2.2.3", "Previous process", OWNER),
            Entry(
                number="2.2.4",
                name="Alternatives considered",
                lines=("The plain count of the last 12 months stands beside a method.",)
                if facts.evaluation is not None
                else (),
                complete_by=OWNER,
            ),
        ),
    )


def _context(facts: Facts) -> Section:
    return Section(
        title="Tier 2: Deployment context",
        entries=(
            Entry(
                number="2.3.1",
                name="Integration into the broader operational process",
                lines=(
                    "The software writes files and pages for people to read. It sends "
                    "nothing to those who act, and starts nothing.",
                ),
                complete_by=OWNER,
            ),
            Entry(
                number="2.3.2",
                name="Human review",
                lines=(
                    "Nothing is deployed by the software. A suggestion cannot be made "
                    "without its counts, its reasons and its alternatives.",
                ),
                complete_by=OWNER,
            ),
            Entry(
                number="2.3.3",
                name="Frequency and scale of usage",
                lines=facts.usage,
                complete_by=OWNER,
            ),
            blank("2.3.4", "Required training", OWNER),
            blank("2.3.5", "Appeals and review", OFFICER),
        ),
    )


def _risks(facts: Facts) -> Section:
    return Section(
        title="Tier 2: Risks, mitigations and impact assessments",
        entries=(
            Entry(
                number="2.5.1",
                name="Impact assessments",
                lines=("Evidence is in dpia-evidence.md and equality-note.md.",),
                complete_by=OFFICER,
            ),
            Entry(
                number="2.5.2",
                name="Risks and mitigations",
                lines=(
                    "Identification of a victim in a small place. "
                    + facts.policy.in_words(),
                    "Patrols produce records that bring more patrols. What is left out "
                    "of hotspot counts is named under 2.2.1; other offences that are "
                    "found by policing are counted.",
                    "Chance read as change. A count is shown with the count before it "
                    "and the answer may be 'cannot tell'.",
                ),
                complete_by=OWNER,
            ),
        ),
    )
