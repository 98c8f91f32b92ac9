"""What a person gave: folders walked, archives read member by member."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
from pathlib import Path

import pytest
from spoiling import zipped

from hotspots.core.errors import SourceError
from hotspots.intake import given
from hotspots.intake.given import expand, passed_over

HEADER = b"a,b\n"


def test_gz_and_zip_members_are_read_where_they_lie(tmp_path: Path) -> None:
    plain = b"a,b\n1,2\n"
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(plain))
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
    (tmp_path / "f.gpkg").write_bytes(b"x")
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
    monkeypatch.setattr(given, "MAX_MEMBERS", 2)
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


def test_members_that_are_not_read_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    inner = zipped({"c.csv": b"1"})
    path.write_bytes(zipped({"a.csv": b"1", "in.zip": inner, "../b.csv": b"2"}))
    assert passed_over([path]) == (
        "a.zip: 2 members were not read (in.zip, ../b.csv).",
    )
