"""When the brief is made, and the files that tell systemd or cron so."""

from __future__ import annotations

import datetime as dt
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hotspots.core.errors import ParameterError
from hotspots.core.window import WEEKDAYS

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Once a week at a time by the clock on the wall.

    ``weekday``: 0 is Monday.
    ``at``: without a zone.
    ``zone``: IANA name; the time stays the same when clocks change.

    Raises ParameterError if the day, the time or the zone is impossible.

    Examples
    --------
    >>> monday = Schedule()
    >>> now = dt.datetime(2025, 3, 29, 12, tzinfo=dt.UTC)
    >>> monday.next_after(now).isoformat()
    '2025-03-31T06:00:00+01:00'
    """

    weekday: int = 0
    at: dt.time = dt.time(6)
    zone: str = "Europe/London"

    def __post_init__(self) -> None:
        if self.weekday not in range(7):
            raise ParameterError(
                f"weekday must be 0 (Monday) to 6 (Sunday); got {self.weekday!r}."
            )
        if self.at.tzinfo is not None or self.at.microsecond:
            raise ParameterError(
                f"the time must be plain, as 06:00; got {self.at.isoformat()}. Give "
                "its zone apart."
            )
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ParameterError(
                f"zone must be a name such as Europe/London; got {self.zone!r}."
            ) from error

    @property
    def tz(self) -> ZoneInfo:
        """The zone, loaded."""
        return ZoneInfo(self.zone)

    def next_after(self, now: dt.datetime) -> dt.datetime:
        """Return the first run strictly after a moment."""
        return self._on_or_near(now, step=1)

    def last_before(self, now: dt.datetime) -> dt.datetime:
        """Return the latest run at or before a moment."""
        return self._on_or_near(now, step=-1)

    def _on_or_near(self, now: dt.datetime, *, step: int) -> dt.datetime:
        zone = self.tz
        day = now.astimezone(zone).date()
        for ahead in range(9):
            on = day + dt.timedelta(days=step * ahead)
            if on.weekday() != self.weekday:
                continue
            wall = dt.datetime.combine(on, self.at, tzinfo=zone)
            # Through UTC and back: a skipped wall time becomes the one that exists.
            moment = wall.astimezone(dt.UTC)
            if (moment > now) if step > 0 else (moment <= now):
                return moment.astimezone(zone)
        raise AssertionError("a week has every weekday")

    def in_words(self) -> str:
        """Return it as people say it."""
        return f"every {WEEKDAYS[self.weekday]} at {self.at:%H:%M} ({self.zone})"


def schedule_files(
    command: Sequence[str],
    *,
    schedule: Schedule | None = None,
    name: str = "hotspots-brief",
    user: str | None = None,
    folder: Path | str | None = None,
    environment_file: Path | str | None = None,
) -> dict[str, str]:
    """Return the files that make a command run on schedule; nothing is installed.

    Raises ParameterError if the command is empty or relative, or a value cannot stand
    in such a file.

    References
    ----------
    systemd.service(5) and systemd.syntax(7) on quoting, systemd.time(7) on calendar
    events; crontab(5) on the percent sign and CRON_TZ.
    """
    schedule = schedule or Schedule()
    _check_command(command, name, user)
    values = [*command, *(str(v) for v in (folder, environment_file) if v is not None)]
    if any(ord(letter) < 32 or letter == "\x7f" for v in values for letter in v):
        raise ParameterError(
            "a scheduled command must be one line; an argument holds a line end or "
            "another control character. Rename the file."
        )
    return {
        f"{name}.service": _service(command, name, user, folder, environment_file),
        f"{name}.timer": _timer(schedule, name),
        f"{name}.cron": _cron(command, schedule, name, folder, environment_file),
    }


def _check_command(command: Sequence[str], name: str, user: str | None) -> None:
    if not command or not Path(command[0]).is_absolute():
        raise ParameterError(
            "a scheduled command must begin with the full path of a program; got "
            f"{command[0] if command else 'nothing'!r}. Find it with 'command -v'."
        )
    if not _NAME.fullmatch(name):
        raise ParameterError(
            "the name of a unit must be small letters, digits and hyphens; got "
            f"{name!r}."
        )
    if user is not None and not re.fullmatch(r"[a-z_][a-z0-9_-]{0,31}", user):
        raise ParameterError(f"user must be the name of an account; got {user!r}.")


def _quote_unit(value: str) -> str:
    """Quote one argument of ExecStart: specifiers and variables lose their meaning."""
    plain = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + plain.replace("%", "%%").replace("$", "$$") + '"'


def _unit_path(value: Path | str) -> str:
    return str(value).replace("%", "%%")


def _service(
    command: Sequence[str],
    name: str,
    user: str | None,
    folder: Path | str | None,
    environment_file: Path | str | None,
) -> str:
    start = " ".join(_quote_unit(value) for value in command)
    lines = [
        f"# Copy to /etc/systemd/system/{name}.service",
        "[Unit]",
        "Description=Make the hotspot brief",
        "After=network-online.target",
        "Wants=network-online.target",
        "",
        "[Service]",
        "Type=oneshot",
        f"ExecStart={start}",
        *([f"User={user}"] if user else []),
        *([f"WorkingDirectory={_unit_path(folder)}"] if folder else []),
        *(
            [f"EnvironmentFile={_unit_path(environment_file)}"]
            if environment_file
            else []
        ),
        "UMask=0027",
        "NoNewPrivileges=true",
        "PrivateTmp=true",
    ]
    return "\n".join(lines) + "\n"


def _timer(schedule: Schedule, name: str) -> str:
    day = WEEKDAYS[schedule.weekday][:3]
    lines = [
        f"# Copy to /etc/systemd/system/{name}.timer, then:",
        f"#   systemctl daemon-reload && systemctl enable --now {name}.timer",
        f"#   systemctl status {name}.service   (failures show here)",
        "[Unit]",
        f"Description=Hotspot brief {schedule.in_words()}",
        "",
        "[Timer]",
        f"OnCalendar={day} *-*-* {schedule.at:%H:%M:%S} {schedule.zone}",
        "Persistent=true",
        "AccuracySec=1min",
        "",
        "[Install]",
        "WantedBy=timers.target",
    ]
    return "\n".join(lines) + "\n"


def _cron(
    command: Sequence[str],
    schedule: Schedule,
    name: str,
    folder: Path | str | None,
    environment_file: Path | str | None,
) -> str:
    run = shlex.join(command)
    if environment_file:
        run = f"set -a && . {shlex.quote(str(environment_file))} && {run}"
    if folder:
        run = f"cd {shlex.quote(str(folder))} && {run}"
    run = run.replace("%", "\\%")
    day = (schedule.weekday + 1) % 7
    lines = [
        f"# {name}: add to the account's table with crontab -e.",
        "# cron mails what a run says to MAILTO; set it to someone who reads it.",
        "# Where cron knows no CRON_TZ, as on Debian, the time is the computer's own.",
        f"CRON_TZ={schedule.zone}",
        f"{schedule.at.minute} {schedule.at.hour} * * {day} {run}",
    ]
    return "\n".join(lines) + "\n"
