"""Files spoilt in every way that was ever met, from whole ones, each by its number."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Callable

EDGES = (
    b"", b"NaN", b"inf", b"-1e400", b"9" * 5000, b"1e30", b"0001-01-01", b"9999-12-31",
    b"\xff\xfe", b"\xed\xa0\x80", b"\x1b]0;owned\x07", b"=1+1", b"'", b'"', b"\x00",
    b"\r", b"[" * 20_000, b"{" * 20_000, "é£".encode("cp1252"), b"<script>",
    b"x" * 200_000,
)  # fmt: skip
"""What is put into a file in place of something else."""


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def flip(data: bytes, rng: random.Random) -> bytes:
    spoilt = bytearray(data)
    for _ in range(rng.choice((1, 3, 30, 300))):
        spoilt[rng.randrange(len(spoilt))] ^= 1 << rng.randrange(8)
    return bytes(spoilt)


def zero(data: bytes, rng: random.Random) -> bytes:
    size, start = rng.choice((1, 16, 512, 4096)), rng.randrange(len(data))
    return data[:start] + bytes(size) + data[start + size :]


def insert(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(EDGES) + data[at:]


def replace(data: bytes, rng: random.Random) -> bytes:
    """Put an edge value in place of one between two separators."""
    marks = [place for place, each in enumerate(data) if each in b',;:"\n\t []']
    if len(marks) < 2:
        return insert(data, rng)
    first = rng.randrange(len(marks) - 1)
    return data[: marks[first] + 1] + rng.choice(EDGES) + data[marks[first + 1] :]


def repeat(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    part = data[start : start + rng.choice((1, 40, 4000))]
    return data[:start] + part * rng.choice((2, 50)) + data[start:]


def other_encoding(data: bytes, rng: random.Random) -> bytes:
    text = data.decode("utf-8", "replace")
    encoding = rng.choice(("utf-16", "utf-16-le", "cp1252", "utf-8-sig", "cp037"))
    return text.encode(encoding, "replace")


def other_line_ends(data: bytes, rng: random.Random) -> bytes:
    return data.replace(b"\n", rng.choice((b"\r", b"\r\n", b"\n\r", b"\x00\n", b"")))


WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    cut, flip, zero, insert, replace, repeat, other_encoding, other_line_ends,
)  # fmt: skip


def spoil(data: bytes, number: int) -> bytes:
    """Return a file spoilt once or twice; the same number spoils it the same."""
    rng = random.Random(number)
    for _ in range(rng.choice((1, 1, 2))):
        data = rng.choice(WAYS)(data or b"\n", rng)
    return data


def zipped(files: dict[str, bytes]) -> bytes:
    """Return an archive of some files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def spoil_inside(data: bytes, number: int) -> bytes:
    """Spoil a file; of a packed one, in two of three cases, what is packed in it."""
    if number % 3 and data.startswith(b"\x1f\x8b"):
        return gzip.compress(spoil(gzip.decompress(data), number), 1)
    if number % 3 and data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        chosen = random.Random(number).choice(sorted(files))
        return zipped(files | {chosen: spoil(files[chosen], number)})
    return spoil(data, number)
