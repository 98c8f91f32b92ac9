"""``summary.json``: where every row went, what was chosen, what was found."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from hotspots._version import __version__
from hotspots.intake.rejects import count_by_reason
from hotspots.params import to_record

if TYPE_CHECKING:
    from hotspots.workflow import Analysis


def describe(analysis: Analysis) -> dict[str, Any]:
    """Return the account of a run as plain data."""
    rejects, reading = analysis.rejects, analysis.dataset.reading
    counts = {
        status: count_by_reason(rejects, status)
        for status in ("rejected", "outside areas", "outside window", "excluded")
    }
    parameters = _parameters(analysis)
    return {
        "title": "Hotspots",
        "simulated": analysis.dataset.simulated,
        "rows_read": reading.rows_read,
        "rows_rejected": sum(counts["rejected"].values()),
        "rows_outside_areas": sum(counts["outside areas"].values()),
        "rows_outside_window": sum(counts["outside window"].values()),
        "rows_excluded": sum(counts["excluded"].values()),
        "rows_analysed": analysis.incidents.n,
        "rejected_by_reason": counts["rejected"],
        "excluded_by_reason": counts["excluded"],
        "outside_window_by_reason": counts["outside window"],
        "window": {
            "from": analysis.window.start.isoformat(),
            "to": analysis.window.last_day.isoformat(),
            "words": str(analysis.window),
        },
        "time_precision": analysis.incidents.time_precision,
        "snapped_coordinates": analysis.incidents.snapped,
        "cells": {
            "resolution": analysis.cells.resolution,
            "in_study_area": len(analysis.cells),
            "with_incidents": analysis.cells_table.height,
        },
        "parameters": parameters,
        "notes": list(analysis.notes),
        "software": {"name": "hotspots", "version": __version__},
        "config_hash": _config_hash(parameters, analysis),
        "inputs": [_input(*one) for one in reading.inputs],
        "area_inputs": [_input(*one) for one in analysis.dataset.area_inputs],
        "hotspots": [
            {**hotspot.to_row(), "cells": [f"{cell:x}" for cell in hotspot.cells]}
            for hotspot in analysis.hotspots
        ],
    }


def _parameters(analysis: Analysis) -> dict[str, Any]:
    chosen = analysis.parameters
    record = asdict(chosen)
    record["categories"] = list(chosen.categories) if chosen.categories else None
    record["kde"] = to_record(chosen.kde)
    record["gi_star"] = to_record(chosen.gi_star)
    record["rule"] = to_record(chosen.rule)
    record["harm_table"] = analysis.dataset.harm.name
    return record


def _config_hash(parameters: dict[str, Any], analysis: Analysis) -> str:
    """Hash everything that decides the result but the input files."""
    harm = analysis.dataset.harm.frame.write_csv()
    text = json.dumps([parameters, harm, __version__], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _input(name: str, digest: str) -> dict[str, str]:
    return {"name": name, "sha256": digest}
