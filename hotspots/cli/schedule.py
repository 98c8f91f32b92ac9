"""``hotspots brief schedule``, ``send`` and ``status``: each week, and seen to fail."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hotspots.cli import options, screen
from hotspots.core.errors import HotspotsError, ParameterError

if TYPE_CHECKING:
    from hotspots.brief.run import Job
    from hotspots.delivery.mail_settings import MailSettings
    from hotspots.delivery.schedule import Schedule


LONGEST_H = 10_000
ONLY_FILES = ("--write", "--user", "--environment")
"""Options of the files themselves, which their command does without."""

Into = Annotated[
    Path, options.a_folder("--into", "Folder in which each brief has its own.")
]
Weekday = Annotated[
    str, typer.Option("--weekday", help="Day on which the brief is made.")
]
At = Annotated[str, typer.Option("--at", help="Time of day, HH:MM.")]
Zone = Annotated[str, typer.Option("--zone", help="Time zone.")]
MailFile = Annotated[
    Path | None,
    options.a_file("--mail", "Mail settings (TOML); HOTSPOTS_SMTP_... win."),
]


@options.reads
def schedule(
    files: options.Files,
    areas: options.AreaFiles,
    into: Into,
    how: options.How,
    run: Annotated[
        bool, typer.Option("--run", help="Keep running, and make the brief every week.")
    ] = False,
    once: Annotated[
        bool, typer.Option("--once", help="Make last week's brief now, and record it.")
    ] = False,
    write: Annotated[
        Path | None,
        options.a_folder(
            "--write", "Folder for systemd and cron files; nothing is started."
        ),
    ] = None,
    weekday: Weekday = "Monday",
    at: At = "06:00",
    zone: Zone = "Europe/London",
    user: Annotated[
        str | None, typer.Option("--user", help="Account that the service runs as.")
    ] = None,
    environment: Annotated[
        Path | None, options.a_file("--environment", "File with mail settings.")
    ] = None,
    mail: MailFile = None,
    audience: Annotated[
        str, typer.Option("--audience", help="operational or partner.")
    ] = "operational",
    deployments: options.DeploymentsFile = None,
    actions: options.ActionsFile = None,
    agreement: options.Agreement = "",
    streets: options.StreetsFile = None,
    buildings: options.BuildingsFile = None,
    today: Annotated[
        dt.datetime | None, options.a_day("--today", "With --once: as if on it.")
    ] = None,
) -> None:
    """Make last week's brief every week.

    By systemd or cron (--write), in this process (--run), or now (--once): give one.
    Files that a folder holds are read anew each time.
    """
    _check_one({"--run": run, "--once": once, "--write": write is not None})
    plan = _schedule(weekday, at, zone)
    if write is not None:
        _write_files(write, plan, user=user, environment=environment)
        return
    from hotspots.brief.run import Job

    choices = {
        "deployments": deployments,
        "actions": actions,
        "sharing_agreement": agreement,
    }
    job = Job(
        files=files,
        areas=areas,
        into=into,
        audience=audience,
        reading={**how.settings(), "today": None},
        choices=choices,
        ground={"streets": streets, "buildings": buildings},
        mail=_mail(mail),
    )
    screen.leave(_run(job, plan, once=once, today=today))


def send(
    folder: Annotated[Path, typer.Argument(help="Folder of a brief.")],
    mail: MailFile = None,
) -> None:
    """Send a brief by e-mail.

    Of one marked OFFICIAL-SENSITIVE only word is sent, never the document.
    """
    from hotspots.brief.run import send_brief
    from hotspots.delivery.mail_settings import MailSettings

    settings = _mail(mail) or MailSettings.from_environment(os.environ)
    screen.say(send_brief(folder, settings))


def status(
    into: Annotated[Path, typer.Argument(help="Folder of the weekly briefs.")],
    zone: Zone = "Europe/London",
    late_h: Annotated[
        float, typer.Option("--late-h", help="Hours after which a run is overdue.")
    ] = 3.0,
) -> None:
    """Say how the last runs went.

    The exit status is 1 where all is not well.
    """
    from hotspots.delivery.schedule import Schedule
    from hotspots.delivery.status import STATUS, TASK, read_status

    _check_late(late_h)
    found = read_status(
        into / STATUS,
        task=TASK,
        now=_now(),
        late=dt.timedelta(hours=late_h),
        zone=Schedule(zone=zone).tz,
    )
    screen.say(found.words)
    screen.leave(found.exit_code)


def _run(job: Job, plan: Schedule, *, once: bool, today: dt.datetime | None) -> int:
    """Make the brief now, or every week until stopped; return the exit status."""
    from hotspots.delivery.status import STATUS, TASK, run_recorded, run_scheduler

    def make() -> str:
        day = today or _now().astimezone(plan.tz)
        return _told(lambda: job(day.date()), job.mail, TASK)

    common: dict[str, Any] = {"task": TASK, "clock": _now, "say": screen.warn}
    path = job.into / STATUS
    if once:
        due = plan.next_after(_now())
        return run_recorded(make, path=path, next_due=due, **common)
    with screen.until_stopped():
        return run_scheduler(
            make, status=path, schedule=plan, sleep=time.sleep, **common
        )


def _told(make: Callable[[], str], mail: MailSettings | None, task: str) -> str:
    """Run a job; where it fails, send word of that before it is recorded."""
    from hotspots.brief.run import send_failure

    try:
        return make()
    except Exception:
        if mail is not None:
            try:
                screen.warn(send_failure(mail, task))
            except HotspotsError as error:
                screen.warn(f"word of the failure was not sent: {error}")
        raise


def _check_one(given: dict[str, bool]) -> None:
    chosen = [name for name, is_given in given.items() if is_given]
    if len(chosen) != 1:
        raise ParameterError(
            "a schedule needs exactly one of --write FOLDER (files for systemd and "
            "cron), --run (stay and make it each week) and --once (last week's, now); "
            f"got {', '.join(chosen) or 'none'}."
        )


def _schedule(weekday: str, at: str, zone: str) -> Schedule:
    from hotspots.core.errors import did_you_mean
    from hotspots.core.window import WEEKDAYS
    from hotspots.delivery.schedule import Schedule

    names = [name.lower() for name in WEEKDAYS]
    if weekday.lower() not in names:
        raise ParameterError(
            f"weekday must be one of {', '.join(WEEKDAYS)}; got {weekday!r}."
            f"{did_you_mean(weekday, WEEKDAYS)}"
        )
    try:
        moment = dt.time.fromisoformat(at)
    except ValueError as error:
        raise ParameterError(f"the time must be HH:MM; got {at!r}.") from error
    return Schedule(weekday=names.index(weekday.lower()), at=moment, zone=zone)


def _write_files(
    folder: Path, plan: Schedule, *, user: str | None, environment: Path | None
) -> None:
    """Write the unit files whose command is this one, made once."""
    from hotspots.delivery.schedule import schedule_files
    from hotspots.outputs.formats.layer import writing

    made = schedule_files(
        own_command(sys.argv),
        schedule=plan,
        user=user,
        folder=Path.cwd(),
        environment_file=environment.absolute() if environment else None,
    )
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        with writing(folder / name):
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
        screen.say(folder / name)


def own_command(arguments: list[str]) -> list[str]:
    """Return a command that writes unit files as the one that they are to run."""
    found = shutil.which(arguments[0]) or shutil.which("hotspots")
    program = (
        [str(Path(found).absolute())] if found else [sys.executable, "-m", "hotspots"]
    )
    rest, kept = iter(arguments[1:]), []
    for argument in rest:
        name, equals, _ = argument.partition("=")
        if name not in ONLY_FILES:
            kept.append(argument)
        elif not equals:
            next(rest, None)
    if kept[:1] == ["brief-schedule"]:
        kept[:1] = ["brief", "schedule"]
    return [*program, *kept, "--once"]


def _mail(path: Path | None) -> MailSettings | None:
    from hotspots.delivery.mail_settings import MailSettings

    if path is not None:
        return MailSettings.from_toml(path, os.environ)
    if "HOTSPOTS_SMTP_HOST" in os.environ:
        return MailSettings.from_environment(os.environ)
    return None


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _check_late(late_h: float) -> None:
    if not 0 <= late_h <= LONGEST_H:
        raise ParameterError(
            f"--late-h must be 0 to {LONGEST_H:,} hours; got {late_h}."
        )
