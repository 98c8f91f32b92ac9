"""The lists of an operation."""

from __future__ import annotations

import polars as pl

from hotspots.core.window import WEEKDAYS, in_words
from hotspots.tactics.operation.areas import centres_lonlat
from hotspots.tactics.operation.reasons import Findings
from hotspots.tactics.operation.template import MONTHS


def tables_of(findings: Findings) -> dict[str, pl.DataFrame]:
    """Return the lists of an operation."""
    return {
        "when": _when(findings),
        "areas": _areas(findings),
        "measure": pl.DataFrame(
            {
                "output": findings.template.outputs,
                "counted": pl.Series(
                    [None] * len(findings.template.outputs), dtype=pl.Int64
                ),
            }
        ),
        "elsewhere": _elsewhere(findings),
    }


def _when(findings: Findings) -> pl.DataFrame:
    template = findings.template
    months = ", ".join(MONTHS[month - 1] for month in template.months)
    return pl.DataFrame(
        [
            {
                "day": WEEKDAYS[day],
                "from": f"{template.start:02d}:00",
                "to": f"{template.end:02d}:00",
                "months": months,
                "set_off_by": template.trigger,
                "decided": template.decided,
                "first_day": in_words(findings.first_day),
                "last_day": in_words(findings.last_day),
            }
            for day in template.days
        ]
    )


def _areas(findings: Findings) -> pl.DataFrame:
    at = centres_lonlat(findings.areas)
    n = len(findings.areas)
    return pl.DataFrame(
        {
            "rank": range(1, n + 1),
            "name": findings.names[:n],
            "n_within_clock": findings.in_clock,
            "n_any_time": findings.any_time,
            "n_of_every_kind": findings.everything,
            "area_ha": [round(area.area_ha, 2) for area in findings.areas],
            "lon": at[:, 0].round(6),
            "lat": at[:, 1].round(6),
        }
    )


def _elsewhere(findings: Findings) -> pl.DataFrame:
    n = findings.clocked.n
    return pl.DataFrame(
        {
            "where": [
                "within the clock, whole district",
                "in the areas of the operation",
                "outside them",
                "outside the district's ordinary hotspots",
            ],
            "n_incidents": [
                n,
                n - findings.n_outside,
                findings.n_outside,
                findings.n_outside_ordinary,
            ],
        }
    )
