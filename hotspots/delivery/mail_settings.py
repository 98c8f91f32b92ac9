"""How to reach the mail server, from a file or the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from hotspots.core.errors import ParameterError, did_you_mean
from hotspots.core.small import read_small, toml_of

_SECURITY = ("starttls", "ssl", "none")
_PREFIX = "HOTSPOTS_SMTP_"
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, kw_only=True)
class MailSettings:
    """How to reach the mail server. Nothing secret has a default.

    ``security`` ({"starttls", "ssl", "none"}): ``none`` only to a server on this
    computer.
    ``port``: 587, 465 or 25 by default.
    ``username``, ``password``: both or neither; never without encryption.
    ``ca_file``: certificate of the authority to trust, for a server of one's own.

    Raises ParameterError if a setting is missing or impossible.
    """

    host: str
    sender: str
    recipients: tuple[str, ...]
    security: str = "starttls"
    port: int | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    timeout_s: float = 30.0

    def __post_init__(self) -> None:
        if not self.host.strip():
            raise ParameterError("the mail server must be named; host is empty.")
        if not self.recipients:
            raise ParameterError("mail needs at least one recipient; got none.")
        for one in (self.sender, *self.recipients):
            name, address = parseaddr(one)
            local, at, domain = address.rpartition("@")
            if name or not (local and at and domain) or address != one.strip():
                raise ParameterError(
                    f"an e-mail address must be plain, as brief@example.gov.uk; got "
                    f"{one!r}."
                )
        if self.security not in _SECURITY:
            raise ParameterError(
                f"security must be one of {', '.join(_SECURITY)}; got "
                f"{self.security!r}.{did_you_mean(self.security, _SECURITY)}"
            )
        if self.security == "none" and self.host not in _LOCAL_HOSTS:
            raise ParameterError(
                f"mail must be encrypted to any server but this computer's own; "
                f"{self.host} with security none is not. Use starttls or ssl."
            )
        if (self.username is None) != (self.password is None):
            raise ParameterError(
                "a username and a password must come together; got one of them."
            )
        if self.username is not None and self.security == "none":
            raise ParameterError(
                "a password must only travel encrypted; security is none. Use "
                "starttls or ssl."
            )
        if self.port is not None and not 1 <= self.port <= 65535:
            raise ParameterError(f"port must be 1 to 65535; got {self.port}.")
        if not 0 < self.timeout_s <= 600:
            raise ParameterError(
                f"timeout_s must be above 0 and at most 600; got {self.timeout_s}."
            )

    @classmethod
    def from_toml(
        cls, path: Path | str, environment: Mapping[str, str] | None = None
    ) -> MailSettings:
        """Read the ``[mail]`` table of a file.

        Raises ParameterError if the file cannot be read or a setting is wrong.
        """
        try:
            table = toml_of(read_small(Path(path)))
        except (OSError, ValueError) as error:
            raise ParameterError(
                f"mail settings must be a TOML file with a [mail] table; "
                f"{Path(path).name} cannot be read ({type(error).__name__})."
            ) from error
        mail = table.get("mail", {})
        if not isinstance(mail, dict):
            raise ParameterError("[mail] must be a table of settings.")
        return cls._from(mail | _from_environment(environment or {}))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> MailSettings:
        """Read settings named ``HOTSPOTS_SMTP_HOST``, ``..._RECIPIENTS`` and so on."""
        return cls._from(_from_environment(environment))

    @classmethod
    def _from(cls, values: Mapping[str, Any]) -> MailSettings:
        known = {one.name for one in fields(cls)}
        for name in values:
            if name not in known:
                raise ParameterError(
                    f"mail has no setting '{name}'.{did_you_mean(name, known)}"
                )
        missing = [n for n in ("host", "sender", "recipients") if not values.get(n)]
        if missing:
            raise ParameterError(
                f"mail needs {', '.join(missing)}; set it in [mail] or as "
                f"{_PREFIX}{missing[0].upper()}."
            )
        made = dict(values)
        people = made["recipients"]
        made["recipients"] = tuple(
            part.strip()
            for part in (people.split(",") if isinstance(people, str) else people)
            if part.strip()
        )
        try:
            if made.get("port") is not None:
                made["port"] = int(made["port"])
            made["timeout_s"] = float(made.get("timeout_s", 30))
        except (TypeError, ValueError) as error:
            raise ParameterError(
                "port and timeout_s must be numbers; got "
                f"{made.get('port')!r} and {made.get('timeout_s')!r}."
            ) from error
        return cls(**made)


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    known = [one.name for one in fields(MailSettings)]
    return {
        name: environment[_PREFIX + name.upper()]
        for name in known
        if environment.get(_PREFIX + name.upper())
    }
