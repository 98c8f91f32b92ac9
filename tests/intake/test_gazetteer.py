"""Postcodes and UPRNs are placed by the files that are published of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from program import run

from hotspots.core.crs import bng_to_lonlat
from hotspots.core.errors import ProfileError, SourceError
from hotspots.intake.gazetteer import Lookups, find_places
from hotspots.intake.profile import Profile
from hotspots.sources import Reading, read_incidents, write_proposal

TODAY = dt.date(2025, 1, 1)
E, N = 475_235, 319_123
LON, LAT = (float(each[0]) for each in bng_to_lonlat([E], [N]))
FILES = {
    "Code-Point Open": f'"LE13 0AA",10,{E},{N},"E92"\n"LE130AB",10,{E},{N},"E9"\n',
    "ONSPD": f"pcd,pcd2,pcds,doterm,oseast1m,osnrth1m,lat,long\n"
    f"LE130AA,LE13 0AA,LE13 0AA,,{E},{N},{LAT},{LON}\n"
    "ZZ999ZZ,ZZ99 9ZZ,ZZ99 9ZZ,,,,99.999999,0.000000\n",
    "a list": f"Postcode;lat;long\nLE130AA;{LAT};{LON}\n",
}
ROWS = (
    "Ref,Offence,Date,Post Code\n1,Burglary,14/06/2024 10:00,le13 0aa\n"
    "2,Burglary,15/06/2024 10:00,LE13 9ZZ\n3,Burglary,16/06/2024 10:00,\n"
)


def wrote(folder: Path, text: str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", FILES)
def test_the_shapes_that_are_published(tmp_path: Path, kind: str) -> None:
    path = wrote(tmp_path, FILES[kind])
    found = find_places(path, "postcode", pl.Series(["LE130AA", None, "LE139ZZ"]))
    assert found["key"].to_list() == ["LE130AA"]
    assert found.select("x", "y").row(0) == pytest.approx((E, N), abs=1)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = wrote(tmp_path, "name,height\na,1\n")
    with pytest.raises(SourceError, match="must have a column of postcodes"):
        find_places(path, "postcode", pl.Series(["LE130AA"]))


def read(folder: Path, lookups: Lookups | None = None, text: str = ROWS) -> Reading:
    table, made = wrote(folder, text, "rows.csv"), folder / "made.toml"
    write_proposal(table, made)
    profile = Profile.from_toml(made)
    made.unlink()
    return read_incidents([table], profile=profile, today=TODAY, lookups=lookups)


def test_rows_without_coordinates_are_placed_and_accounted_for(tmp_path: Path) -> None:
    path = wrote(tmp_path, FILES["ONSPD"])
    reading = read(tmp_path, Lookups(postcodes=path))
    assert reading.incidents.n == 1
    assert reading.incidents.places.select("x", "y").row(0) == pytest.approx(
        (E, N), abs=1
    )
    assert reading.rejects.select("line", "reason", "value").rows() == [
        (3, "its postcode or UPRN is not in the file of places", "LE13 9ZZ"),
        (4, "no coordinates", ""),
    ]
    (note,) = (n for n in reading.incidents.notes if "middle of their postcode" in n)
    assert "1 rows without coordinates" in note
    assert "1 have one that the file does not" in note
    with pytest.raises(ProfileError, match="--postcodes FILE"):
        read(tmp_path)


def test_coordinates_come_before_a_postcode(tmp_path: Path) -> None:
    path = wrote(tmp_path, FILES["ONSPD"])
    text = ROWS.replace("Post Code", "Easting,Northing,Post Code").replace(
        "10:00,", "10:00,475000,319000,", 1
    )
    text = text.replace("10:00,LE13 9ZZ", "10:00,,,le130aa").replace(
        "10:00,\n", "10:00,,,\n"
    )
    reading = read(tmp_path, Lookups(postcodes=path), text)
    found = sorted(reading.incidents.places["x"].round(0).to_list())
    assert found == pytest.approx([475_000, E], abs=1)


def test_uprns_and_the_entry_of_a_profile(tmp_path: Path) -> None:
    places = (
        f"UPRN,X_COORDINATE,Y_COORDINATE,LATITUDE,LONGITUDE\n100030000001,{E},{N},1,1\n"
    )
    wrote(tmp_path, places, "uprns.csv")
    text = "Ref,Offence,Date,UPRN\n1,Burglary,14/06/2024,100030000001\n"
    table = wrote(tmp_path, text, "rows.csv")
    made = wrote(
        tmp_path,
        '[columns]\nstart = "Date"\ncategory = "Offence"\npremises = "UPRN"\n'
        '[coordinates]\nuprns = "uprns.csv"\n',
        "rows.toml",
    )
    assert Profile.from_text(Profile.from_toml(made).to_toml()) == Profile.from_toml(
        made
    )
    assert read_incidents([table], today=TODAY).incidents.n == 1
    done = run(
        "change", table, "--today", "2025-01-01", "--uprns", tmp_path / "uprns.csv"
    )
    assert "placed at the place of their UPRN" in " ".join(done.stderr.split())
