"""The form of a plan: which options of a tactic a page offers, and what it calls them.

An option that takes text is offered only where its tactic says that any text may be
typed, so that one that names a file or a folder cannot be reached from a browser.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from werkzeug.datastructures import MultiDict

from hotspots.core.options import Param, parameters
from hotspots.tactics.tactic import Tactic
from hotspots.web.parts.choices import Choices
from hotspots.web.parts.forms import as_text, label_of
from hotspots.web.parts.words import month
from hotspots.web.parts.wtf import FlaskForm, choices, day, line, one_of, several, short

N_FIRST = 4
"""Options shown at once, beside the day; the others stand behind *More*."""
YES_NO = (("no", "No"), ("yes", "Yes"))


def offered(tactic: Tactic) -> tuple[Param, ...]:
    """Return the options of a tactic that a page may set."""
    return tuple(
        _listed(param)
        for param in parameters(tactic.options)
        if param.kind is not str or param.choices or param.free_text or param.offered
    )


class PlanForm(FlaskForm):
    """What every plan can be asked; the options of its tactic are added."""

    day = day(
        "First day of the plan", "Empty: the day after the data end.", needed=False
    )
    officer_generated = one_of(
        "Incidents found by officers",
        "Whether incidents found by officers’ own activity may choose a place.",
        pairs=YES_NO,
    )
    leave_out = line(
        "Places left out",
        "Streets or places that no plan is for, like a hospital; put ; between them.",
        needed=False,
    )
    seed = short(
        "Seed", "For every random choice: the same number gives the same plan.", "1"
    )
    only = several("Categories that may choose a place")

    def named(self, names: tuple[str, ...]) -> list[Any]:
        """Return some fields."""
        return [self[name] for name in names]


def plan_form(tactic: Tactic, args: MultiDict[str, str], known: Choices) -> PlanForm:
    """Return the form of a tactic, filled in with what was asked."""
    counted = known.by_default
    months = [(f"{each:%Y-%m}", month(each)) for each in known.months]
    own = {each.name: _field(each, counted) for each in offered(tactic)}
    own["from"] = one_of(
        "Incidents from", pairs=(("", "24 months before the end"), *months)
    )
    own["to"] = one_of(
        "Incidents to the end of", pairs=(("", "The last month there is"), *months)
    )
    form: PlanForm = type("Form", (PlanForm,), own)(formdata=args)
    form.only.choices = choices((name, name) for name in counted)
    form.only.data = [*set(args.getlist("only")) & set(counted)] or list(counted)
    return form


def split_options(tactic: Tactic) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the options shown at once, and of the rest."""
    params = sorted(offered(tactic), key=lambda param: not param.first)
    names = tuple(param.name for param in params)
    return names[:N_FIRST], names[N_FIRST:]


def _listed(param: Param) -> Param:
    """Return an option that may be only what is offered, unless text is typed."""
    if param.offered is None or param.free_text:
        return param
    return replace(param, choices=tuple(param.offered(())))


def _field(param: Param, categories: tuple[str, ...]) -> Any:
    label, usual = param.label or label_of(param), as_text(param.default)
    if param.kind is bool:
        return one_of(label, param.help, pairs=YES_NO, usual=usual)
    if param.offered is not None:
        pairs = dict(param.offered((*categories, usual))).items()
        return one_of(label, param.help, pairs=pairs, usual=usual)
    if param.choices:
        words = {str(each): str(each).capitalize() for each in param.choices}
        pairs = {**words, **param.choice_words}.items()
        return one_of(label, param.help, pairs=pairs, usual=usual)
    if param.kind is str:
        return line(label, param.help, needed=False, usual=usual)
    return short(label, param.help, usual, unit=param.unit or "")
