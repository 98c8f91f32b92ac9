"""Inputs of the forms that people fill in: WTForms, drawn as GOV.UK draws them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, request
from flask_wtf import FlaskForm
from govuk_frontend_wtf.main import WTFormsHelpers
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovDateInput,
    GovFileInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from werkzeug.wrappers import Response
from wtforms import (
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.validators import Optional as MayBeEmpty

from hotspots.core.errors import HotspotsError

__all__ = ["FlaskForm", "GovDateInput", "GovFileInput", "WTFormsHelpers"]


def line(
    label: str, hint: str = "", *, needed: bool = True, most: int = 200, usual: str = ""
) -> Any:
    """Return an input of one line."""
    return StringField(
        label,
        default=usual,
        description=hint,
        validators=[*_needed(label, needed), Length(max=most)],
        widget=GovTextInput(),
    )


def words(label: str, hint: str = "", *, needed: bool = True) -> Any:
    """Return an input of several lines."""
    return TextAreaField(
        label,
        description=hint,
        validators=[*_needed(label, needed), Length(max=2000)],
        widget=GovTextArea(),
        render_kw={"params": {"rows": 2}},
    )


def day(label: str, hint: str = "", *, needed: bool = True) -> Any:
    """Return an input of a date, with the browser's own picker."""
    return _typed(DateField, "date", label, hint, needed)


def time_of_day(label: str, hint: str = "") -> Any:
    """Return an input of a time of day."""
    return _typed(TimeField, "time", label, hint, needed=True)


def short(label: str, hint: str, usual: str, *, unit: str = "") -> Any:
    """Return a short input of a number as text, with its unit."""
    shown = {
        "classes": "govuk-input--width-5",
        "inputmode": "decimal",
        "suffix": {"text": unit} if unit else None,
    }
    return StringField(
        label,
        default=usual,
        description=hint,
        widget=GovTextInput(),
        render_kw={"params": shown},
    )


def one_of(
    label: str,
    hint: str = "",
    *,
    needed: bool = True,
    pairs: Iterable[tuple[str, str]] = (),
    usual: str | None = None,
) -> Any:
    """Return a list to choose one of; its choices may be given to the form later."""
    return SelectField(
        label,
        default=usual,
        description=hint,
        validators=_needed(label, needed),
        widget=GovSelect(),
        choices=choices(pairs),
    )


def several(label: str) -> Any:
    """Return a list to choose some of; its choices are given to the form."""
    legend = {"text": label, "classes": "govuk-fieldset__legend--s"}
    params = {
        "fieldset": {"legend": legend},
        "classes": "govuk-checkboxes--small app-columns",
    }
    return SelectMultipleField(
        label, choices=[], widget=GovCheckboxesInput(), render_kw={"params": params}
    )


def choices(pairs: Iterable[tuple[str, str]]) -> list[Any]:
    """Return values and their texts as a field takes them."""
    return [SelectChoice(value, text) for value, text in pairs]


def radios(label: str, pairs: Iterable[tuple[str, str]]) -> Any:
    """Return a few answers of which one is chosen."""
    legend = {"text": label, "classes": "govuk-fieldset__legend--s"}
    params = {
        "fieldset": {"legend": legend},
        "classes": "govuk-radios--small govuk-radios--inline",
    }
    return RadioField(
        label,
        choices=choices(pairs),
        validators=_needed(label, needed=True),
        widget=GovRadioInput(),
        render_kw={"params": params},
    )


def do(form: FlaskForm, act: Any, said: str) -> bool:
    """Do what a form asks, where it is filled in right; say what came of it.

    A refusal of the use case stands where a field's own error would.
    """
    if not form.validate():
        first = next(iter(form.errors.items()), ("", [""]))
        flash(f"{_label(form, first[0])}: {first[1][0]}", "problem")
        return False
    try:
        act()
    except HotspotsError as error:
        flash(str(error), "problem")
        return False
    flash(said, "done")
    return True


def back(to: str) -> Response:
    """Send the browser to where a form says that it stands, else to an address."""
    wanted = request.form.get("back", "")
    own = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return redirect(wanted if own else to, 303)


def _label(form: FlaskForm, name: str) -> str:
    field = getattr(form, name or "", None)
    return str(field.label.text) if field is not None else "The form"


def _typed(kind: Any, html: str, label: str, hint: str, needed: bool) -> Any:
    return kind(
        label,
        description=hint,
        validators=_needed(label, needed),
        widget=GovTextInput(),
        render_kw={"params": {"type": html, "classes": "govuk-input--width-10"}},
    )


def _needed(label: str, needed: bool) -> list[Any]:
    return [InputRequired(f"{label} is needed.") if needed else MayBeEmpty()]
