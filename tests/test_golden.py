"""The simulated town, analysed: reviewed figures that only change on purpose.

``make golden`` rewrites the file; read the difference before committing it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from town import sample_analysis

from hotspots.workflow import Analysis

GOLDEN = Path(__file__).parent / "golden" / "simulated_town.json"


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return sample_analysis()


def figures(analysis: Analysis) -> dict[str, Any]:
    summary = analysis.summary
    return {
        "rows": {k: v for k, v in summary.items() if k.startswith("rows")},
        "rejected_by_reason": summary["rejected_by_reason"],
        "excluded_by_reason": summary["excluded_by_reason"],
        "cells": summary["cells"],
        "window": summary["window"],
        "hotspots": [
            {k: v for k, v in place.items() if k != "cells"}
            for place in summary["hotspots"]
        ],
        "areas": analysis.areas_table.select(
            "code", "n_now", "n_previous", "word", "significant_overall"
        ).rows(),
    }  # fmt: skip


def test_the_simulated_town(analysis: Analysis, request: pytest.FixtureRequest) -> None:
    got = json.loads(json.dumps(figures(analysis)))
    if request.config.getoption("--update-golden"):
        text = json.dumps(got, indent=1, ensure_ascii=False) + "\n"
        GOLDEN.write_text(text, encoding="utf-8")
    assert got == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_simulated_is_said(analysis: Analysis) -> None:
    assert analysis.summary["simulated"] is True
    assert "simulated" in analysis.notes[0]


def test_peak_hours_and_repeats_are_reasons_where_times_are_known(
    analysis: Analysis,
) -> None:
    reasons = " ".join(place.why for place in analysis.hotspots)
    assert "with a known time were between" in reasons
    assert "two or more" in reasons
