"""Input files: walking, unpacking, blocks and line numbers."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.core.errors import EmptyFileError, SourceError
from hotspots.intake import inputs
from hotspots.intake.inputs import InputFile, expand, passed_over, text_of
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
    assert [file.read_bytes() for file in files] == [plain] * 3
    assert files[1].sha256() == hashlib.sha256(plain).hexdigest()
    assert files[0].sha256() == hashlib.sha256(gzip.compress(plain)).hexdigest()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.zip", "x.csv.gz"]


def test_folders_are_walked_by_name(tmp_path: Path) -> None:
    hidden = ("a/.hidden.csv", ".checkpoints/1.csv", "a/~$book.xlsx", "notes.txt")
    for name in ("b/2.csv", "a/1.CSV", "a/x.gpkg", *hidden):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(HEADER)
    names = [file.name for file in expand([tmp_path])]
    assert names == ["a/1.CSV", "a/x.gpkg", "b/2.csv"]
    (tmp_path / "link").symlink_to(tmp_path / "a")
    said = passed_over([tmp_path])
    assert ["lock file" in note for note in said] == [True, False]
    assert said[1].startswith("link is a link")


def test_a_member_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a.csv", HEADER)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.csv", HEADER)
    with pytest.raises(SourceError, match=r"'a\.csv' is in it twice"):
        expand([tmp_path / "x.zip"])


def test_a_layer_is_named_with_its_file(tmp_path: Path) -> None:
    a_file(tmp_path, b"x", "f.gpkg")
    (item,) = expand([tmp_path / "f.gpkg::beats"])
    assert (item.path.name, item.layer) == ("f.gpkg", "beats")


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
        list(text_of(item))


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
        list(text_of(item))


def packed(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return held.getvalue()


def test_members_that_are_not_read_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    inner = packed({"c.csv": b"1"})
    path.write_bytes(packed({"a.csv": b"1", "in.zip": inner, "../b.csv": b"2"}))
    assert passed_over([path]) == (
        "a.zip: 2 members were not read (in.zip, ../b.csv).",
    )


def test_two_archives_in_one_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(packed({"a.csv": b"1"}) + packed({"b.csv": b"2"}))
    with pytest.raises(SourceError, match="another stands before it"):
        expand([path])
