"""``hotspots site``: keys of references, what is held on one, the public records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from hotspots.cli import screen
from hotspots.cli.opening import check_absent, opened

Folder = Annotated[Path, typer.Argument(help="Folder of the site.")]


def rotate_key(folder: Folder) -> None:
    """Put a new key on every kept hash of a reference; keep all keys."""
    from hotspots.service.references import rotate_key as run

    with opened(folder) as (site, actor):
        changed = run(site, actor)
    screen.say(
        f"{changed:,} hashes are under a new key. The keys before are still needed: "
        f"make a backup now, which holds all of them."
    )


def access_pack(
    folder: Folder,
    reference: Annotated[str, typer.Option("--reference", help="As it was sent.")],
    out: Annotated[Path, typer.Option("--out", help="File for the pack, .json.")],
) -> None:
    """Write all that is held on one reference, for the person it is about."""
    from hotspots.service.references import access_pack as run

    check_absent(out)
    with opened(folder) as (site, actor), site.store.writing() as session:
        told = run(site, session, actor, reference)
        text = json.dumps(told, indent=2, ensure_ascii=False, default=str)
        out.touch(mode=0o600)
        out.write_text(text, encoding="utf-8")
    n = sum(len(each["versions"]) for each in told["feeds"])
    screen.say(f"{n} versions of rows are in {out}. It is OFFICIAL-SENSITIVE.")


def transparency(
    folder: Folder,
    out: Annotated[Path, typer.Option("--out", help="Folder for the records.")],
    back_test: Annotated[
        bool, typer.Option(help="Test the methods on months they had not seen.")
    ] = True,
) -> None:
    """Write the public transparency records of a site."""
    from hotspots.core.folders import check_target
    from hotspots.service.records import write_records

    check_target(out)
    with opened(folder) as (site, actor):
        for path in write_records(site, actor, out, back_test=back_test):
            screen.say(path)


COMMANDS = (rotate_key, access_pack, transparency)
