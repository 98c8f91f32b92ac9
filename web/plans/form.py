"""The form of a plan: which options of a tactic a page offers, and what it calls them.

An option that takes text is offered only where its tactic says that any text may be
typed, so that one that names a file or a folder cannot be reached from a browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hotspots.core.options import Param, parameters
from hotspots.tactics.tactic import Tactic
from hotspots.web.parts.forms import Field, fields


def offered(tactic: Tactic) -> tuple[Param, ...]:
    """Return the options of a tactic that a page may set."""
    return tuple(
        _listed(param)
        for param in parameters(tactic.options)
        if param.kind is not str or param.choices or param.free_text or param.offered
    )


def plan_fields(
    tactic: Tactic, text: Mapping[str, str], categories: tuple[str, ...]
) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
    """Return the inputs of a tactic: those shown first, and the rest."""
    params = {param.name: param for param in offered(tactic)}
    made = [
        (params[each.name], _worded(params[each.name], each, categories))
        for each in fields(tuple(params.values()), text)
    ]
    return (
        tuple(field for param, field in made if param.first),
        tuple(field for param, field in made if not param.first),
    )


def _listed(param: Param) -> Param:
    """Return an option that may be only what is offered, unless text is typed."""
    if param.offered is None or param.free_text:
        return param
    return replace(param, choices=tuple(param.offered(())))


def _worded(param: Param, field: Field, categories: tuple[str, ...]) -> Field:
    choices = {
        value: param.choice_words.get(value, text) for value, text in field.choices
    }
    if param.offered is not None:
        choices = dict(param.offered((*categories, field.value)))
    return replace(
        field, label=param.label or field.label, choices=tuple(choices.items())
    )
