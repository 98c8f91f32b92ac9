"""The log of every act: each entry is hashed with the hash of the one before.

Whoever changes, removes, inserts or reorders an entry breaks the chain; whoever cuts
the end off is found by a head that was exported before and kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotspots.core.errors import ParameterError, StoreError
from hotspots.rights import Actor, check
from hotspots.store import Session, now
from hotspots.store.models import AuditEntry, AuditHead
from hotspots.store.queries import find, hold

PAGE = 5_000


@dataclass(frozen=True, kw_only=True)
class Head:
    """The end of the chain, to be kept outside the site."""

    number: int
    hash: str

    def __str__(self) -> str:
        """Return ``NUMBER:HASH``."""
        return f"{self.number}:{self.hash}"

    @classmethod
    def from_text(cls, text: str) -> Head:
        """Read what ``str`` gave.

        Raises ParameterError if it is no head.
        """
        number, _, digest = text.strip().partition(":")
        if not number.isdigit() or len(digest) != 64:
            raise ParameterError(
                f"a head must read NUMBER:HASH as 'hotspots audit export' prints it; "
                f"got {text!r}."
            )
        return cls(number=int(number), hash=digest)


def record(
    session: Session, actor: Actor, action: str, subject: str = "", **detail: Any
) -> None:
    """Add an entry; it stands or falls with the session it is in."""
    last = hold(session, AuditHead, 1)
    entry = AuditEntry(
        number=last.number + 1,
        at=now().isoformat(timespec="microseconds"),
        actor=f"{actor.id} {actor.name}",
        agency=", ".join(sorted(actor.agencies)),
        action=action,
        subject=subject,
        detail=json.dumps(detail, sort_keys=True, ensure_ascii=False, default=str),
        previous=last.hash,
        hash="",
    )
    entry.hash = _hash(entry)
    last.number, last.hash = entry.number, entry.hash
    session.add(entry)
    session.flush()


def read(
    session: Session, actor: Actor, *, before: int | None = None, limit: int = 100
) -> list[AuditEntry]:
    """Return the entries before a number, the latest first."""
    check(actor, "audit.read")
    return find(
        session, AuditEntry, order="number", descending=True, after=before, limit=limit
    )


def head(session: Session, actor: Actor) -> Head:
    """Return the end of the chain."""
    check(actor, "audit.read")
    last = session.get(AuditHead, 1)
    return Head(number=last.number, hash=last.hash) if last else Head(number=0, hash="")


def verify(session: Session, actor: Actor, known: Head | None = None) -> Head:
    """Go through the whole chain and return its end.

    ``known`` is a head that was exported before.

    Raises StoreError at the first entry that is not what was written, or where the end
    is missing.
    """
    end, last, met = head(session, actor), Head(number=0, hash=""), known is None
    for entry in _entries(session):
        if (
            entry.number != last.number + 1
            or entry.previous != last.hash
            or entry.hash != _hash(entry)
        ):
            raise StoreError(
                f"the log must be as it was written; entry {last.number + 1} is not. "
                "Keep this database as evidence and restore the last backup."
            )
        last = Head(number=entry.number, hash=entry.hash)
        met = met or last == known
    if last != end or not met:
        raise StoreError(
            f"the log must reach its end ({end if met else known}); it stops at "
            f"{last}. Entries are missing: keep this database as evidence."
        )
    return last


def export(session: Session, actor: Actor, out: Path) -> Head:
    """Write every entry as a line of JSON and return the end of the chain."""
    end = head(session, actor)
    with out.open("w", encoding="utf-8", newline="\n") as file:
        for entry in _entries(session):
            file.write(json.dumps(to_json(entry), ensure_ascii=False) + "\n")
    return end


def to_json(entry: AuditEntry) -> dict[str, Any]:
    """Return an entry as it is exported."""
    return {
        "number": entry.number,
        "at": entry.at,
        "actor": entry.actor,
        "agency": entry.agency,
        "action": entry.action,
        "subject": entry.subject,
        "detail": json.loads(entry.detail),
        "previous": entry.previous,
        "hash": entry.hash,
    }


def _entries(session: Session) -> Iterator[AuditEntry]:
    number = 0
    while page := find(session, AuditEntry, order="number", after=number, limit=PAGE):
        yield from page
        number = page[-1].number
        session.expunge_all()


def _hash(entry: AuditEntry) -> str:
    said = [
        *(entry.previous, entry.number, entry.at, entry.actor, entry.agency),
        *(entry.action, entry.subject, entry.detail),
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
