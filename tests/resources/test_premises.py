"""Premises and deliveries: what is read, and what is refused, saying why."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from hotspots.core.errors import (
    ColumnError,
    EmptyFileError,
    NoUsableRowsError,
    SourceError,
)
from hotspots.resources.deliveries import read_deliveries
from hotspots.resources.premises import is_dwelling_kind, read_premises
from hotspots.samples import sample_paths

HEAD = "uprn,kind,house_number,flat_number,street,postcode,easting,northing,street_id\n"
ROW = "999000010007,dwelling,1,,Elm Road,ZZ1 4YX,475211,319116,S1\n"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_the_sample_has_its_homes() -> None:
    premises = read_premises(sample_paths()[0].parent / "simulated_premises.csv")
    assert (len(premises), int(premises.is_dwelling.sum())) == (17_648, 17_001)
    assert premises.addresses[1] == "Flat 1, 2 Market Place, ZZ1 4YX"
    assert premises.xy_m[0].tolist() == [475_211, 319_116]
    assert premises.row_of["999000058278"] == 1


def test_other_names_degrees_and_missing_columns(tmp_path: Path) -> None:
    text = "UPRN,Classification Code,Street Name,Longitude,Latitude\n"
    text += "00100,RD04,Elm Road,-0.886965,52.764296\n"
    premises = read_premises(write(tmp_path / "p.csv", text))
    assert premises.frame["uprn"].to_list() == ["100"]
    assert np.hypot(*(premises.xy_m[0] - [475_200, 319_100])) < 2
    assert "house number, flat number, postcode, street id" in premises.notes[0]
    assert premises.addresses == ("Elm Road",)


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("", EmptyFileError, "empty"),
        (HEAD, EmptyFileError, "header only"),
        (HEAD.replace("kind", "sort") + ROW, ColumnError, "column 'kind'"),
        (HEAD.replace("easting", "e") + ROW, ColumnError, "column 'easting'"),
        (HEAD + ROW + ROW, SourceError, "stand once; 2 of 2 \\(first: line 2\\) share"),
        (HEAD + ROW.replace("999000010007", ""), SourceError, "'uprn'.*line 2"),
        (HEAD + ROW.replace("475211", "x"), SourceError, "a number; line 2"),
        (HEAD + ROW.replace("319116", "-5"), SourceError, "1 of 1 .* are not"),
        (HEAD + ROW.replace("dwelling", "shop"), NoUsableRowsError, "kinds are shop"),
        (HEAD + ROW.replace("Elm", "Elm, Old"), SourceError, "more fields"),
        (HEAD + ROW.replace("999000010007", "9.99E+11"), SourceError, "spreadsheet"),
    ],
)
def test_bad_premises_are_refused(
    tmp_path: Path, text: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        read_premises(write(tmp_path / "p.csv", text))


def test_homes_by_word_and_by_code() -> None:
    homes = ("Dwelling", "flat", "semi-detached house", "RD03")
    others = ("farm", "shop", "care of", "CR08", "")
    assert [is_dwelling_kind(kind) for kind in homes] == [True] * 4
    assert [is_dwelling_kind(kind) for kind in others] == [False] * 5


def test_deliveries_take_the_first_day_and_count_the_blank(tmp_path: Path) -> None:
    text = "Reference,Delivered\nA,15/06/2025\nA,14/06/2025\nB,\nC,25/06/2025\n"
    deliveries = read_deliveries(write(tmp_path / "d.csv", text))
    assert deliveries.delivered_on == {
        "A": dt.date(2025, 6, 14),
        "C": dt.date(2025, 6, 25),
    }
    assert deliveries.notes == ("1 rows of the deliveries have no day: not delivered.",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("reference,day\nA,1\n", "column 'delivered'"),
        ("reference,delivered\n,14/06/2025\n", "'reference' must be filled in; line 2"),
        ("reference,delivered\nA,soon\n", "line 2 of d.csv has 'soon'"),
    ],
)
def test_bad_deliveries_are_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read_deliveries(write(tmp_path / "d.csv", text))
