"""Next Monday at six by the clock on the wall; files that systemd itself accepts."""

from __future__ import annotations

import datetime as dt
import shlex
import shutil
import subprocess
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import ParameterError, SourceError
from hotspots.delivery.schedule import Schedule, schedule_files
from hotspots.delivery.status import Run, read_status, record_run, run_scheduler

LONDON = ZoneInfo("Europe/London")
MOMENTS = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2030, 1, 1)).map(
    lambda naive: naive.replace(tzinfo=dt.UTC)
)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # Clocks go forward on 30 March 2025 and back on 26 October 2025.
        ("2025-03-24T05:59+00:00", "2025-03-24T06:00:00+00:00"),
        ("2025-03-24T06:00+00:00", "2025-03-31T06:00:00+01:00"),
        ("2025-03-31T04:59+00:00", "2025-03-31T06:00:00+01:00"),
        ("2025-10-20T05:30+00:00", "2025-10-27T06:00:00+00:00"),
        ("2025-10-27T05:30+00:00", "2025-10-27T06:00:00+00:00"),
    ],
)
def test_monday_at_six_keeps_its_hour_when_clocks_change(
    now: str, expected: str
) -> None:
    found = Schedule().next_after(dt.datetime.fromisoformat(now))
    assert found.isoformat() == expected


def test_a_skipped_hour_runs_after_the_change_and_a_repeated_one_once() -> None:
    sunday = Schedule(weekday=6, at=dt.time(1, 30))
    spring = sunday.next_after(dt.datetime(2025, 3, 29, tzinfo=dt.UTC))
    assert spring.isoformat() == "2025-03-30T02:30:00+01:00"
    autumn = sunday.next_after(dt.datetime(2025, 10, 25, tzinfo=dt.UTC))
    assert autumn.isoformat() == "2025-10-26T01:30:00+01:00"
    assert sunday.next_after(autumn).date() == dt.date(2025, 11, 2)


@settings(max_examples=150, deadline=None)
@given(now=MOMENTS, weekday=st.integers(0, 6), hour=st.integers(3, 23))
def test_the_next_run_is_right_and_no_run_lies_between(
    now: dt.datetime, weekday: int, hour: int
) -> None:
    schedule = Schedule(weekday=weekday, at=dt.time(hour))
    later, earlier = schedule.next_after(now), schedule.last_before(now)
    assert earlier <= now < later
    assert later.astimezone(LONDON).weekday() == weekday
    assert later.astimezone(LONDON).hour == hour
    assert (later.date() - earlier.date()).days == 7


COMMAND = ["/bin/echo", 'a "b" 100%', "c\\d $HOME; ls", "--week=2025-W24"]


def test_systemd_accepts_the_units_and_reads_the_arguments_back(tmp_path: Path) -> None:
    analyse = shutil.which("systemd-analyze")
    if analyse is None:
        pytest.skip("systemd-analyze is not installed")
    made = schedule_files(COMMAND, folder=tmp_path, user="root")
    for name, text in made.items():
        (tmp_path / name).write_text(text)
    units = [str(tmp_path / f"hotspots-brief.{kind}") for kind in ("service", "timer")]
    done = subprocess.run(
        [analyse, "verify", *units], capture_output=True, text=True, check=False
    )
    assert "hotspots-brief" not in done.stderr, done.stderr
    calendar = made["hotspots-brief.timer"].split("OnCalendar=")[1].splitlines()[0]
    again = subprocess.run(
        [analyse, "calendar", calendar, "--base-time=2025-03-29"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "2025-03-31" in again.stdout


def test_cron_hands_every_argument_over_as_it_is() -> None:
    line = schedule_files(COMMAND)["hotspots-brief.cron"].splitlines()[-1]
    assert line.startswith("0 6 * * 1 /bin/echo")
    ran = line.split(" ", 5)[5].replace("\\%", "%")
    assert shlex.split(ran) == COMMAND
    shown = subprocess.run(
        ["/bin/sh", "-c", ran], capture_output=True, text=True, check=True
    )
    assert shown.stdout == " ".join(COMMAND[1:]) + "\n"


@pytest.mark.parametrize(
    ("command", "options", "message"),
    [
        ([], {}, "full path"),
        (["hotspots"], {}, "full path"),
        (["/bin/echo", "a\nExecStartPre=/bin/rm"], {}, "control character"),
        (["/bin/echo"], {"name": "../x"}, "small letters"),
        (["/bin/echo"], {"user": "root\nX=1"}, "account"),
        (["/bin/echo"], {"folder": "/a\nUser=root"}, "control character"),
    ],
)
def test_values_that_could_break_out_of_a_file_are_refused(
    command: list[str], options: dict[str, str], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        schedule_files(command, **options)  # type: ignore[arg-type]


def test_an_impossible_schedule_is_refused() -> None:
    for options in ({"weekday": 7}, {"zone": "Europe/Melton"}, {"zone": "../etc"}):
        with pytest.raises(ParameterError):
            Schedule(**options)  # type: ignore[arg-type]


class Clock:
    """A clock that a sleep moves."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now
        self.longest = 0.0

    def __call__(self) -> dt.datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.longest = max(self.longest, seconds)
        self.now += dt.timedelta(seconds=seconds)


def test_the_loop_runs_each_monday_and_records_what_failed(tmp_path: Path) -> None:
    path = tmp_path / "state" / "status.json"
    clock = Clock(dt.datetime(2025, 3, 23, 12, tzinfo=dt.UTC))
    record_run(
        path,
        Run(
            task="brief",
            started=clock.now - dt.timedelta(days=6),
            finished=clock.now,
            exit_code=0,
            message="made",
        ),
    )
    said: list[str] = []
    ran: list[dt.datetime] = []

    def job() -> str:
        ran.append(clock.now)
        if len(ran) == 2:
            raise SourceError("week.csv must be readable; it is not. Copy it again.")
        if len(ran) == 3:
            raise RuntimeError("unforeseen")
        return "made brief.pdf"

    end = dt.datetime(2025, 4, 8, tzinfo=dt.UTC)
    code = run_scheduler(
        job,
        task="brief",
        status=path,
        schedule=Schedule(),
        clock=clock,
        sleep=clock.sleep,
        say=said.append,
        stop=lambda: clock.now >= end,
    )
    assert [when.astimezone(LONDON).strftime("%d %H:%M") for when in ran] == [
        "24 06:00",
        "31 06:00",
        "07 06:00",
    ]
    assert clock.longest == 60
    assert code == 1
    status = read_status(path, task="brief")
    assert not status.ok
    assert status.exit_code == 1
    assert status.failures_since == 2
    assert "RuntimeError: unforeseen" in status.words
    assert any("FAILED. week.csv must be readable" in line for line in said)


def test_a_run_missed_while_the_computer_was_off_is_made_at_once(
    tmp_path: Path,
) -> None:
    clock = Clock(dt.datetime(2025, 6, 9, 9, tzinfo=dt.UTC))
    ran: list[str] = []
    run_scheduler(
        lambda: ran.append("x") or "made",
        task="brief",
        status=tmp_path / "status.json",
        schedule=Schedule(),
        clock=clock,
        sleep=clock.sleep,
        say=lambda _: None,
        stop=lambda: bool(ran),
    )
    assert read_status(tmp_path / "status.json", task="brief").ok
