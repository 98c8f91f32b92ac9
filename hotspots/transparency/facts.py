"""What the runs show of the tool, as sentences that a record can carry."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from hotspots import disclosure
from hotspots.evaluate import Evaluation
from hotspots.workflow import Analysis

UNGROUPED = (
    "The back-test is of rankings of single cells; hotspots, which are groups of "
    "cells, are not tested by it."
)
DAYS_PER_MONTH = 365.25 / 12
_ROW_WORDS = {
    "rows_rejected": "Rows that could not be read or placed",
    "rows_outside_areas": "Rows outside the areas",
    "rows_outside_window": "Rows outside the window",
    "rows_excluded": "Rows excluded by rule",
    "rows_analysed": "Rows analysed",
}

Values = dict[str, str | tuple[str, ...]]
"""By the name that a form uses."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One analysis, its back-test and the plans made from it, to be told in sentences.

    ``usage``: how often the brief was made; empty where that is not known.
    ``untested``: why there is no back-test.
    """

    analysis: Analysis
    evaluation: Evaluation | None = None
    plans: tuple[str, ...] = ()
    policy: disclosure.Policy = disclosure.PUBLIC_POLICY
    usage: tuple[str, ...] = ()
    untested: str = "No back-test was given to this record."

    def values(self, *, public: bool) -> Values:
        """Return every fact; for the public with counts under disclosure control."""
        told, analysis = analysis_values(self.analysis), self.analysis
        tested = self.evaluation is not None
        baseline = "The count of the last 12 months is the baseline for every method."
        return told | {
            "policy": self.policy.in_words(),
            "usage": self.usage,
            "tactics": self.plans or ("No plan was given to this record.",),
            "rows": self._public_rows() if public else _rows(analysis.summary),
            "performance": self._performance(public=public),
            "by_ward": self._by_ward(),
            "alternatives": (baseline,) if tested else (),
            "back_test_data": ("The back-test uses the files under 2.4.4.1.",)
            if tested
            else (),
        }

    def _performance(self, *, public: bool) -> tuple[str, ...]:
        """Return the back-test, the plain count beside every method."""
        if self.evaluation is None:
            return (self.untested,)
        if not public:
            return (*self.evaluation.sentences(), *self.evaluation.notes, UNGROUPED)
        judged = pl.col("share_area") == self.evaluation.share_area
        safe = disclosure.protect(
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
            f"{row['method']}: found {disclosure.in_words(row['n_found'])} of "
            f"{disclosure.in_words(row['n_incidents'])} incidents of "
            f"{self.evaluation.unseen} in "
            f"{self.evaluation.share_area:.1%} of the area; "
            f"{words.get(row['method'], 'the baseline')}."
            for row in safe.frame.iter_rows(named=True)
        )
        return (*lines, UNGROUPED, *safe.notes)

    def _public_rows(self) -> tuple[str, ...]:
        names = [*_ROW_WORDS, "rows_read"]
        counts = [self.analysis.summary[name] for name in names]
        safe = disclosure.protect(
            pl.DataFrame({"what": [*_ROW_WORDS.values(), "Rows read"], "n": counts}),
            counts=["n"],
            keys=["what"],
            totals={"what": "Rows read"},
            policy=self.policy,
        )
        lines = [
            f"{what}: {disclosure.in_words(n)}" for what, n in safe.frame.iter_rows()
        ]
        return (*lines, *safe.notes)

    def _by_ward(self) -> tuple[str, ...]:
        """Return hotspots and incidents by ward; the incidents under control."""
        found = self.analysis.hotspots
        rows = [(h.ward or "no ward", h.n_incidents) for h in found]
        if not rows:
            return ("No hotspot was found.",)
        table = pl.DataFrame(rows, schema=["ward", "incidents"], orient="row")
        safe = disclosure.protect(
            table.group_by("ward").agg(
                hotspots=pl.len().cast(pl.Int64), incidents=pl.col("incidents").sum()
            ),
            counts=["incidents"],
            keys=["ward"],
            keep=["hotspots"],
            policy=self.policy,
        )
        lines = [
            f"{row['ward']}: {row['hotspots']} of {len(found)} hotspots, "
            f"incidents in them: {disclosure.in_words(row['incidents'])}"
            for row in safe.frame.iter_rows(named=True)
        ]
        return (*lines, *safe.notes)


def analysis_values(analysis: Analysis) -> Values:
    """Return what an analysis says of itself, without a count of incidents."""
    summary, frame = analysis.summary, analysis.incidents.frame
    software, cells = summary["software"], summary["cells"]
    held = [
        n
        for n in disclosure.address_columns(frame)
        if frame[n].null_count() < frame.height
    ]
    snapped = "snapped to published map points"
    simulated = "Filled in from SIMULATED data: no figure here is of a real place."
    return {
        "simulated": (simulated,) if summary["simulated"] else (),
        "version": (
            f"{software['name']} {software['version']}, configuration "
            f"{summary['config_hash']}"
        ),
        "inputs": tuple(
            f"{one['name']}: SHA-256 {one['sha256']}"
            for one in [*summary["inputs"], *summary["area_inputs"]]
        ),
        "parameters": tuple(
            f"{name}: {_value(value)}"
            for name, value in sorted(summary["parameters"].items())
        ),
        "rule": str(summary["parameters"]["rule"]["method"]),
        "left_out": tuple(sorted(summary["excluded_by_reason"])),
        "coverage": _coverage(analysis),
        "grain": (
            f"Finest time in the data: {summary['time_precision']}.",
            "Coordinates are "
            f"{snapped if summary['snapped_coordinates'] else 'as recorded'}.",
            f"Incidents are counted in {cells['in_study_area']:,} H3 cells of "
            f"resolution {cells['resolution']}.",
        ),
        "reasons": tuple(
            f"{reason}: {n:,}"
            for group in ("rejected", "excluded", "outside_window")
            for reason, n in summary[f"{group}_by_reason"].items()
        ),
        "notes": tuple(analysis.notes),
        "n_hotspots": f"{len(analysis.hotspots):,}",
        "columns": ", ".join(frame.columns),
        "address_columns": ", ".join(held) or "none",
    }


def _coverage(analysis: Analysis) -> str:
    """Return how many months of the window the files hold."""
    window = analysis.window
    months = max(1, round(window.days / DAYS_PER_MONTH))
    held = analysis.dataset.exposure.n_months(window)
    return (
        f"Window: {analysis.summary['window']['words']}. The files hold incidents in "
        f"{held} of its {months} months."
    )


def _rows(summary: Mapping[str, Any]) -> tuple[str, ...]:
    """Return where every row of the files went."""
    words = {**_ROW_WORDS, "rows_read": "Rows read"}
    return tuple(f"{what}: {summary[name]:,}" for name, what in words.items())


def _value(value: Any) -> str:
    if value is None:
        return "not set"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_value(one)}" for name, one in value.items())
    return value if isinstance(value, str) else json.dumps(value)
