"""Send the brief by e-mail: marked in the subject, never with an address in it."""

from __future__ import annotations

import mimetypes
import smtplib
import socket
import ssl
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import polars as pl

from hotspots.core.errors import OutputError
from hotspots.delivery.mail_settings import MailSettings
from hotspots.disclosure import SENSITIVE, address_columns

_DEFAULT_PORT = {"starttls": 587, "ssl": 465, "none": 25}
_TYPES = frozenset({".csv", ".docx", ".geojson", ".html", ".json", ".md", ".pdf"})


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file to send, with the marking that it carries.

    ``marking``: as :func:`hotspots.disclosure.publish` gave it.
    """

    path: Path
    marking: str


def build_message(
    settings: MailSettings,
    *,
    subject: str,
    text: str,
    marking: str,
    attachments: Sequence[Attachment] = (),
) -> EmailMessage:
    """Write the message, refusing what must not leave by e-mail.

    Raises OutputError if the message or an attachment is OFFICIAL-SENSITIVE, holds a
    column of addresses, is of a kind that cannot be looked into, or cannot be read.
    """
    if SENSITIVE in f"{marking} {subject} {text}".upper():
        raise OutputError(_refusal("the message"))
    message = EmailMessage()
    message["Subject"] = " ".join(f"[{marking}] {subject}".split())
    message["From"] = settings.sender
    message["To"] = ", ".join(settings.recipients)
    message.set_content(f"{marking}\n\n{text}\n")
    for one in attachments:
        content = _checked(one)
        kind = mimetypes.guess_type(one.path.name)[0] or "application/octet-stream"
        main, _, sub = kind.partition("/")
        message.add_attachment(
            content, maintype=main, subtype=sub, filename=one.path.name
        )
    return message


def send_mail(settings: MailSettings, message: EmailMessage) -> str:
    """Hand a message to the server.

    Raises OutputError if the server cannot be reached, does not prove who it is,
    refuses the password or any recipient, or does not answer in time.
    """
    port = settings.port or _DEFAULT_PORT[settings.security]
    where = f"{settings.host}:{port}"
    try:
        with _connect(settings, port) as server:
            if settings.username is not None and settings.password is not None:
                server.login(settings.username, settings.password)
            refused = server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise OutputError(
            f"the brief must reach the mail server; {where} {_why(error)}. The files "
            "are made; send them once this is put right."
        ) from error
    if refused:
        raise OutputError(
            f"every recipient must be accepted; {where} refused "
            f"{', '.join(sorted(refused))}. Correct the recipients and send again."
        )
    return f"Sent to {len(settings.recipients)} by {settings.host}."


def _connect(settings: MailSettings, port: int) -> smtplib.SMTP:
    if settings.security == "none":
        return smtplib.SMTP(settings.host, port, timeout=settings.timeout_s)
    context = ssl.create_default_context(cafile=settings.ca_file)
    if settings.security == "ssl":
        return smtplib.SMTP_SSL(
            settings.host, port, timeout=settings.timeout_s, context=context
        )
    server = smtplib.SMTP(settings.host, port, timeout=settings.timeout_s)
    try:
        server.starttls(context=context)
    except BaseException:
        server.close()
        raise
    return server


def _why(error: Exception) -> str:
    """Return what went wrong; a server's own words are left out, they may quote us."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"refused the username and password (code {error.smtp_code})"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"refused {', '.join(sorted(error.recipients))}"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "does not offer the encryption or the login that is asked for"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"refused the message (code {error.smtp_code})"
    if isinstance(error, ssl.SSLError):
        return "could not be reached encrypted: its certificate is not trusted"
    if isinstance(error, TimeoutError):
        return "did not answer in time"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "hung up or did not answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "refused the connection"
    if isinstance(error, socket.gaierror):
        return "is not a name that can be found"
    return f"failed ({type(error).__name__})"


def _refusal(what: str) -> str:
    return (
        f"nothing about single addresses may go by e-mail; {what} is {SENSITIVE}. "
        "Share it through the place agreed for restricted files."
    )


def _checked(one: Attachment) -> bytes:
    name, suffix = one.path.name, one.path.suffix.lower()
    if SENSITIVE in one.marking.upper() or SENSITIVE in name.upper():
        raise OutputError(_refusal(name))
    if suffix not in _TYPES:
        raise OutputError(
            f"an attachment must be of a kind that can be looked into "
            f"({', '.join(sorted(_TYPES))}); got {name}."
        )
    try:
        content = one.path.read_bytes()
    except OSError as error:
        raise OutputError(
            f"an attachment must be readable; {name} is not "
            f"({error.strerror or 'error'})."
        ) from error
    if _sensitive_inside(content, suffix):
        raise OutputError(_refusal(name))
    return content


def _sensitive_inside(content: bytes, suffix: str) -> bool:
    """Look for the marking in a file, and for columns of addresses in a table."""
    mark = SENSITIVE.encode()
    if suffix == ".csv":
        header = content.partition(b"\n")[0].decode("utf-8-sig", errors="replace")
        names = [name.strip(' "\r') for name in header.split(",")]
        empty = pl.DataFrame({name: [] for name in dict.fromkeys(names)})
        return mark in content or bool(address_columns(empty))
    if suffix == ".docx":
        try:
            with zipfile.ZipFile(BytesIO(content)) as parts:
                return any(mark in parts.read(name) for name in parts.namelist())
        except zipfile.BadZipFile:
            return True
    return mark in content
