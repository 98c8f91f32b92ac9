"""One run of the brief: read, build, write; and send word that it is there."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hotspots.analysis.dataset import Dataset
from hotspots.brief.build import build_brief
from hotspots.brief.content import Brief
from hotspots.brief.period import Kind, Period
from hotspots.brief.record import JSON
from hotspots.brief.repeats import build_annex
from hotspots.brief.write import check_out, write_brief
from hotspots.core.errors import OutputError, ParameterError
from hotspots.core.small import json_of, read_small
from hotspots.delivery.mail import Attachment, build_message, send_mail
from hotspots.delivery.mail_settings import MailSettings
from hotspots.disclosure import SENSITIVE
from hotspots.outputs.printing import Background
from hotspots.resources import Resources, load_resources
from hotspots.sources import Progress
from hotspots.workflow import load

WEEK_FOLDER = re.compile(r"\d{4}-W\d{2}")
SENT = "brief.pdf"


def chosen_period(
    *,
    week: str | None = None,
    month: str | None = None,
    quarter: str | None = None,
    year: str | None = None,
) -> Period:
    """Return the one period that was asked for.

    Raises ParameterError if none or several are given, or one is of another kind.
    """
    asked: tuple[tuple[str, Kind, str | None], ...] = (
        ("--week", "weekly", week),
        ("--month", "monthly", month),
        ("--quarter", "quarterly", quarter),
        ("--year", "annual", year),
    )
    given = [(option, kind, text) for option, kind, text in asked if text is not None]
    if len(given) != 1:
        raise ParameterError(
            "a brief needs exactly one of --week 2025-W24, --month 2025-06, --quarter "
            "2025-Q2 and --year 2024/25; got "
            f"{', '.join(option for option, _, _ in given) or 'none'}."
        )
    option, kind, text = given[0]
    period = Period.from_text(text)
    if period.kind != kind:
        raise ParameterError(
            f"{option} must name a period of its kind; {text!r} is {period.kind}."
        )
    return period


def make_brief(
    dataset: Dataset,
    out: Path | str,
    *,
    period: Period,
    annex_purpose: str = "",
    resources: Resources | None = None,
    progress: Progress | None = None,
    **choices: Any,
) -> Brief:
    """Build a brief and write it."""
    check_out(out)
    brief = build_brief(dataset, period=period, out=out, progress=progress, **choices)
    if resources is not None and resources.streets is not None:
        credit = resources.streets.attribution
        if credit not in brief.attribution:
            brief = replace(brief, attribution=f"{brief.attribution} {credit}.")
    annex = None
    if annex_purpose:
        annex = build_annex(
            dataset, period=period, purpose=annex_purpose, audience=brief.audience
        )
    ground = Background.from_areas(dataset.areas, resources=resources)
    write_brief(brief, out, background=ground, annex=annex)
    return brief


def send_brief(folder: Path | str, settings: MailSettings) -> str:
    """Send a brief that was written, or word of one that must not travel by e-mail.

    Raises OutputError if the folder holds no brief, or the mail server does not take
    it.
    """
    folder = Path(folder)
    try:
        record = json_of(read_small(folder / JSON))
        title = f"{record['title']}, {record['subtitle']}"
        marking = str(record["marking"])
        said = [str(each["text"]) for each in record["bottom_line"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputError(
            f"what is sent must be a folder with a brief; {folder} is not "
            f"({type(error).__name__}). Make the brief first."
        ) from error
    if marking == SENSITIVE:
        where = f"It is in {folder.name}, for those who may see it."
        text = f"{title} is made. It is marked too high to be sent by e-mail. {where}"
        return send_mail(
            settings,
            build_message(settings, subject=title, text=text, marking="OFFICIAL"),
        )
    if record.get("simulated"):
        said.append("Simulated data: nothing here is real.")
    message = build_message(
        settings,
        subject=title,
        text="\n\n".join(said),
        marking=marking,
        attachments=[Attachment(path=folder / SENT, marking=marking)],
    )
    return send_mail(settings, message)


def send_failure(settings: MailSettings, task: str) -> str:
    """Send word that a run failed, without why: a reason may quote a file."""
    text = (
        f"The {task} was not made, or not sent. 'hotspots brief status' and the status "
        "page say why."
    )
    message = build_message(
        settings, subject=f"The {task} failed", text=text, marking="OFFICIAL"
    )
    return send_mail(settings, message)


@dataclass(frozen=True, kw_only=True)
class Job:
    """The brief of the last full week, into a folder of its own.

    ``into``: each brief is a folder in it, ``2025-W24``; the latest earlier one is what
    it is compared with, and its comment is carried forward.
    ``reading`` (mapping of str to path): ``profile`` and ``harm`` for
    :func:`hotspots.workflow.load`.
    ``choices``: as :func:`make_brief` takes them.
    ``ground`` (mapping of str to path): ``streets`` and ``buildings`` for the maps.
    """

    files: Sequence[Path]
    areas: Sequence[str]
    into: Path
    audience: str = "operational"
    reading: dict[str, Any]
    choices: dict[str, Any]
    ground: dict[str, Any]
    mail: MailSettings | None = None

    def __call__(self, today: dt.date) -> str:
        """Make it."""
        period = Period.weekly(today).previous
        dataset = load(self.files, self.areas, **self.reading)
        out = self.into / period.text
        make_brief(
            dataset,
            out,
            period=period,
            audience=self.audience,
            previous=self._previous(period),
            resources=load_resources(**self.ground, simulated=dataset.simulated),
            **self.choices,
        )
        said = f"The brief of {period} is in {out}."
        return f"{said} {send_brief(out, self.mail)}" if self.mail else said

    def _previous(self, period: Period) -> Path | None:
        earlier = [
            folder
            for folder in sorted(self.into.glob("*-W*"))
            if WEEK_FOLDER.fullmatch(folder.name)
            and folder.name < period.text
            and (folder / JSON).is_file()
        ]
        return earlier[-1] if earlier else None
