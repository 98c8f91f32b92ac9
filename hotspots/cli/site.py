"""The commands of a site: they open it, call one use case and say what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from hotspots.cli import options, privacy, screen
from hotspots.cli.listing import group
from hotspots.cli.opening import check_absent, opened, writing
from hotspots.core.errors import SourceError

SiteFolder = Annotated[Path, typer.Option("--site", help="Folder of the site.")]
Folder = Annotated[Path, typer.Argument(help="Folder of the site.")]
Role = Annotated[str, typer.Option("--role", help="Such as analyst or jag-chair.")]
AgencyName = Annotated[str, typer.Option("--agency", help="The agency.")]


@options.reads
def init(
    folder: Folder,
    resources: dict[str, Path],
    name: Annotated[str, typer.Option("--name", help="Name of the partnership.")],
    areas: Annotated[
        list[str], typer.Option("--areas", help="Polygons, PATH or KIND=PATH.")
    ],
    database: Annotated[
        str, typer.Option("--database", help="Address of a PostgreSQL database.")
    ] = "",
    force: Annotated[str, typer.Option("--force", help="The police force.")] = "",
    harm: options.HarmFile = None,
    institutions: options.InstitutionsFile = None,
    postcodes: options.PostcodesFile = None,
    uprns: options.UprnsFile = None,
    survey: options.SurveyFile = None,
    leave_out: options.LeaveOut = None,
    with_institutions: options.WithInstitutions = False,
) -> None:
    """Make a site and print the one-time link that makes its administrator."""
    from hotspots.service import init_site

    own = {
        "harm": harm,
        "institutions": institutions,
        "postcodes": postcodes,
        "uprns": uprns,
        "survey": survey,
    }
    secret = init_site(
        folder,
        name=name,
        area_files=areas,
        database=database,
        resources=resources | {kind: path for kind, path in own.items() if path},
        force=force,
        leave_out=leave_out or "",
        with_institutions="yes" if with_institutions else "",
    )
    screen.warn(f"The site of {name} is in {folder}.")
    _say_link(secret)


def demo(folder: Folder) -> None:
    """Make a site of the simulated town, with meetings, tasks and visits made up."""
    from flask_security import hash_password

    from hotspots.cli.serve import lay_ground
    from hotspots.service.demonstration import make_demonstration, open_accounts
    from hotspots.web import create_app

    made = make_demonstration(folder)
    lay_ground(made, None)
    with create_app(made).app_context():
        passwords = open_accounts(made, hash_password)
    made.close()
    screen.say("Simulated: these people and all they did are made up.")
    for email, password in passwords.items():
        screen.say(f"{email}\t{password}")
    screen.say("The passwords are random and shown only now. Sign in as one of them:")
    screen.say(f"hotspots serve --site {folder}")


def upgrade(folder: Folder) -> None:
    """Bring a site to this version of the software; a copy is kept beside it."""
    from hotspots.core.folders import real
    from hotspots.service import open_site
    from hotspots.service.backup import copy_site

    moment = dt.datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    copy = folder.with_name(f"{real(folder).name}-before-upgrade-{moment}.tar")
    site = open_site(folder, as_it_is=True)
    copy_site(site, copy)
    site.store.upgrade()
    site.close()
    screen.say(f"The site is of this version. As it was, it is in {copy}.")


def purge(folder: Folder, today: options.Today = None) -> None:
    """Delete rows older than their feed may keep them, and print the certificate."""
    from hotspots.service.purge import purge_now

    day = today.date() if today else dt.datetime.now().astimezone().date()
    with opened(folder) as (kept, actor):
        job = purge_now(kept, actor, day)
    _check_done(job)
    screen.say(job.sentence)


def work(
    folder: Folder,
    parent: Annotated[
        int | None, typer.Option("--parent", help="Stop when this process has.")
    ] = None,
    pages: Annotated[
        bool, typer.Option("--pages", help="Only what a page waits for.")
    ] = False,
) -> None:
    """Do the queued work of a site until stopped, after whoever reads its pages."""
    from hotspots.service.handlers import worker_of
    from hotspots.service.queue import step_back

    step_back()
    with opened(folder) as (site, _), screen.until_stopped():
        worker_of(site, pages=pages).run(parent)


def import_files(
    files: options.Files,
    site: SiteFolder,
    feed: Annotated[
        str, typer.Option("--feed", help="Name of the feed, such as police.")
    ],
    profile: options.ProfileFile = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say what would happen, and change nothing."),
    ] = False,
    today: options.Today = None,
) -> None:
    """Import files of incidents into a site: whole or not at all."""
    from hotspots.intake.profile import Profile
    from hotspots.service.imports import import_now, preview

    text = Profile.text_of(profile) if profile else None
    day = today.date() if today else None
    with opened(site) as (kept, actor):
        if dry_run:
            seen = preview(kept, actor, files, feed=feed, text=text, today=day)
            screen.say(seen.sentence)
            return
        job = import_now(kept, actor, files, feed=feed, profile=text, today=day)
    _check_done(job)
    screen.say(job.sentence)
    screen.warn(f"import {job.id}")


def user_invite(site: SiteFolder, role: Role, agency: AgencyName) -> None:
    """Invite somebody: print a one-time link that makes an account."""
    from hotspots.service import people

    with writing(site) as (session, actor):
        secret = people.invite(session, actor, role=role, agency=agency)
    _say_link(secret)


def user_list(site: SiteFolder) -> None:
    """List who has an account, and what they are."""
    from hotspots.service import people

    with writing(site) as (session, actor):
        for person, held in people.people(session, actor):
            roles = ", ".join(f"{each.role} of {each.agency_id}" for each in held)
            state = "" if person.active else " (disabled)"
            screen.say(f"{person.email}\t{person.name}\t{roles}{state}")


def user_reset(email: str, site: SiteFolder) -> None:
    """Take password, second factor and passkeys; print a link for another password."""
    from hotspots.service import people

    with writing(site) as (session, actor):
        person = people.person_of(session, actor, email)
        secret = people.reset(session, actor, person.id)
    _say_link(secret)


def user_role(
    email: str,
    site: SiteFolder,
    role: Role,
    agency: AgencyName,
    given: Annotated[bool, typer.Option("--give/--take", help="Or end it.")] = True,
) -> None:
    """Give somebody a role in an agency, or take it away, at once."""
    from hotspots.service import people

    change = people.give_role if given else people.take_role
    with writing(site) as (session, actor):
        person = people.person_of(session, actor, email)
        change(session, actor, person.id, role=role, agency=agency)
    screen.say(f"{email} is {'now' if given else 'no longer'} {role} of {agency}.")


def user_enable(
    email: str,
    site: SiteFolder,
    active: Annotated[bool, typer.Option("--on/--off", help="In or out.")] = True,
) -> None:
    """Let somebody in, or shut them out at once."""
    from hotspots.service import people

    with writing(site) as (session, actor):
        person = people.person_of(session, actor, email)
        people.set_active(session, actor, person.id, active)
    screen.say(f"{email} is {'enabled' if active else 'disabled'}.")


def token_add(
    name: str,
    site: SiteFolder,
    role: Role,
    agency: AgencyName,
    scope: Annotated[
        list[str] | None, typer.Option("--scope", help="Only these actions.")
    ] = None,
) -> None:
    """Make a token for a program and print it: it is not shown again."""
    from hotspots.service import access

    with writing(site) as (session, actor):
        if access.know_agency(session, actor, agency):
            screen.warn(f"New agency: {agency}.")
        secret = access.give_token(
            session, actor, name, role=role, agency=agency, scopes=scope or ()
        )
    screen.say(secret)


def token_list(site: SiteFolder) -> None:
    """List the tokens, without their secrets."""
    from hotspots.service import access

    with writing(site) as (session, actor):
        for token in access.tokens(session, actor):
            state = "revoked" if token.revoked_at else "open"
            screen.say(f"{token.name}\t{token.role}\t{token.agency_id}\t{state}")


def token_revoke(name: str, site: SiteFolder) -> None:
    """Revoke a token, at once."""
    from hotspots.service import access

    with writing(site) as (session, actor):
        access.revoke_token(session, actor, name)
    screen.say(f"{name} opens nothing any more.")


def agency_add(name: str, site: SiteFolder) -> None:
    """Add a partner agency."""
    from hotspots.service import access

    with writing(site) as (session, actor):
        screen.say(access.add_agency(session, actor, name).id)


def agency_list(site: SiteFolder) -> None:
    """List the partner agencies."""
    from hotspots.service import access

    with writing(site) as (session, actor):
        for agency in access.agencies(session, actor):
            screen.say(f"{agency.id}\t{agency.name}")


def audit_verify(
    site: SiteFolder,
    head: Annotated[
        str, typer.Option("--head", help="NUMBER:HASH of an earlier export.")
    ] = "",
) -> None:
    """Go through the whole log: every entry must be as it was written."""
    from hotspots.service import audit

    known = audit.Head.from_text(head) if head else None
    with opened(site) as (kept, actor), kept.store.reading() as session:
        screen.say(f"The log is whole to {audit.verify(session, actor, known)}.")


def audit_export(
    site: SiteFolder,
    out: Annotated[Path, typer.Option("--out", help="File for the entries.")],
) -> None:
    """Write the log as lines of JSON and print its head, to be kept elsewhere."""
    from hotspots.service import audit

    check_absent(out)
    with opened(site) as (kept, actor), kept.store.reading() as session:
        screen.say(str(audit.export(session, actor, out)))


def backup(
    site: SiteFolder,
    out: Annotated[Path, typer.Option("--out", help="The archive, .tar.")],
) -> None:
    """Back up a whole site, keys included, while it is in use."""
    from hotspots.service.backup import backup as run

    with opened(site) as (kept, actor):
        run(kept, actor, out)
    screen.say(f"The site is in {out}. It holds the keys: keep it safe.")


def restore(
    archive: Annotated[Path, typer.Argument(help="A backup.")],
    site: SiteFolder,
    database: Annotated[
        str, typer.Option("--database", help="An empty PostgreSQL database.")
    ] = "",
) -> None:
    """Make a site from a backup, into a new folder."""
    from hotspots.service.backup import restore as run

    screen.say(run(archive, site, database=database))


def _check_done(job: Any) -> None:
    if job.state != "done":
        raise SourceError(job.sentence)


def _say_link(secret: str) -> None:
    screen.say(f"/join/{secret}")
    screen.warn(
        "Open this path at the address of the site. It works once, within 72 hours."
    )


USERS = (user_invite, user_list, user_role, user_reset, user_enable)
SITES = (init, demo, upgrade, purge, work, *privacy.COMMANDS)
GROUPS: dict[str, tuple[str, tuple[Callable[..., None], ...]]] = {
    "site": ("Make and keep a site.", SITES),
    "user": ("Who may sign in.", USERS),
    "token": ("Access tokens for programs.", (token_add, token_list, token_revoke)),
    "agency": ("The partner agencies.", (agency_add, agency_list)),
    "audit": ("The audit log.", (audit_verify, audit_export)),
}


def _group(name: str) -> typer.Typer:
    help, commands = GROUPS[name]
    made = group(help)
    for command in commands:
        own = command.__name__.removeprefix(f"{name}_").replace("_", "-")
        made.command(own)(command)
    return made


COMMANDS = {name: _group(name) for name in GROUPS} | {
    "import": import_files,
    "backup": backup,
    "restore": restore,
}
