"""What earlier runs left behind: plans in files, and the record of the weekly brief."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hotspots.core.errors import SourceError
from hotspots.core.small import json_of, read_small
from hotspots.core.window import in_words
from hotspots.delivery.status import STATUS, TASK, read_runs
from hotspots.outputs.formats.plan_record import PLAN_FORMAT, plan_hash
from hotspots.outputs.plan_folder import SENSITIVE_PREFIX
from hotspots.tactics.plan import Plan

NAMES = ("plan.json", f"{SENSITIVE_PREFIX}plan.json")


@dataclass(frozen=True, kw_only=True)
class PlanRun:
    """A plan that was made."""

    title: str
    window: str
    marking: str
    n_suggestions: int
    simulated: bool

    @classmethod
    def of(cls, plan: Plan) -> PlanRun:
        """Return what a record says of a plan."""
        return cls(
            title=plan.title,
            window=str(plan.window),
            marking=plan.marking,
            n_suggestions=len(plan.suggestions),
            simulated=plan.simulated,
        )

    @property
    def words(self) -> str:
        """The plan in a sentence."""
        n = self.n_suggestions
        number = "1 suggestion" if n == 1 else f"{n:,} suggestions"
        data = ", from simulated data" if self.simulated else ""
        return (
            f"{self.title}: {number} from {self.window}, marked {self.marking}{data}."
        )


def read_plan_run(folder: Path | str) -> PlanRun:
    """Read the record of a plan, and that nobody changed it.

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
        found = PlanRun(
            title=str(record["title"]),
            window=str(record["window"]),
            marking=str(record["marking"]),
            n_suggestions=len(record["suggestions"]),
            simulated=record["data"] == "simulated",
        )
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
