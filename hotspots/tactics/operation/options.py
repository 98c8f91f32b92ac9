"""The options of an operation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hotspots.core.options import Checked
from hotspots.tactics.operation.template import read_template, template_names
from hotspots.tactics.words import options_from


def _templates(_categories: Sequence[str]) -> dict[str, str]:
    return {name: read_template(name).name for name in template_names()}


say = options_from(Path(__file__).with_name("operation.toml"))


@dataclass(frozen=True, kw_only=True)
class OperationOptions(Checked):
    """An operation from a template.

    Raises ParameterError if a field is impossible or there is no such template;
    SourceError if the template cannot be read.

    References
    ----------
    Goldstein, H. (1990), "Problem-Oriented Policing", McGraw-Hill: a named problem, its
    conditions, a response to those and a measure. Aoristic hours as for
    :func:`hotspots.methods.aoristic.week_hours`.
    """

    template: str = say("template", "op-defrost", offered=_templates)
    folder: str = say("folder", "")
    n_areas: int = say("n_areas", 0, ge=0, le=20)
    randomise: bool = say("randomise", False)
    reserve_percent: float = say("reserve_percent", 0.0, ge=0, le=50)
    resamples: int = say("resamples", 40, ge=0, le=1000)

    def __post_init__(self) -> None:
        super().__post_init__()
        read_template(self.template, folder=self.folder)
