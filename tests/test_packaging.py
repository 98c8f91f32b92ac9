"""The package as others install it: wheel, clean environment, files inside."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
import toy
import yaml
from test_workflow import toy_lines

CONDA_NAMES = {"h3-py": "h3"}


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    done = subprocess.run(
        [*command, "--outdir", str(out), str(root)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return next(out.glob("*.whl"))


def test_the_wheel_holds_code_data_templates_and_assets(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in (
        "hotspots/py.typed",
        "hotspots/model/harm_weights.csv",
        "hotspots/outputs/formats/kml.xml.j2",
        "hotspots/data/simulated_incidents.csv",
        "hotspots/data/simulated_incidents.toml",
        "hotspots/boundaries/simulated_wards.geojson",
        "hotspots/store/migrations/versions/0001_first.py",
        "hotspots/web/__init__.py",
        "hotspots/web/templates/people/join.html",
        "hotspots/web/static/map/cells-layer.js",
        "hotspots/web/static/vendor/leaflet/leaflet.js",
    ):
        assert name in names, name
    assert not [n for n in names if n.split("/")[0] in {"web", "data", "boundaries"}]
    assert not [n for n in names if "test" in n.split("/")[0]]


def test_the_wheel_works_in_a_clean_environment(wheel: Path, tmp_path: Path) -> None:
    """Install without the checkout; dependencies come from this environment."""
    home = tmp_path / "venv"
    venv.create(home, with_pip=True, symlinks=True)
    python = home / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--no-deps", wheel]
    subprocess.run(install, check=True, capture_output=True)
    site = next((home / "lib").glob("python*/site-packages"))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    incidents = toy.write_police_uk(tmp_path / "toy.csv", toy_lines())
    areas = toy.write_town(tmp_path / "wards.geojson")
    command = [home / "bin" / "hotspots", "analyse", incidents, "--areas", areas]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [*command, "--out", tmp_path / "out"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=environment,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    where = subprocess.run(
        [python, "-c", "import hotspots.web; print(hotspots.web.__file__)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=environment,
    )
    assert str(home) in where.stdout, "the wheel is used, not the checkout"


def test_environment_yml_is_in_step_with_pyproject(root: Path) -> None:
    config = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = config["project"]["dependencies"] + config["dependency-groups"]["dev"]
    floors = dict(_name_and_floor(text) for text in wanted if isinstance(text, str))
    conda = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))
    plain = [d for d in conda["dependencies"] if isinstance(d, str)]
    pip = next(d["pip"] for d in conda["dependencies"] if isinstance(d, dict))
    assert pip == ["-e ."]
    for text in plain:
        name, floor = _name_and_floor(text)
        if name == "python":
            assert config["project"]["requires-python"] == f">={floor}"
        elif name != "pip":
            assert floors[CONDA_NAMES.get(name, name)] == floor, text


def test_every_dependency_is_pinned_for_the_tests(root: Path) -> None:
    config = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {_plain(line.split("==")[0]) for line in lines if "==" in line}
    groups = config["dependency-groups"]
    for text in config["project"]["dependencies"] + groups["dev"]:
        assert _plain(_name_and_floor(text)[0]) in pinned, text


def _name_and_floor(text: str) -> tuple[str, str]:
    found = re.match(r"([A-Za-z0-9_.-]+)(?:>=([0-9.]+))?", text)
    assert found is not None
    return found[1], found[2] or ""


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
