"""The typeface of everything printed: Source Sans Pro, which has an open licence.

Its tables say which characters it has and how wide each is, so that a name with a
character that it lacks is printed with a mark in its place instead of not at all, and
labels on a map can be kept apart before anything is drawn.
"""

from __future__ import annotations

import re
import shutil
import struct
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hotspots.core.errors import OutputError
from hotspots.core.sanitise import clean_text
from hotspots.core.temporary import temporary_folder

FAMILY = "Source Sans Pro"
PACKAGE = "font_source_sans_pro"
FACES = ("Regular", "It", "Semibold", "SemiboldIt", "Bold", "BoldIt")
MISSING = "?"


@cache
def folder() -> Path:
    """Return a folder with one file for each face that is used, and no other.

    The package holds each face twice, as TrueType and as OpenType; which of two a
    typesetter takes depends on the order of a directory, and pages must not.

    Raises OutputError if the package with the typeface is not installed.
    """
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise OutputError(
            "printed pages need the typeface of the package font-source-sans-pro; it "
            "is not installed. Install it with pip install font-source-sans-pro."
        )
    held = temporary_folder("type")
    for face in FACES:
        name = f"SourceSansPro-{face}.ttf"
        shutil.copy(Path(found.origin).parent / "files" / name, held / name)
    return held


def printable(text: str) -> str:
    r"""Return text with a mark in place of what the typeface cannot show.

    Examples
    --------
    >>> printable("Café \u6f22\x07")
    'Café ?'
    """
    clean = clean_text(text)
    if clean.isascii():
        return clean
    return _not_in_typeface().sub(MISSING, clean)


def text_width(text: str, *, bold: bool = False) -> float:
    """Return how wide text is set, for a type size of 1.

    Examples
    --------
    >>> text_width("MM") == 2 * text_width("M") > text_width("ii")
    True
    """
    glyphs, advance = _metrics("Bold" if bold else "Regular")
    return float(sum(advance[glyphs.get(ord(c), 0)] for c in text))


@cache
def _not_in_typeface() -> re.Pattern[str]:
    faces = [set(_metrics(face)[0]) for face in FACES]
    there = set.intersection(*faces) | {9, 10}
    shown = "".join(f"\\U{code:08x}" for code in sorted(there))
    return re.compile(f"[^{shown}]")


@cache
def _metrics(face: str) -> tuple[dict[int, int], npt.NDArray[np.float64]]:
    """Return character to glyph, and the width of each glyph."""
    data = (folder() / f"SourceSansPro-{face}.ttf").read_bytes()
    n_tables = struct.unpack_from(">H", data, 4)[0]
    offset = {}
    for k in range(n_tables):
        tag, _, start, _ = struct.unpack_from(">4sIII", data, 12 + 16 * k)
        offset[tag] = start
    per_em = struct.unpack_from(">H", data, offset[b"head"] + 18)[0]
    n_wide = struct.unpack_from(">H", data, offset[b"hhea"] + 34)[0]
    n_glyphs = struct.unpack_from(">H", data, offset[b"maxp"] + 4)[0]
    wide = np.frombuffer(data, ">u2", 2 * n_wide, offset[b"hmtx"])[::2]
    advance = np.pad(wide, (0, n_glyphs - n_wide), mode="edge") / per_em
    return _characters(data, offset[b"cmap"]), advance


def _characters(data: bytes, cmap: int) -> dict[int, int]:
    """Read the font's table of characters (OpenType ``cmap``, format 4)."""
    n = struct.unpack_from(">H", data, cmap + 2)[0]
    for k in range(n):
        platform, _, start = struct.unpack_from(">HHI", data, cmap + 4 + 8 * k)
        table = cmap + start
        if platform == 3 and struct.unpack_from(">H", data, table)[0] == 4:
            return _format_4(data, table)
    return {}


def _format_4(data: bytes, table: int) -> dict[int, int]:
    count = struct.unpack_from(">H", data, table + 6)[0] // 2
    ends, starts, deltas, offsets = (
        np.frombuffer(data, ">u2", count, table + 14 + 2 * (k * count + (k > 0)))
        for k in range(4)
    )
    first = table + 14 + 2 * (3 * count + 1)
    found = {}
    for k in range(count):
        for code in range(int(starts[k]), int(ends[k]) + 1):
            glyph = code
            if offsets[k]:
                at = first + 2 * k + int(offsets[k]) + 2 * (code - int(starts[k]))
                glyph = struct.unpack_from(">H", data, at)[0]
            if glyph and code != 0xFFFF:
                found[code] = (glyph + int(deltas[k])) % 65536
    return {code: glyph for code, glyph in found.items() if glyph}
