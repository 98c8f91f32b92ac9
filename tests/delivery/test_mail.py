"""Mail, through a real server on this computer, and every way it can fail."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from hotspots.core.errors import OutputError, ParameterError
from hotspots.delivery.mail import Attachment, build_message, send_mail
from hotspots.delivery.mail_settings import MailSettings
from hotspots.delivery.status import read_status, run_recorded

SECRET = "correct horse"
HOST = "localhost"


class Inbox:
    """Keeps what arrives; refuses one recipient."""

    def __init__(self) -> None:
        self.arrived: list[Any] = []

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address.startswith("gone@"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.arrived.append((mail, session.ssl is not None))
        return "250 OK"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        (
            f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={HOST} "
            f"-addext subjectAltName=DNS:{HOST} -keyout {key} -out {cert}"
        ).split(),
        check=True,
        capture_output=True,
    )
    return str(cert), str(key)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(certificate: tuple[str, str]) -> Iterator[tuple[Inbox, int]]:
    """A server that wants STARTTLS and a password."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)

    def check(_server: Any, _session: Any, _envelope: Any, _how: str, data: Any) -> Any:
        return AuthResult(success=data.password == SECRET.encode(), handled=False)

    inbox = Inbox()
    controller = Controller(
        inbox,
        hostname=HOST,
        port=free_port(),
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=check,
    )
    controller.start()
    yield inbox, controller.port
    controller.stop()


def settings(port: int, certificate: tuple[str, str], **more: Any) -> MailSettings:
    values: dict[str, Any] = {
        "host": HOST,
        "port": port,
        "sender": "brief@example.org",
        "recipients": ("chair@example.org",),
        "username": "brief",
        "password": SECRET,
        "ca_file": certificate[0],
        "timeout_s": 600,
    }
    return MailSettings(**(values | more))


def message(chosen: MailSettings, *attachments: Attachment, **more: Any) -> Any:
    values = {
        "subject": "Week 24",
        "text": "The brief is attached.",
        "marking": "OFFICIAL",
    }
    return build_message(chosen, attachments=attachments, **(values | more))


def test_the_brief_arrives_encrypted_marked_and_whole(
    server: tuple[Inbox, int], certificate: tuple[str, str], tmp_path: Path
) -> None:
    inbox, port = server
    pdf = tmp_path / "brief.pdf"
    pdf.write_bytes(b"%PDF-1.7 \x00\xff")
    chosen = settings(port, certificate)
    sent = message(chosen, Attachment(path=pdf, marking="OFFICIAL"))
    assert send_mail(chosen, sent) == "Sent to 1 by localhost."
    (mail, encrypted) = inbox.arrived[0]
    assert encrypted
    assert mail["Subject"] == "[OFFICIAL] Week 24"
    (attached,) = mail.iter_attachments()
    assert attached.get_content() == pdf.read_bytes()
    assert attached.get_filename() == "brief.pdf"


def test_a_subject_cannot_add_a_header(certificate: tuple[str, str]) -> None:
    made = message(settings(25, certificate), subject="a\r\nBcc: all@example.org")
    assert made["Subject"] == "[OFFICIAL] a Bcc: all@example.org"
    assert made["Bcc"] is None


def failure(chosen: MailSettings, tmp_path: Path) -> str:
    """Send as the scheduler does; return what the status page then says."""
    path = tmp_path / "status.json"
    code = run_recorded(
        lambda: send_mail(chosen, message(chosen)),
        task="weekly brief",
        path=path,
        clock=lambda: dt.datetime(2025, 6, 9, 5, tzinfo=dt.UTC),
        say=lambda _: None,
    )
    assert code == 1
    status = read_status(path, task="weekly brief")
    assert not status.ok
    assert SECRET not in path.read_text()
    return status.words


def test_a_wrong_password_is_seen(
    server: tuple[Inbox, int], certificate: tuple[str, str], tmp_path: Path
) -> None:
    chosen = settings(server[1], certificate, password="wrong")
    assert "refused the username and password (code 535)" in failure(chosen, tmp_path)
    assert server[0].arrived == []


def test_no_server_is_seen(certificate: tuple[str, str], tmp_path: Path) -> None:
    chosen = settings(free_port(), certificate)
    assert "refused the connection" in failure(chosen, tmp_path)


def test_a_server_that_never_answers_is_seen(
    certificate: tuple[str, str], tmp_path: Path
) -> None:
    with socket.create_server((HOST, 0)) as silent:
        chosen = settings(silent.getsockname()[1], certificate, timeout_s=0.3)
        assert "did not answer in time" in failure(chosen, tmp_path)


def test_a_certificate_nobody_vouches_for_is_seen(
    server: tuple[Inbox, int], certificate: tuple[str, str], tmp_path: Path
) -> None:
    chosen = settings(server[1], certificate, ca_file=None)
    assert "certificate is not trusted" in failure(chosen, tmp_path)


def test_a_refused_recipient_is_seen_even_when_others_are_not(
    server: tuple[Inbox, int], certificate: tuple[str, str], tmp_path: Path
) -> None:
    both = ("chair@example.org", "gone@example.org")
    words = failure(settings(server[1], certificate, recipients=both), tmp_path)
    assert "refused gone@example.org" in words
    alone = settings(server[1], certificate, recipients=("gone@example.org",))
    assert "refused gone@example.org" in failure(alone, tmp_path)


