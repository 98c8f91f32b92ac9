"""What an administrator changes on the page: entries of ``site.toml``, in the log."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hotspots.core.errors import ConflictError, OutputError, ParameterError
from hotspots.resources.institutions import apart_of
from hotspots.rights import Actor, check
from hotspots.service.audit import record
from hotspots.service.schedules import parse_schedules
from hotspots.service.site import SCHEDULED, SETTINGS, Settings, Site
from hotspots.store import Session
from hotspots.store.models import AuditHead, SiteRecord
from hotspots.store.queries import hold

COUNTED = ("leave_out", "with_institutions")
"""A change of these changes what is counted: a new data version."""
CHANGEABLE = ("name", *COUNTED, *SCHEDULED)
"""The rest names files, addresses and secrets, and is changed on the server."""


def changeable(settings: Settings) -> dict[str, str]:
    """Return what a page may change, as it stands."""
    apart = settings.with_institutions.lower() != "yes"
    return {
        "name": settings.name,
        "leave_out": settings.leave_out,
        "with_institutions": "no" if apart else "yes",
        **{kind: settings.schedules.get(kind, "") for kind in SCHEDULED},
    }


def seen_of(settings: Settings) -> str:
    """Return what is another after every change of what a page may change."""
    told = json.dumps(changeable(settings), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def change_settings(
    site: Site, session: Session, actor: Actor, told: Mapping[str, str], *, seen: str
) -> None:
    """Change what is told; it holds for every process from its next work on.

    Raises ConflictError if the settings are not as they were ``seen``; ParameterError
    if an entry cannot be; OutputError if the file cannot be written.
    """
    check(actor, "settings.change")
    hold(session, AuditHead, 1)  # one at a time
    if seen_of(site.settings) != seen:
        raise ConflictError(
            "the settings must be as they were shown; somebody has changed them "
            "since. Look at them again, then change yours."
        )
    before = changeable(site.settings)
    after = before | {name: told[name].strip() for name in CHANGEABLE if name in told}
    changed = {n: [before[n], after[n]] for n in CHANGEABLE if before[n] != after[n]}
    settings = _with(site.settings, after)
    if not changed:
        return
    record(session, actor, "settings.change", "site", **changed)
    kept = hold(session, SiteRecord, 1)
    kept.name = settings.name
    kept.data_version += bool(changed.keys() & set(COUNTED))
    session.flush()
    try:
        settings.write(site.folder / SETTINGS)
    except OSError as error:
        raise OutputError(
            f"{SETTINGS} must be writable; {error.strerror}. Whoever runs the server "
            "changes it there."
        ) from error


def _with(settings: Settings, told: Mapping[str, str]) -> Settings:
    if not told["name"]:
        raise ParameterError("a site must have a name; got nothing.")
    if told["with_institutions"] not in ("yes", "no"):
        raise ParameterError(
            "whether prisons, hospitals and the like count must be 'yes' or 'no'; got "
            f"{told['with_institutions']!r}."
        )
    apart_of(told["leave_out"], institutions=False)
    schedules = {kind: told[kind] for kind in SCHEDULED if told[kind]}
    parse_schedules(schedules, settings.time_zone)
    own: dict[str, Any] = {name: told[name] for name in ("name", *COUNTED)}
    return replace(settings, **own, schedules=schedules)
