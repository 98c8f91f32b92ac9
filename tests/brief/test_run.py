"""The week's brief by the command alone: made, recorded, sent, and seen to fail."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import program
import pytest
from aiosmtpd.controller import Controller
from program import Ran
from typer.testing import CliRunner

from hotspots.brief.run import chosen_period, send_brief
from hotspots.cli import app
from hotspots.cli.schedule import own_command
from hotspots.core.errors import OutputError, ParameterError
from hotspots.delivery.mail_settings import MailSettings
from hotspots.delivery.status import STATUS, TASK, Run, record_run
from hotspots.samples import sample_paths

PROGRAM = str(Path(sys.executable).with_name("hotspots"))


class Inbox:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.arrived: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.arrived.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture(scope="module")
def inbox() -> Iterator[tuple[Inbox, dict[str, str]]]:
    """A mail server on this computer, and the environment that names it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = Inbox()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield (
        kept,
        {
            "HOTSPOTS_SMTP_HOST": "127.0.0.1",
            "HOTSPOTS_SMTP_PORT": str(port),
            "HOTSPOTS_SMTP_SECURITY": "none",
            "HOTSPOTS_SMTP_SENDER": "brief@example.org",
            "HOTSPOTS_SMTP_RECIPIENTS": "chair@example.org, analyst@example.org",
        },
    )
    controller.stop()


def run(*arguments: str | Path, extra: Mapping[str, str] | None = None) -> Ran:
    return program.run(*arguments, given={"COLUMNS": "200", **(extra or {})})


def here(*arguments: str | Path, extra: Mapping[str, str] | None = None) -> Any:
    """Run a command in this process."""
    return CliRunner().invoke(app, [*map(str, arguments)], env=extra)


def town() -> list[str]:
    incidents, areas = sample_paths()
    return [str(incidents), *(a for path in areas for a in ("--areas", str(path)))]


