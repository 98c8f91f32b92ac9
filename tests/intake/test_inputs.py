"""Input files: unpacking, blocks and line numbers."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import EmptyFileError, SourceError
from hotspots.intake import inputs
from hotspots.intake.inputs import InputFile, text_of
from hotspots.intake.lines import fields_of, whole_records

HEADER = b"a,b\n"
FIELDS = st.text(alphabet='xé",\n ', max_size=6)
RECORDS = st.lists(st.tuples(FIELDS, FIELDS), min_size=1, max_size=30)


def a_file(folder: Path, content: bytes, name: str = "f.csv") -> InputFile:
    path = folder / name
    path.write_bytes(content)
    return InputFile(path=path, name=name)


def written(records: list[tuple[str, str]], quoting: int = csv.QUOTE_ALL) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n", quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([("a", "b"), *records])
    return text.getvalue().encode()


def naive_lines(data: bytes) -> list[int]:
    """Walk over the bytes: a record begins after a line break outside quotes."""
    lines, line, quoted, begins = [], 1, False, True
    for letter in data.decode():
        if begins:
            lines.append(line)
            begins = False
        quoted ^= letter == '"'
        line += letter == "\n"
        begins = letter == "\n" and not quoted
    return lines[1:]


# -- lines -------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(records=RECORDS, block_bytes=st.integers(1, 60))
def test_blocks_give_every_record_once_with_its_line(
    tmp_path_factory: pytest.TempPathFactory,
    records: list[tuple[str, str]],
    block_bytes: int,
) -> None:
    records = [record for record in records if "".join(record).strip(' ,"\n')]
    data = written(records)
    item = a_file(tmp_path_factory.mktemp("blocks"), data)
    read, lines, rest, number = [], [], [], 1
    for chunk, is_last, _ in text_of(item, block_bytes=block_bytes):
        whole = whole_records(
            rest + chunk,
            first_line=number,
            delimiter=",",
            width=2,
            is_last=is_last,
        )
        taken = len(rest) + len(chunk) - whole.left
        rest = (rest + chunk)[taken:]
        number += taken
        read += [fields_of(text, ",") for text in whole.frame["text"]]
        lines += whole.frame["line"].to_list()
    assert read[1:] == [list(record) for record in records]
    assert lines == [1, *naive_lines(data)][: len(lines)]


def only(item: InputFile) -> list[str]:
    ((lines, is_last, _),) = text_of(item)
    assert is_last
    return lines


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(tmp_path: Path, end: str) -> None:
    assert only(a_file(tmp_path, f"a,b{end}1,2{end}".encode())) == ["a,b", "1,2"]
    assert only(a_file(tmp_path, f"a,b{end}1,2".encode())) == ["a,b", "1,2"]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("a,b\ncafé,2\n".encode(), "utf-8"),
        ("a,b\ncafé,2\n".encode("utf-8-sig"), "utf-8"),
        ("a,b\ncafé,2\n".encode("cp1252"), "cp1252"),
    ],
)
def test_encodings(tmp_path: Path, content: bytes, encoding: str) -> None:
    ((lines, _, found),) = text_of(a_file(tmp_path, content))
    assert (lines, found) == (["a,b", "café,2"], encoding)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04 rest", "XLSX"),
        (b"\xd0\xcf\x11\xe0 rest", "old Excel"),
        (b"\x1f\x8b rest", "gzip"),
        (b"a\x00b,c\n", "binary"),
    ],
)
def test_what_is_no_text_is_named(tmp_path: Path, content: bytes, word: str) -> None:
    with pytest.raises(SourceError, match=word):
        list(text_of(a_file(tmp_path, content)))


def test_nothing_is_an_empty_file(tmp_path: Path) -> None:
    with pytest.raises(EmptyFileError, match="0 bytes"):
        list(text_of(a_file(tmp_path, b"")))


def test_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = a_file(tmp_path, gzip.compress(b"a,b\n" + b"1,2\n" * 9_000), "f.csv.gz")
    with pytest.raises(SourceError, match="at most 1,000 bytes"):
        bomb.read_bytes(1_000)
    monkeypatch.setattr(inputs, "MAX_MEMBER_BYTES", 1_000)
    with pytest.raises(SourceError, match="must unpack to at most"):
        list(text_of(bomb, block_bytes=200))
    monkeypatch.setattr(inputs, "SMALL_BYTES", 100)
    monkeypatch.setattr(inputs, "MAX_RATIO", 10)
    with pytest.raises(SourceError, match="fill a computer's memory"):
        bomb.read_bytes()


def test_a_file_that_changes_after_it_was_hashed_is_refused(tmp_path: Path) -> None:
    item = a_file(tmp_path, b"a,b\n1,2\n")
    item.sha256()
    item.check_unchanged()
    item.path.write_bytes(b"a,b\n1,2\n3,4\n")
    with pytest.raises(SourceError, match="stay as it is"):
        item.check_unchanged()


@pytest.mark.parametrize("cut", [20, 40])
def test_a_file_not_copied_whole_is_said(tmp_path: Path, cut: int) -> None:
    rng = np.random.default_rng(1)
    content = HEADER + b"".join(
        b"%d,%d\n" % tuple(r) for r in rng.integers(9e8, size=(99, 2))
    )
    item = a_file(tmp_path, gzip.compress(content)[:-cut], "x.csv.gz")
    with pytest.raises(SourceError, match="copied whole"):
        list(text_of(item))


def test_a_gz_that_is_none_is_said(tmp_path: Path) -> None:
    item = a_file(tmp_path, b"a,b\n1,2\n", "x.csv.gz")
    with pytest.raises(SourceError, match="copied whole"):
        list(text_of(item))
