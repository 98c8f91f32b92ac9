"""A copy of a whole site while it is in use, and a site from such a copy."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from hotspots.core.errors import OutputError, StoreError
from hotspots.core.small import json_of, read_small
from hotspots.rights import Actor, check
from hotspots.service.audit import record, verify
from hotspots.service.site import DATABASE, SETTINGS, Settings, Site, open_site

MANIFEST = "manifest.json"
DUMP = "database.dump"
KEPT = (SETTINGS, "keys", "documents", "resources")


def backup(site: Site, actor: Actor, out: Path) -> Path:
    """Write a site into one archive that only its owner can read, keys included.

    The database is copied first: documents are written before the rows that name them.
    """
    check(actor, "backup.make")
    with site.store.writing() as session:
        record(session, actor, "backup.make", out.name)
    return copy_site(site, out)


def copy_site(site: Site, out: Path) -> Path:
    """Write a site of any version into an archive.

    Raises OutputError if the archive is there already, or cannot be written.
    """
    if out.exists():
        raise OutputError(f"a backup replaces nothing; {out} is there already.")
    beside = out.with_name(f".{out.name}.part")
    try:
        with tempfile.TemporaryDirectory(dir=site.cache) as held:
            copy = _copy_database(site, Path(held))
            beside.touch(mode=0o600)
            hashes = {copy.name: _digest(copy)}
            with tarfile.open(beside, "w") as archive:
                archive.add(copy, copy.name)
                for path in _files(site.folder):
                    name = path.relative_to(site.folder).as_posix()
                    hashes[name] = _digest(path)
                    archive.add(path, name)
                manifest = Path(held) / MANIFEST
                manifest.write_text(json.dumps(hashes, indent=1), encoding="utf-8")
                archive.add(manifest, MANIFEST)
            beside.replace(out)
    except OSError as error:
        raise OutputError(f"the backup must be writable; {error}.") from error
    finally:
        beside.unlink(missing_ok=True)  # half a copy holds keys too
    return out


def restore(archive: Path, folder: Path, *, database: str = "") -> str:
    """Make a site from an archive into a new folder and return what was checked.

    ``database`` is an empty database to restore into, for a site on PostgreSQL.

    Raises OutputError if the folder is there already; StoreError if the archive is not
    whole, or its log is not as it was written.
    """
    if folder.exists():
        raise OutputError(f"a site is restored into a new folder; {folder} is there.")
    try:
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        _check_files(folder)
        for name in ("cache", "spool"):
            (folder / name).mkdir(mode=0o700)
        _restore_database(folder, database)
        site = open_site(folder, upgrade=True)
        try:
            with site.store.reading() as session:
                end = verify(session, Actor.operator())
        finally:
            site.close()
    except (OSError, tarfile.TarError, KeyError, ValueError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise StoreError(f"{archive.name} must be a whole backup; {error}.") from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return f"Every file is as it was backed up; the log is whole to {end}."


def _copy_database(site: Site, folder: Path) -> Path:
    if site.store.is_sqlite:
        target = folder / DATABASE
        site.store.copy_to(target)
        return target
    target = folder / DUMP
    _run("pg_dump", "--format=custom", f"--file={target}", _address(site.store.url))
    return target


def _restore_database(folder: Path, database: str) -> None:
    dump = folder / DUMP
    settings = Settings.from_toml(folder / SETTINGS)
    if dump.is_file() and not database:
        raise StoreError(
            "this backup is of a site on PostgreSQL: give an empty database to "
            "restore into with --database."
        )
    moved = Settings(**{**vars(settings), "database": database})
    moved.write(folder / SETTINGS)
    if not dump.is_file():
        return
    _run("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={database}", dump)
    dump.unlink()


def _run(program: str, *arguments: object) -> None:
    try:
        subprocess.run(
            [program, *map(str, arguments)], check=True, capture_output=True, text=True
        )
    except FileNotFoundError as error:
        raise StoreError(
            f"a site on PostgreSQL is copied by '{program}', which is not here: "
            "install PostgreSQL's client programs."
        ) from error
    except subprocess.CalledProcessError as error:
        said = (error.stderr or "").strip().splitlines()[-1:]
        raise StoreError(f"'{program}' failed: {' '.join(said)}") from error


def _address(url: object) -> str:
    shown: str = url.render_as_string(hide_password=False)  # type: ignore[attr-defined]
    return shown.replace("postgresql+psycopg://", "postgresql://", 1)


def _files(folder: Path) -> list[Path]:
    below = [p for name in KEPT for p in (folder / name, *(folder / name).rglob("*"))]
    return sorted(path for path in below if path.is_file())


def _check_files(folder: Path) -> None:
    """Compare each file with what the manifest says of it."""
    manifest = folder / MANIFEST
    for name, digest in json_of(read_small(manifest)).items():
        if _digest(folder / name) != digest:
            raise StoreError(f"'{name}' of the backup is not what was backed up.")
    manifest.unlink()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
