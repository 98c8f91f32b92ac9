"""Spellings of one address meet; neighbours, flats and mere streets do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.methods.repeats.addresses import (
    normalise_address,
    normalise_premises,
    parse_address,
)

SAME = [
    [
        "18 Worsted Way, Brindleford ZZ1 5GN",
        "18, Worsted Way, ZZ1 5GN",
        "18 WORSTED WY  zz15gn",
        "No. 18 Worsted Way; Brindleford; ZZ1 5GN",
        "018 Worsted Way Brindleford, ZZ15GN",
        "Beadle House, 18 Worsted Way\nBrindleford\nZZ1 5GN",
    ],
    [
        "Flat 4, 18 Worsted Way, Brindleford ZZ1 5GN",
        "APARTMENT 4 18 WORSTED WAY ZZ15GN",
        "Flat 4 Beadle House, 18, Worsted Way. ZZ1 5GN",
        "apt. 04, 18 Worsted Way, ZZ1 5GN",
        "4/18 Worsted Way, ZZ1 5GN",
    ],
    ["12 St John's St, LE13 1AA", "12 St. Johns Street LE13 1AA"],
    ["18D High St, LE13 1AA", "18 d High Street, Melton LE13 1AA"],
    [
        "Rose Cottage, Main Street, Osierwick ZZ2 2JY",
        "ROSE COTTAGE, MAIN ST, ZZ2 2JY",
    ],
    [
        "Unit 5, Snow Hill Industrial Estate, Melton Mowbray LE13 1PD",
        "UNIT 5 SNOW HILL INDUSTRIAL ESTATE LE131PD",
    ],
    ["Ground Floor Flat, 5 Mill Ln ZZ1 1AA", "Grd Floor Flat 5 Mill Lane, ZZ1 1AA"],
]
NO_KEY = [
    "",
    "Worsted Way, Brindleford ZZ1 5GN",
    "Main Street ZZ1 5GN",
    "18 Worsted Way, Brindleford",
    "Riverside Park bandstand, Badger Close",
    "Flat above shop, 5 High Street, LE13 1AA",
    "ZZ1 5GN",
    "Osierwick ZZ2 2JY",
    "Outside 5 High Street, LE13 1AA",
]


@pytest.mark.parametrize("spellings", SAME, ids=lambda s: s[0])
def test_spellings_of_one_address_meet(spellings: list[str]) -> None:
    keys = {parse_address(text).key for text in spellings}
    assert len(keys) == 1
    assert None not in keys


def test_different_addresses_stay_apart() -> None:
    texts = [spellings[0] for spellings in SAME] + [
        "Flat 5, 18 Worsted Way, Brindleford ZZ1 5GN",
        "Unit 4, 18 Worsted Way, Brindleford ZZ1 5GN",
        "Flat 4, 20 Worsted Way, Brindleford ZZ1 5GN",
        "18A Worsted Way, Brindleford ZZ1 5GN",
        "18 Worsted Way, Brindleford ZZ1 5GP",
        "18 Worsted Walk, Brindleford ZZ1 5GN",
        "Flat A, 18 Worsted Way, Brindleford ZZ1 5GN",
        "First Floor Flat, 5 Mill Lane, ZZ1 1AA",
    ]
    keys = [parse_address(text).key for text in texts]
    assert len(set(keys)) == len(texts)


@pytest.mark.parametrize("text", NO_KEY)
def test_what_names_no_premises_has_no_key(text: str) -> None:
    assert parse_address(text).key is None


def test_flats_share_their_building() -> None:
    flats = [parse_address(f"Flat {k}, 18 Worsted Way, ZZ1 5GN") for k in "1234"]
    assert {flat.building for flat in flats} == {"18|WORSTED WAY|ZZ1 5GN"}
    assert len({flat.key for flat in flats}) == 4
    unnumbered = parse_address("Flat above shop, 18 Worsted Way, ZZ1 5GN")
    assert unnumbered.building == flats[0].building


def test_streets_whose_names_hold_street_words() -> None:
    for text, street in [
        ("2 Church Hill Rd, LE13 1AA", "CHURCH HILL ROAD"),
        ("2 The Green LE13 1AA", "THE GREEN"),
        ("2 Garden St LE13 1AA", "GARDEN STREET"),
        ("2 High St Melton LE13 1AA", "HIGH STREET"),
        ("2 Main St., Town LE13 1AA", "MAIN STREET"),
    ]:
        assert parse_address(text).street == street


@given(st.text(max_size=60))
def test_any_text_is_taken(text: str) -> None:
    address = parse_address(text)
    assert (address.key is None) or "|" in address.key
    assert normalise_address(normalise_address(text)) == normalise_address(text)


@given(st.integers(1, 999), st.integers(1, 99))
def test_case_commas_and_spaces_change_nothing(number: int, flat: int) -> None:
    text = f"Flat {flat}, {number} Worsted Way, Brindleford ZZ1 5GN"
    expected = parse_address(text).key
    for other in (text.upper(), text.lower(), text.replace(" ", "  "), text + " . "):
        assert parse_address(other).key == expected


def test_premises_numbers() -> None:
    same = ["100032031285", "00100032031285", " 100032031285.0", "1000 3203 1285"]
    assert {normalise_premises(text) for text in same} == {"100032031285"}
    for nothing in (None, "", "0", "000", "n/a", "Unknown", "-", "NaN"):
        assert normalise_premises(nothing) is None
