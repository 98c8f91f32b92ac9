"""The options of an operation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hotspots.core.options import check_fields, option
from hotspots.tactics.operation.template import read_template, template_names


def _templates(_categories: Sequence[str]) -> dict[str, str]:
    return {name: read_template(name).name for name in template_names()}


@dataclass(frozen=True, kw_only=True)
class OperationOptions:
    """An operation from a template.

    Raises
    ------
    ParameterError
        If a field is impossible or there is no such template.
    SourceError
        If the template cannot be read.

    References
    ----------
    Goldstein, H. (1990), "Problem-Oriented Policing", McGraw-Hill: a named problem, its
    conditions, a response to those and a measure. Aoristic hours as for
    :func:`hotspots.methods.aoristic.week_hours`.
    """

    template: str = option(
        "op-defrost",
        help="Name of a template (op-defrost, safer-summer, night-time-economy) or the "
        "path of one's own .toml file.",
        label="Template",
        first=True,
        offered=_templates,
    )
    folder: str = option("", help="Folder of one's own templates.")
    n_areas: int = option(
        0,
        help="Areas at most; 0 is what the template says.",
        ge=0,
        le=20,
        label="Number of areas, at most",
        first=True,
    )
    randomise: bool = option(
        False,
        help="Draw half of the highest areas; the others are for comparison.",
        label="Draw at random from the best",
    )
    reserve_percent: float = option(
        0.0,
        help="Ground that is never chosen, for comparison.",
        unit="per cent",
        ge=0,
        le=50,
        label="Ground kept back for comparison",
    )
    resamples: int = option(
        40,
        help="Resamples for how stable the areas are.",
        ge=0,
        le=1000,
        label="Resamples",
    )

    def __post_init__(self) -> None:
        check_fields(self)
        read_template(self.template, folder=self.folder)