def test_a_server_without_encryption_gets_nothing(
    certificate: tuple[str, str], tmp_path: Path
) -> None:
    inbox = Inbox()
    controller = Controller(inbox, hostname=HOST, port=free_port())
    controller.start()
    try:
        chosen = settings(controller.port, certificate)
        assert "does not offer the encryption" in failure(chosen, tmp_path)
        plain = settings(
            controller.port, certificate, security="none", username=None, password=None
        )
        send_mail(plain, message(plain))
        assert len(inbox.arrived) == 1
    finally:
        controller.stop()


def test_a_connection_cut_off_is_seen(
    certificate: tuple[str, str], tmp_path: Path
) -> None:
    with socket.create_server((HOST, 0)) as cut:
        thread = threading.Thread(target=lambda: cut.accept()[0].close())
        thread.start()
        chosen = settings(cut.getsockname()[1], certificate)
        assert "hung up" in failure(chosen, tmp_path)
        thread.join()


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_nothing_about_single_addresses_is_attached(
    certificate: tuple[str, str], tmp_path: Path
) -> None:
    chosen = settings(25, certificate)
    word = tmp_path / "annex.docx"
    with zipfile.ZipFile(word, "w") as parts:
        parts.writestr("word/header1.xml", "<w:t>OFFICIAL-SENSITIVE</w:t>")
    refused = [
        Attachment(path=written(tmp_path, "b.pdf", b"x"), marking="OFFICIAL-SENSITIVE"),
        Attachment(path=written(tmp_path, "t.csv", b"ward,UPRN\nA,1\n"), marking="x"),
        Attachment(path=written(tmp_path, "q.csv", b'"Address","n"\n'), marking="x"),
        Attachment(
            path=written(tmp_path, "a.html", b"<p>OFFICIAL-SENSITIVE</p>"), marking="x"
        ),
        Attachment(path=word, marking="OFFICIAL"),
    ]
    for one in refused:
        with pytest.raises(OutputError, match="nothing about single addresses"):
            message(chosen, one)
    with pytest.raises(OutputError, match="nothing about single addresses"):
        message(chosen, marking="OFFICIAL-SENSITIVE")
    packed = Attachment(path=written(tmp_path, "all.zip", b""), marking="OFFICIAL")
    with pytest.raises(OutputError, match="looked into"):
        message(chosen, packed)
    absent = Attachment(path=tmp_path / "none.pdf", marking="OFFICIAL")
    with pytest.raises(OutputError, match="readable"):
        message(chosen, absent)
    fine = Attachment(path=written(tmp_path, "w.csv", b"ward,n\n"), marking="OFFICIAL")
    assert len(list(message(chosen, fine).iter_attachments())) == 1


def test_settings_come_from_a_file_and_the_environment_wins(tmp_path: Path) -> None:
    path = tmp_path / "mail.toml"
    path.write_text(
        '[mail]\nhost = "mail.example.org"\nsender = "a@b.org"\n'
        'recipients = ["c@d.org", "e@f.org"]\nusername = "u"\npassword = "no"\n'
    )
    read = MailSettings.from_toml(path, {"HOTSPOTS_SMTP_PASSWORD": SECRET})
    assert read.password == SECRET
    assert SECRET not in repr(read)
    assert read.recipients == ("c@d.org", "e@f.org")
    environment = {
        "HOTSPOTS_SMTP_HOST": "mail.example.org",
        "HOTSPOTS_SMTP_SENDER": "a@b.org",
        "HOTSPOTS_SMTP_RECIPIENTS": "c@d.org, e@f.org",
        "HOTSPOTS_SMTP_PORT": "2525",
    }
    assert MailSettings.from_environment(environment).port == 2525


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"host": ""}, "server must be named"),
        ({"recipients": ()}, "at least one recipient"),
        ({"sender": "x@y.org\nBcc: z@y.org"}, "plain"),
        ({"sender": "Name <x@y.org>"}, "plain"),
        ({"security": "tls"}, "one of starttls"),
        ({"host": "mail.example.org", "security": "none"}, "encrypted"),
        ({"password": None}, "together"),
        ({"security": "none"}, "travel encrypted"),
        ({"port": 0}, "port must be"),
        ({"timeout_s": 0}, "timeout_s"),
    ],
)
def test_settings_that_would_leak_or_fail_are_refused(
    change: dict[str, Any], what: str
) -> None:
    with pytest.raises(ParameterError, match=what):
        settings(**({"port": 587} | change), certificate=("", ""))


def test_missing_and_unknown_settings_are_named(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="HOTSPOTS_SMTP_HOST"):
        MailSettings.from_environment({})
    path = tmp_path / "mail.toml"
    path.write_text('[mail]\nhots = "x"\n')
    with pytest.raises(ParameterError, match="Did you mean 'host'"):
        MailSettings.from_toml(path)
    with pytest.raises(ParameterError, match="cannot be read"):
        MailSettings.from_toml(tmp_path / "none.toml")
