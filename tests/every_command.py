"""Every command that writes files, by its room, on the town and on Melton."""

from __future__ import annotations

from pathlib import Path

import pytest

TODAY = "--today 2025-07-01 --out out"
INCIDENTS = "data/simulated_incidents.csv"
WARDS = "--areas boundaries/simulated_wards.geojson"
TOWN = f"{INCIDENTS} {WARDS}"
WHOLE_TOWN = f"{TOWN} --areas boundaries/simulated_priority_neighbourhoods.geojson"
MELTON = "melton/police_uk --areas melton/boundaries/melton_wards_2013.geojson"
STREETS = "--streets boundaries/simulated_streets.geojson"
PREMISES = "--premises data/simulated_premises.csv"
RECORDS = (
    "--deployments data/simulated_deployments.csv --actions data/simulated_actions.csv"
)
GIVEN = {
    "cctv": "--columns data/simulated_columns.csv",
    "marking": f"{PREMISES} {STREETS}",
    "packs": PREMISES,
    "youth": STREETS,
    "patrol": STREETS,
    "operation": PREMISES,
}
PERIODS = {
    "week": "--week 2025-W24",
    "month": "--month 2025-05",
    "quarter": "--quarter 2025-Q1",
    "year": "--year 2024/25",
}
AUDIENCES = ("operational", "partner", "public")
EFFECT = (
    "--treated 'Brindleford Market' --control 'Brindleford Millbrook'"
    " --before 2023-07:2024-06 --after 2024-07:2025-06"
)
QUESTIONS = {
    "change": INCIDENTS,
    "clock": INCIDENTS,
    "repeats": f"{INCIDENTS} --category Burglary --at-risk 17001",
    "near-repeats": f"{INCIDENTS} --category Burglary --on 2025-06-30",
    "risk": f"{TOWN} --category Burglary",
    "history": TOWN,
    "severity": TOWN,
    "clusters": TOWN,
    "outliers": TOWN,
    "adaptive-density": TOWN,
    "edge-density": TOWN,
    "relative-risk": f"{TOWN} {PREMISES}",
    "bandwidth": TOWN,
    "evaluate": TOWN,
    "effect": f"{TOWN} {EFFECT}",
}

COMMANDS: dict[str, dict[str, str]] = {
    "analyse": {
        "town": f"analyse {WHOLE_TOWN} {TODAY}",
        "melton": f"analyse {MELTON} {TODAY}",
        "melton, other forces": f"analyse melton/police_uk_other_forces {MELTON} "
        f"--window 2024-01:2025-06 --resolution 9 {TODAY}",
        "melton, across new snap points": f"analyse {MELTON} --window all {TODAY}",
    },
    "suggest": {
        f"{tactic}, seed {seed}": f"suggest {tactic} {TOWN} {given} --full "
        f"--seed {seed} {TODAY}"
        for tactic, given in GIVEN.items()
        for seed in (1, 2, 3)
    },
    "brief": {
        **{
            f"{kind} for {audience}": f"brief {WHOLE_TOWN} {STREETS} {RECORDS} "
            f"{period} --audience {audience} {TODAY}"
            for kind, period in PERIODS.items()
            for audience in AUDIENCES
        },
        "week with its annex, after another": f"brief {WHOLE_TOWN} --week 2025-W23 "
        f"--today 2025-07-01 --out before; brief {WHOLE_TOWN} --week 2025-W24 "
        f"--previous before --annex-purpose 'Prevention visits' {TODAY}",
        "melton's month": f"brief {MELTON} --month 2025-06 {TODAY}",
    },
    "transparency": {
        "town": f"suggest patrol {TOWN} {STREETS} --today 2025-07-01 --out plan; "
        f"transparency {WHOLE_TOWN} --plan plan {TODAY}",
        "melton": f"transparency {MELTON} {TODAY}",
    },
    "questions": {
        name: f"{name} {asked} {TODAY}" for name, asked in QUESTIONS.items()
    },
    "other": {
        "sample": "sample --out out",
        "sample, seed 2": "sample --seed 2 --out out",
        "profile": f"profile {INCIDENTS} --out out",
        "effect of counts": "effect --treated 400,200 --control 400,400 --ring 50,40",
    },
}  # fmt: skip


def link_files(
    lines: str, folder: Path, root: Path, request: pytest.FixtureRequest
) -> None:
    """Let a working folder hold the files that a command names."""
    for name in ("data", "boundaries"):
        (folder / name).symlink_to(root / name)
    if "melton" in lines:
        shared: Path = request.getfixturevalue("shared_data")
        (folder / "melton").symlink_to(shared / "melton")
