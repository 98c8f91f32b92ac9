"""Check the types of the tools and of the package as installed: web is hotspots.web.

The checker reads folders by their place in the checkout, where ``web``, ``data`` and
``boundaries`` lie beside ``hotspots``. Here they are laid out as an installation has
them, so that what the pages import is checked too and not of no type.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BESIDE = ("web", "data", "boundaries")


def lay_out(folder: Path) -> None:
    """Link everything of the package into one folder."""
    package = folder / "hotspots"
    package.mkdir()
    inside = [path for path in (ROOT / "hotspots").iterdir() if path.name != "web"]
    for path in (*inside, *(ROOT / name for name in BESIDE)):
        (package / path.name).symlink_to(path)


def main() -> int:
    """Run the checker and return its status."""
    with tempfile.TemporaryDirectory(prefix="hotspots-types-") as folder:
        lay_out(Path(folder))
        told = [f"--config-file={ROOT / 'pyproject.toml'}"]
        told += [f"--cache-dir={ROOT / '.mypy_cache'}"]
        beside = {**os.environ, "MYPYPATH": str(ROOT / "tests")}
        return max(
            subprocess.run(
                [sys.executable, "-m", "mypy", *told, what],
                cwd=folder, env=beside, check=False,
            ).returncode
            for what in ("--package=hotspots", str(ROOT / "tools"))
        )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
