"""What earlier runs left behind: plans in files, and the record of the weekly brief."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hotspots.core.errors import SourceError
from hotspots.core.small import json_of, read_small
from hotspots.core.window import in_words
from hotspots.delivery.status import STATUS, TASK, read_runs
from hotspots.outputs.formats.plan_record import PLAN_FORMAT, plan_hash, plan_record
from hotspots.outputs.plan_folder import SENSITIVE_PREFIX
from hotspots.tactics.plan import Plan

NAMES = ("plan.json", f"{SENSITIVE_PREFIX}plan.json")


def plan_words(plan: Plan) -> str:
    """Return a plan that was made in a sentence."""
    return _words(plan_record(plan))


def _words(record: Mapping[str, Any]) -> str:
    n = len(record["suggestions"])
    number = "1 suggestion" if n == 1 else f"{n:,} suggestions"
    data = ", from simulated data" if record["data"] == "simulated" else ""
    return (
        f"{record['title']}: {number} from {record['window']}, marked "
        f"{record['marking']}{data}."
    )


def read_plan_run(folder: Path | str) -> str:
    """Return a plan of a folder in a sentence, and see that nobody changed it.

    Raises SourceError if the folder holds no plan, or one that is not as it was
    written.
    """
    folder = Path(folder)
    path = next((folder / n for n in NAMES if (folder / n).is_file()), None)
    if path is None:
        raise SourceError(
            f"a folder of a plan must hold {' or '.join(NAMES)}; {folder} does not. "
            "Make it with 'hotspots suggest TACTIC ... --out FOLDER'."
        )
    try:
        record = json_of(read_small(path))
        whole = (
            record["format"] == PLAN_FORMAT and plan_hash(record) == record["sha256"]
        )
        found = _words(record)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(
            f"a plan must be as it was written; {path} cannot be read "
            f"({type(error).__name__}). Make it again."
        ) from error
    if not whole:
        raise SourceError(
            f"a plan must be as it was written; {path} was changed since: its hash is "
            "another. Make it again."
        )
    return found


def read_usage(folder: Path | str) -> tuple[str, ...]:
    """Say how often the weekly brief was made, as far as the record goes."""
    runs = [run for run in read_runs(Path(folder) / STATUS) if run.task == TASK]
    if not runs:
        return ("No run of the weekly brief is on record.",)
    days = [in_words(run.started.date()) for run in (runs[0], runs[-1])]
    between = _between(days)
    done = sum(run.ok for run in runs)
    return (
        f"Runs of the {TASK} on record, {between}: {len(runs):,}, of which {done:,} "
        f"were done and {len(runs) - done:,} failed.",
    )


def _between(days: Sequence[str]) -> str:
    first, last = days
    return f"on {first}" if first == last else f"{first} to {last}"
