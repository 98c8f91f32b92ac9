from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from pdf_reader import catalog, open_pdf, structure
from PIL import Image
from plan_fixture import make_plan, make_suggestion

from hotspots.core.errors import OutputError, ParameterError
from hotspots.outputs.formats.plan_record import plan_id, plan_record
from hotspots.outputs.printing import Background
from hotspots.outputs.printing.cards import Cards
from hotspots.tactics.plan import Plan

URL = "https://example.org/plans/12"


def make_cards(plan: Plan, town: Background, **changes: object) -> Cards:
    return Cards(plan=plan, record=plan_record(plan), background=town, **changes)


def run(program: str, *arguments: str, pdf: bytes, folder: Path) -> bytes:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed (Debian and Ubuntu: poppler-utils)")
    path = folder / "cards.pdf"
    path.write_bytes(pdf)
    command = [found, *arguments, str(path), *(["-"] if program == "pdftotext" else [])]
    return subprocess.run(command, capture_output=True, check=True).stdout


def text_of(pdf: bytes, folder: Path) -> list[str]:
    text = run("pdftotext", "-layout", pdf=pdf, folder=folder).decode()
    return text.split("\f")[:-1]


def n_pages(pdf: bytes) -> int:
    return int(re.search(rb"/Count (\d+)", pdf)[1])


def test_each_card_is_a_sheet_front_and_back(town: Background) -> None:
    cards = make_cards(make_plan(), town)
    assert n_pages(cards.all_pages()) == 6
    assert n_pages(cards.one(0)) == n_pages(cards.one(2)) == 2


def test_each_page_is_marked_at_top_and_foot(town: Background, tmp_path: Path) -> None:
    for sensitive, marking in ((False, "OFFICIAL"), (True, "OFFICIAL-SENSITIVE")):
        cards = make_cards(make_plan(sensitive=sensitive), town)
        for page in text_of(cards.all_pages(), tmp_path):
            lines = [line.strip() for line in page.splitlines() if line.strip()]
            assert lines[0] == marking
            assert marking in lines[-3:]


def test_the_front_says_all_that_is_needed_in_the_street(
    town: Background, tmp_path: Path
) -> None:
    plan = make_plan()
    cards = make_cards(plan, town, url=URL)
    front = text_of(cards.one(0), tmp_path)[0]
    flat = " ".join(front.split())
    each = plan.suggestions[0]
    for words in (
        each.name,
        each.what,
        "27 July 2025",
        "Anti-social behaviour within 100 m: 84",
        *each.do,
        *each.do_not,
        "Evidence against:",
        "Simulated data: nothing here is real.",
        plan_id(cards.record),
        cards.record["sha256"],
        URL,
    ):
        assert words in flat, words


def test_the_back_says_every_line_of_the_rationale(
    town: Background, tmp_path: Path
) -> None:
    plan = make_plan()
    back = text_of(make_cards(plan, town).one(1), tmp_path)[1]
    flat = " ".join(back.split())
    for heading, words in plan.suggestions[1].rationale():
        assert heading.split()[0] in flat
        for word in words.split():
            assert word in flat


def test_the_code_leads_to_the_live_suggestion(
    town: Background, tmp_path: Path
) -> None:
    plan = make_plan()
    name = plan_record(plan)["sha256"]
    for url, expected in (
        (URL, f"{URL}#suggestion-2"),
        (f"{URL}#top", f"{URL}#suggestion-2"),
        (None, name),
    ):
        pdf = make_cards(plan, town, url=url).one(1)
        made = run(
            "pdftoppm",
            "-r",
            "150",
            "-f",
            "1",
            "-l",
            "1",
            "-png",
            pdf=pdf,
            folder=tmp_path,
        )
        picture = np.asarray(Image.open(io.BytesIO(made)).convert("L"))
        (found,) = zxingcpp.read_barcodes(picture)
        assert found.text.endswith(expected)


def test_hostile_names_are_printed_and_two_runs_are_equal(town: Background) -> None:
    plan = make_plan(hostile=True)
    first = make_cards(plan, town).all_pages()
    assert first == make_cards(plan, town).all_pages()
    assert n_pages(first) == 6


def test_long_words_shrink_and_stay_on_their_page(town: Background) -> None:
    long = "Walk slowly past every entrance of the precinct and speak to shopkeepers. "
    wordy = make_suggestion(
        1, what=long * 3, do=(long,) * 5, do_not=(long,) * 5, success=long * 12
    )
    cards = make_cards(make_plan(suggestions=(wordy,)), town)
    assert n_pages(cards.all_pages()) == 2


def test_words_without_end_still_are_all_printed(
    town: Background, tmp_path: Path
) -> None:
    endless = make_suggestion(1, dpia="To be completed, word by word. " * 400 + "END.")
    pdf = make_cards(make_plan(suggestions=(endless,)), town).all_pages()
    assert n_pages(pdf) > 2
    assert "END." in text_of(pdf, tmp_path)[-1]


def test_the_pdf_is_tagged(town: Background) -> None:
    made = make_cards(make_plan(), town).all_pages()
    root, tags = catalog(open_pdf(made)), structure(open_pdf(made))
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in root["/Metadata"].get_data()
    alts = [tag.alt for tag in tags.all("Figure")]
    assert sum(alt.startswith("Street map of") for alt in alts) == 3
    scopes = [tag.scope for tag in tags.all("TH")]
    assert scopes.count("Column") == 6
    assert scopes.count("Row") > 0


def test_without_streets_the_card_still_has_a_map() -> None:
    assert n_pages(make_cards(make_plan(), Background()).all_pages()) == 6


def test_a_plan_without_suggestion_and_a_bad_address_are_refused(
    town: Background,
) -> None:
    with pytest.raises(OutputError, match="must have a suggestion"):
        make_cards(replace(make_plan(), suggestions=()), town)
    for url in ("javascript:alert(1)", "example.org", "https://", "https://a b/"):
        with pytest.raises(ParameterError, match="url must be the address"):
            make_cards(make_plan(), town, url=url)
