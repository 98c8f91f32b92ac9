"""A note for the public sector equality duty: where hotspots fall."""

from __future__ import annotations

import polars as pl

from hotspots.disclosure import in_words, protect
from hotspots.transparency.document import Document, Entry, Section, blank
from hotspots.transparency.facts import Facts

LEAD = "the equality lead"
CHARACTERISTICS = (
    "age",
    "disability",
    "gender reassignment",
    "marriage and civil partnership",
    "pregnancy and maternity",
    "race",
    "religion or belief",
    "sex",
    "sexual orientation",
)
"""Equality Act 2010, section 4."""


def build_equality(facts: Facts) -> Document:
    """Return the note, with where the hotspots fall and every judgement left blank.

    References
    ----------
    Equality Act 2010, sections 4 and 149.
    """
    return Document(
        title="Equality note: hotspots",
        marking="OFFICIAL",
        introduction=(
            "For the duty in section 149 of the Equality Act 2010. The tool reads no "
            "column of a protected characteristic, so it cannot measure an effect on "
            "one; it shows where its hotspots fall. The rest is for people to judge."
        ),
        sections=(
            _evidence(facts),
            Section(
                title="The three aims of the duty",
                entries=(
                    blank(
                        "", "Eliminate discrimination, harassment, victimisation", LEAD
                    ),
                    blank("", "Advance equality of opportunity", LEAD),
                    blank("", "Foster good relations", LEAD),
                ),
            ),
            Section(
                title="Protected characteristics",
                entries=tuple(
                    blank("", name.capitalize(), LEAD) for name in CHARACTERISTICS
                ),
            ),
            Section(
                title="Decision",
                entries=(
                    blank("", "What will change because of this note", LEAD),
                    blank("", "Who approved it, and when it is reviewed", LEAD),
                ),
            ),
        ),
    )


def _evidence(facts: Facts) -> Section:
    return Section(
        title="What the runs show",
        entries=(
            Entry(
                name="Where the hotspots fall",
                lines=(*facts.simulated, *_by_ward(facts)),
                complete_by=f"{LEAD}, with the population of each area",
            ),
            Entry(
                name="Records that policing makes, and sensitive kinds",
                lines=(
                    "Left out of hotspot counts by rule:",
                    *facts.left_out,
                    "Other offences that are found by policing are counted.",
                ),
                complete_by=LEAD,
            ),
            Entry(
                name="What is counted",
                lines=(
                    "Recorded incidents only. Under-reporting differs between groups "
                    "and cannot be seen in these data.",
                ),
                complete_by=LEAD,
            ),
            Entry(name="What the plans suggest", lines=facts.tactics),
        ),
    )


def _by_ward(facts: Facts) -> tuple[str, ...]:
    """Return hotspots and incidents by ward; the incidents under control."""
    hotspots = pl.DataFrame(
        [
            {"ward": h.ward or "no ward", "incidents": h.n_incidents}
            for h in facts.analysis.hotspots
        ],
        schema={"ward": pl.String, "incidents": pl.Int64},
    )
    if hotspots.is_empty():
        return ("No hotspot was found.",)
    table = hotspots.group_by("ward").agg(
        pl.len().cast(pl.Int64).alias("hotspots"), pl.col("incidents").sum()
    )
    safe = protect(
        table,
        counts=["incidents"],
        keys=["ward"],
        keep=["hotspots"],
        policy=facts.policy,
    )
    lines = [
        f"{row['ward']}: {row['hotspots']} of {hotspots.height} hotspots, "
        f"incidents in them: {in_words(row['incidents'])}"
        for row in safe.frame.iter_rows(named=True)
    ]
    return (*lines, *safe.notes)
