"""Input files: walking, unpacking, blocks and line numbers."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import EmptyFileError, SourceError
from hotspots.intake import inputs
from hotspots.intake.inputs import Block, InputFile, expand, line_numbers

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


# -- blocks ------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(records=RECORDS, block_bytes=st.integers(1, 60))
def test_blocks_give_every_record_once_with_its_line(
    tmp_path_factory: pytest.TempPathFactory,
    records: list[tuple[str, str]],
    block_bytes: int,
) -> None:
    data = written(records)
    item = a_file(tmp_path_factory.mktemp("blocks"), data)
    read, lines = [], []
    for block in item.blocks(block_bytes=block_bytes):
        frame = pl.read_csv(block.data, infer_schema=False)
        read += frame.rows()
        lines += line_numbers(block, frame.height).tolist()
    assert read == [tuple(field for field in record) for record in records]
    assert lines == naive_lines(data)


def test_a_header_alone_gives_one_block_without_records(tmp_path: Path) -> None:
    for content in (b"a,b", b"a,b\n", b"a,b\r\n"):
        (block,) = a_file(tmp_path, content).blocks()
        assert block.body.strip() == b""
        assert line_numbers(block, 0).tolist() == []


@pytest.mark.parametrize("content", [b"", b"\n\n", b"  \r\n"])
def test_nothing_is_an_empty_file(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(EmptyFileError, match="empty"):
        list(a_file(tmp_path, content).blocks())


def test_blank_lines_before_the_header_count_as_lines(tmp_path: Path) -> None:
    (block,) = a_file(tmp_path, b"\n\na,b\n1,2\n").blocks()
    assert line_numbers(block, 1).tolist() == [4]


def test_blank_lines_are_records_as_polars_sees_them(tmp_path: Path) -> None:
    data = b'a,b\n"x\ny",2\n\n3,4\n\n\n'
    (block,) = a_file(tmp_path, data).blocks()
    frame = pl.read_csv(block.data, infer_schema=False)
    assert line_numbers(block, frame.height).tolist() == [2, 4, 5, 6, 7]


def test_windows_line_ends_and_no_last_line_end(tmp_path: Path) -> None:
    blocks = list(a_file(tmp_path, b"a,b\r\n1,2\r\n3,4").blocks())
    frames = [pl.read_csv(block.data, infer_schema=False) for block in blocks]
    assert pl.concat(frames).rows() == [("1", "2"), ("3", "4")]
    lines = [line_numbers(block, 1).tolist() for block in blocks]
    assert lines == [[2], [3]]


def test_a_header_over_two_lines(tmp_path: Path) -> None:
    (block,) = a_file(tmp_path, b'"a\nx",b\n1,2\n').blocks()
    assert line_numbers(block, 1).tolist() == [3]
    assert block.body == b"1,2\n"


def test_more_rows_than_lines_still_gives_a_line_each() -> None:
    block = Block(data=b'a,b\n1,"2\n', first_line=2, encoding="utf-8")
    assert len(line_numbers(block, 5)) == 5


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("a,b\ncafé,2\n".encode(), "utf-8"),
        ("a,b\ncafé,2\n".encode("utf-8-sig"), "utf-8"),
        ("a,b\ncafé,2\n".encode("cp1252"), "cp1252"),
    ],
)
def test_encodings(tmp_path: Path, content: bytes, encoding: str) -> None:
    (block,) = a_file(tmp_path, content).blocks()
    assert block.data.decode() == "a,b\ncafé,2\n"
    assert block.encoding == encoding


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
def test_what_is_no_csv_is_named(tmp_path: Path, content: bytes, word: str) -> None:
    with pytest.raises(SourceError, match=word):
        list(a_file(tmp_path, content).blocks())


def test_a_header_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="header"):
        list(a_file(tmp_path, b"x" * (1 << 21)).blocks())
    with pytest.raises(SourceError, match="not closed"):
        list(a_file(tmp_path, b'a,"b\n' + b"1,2\n" * 9).blocks())


def test_one_stray_quote_does_not_take_for_ever(tmp_path: Path) -> None:
    content = HEADER + b'1,12" pipe\n' + b"1,2\n" * 400_000
    blocks = list(a_file(tmp_path, content).blocks(block_bytes=1 << 19))
    assert b"".join(block.body for block in blocks) == content[len(HEADER) :]


def test_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "MAX_MEMBER_BYTES", 1_000)
    bomb = a_file(tmp_path, gzip.compress(b"a,b\n" + b"1,2\n" * 9_000), "f.csv.gz")
    with pytest.raises(SourceError, match="at most 8 GB"):
        list(bomb.blocks(block_bytes=200))
    with pytest.raises(SourceError, match="at most 8 GB"):
        bomb.read_bytes()


# -- files, archives, folders ------------------------------------------------------


def test_gz_and_zip_members_are_read_where_they_lie(tmp_path: Path) -> None:
    plain = written([("1", "2")], csv.QUOTE_MINIMAL)
    a_file(tmp_path, gzip.compress(plain), "x.csv.gz")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("2024-01/a.csv", plain)
        archive.writestr("2024-02/b.csv.gz", gzip.compress(plain))
        archive.writestr("__MACOSX/._a.csv", b"junk")
        archive.writestr("readme.txt", b"no data")
    files = expand([tmp_path / "x.csv.gz", tmp_path / "all.zip"])
    assert [file.name for file in files] == [
        "x.csv.gz",
        "all.zip/2024-01/a.csv",
        "all.zip/2024-02/b.csv.gz",
    ]
    assert [file.suffix for file in files] == [".csv"] * 3
    assert [next(file.blocks()).data for file in files] == [plain] * 3
    assert files[1].sha256() == hashlib.sha256(plain).hexdigest()
    assert files[0].sha256() == hashlib.sha256(gzip.compress(plain)).hexdigest()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.zip", "x.csv.gz"]


def test_folders_are_walked_by_name(tmp_path: Path) -> None:
    for name in ("b/2.csv", "a/1.CSV", "a/x.gpkg", "a/.hidden.csv", "notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(HEADER)
    names = [file.name for file in expand([tmp_path])]
    assert names == ["a/1.CSV", "a/x.gpkg", "b/2.csv"]


def test_what_cannot_be_expanded_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="at least one file"):
        expand([])
    with pytest.raises(SourceError, match="nothing is there"):
        expand([tmp_path / "absent.csv"])
    with pytest.raises(SourceError, match="it holds none"):
        expand([tmp_path])
    (tmp_path / "bad.zip").write_bytes(b"no archive")
    with pytest.raises(SourceError, match="zip archive"):
        expand([tmp_path / "bad.zip"])
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as archive:
        archive.writestr("readme.txt", b"")
    with pytest.raises(SourceError, match="it holds 0"):
        expand([tmp_path / "empty.zip"])


def test_too_many_members_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "MAX_MEMBERS", 2)
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(3):
            archive.writestr(f"{number}.csv", HEADER)
    with pytest.raises(SourceError, match="it holds 3"):
        expand([tmp_path / "many.zip"])


def test_an_encrypted_archive_is_said(tmp_path: Path) -> None:
    path = tmp_path / "locked.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", HEADER)
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(SourceError, match="password"):
        expand([path])


@pytest.mark.parametrize("cut", [20, 40])
def test_a_file_not_copied_whole_is_said(tmp_path: Path, cut: int) -> None:
    rng = np.random.default_rng(1)
    content = HEADER + b"".join(
        b"%d,%d\n" % tuple(r) for r in rng.integers(9e8, size=(99, 2))
    )
    item = a_file(tmp_path, gzip.compress(content)[:-cut], "x.csv.gz")
    with pytest.raises(SourceError, match="copied whole"):
        list(item.blocks())


def test_a_damaged_member_is_said_also_when_hashed(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", b"a,b\n1111,2222\n")
    path.write_bytes(path.read_bytes().replace(b"1111", b"1112"))
    (item,) = expand([path])
    with pytest.raises(SourceError, match="copied whole"):
        item.sha256()
    with pytest.raises(SourceError, match="copied whole"):
        item.read_bytes()


def test_a_gz_that_is_none_is_said(tmp_path: Path) -> None:
    item = a_file(tmp_path, b"a,b\n1,2\n", "x.csv.gz")
    with pytest.raises(SourceError, match="copied whole"):
        list(item.blocks())
