"""What the runs show of the tool, as sentences that a record can carry."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from hotspots.analysis.periods import covered_months
from hotspots.disclosure import PUBLIC_POLICY, Policy, in_words, protect
from hotspots.evaluate import Evaluation
from hotspots.transparency.runs import PlanRun
from hotspots.workflow import Analysis

UNGROUPED = (
    "Tested are rankings of single cells. The hotspots of a run, groups of cells that "
    "are ranked by count, are not tested themselves."
)
DAYS_PER_MONTH = 365.25 / 12
_ROW_WORDS = {
    "rows_rejected": "Rows that could not be read or placed",
    "rows_outside_areas": "Rows outside the areas",
    "rows_outside_window": "Rows outside the window",
    "rows_excluded": "Rows left out by rule",
    "rows_analysed": "Rows analysed",
}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Sentences from one analysis, its back-test and the plans made from it.

    Parameters
    ----------
    summary : mapping
        :attr:`hotspots.workflow.Analysis.summary`.
    usage : tuple of str
        How often the brief was made; empty where that is not known.
    untested : str
        Why there is no back-test.
    """

    summary: Mapping[str, Any]
    analysis: Analysis
    evaluation: Evaluation | None
    plans: tuple[PlanRun, ...]
    policy: Policy
    usage: tuple[str, ...] = ()
    untested: str = "No back-test was given to this record."

    @property
    def simulated(self) -> tuple[str, ...]:
        """A warning where the data are not real."""
        if not self.summary["simulated"]:
            return ()
        return ("Filled in from SIMULATED data: no figure here is of a real place.",)

    @property
    def version(self) -> str:
        """Name and version of the software, and the hash of its configuration."""
        software = self.summary["software"]
        return (
            f"{software['name']} {software['version']}, configuration "
            f"{self.summary['config_hash']}"
        )

    @property
    def inputs(self) -> tuple[str, ...]:
        """Every input file with its SHA-256."""
        files = [*self.summary["inputs"], *self.summary["area_inputs"]]
        return tuple(f"{one['name']}: SHA-256 {one['sha256']}" for one in files)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Every parameter and its value."""
        return tuple(
            f"{name}: {_value(value)}"
            for name, value in sorted(self.summary["parameters"].items())
        )

    @property
    def left_out(self) -> tuple[str, ...]:
        """The rules by which rows were left out of hotspot counts, without counts."""
        return tuple(sorted(self.summary["excluded_by_reason"]))

    @property
    def coverage(self) -> str:
        """How many months of the window the files hold."""
        window = self.analysis.window
        months = max(1, round(window.days / DAYS_PER_MONTH))
        held = covered_months(self.analysis.dataset.incidents, window)
        return (
            f"Window: {self.summary['window']['words']}. The files hold incidents in "
            f"{held} of its {months} months."
        )

    @property
    def grain(self) -> tuple[str, ...]:
        """How fine the data are in time and place."""
        snapped = (
            "Coordinates are snapped to published map points."
            if self.summary["snapped_coordinates"]
            else "Coordinates are as recorded."
        )
        cells = self.summary["cells"]
        return (
            f"Finest time in the data: {self.summary['time_precision']}.",
            snapped,
            f"Incidents are counted in {cells['in_study_area']:,} H3 cells of "
            f"resolution {cells['resolution']}.",
        )

    def performance(self, *, public: bool) -> tuple[str, ...]:
        """Return the back-test, the plain count beside every method."""
        if self.evaluation is None:
            return (self.untested,)
        if not public:
            return (*self.evaluation.sentences(), *self.evaluation.notes, UNGROUPED)
        judged = pl.col("share_area") == self.evaluation.share_area
        safe = protect(
            self.evaluation.summary.filter(judged).with_columns(
                pl.col("n_found", "n_incidents").round(0)
            ),
            counts=["n_found", "n_incidents"],
            keys=["method"],
            sums={"n_incidents": ["n_found"]},
            policy=self.policy,
        )
        words = {v.method: v.word for v in self.evaluation.verdicts}
        lines = tuple(
            f"{row['method']}: found {in_words(row['n_found'])} of "
            f"{in_words(row['n_incidents'])} incidents of "
            f"{self.evaluation.unseen} in "
            f"{self.evaluation.share_area:.1%} of the area; "
            f"{words.get(row['method'], 'the naive choice')}."
            for row in safe.frame.iter_rows(named=True)
        )
        return (*lines, UNGROUPED, *safe.notes)

    def rows(self, *, public: bool) -> tuple[str, ...]:
        """Return where every row of the files went."""
        names = [*_ROW_WORDS, "rows_read"]
        table = pl.DataFrame(
            {
                "what": [*_ROW_WORDS.values(), "Rows read"],
                "n": [self.summary[name] for name in names],
            }
        )
        if not public:
            return tuple(f"{what}: {n:,}" for what, n in table.iter_rows())
        safe = protect(
            table,
            counts=["n"],
            keys=["what"],
            totals={"what": "Rows read"},
            policy=self.policy,
        )
        lines = [f"{what}: {in_words(n)}" for what, n in safe.frame.iter_rows()]
        return (*lines, *safe.notes)

    def reasons(self) -> tuple[str, ...]:
        """Return every reason for which rows were not used, with counts: not public."""
        groups = ("rejected", "excluded", "outside_window")
        return tuple(
            f"{reason}: {n:,}"
            for group in groups
            for reason, n in self.summary[f"{group}_by_reason"].items()
        )

    @property
    def tactics(self) -> tuple[str, ...]:
        """What the plans suggest: how many places of which tactic, as marked."""
        if not self.plans:
            return ("No plan was given to this record.",)
        return tuple(plan.words for plan in self.plans)


def build_facts(
    analysis: Analysis,
    evaluation: Evaluation | None = None,
    plans: Sequence[PlanRun] = (),
    policy: Policy = PUBLIC_POLICY,
    usage: Sequence[str] = (),
    untested: str = Facts.untested,
) -> Facts:
    """Gather what an analysis shows of itself."""
    return Facts(
        summary=analysis.summary,
        analysis=analysis,
        evaluation=evaluation,
        plans=tuple(plans),
        policy=policy,
        usage=tuple(usage),
        untested=untested,
    )


def _value(value: Any) -> str:
    if value is None:
        return "not set"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_value(one)}" for name, one in value.items())
    return value if isinstance(value, str) else json.dumps(value)
