"""What SECURITY.md promises to refuse is what the code refuses."""

from __future__ import annotations

from pathlib import Path

from hotspots.analysis import area_files
from hotspots.intake import crossings, geoparse, given, inputs, tableparse, tables
from hotspots.methods import knox
from hotspots.model import cells


def test_the_bounds_are_those_of_the_code(root: Path) -> None:
    text = (root / "SECURITY.md").read_text(encoding="utf-8")
    bounds = text[text.index("## Bounds") : text.index("## Files of people")]
    rows = [
        ("files in an archive", given.MAX_MEMBERS),
        ("columns of a table", tables.MAX_COLUMNS),
        ("cells of a workbook", tableparse.MAX_CELLS),
        ("files of areas in one run", area_files.MAX_FILES),
        ("corners of one shape", geoparse.MAX_CORNERS),
        ("depth of nested geometries", geoparse.MAX_NESTED),
        ("shuffles of a permutation test", knox.MAXIMUM),
        ("cells that are searched, part by part", cells.MAX_STUDY),
    ]
    for what, limit in rows:
        assert f"| {what} | {limit:,} |" in bounds
    assert f"cross each other | {crossings.MAX_TOGETHER:,} times" in bounds
    assert f"{inputs.MAX_MEMBER_BYTES >> 30} GB, and {inputs.MAX_RATIO} times" in bounds
    assert f"above {inputs.SMALL_BYTES >> 20} MB" in bounds