@pytest.fixture(scope="module")
def briefs(
    inbox: tuple[Inbox, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Ran]:
    """Week 24's brief for partners, as a timer makes it."""
    into = tmp_path_factory.mktemp("briefs")
    choices = ["--once", "--today", "2025-06-16", "--audience", "partner"]
    made = run("brief", "schedule", *town(), "--into", into, *choices, extra=inbox[1])
    return into, made


def test_the_timer_makes_records_and_sends_last_weeks_brief(
    briefs: tuple[Path, Ran],
    inbox: tuple[Inbox, dict[str, str]],
) -> None:
    into, made = briefs
    assert made.returncode == 0, made.stderr
    folder = into / "2025-W24"
    assert {"brief.pdf", "brief.docx", "brief.html", "brief.json"} <= {
        path.name for path in folder.iterdir()
    }
    (mail,) = inbox[0].arrived[:1]
    record = json.loads((folder / "brief.json").read_text())
    assert mail["Subject"].startswith(f"[{record['marking']}] Weekly hotspot brief")
    assert mail["To"] == "chair@example.org, analyst@example.org"
    (pdf,) = mail.iter_attachments()
    assert pdf.get_content() == (folder / "brief.pdf").read_bytes()
    body = mail.get_body().get_content()
    for said in record["bottom_line"]:
        assert said["text"] in " ".join(body.split())
    assert "Simulated data" in body
    found = run("brief", "status", into)
    assert found.returncode == 0
    assert "done." in found.stdout


def test_a_brief_marked_sensitive_is_told_of_and_never_attached(
    briefs: tuple[Path, Ran],
    inbox: tuple[Inbox, dict[str, str]],
    tmp_path: Path,
) -> None:
    kept, environment = inbox
    folder = tmp_path / "2025-W24"
    shutil.copytree(briefs[0] / "2025-W24", folder)
    record = json.loads((folder / "brief.json").read_text())
    record["marking"] = "OFFICIAL-SENSITIVE"
    (folder / "brief.json").write_text(json.dumps(record))
    kept.arrived.clear()
    done = here("brief-send", folder, extra=environment)
    assert done.exit_code == 0, done.stderr
    (mail,) = kept.arrived
    assert list(mail.iter_attachments()) == []
    body = mail.get_body().get_content()
    assert "2025-W24" in body
    for said in record["bottom_line"]:
        assert said["text"] not in " ".join(body.split())


def test_a_failure_has_an_exit_status_a_record_and_a_mail_without_the_reason(
    inbox: tuple[Inbox, dict[str, str]], tmp_path: Path
) -> None:
    kept, environment = inbox
    kept.arrived.clear()
    _, areas = sample_paths()
    missing = tmp_path / "Jane Doe.csv"
    command = ["brief-schedule", missing, "--areas", areas[0], "--into", tmp_path]
    done = here(*command, "--once", extra=environment)
    assert done.exit_code == 1
    assert "weekly brief: FAILED." in done.stderr
    assert "Jane Doe.csv" in done.stderr
    (mail,) = kept.arrived
    assert mail["Subject"] == "[OFFICIAL] The weekly brief failed"
    assert "Jane Doe" not in mail.as_string()
    found = here("brief-status", tmp_path)
    assert found.exit_code == 1
    assert "and none has succeeded" in found.stdout
    assert "Jane Doe.csv" in found.stdout


def test_mail_that_cannot_be_sent_is_a_failure(
    briefs: tuple[Path, Ran],
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings = MailSettings(
            host="127.0.0.1",
            port=probe.getsockname()[1],
            sender="brief@example.org",
            recipients=("chair@example.org",),
            security="none",
        )
        with pytest.raises(OutputError, match="refused the connection"):
            send_brief(briefs[0] / "2025-W24", settings)


def test_a_folder_without_a_brief_is_refused(tmp_path: Path) -> None:
    settings = MailSettings(
        host="localhost", sender="a@example.org", recipients=("b@example.org",)
    )
    with pytest.raises(OutputError, match="Make the brief first"):
        send_brief(tmp_path, settings)


def test_files_for_systemd_and_cron_run_this_command_once(tmp_path: Path) -> None:
    into = tmp_path / "a b%c"
    out = tmp_path / "units"
    done = run(
        *("brief", "schedule", *town(), "--into", into, "--write", out),
        *("--user=analyst", "--weekday", "Tuesday", "--at", "07:30"),
    )
    assert done.returncode == 0, done.stderr
    names = ["hotspots-brief.cron", "hotspots-brief.service", "hotspots-brief.timer"]
    assert sorted(path.name for path in out.iterdir()) == names
    assert not into.exists()
    service = (out / names[1]).read_text()
    (start,) = re.findall(r"^ExecStart=(.*)$", service, re.MULTILINE)
    assert start.startswith('"/')
    assert '"brief" "schedule"' in start
    assert start.endswith('"--once"')
    assert "a b%%c" in start
    assert "--write" not in service
    assert "User=analyst" in service
    assert "Tue *-*-* 07:30:00 Europe/London" in (out / names[2]).read_text()
    assert "30 7 * * 2 " in (out / names[0]).read_text()


def test_the_options_of_the_files_are_not_those_of_the_run() -> None:
    typed = [
        PROGRAM,
        "brief-schedule",
        "a.csv",
        "--write",
        "u",
        "--user=x",
        "--at=1",
    ]
    assert own_command(typed) == [
        *(PROGRAM, "brief", "schedule", "a.csv", "--at=1", "--once")
    ]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "exactly one of --write FOLDER"),
        (("--run", "--once"), "got --run, --once"),
        (("--once", "--weekday", "Mondy"), "Did you mean 'Monday'"),
        (("--once", "--at", "25:00"), "the time must be HH:MM"),
    ],
)
def test_a_schedule_that_is_none_is_refused(
    tmp_path: Path, options: tuple[str, ...], says: str
) -> None:
    done = here("brief-schedule", *town(), "--into", tmp_path, *options)
    assert isinstance(done.exception, ParameterError)
    assert says in str(done.exception)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="stops it by a signal")
def test_the_scheduler_says_when_it_is_next_and_stops_when_asked(
    tmp_path: Path,
) -> None:
    now = dt.datetime.now(dt.UTC)
    record_run(
        tmp_path / STATUS,
        Run(task=TASK, started=now, finished=now, exit_code=0, message="made"),
    )
    command = [PROGRAM, "brief", "schedule", *town(), "--into", str(tmp_path), "--run"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        _, rest = process.communicate(timeout=600)
    assert re.match(
        r"weekly brief: every Monday at 06:00 \(Europe/London\); next", said
    )
    assert rest.split() == ["Stopped."]
    assert process.returncode == 130


def test_one_period_is_asked_for() -> None:
    assert chosen_period(week="2025-W24").kind == "weekly"
    for wrong in ({}, {"week": "2025-W24", "month": "2025-06"}, {"week": "2025-06"}):
        with pytest.raises(ParameterError):
            chosen_period(**wrong)
