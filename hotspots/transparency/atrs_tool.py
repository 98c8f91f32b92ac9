"""The transparency record's questions on the tool itself: system, model and data."""

from __future__ import annotations

from hotspots.transparency.document import Entry, Section, blank
from hotspots.transparency.facts import Facts

TEAM = "the community safety analyst"
OFFICER = "the data protection officer"
KEEPER = "the systems administrator"


def build_specification(facts: Facts) -> tuple[Section, ...]:
    """Return the four sections under 2.4."""
    return (
        _system(facts),
        _model(facts),
        _development_data(facts),
        _operational_data(facts),
    )


def _system(facts: Facts) -> Section:
    return Section(
        title="Tier 2: Tool specification, system",
        entries=(
            Entry(
                number="2.4.1.1",
                name="System architecture",
                lines=(
                    "One program: a library, a command line, and a web page that "
                    "answers only on the computer that it runs on.",
                    facts.version,
                ),
                complete_by=KEEPER,
            ),
            Entry(
                number="2.4.1.2",
                name="System-level input",
                lines=("Files of incidents and of area boundaries.", *facts.grain),
            ),
            Entry(
                number="2.4.1.3",
                name="System-level output",
                lines=(
                    f"{len(facts.analysis.hotspots):,} hotspots; tables, maps and "
                    "briefs for each audience.",
                    *facts.tactics,
                ),
            ),
            blank("2.4.1.4", "Maintenance", KEEPER),
            Entry(
                number="2.4.1.5",
                name="Models",
                lines=("Counts, kernel density and the Getis-Ord Gi* statistic.",),
            ),
        ),
    )


def _model(facts: Facts) -> Section:
    rule = facts.summary["parameters"]["rule"]
    return Section(
        title="Tier 2: Tool specification, model",
        entries=(
            Entry(
                number="2.4.2.1",
                name="Model name",
                lines=(f"The rule {rule['method']}.",),
            ),
            Entry(number="2.4.2.2", name="Model version", lines=(facts.version,)),
            Entry(
                number="2.4.2.3",
                name="Model task",
                lines=("Rank places by recorded incidents.",),
            ),
            Entry(
                number="2.4.2.4",
                name="Model input",
                lines=("Place, time and category of incidents.",),
            ),
            Entry(
                number="2.4.2.5",
                name="Model output",
                lines=("Groups of cells with counts, shares, trend and stability.",),
            ),
            Entry(
                number="2.4.2.6",
                name="Model architecture",
                lines=("Fixed arithmetic; nothing is trained.", *facts.parameters),
            ),
            Entry(
                number="2.4.2.7",
                name="Model performance",
                lines=facts.performance(public=True),
                complete_by="" if facts.evaluation is not None else TEAM,
            ),
            Entry(
                number="2.4.2.8",
                name="Datasets and their purposes",
                lines=("The files under 2.4.4.1, to count incidents by place.",),
                complete_by=TEAM,
            ),
        ),
    )


def _development_data(facts: Facts) -> Section:
    return Section(
        title="Tier 2: Tool specification, development data",
        entries=(
            Entry(
                number="2.4.3.1",
                name="Development data description",
                lines=_development(facts),
            ),
            Entry(number="2.4.3.2", name="Data modality", lines=("Tabular, spatial.",)),
            Entry(
                number="2.4.3.3",
                name="Data quantities",
                lines=facts.rows(public=True),
            ),
            Entry(
                number="2.4.3.4",
                name="Sensitive attributes",
                lines=(
                    "No column of a protected characteristic is read. The kind of an "
                    "incident can tell of one, as a hate crime does; kinds left out by "
                    "rule are named under 2.2.1.",
                ),
                complete_by=OFFICER,
            ),
            Entry(
                number="2.4.3.5",
                name="Data completeness and representativeness",
                lines=(
                    "Recorded incidents, not all that happened: places and people that "
                    "report less are counted less.",
                    facts.coverage,
                ),
                complete_by=TEAM,
            ),
            Entry(
                number="2.4.3.6",
                name="Data cleaning",
                lines=(
                    "A row that cannot be used is kept in a table with its file, line "
                    "and reason; none is dropped in silence.",
                ),
            ),
            blank("2.4.3.7", "Data collection", TEAM),
            blank("2.4.3.8", "Data access and storage", OFFICER),
            blank("2.4.3.9", "Data sharing agreements", OFFICER),
        ),
    )


def _development(facts: Facts) -> tuple[str, ...]:
    tested = "The back-test uses the files under 2.4.4.1."
    return ("No model is trained.", *([tested] if facts.evaluation else []))


def _operational_data(facts: Facts) -> Section:
    return Section(
        title="Tier 2: Tool specification, operational data",
        entries=(
            Entry(
                number="2.4.4.1",
                name="Data sources",
                lines=facts.inputs,
                complete_by=TEAM,
            ),
            blank("2.4.4.2", "Sensitive attributes", OFFICER),
            Entry(
                number="2.4.4.3",
                name="Data processing methods",
                lines=(
                    "Every automatic choice of a run is kept with its results and "
                    "in dpia-evidence.md.",
                    *facts.grain,
                ),
            ),
            blank("2.4.4.4", "Data access and storage", OFFICER),
            blank("2.4.4.5", "Data sharing agreements", OFFICER),
        ),
    )
