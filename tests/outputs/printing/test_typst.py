from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pdf_reader import catalog, open_pdf, structure

from hotspots.core.errors import OutputError
from hotspots.outputs.printing import svg_to_png, typeset
from hotspots.outputs.printing.typst import TEMPLATES, UNDATED

PAGE = """#import "house.typ": *
#let data = json(bytes(sys.inputs.data))
#show: house.with(title: data.title, marking: data.marking, foot: data.foot)
= #data.title
#sheet(("Name", "Count"), data.rows, numeric: (1,))
#facts((("Label", data.title),))
#notice(data.foot)
#picture(data.svg, alt: data.title, width: 20mm)
"""
SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">'
    '<rect width="10" height="10"/></svg>'
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("templates")
    (folder / "house.typ").write_bytes((TEMPLATES / "house.typ").read_bytes())
    (folder / "page.typ").write_text(PAGE, encoding="utf-8")
    return folder / "page.typ"


def values(title: str = "Title") -> dict[str, object]:
    return {
        "title": title,
        "marking": "OFFICIAL-SENSITIVE",
        "foot": f"foot {title}",
        "rows": [[title, "1"], ["b", "2"]],
        "svg": SQUARE,
    }


def test_the_page_is_tagged_for_screen_readers(template: Path) -> None:
    pdf = open_pdf(typeset(template, values()))
    root, tags = catalog(pdf), structure(pdf)
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert [tag.alt for tag in tags.all("Figure")] == ["Title"]
    assert tags.all("H1")


def test_each_number_has_the_heading_of_its_column_and_of_its_row(
    template: Path,
) -> None:
    (table,) = structure(open_pdf(typeset(template, values()))).all("Table")
    head, *body = table.all("TR")
    assert [tag.scope for tag in head.all("TH")] == ["Column", "Column"]
    assert len(body) == 2
    for row in body:
        assert [(tag.name, tag.scope) for tag in row.children] == [
            ("TH", "Row"),
            ("TD", ""),
        ]


def test_every_font_is_the_chosen_one_and_inside_the_file(template: Path) -> None:
    made = typeset(template, values())
    names = set(re.findall(rb"/BaseFont ?/[A-Z]{6}\+([\w-]+)", made))
    assert names
    assert all(name.startswith(b"SourceSansPro-") for name in names)
    assert b"/FontFile2" in made


def test_two_runs_give_the_same_bytes_and_the_moment_is_the_given_one(
    template: Path,
) -> None:
    moment = dt.datetime(2025, 6, 30, 12)
    first = typeset(template, values(), made_at=moment)
    assert first == typeset(template, values(), made_at=moment)
    assert made_on(first) == moment.replace(tzinfo=dt.UTC)
    assert made_on(typeset(template, values())) == UNDATED


def made_on(content: bytes) -> dt.datetime:
    about = open_pdf(content).metadata
    assert about is not None
    assert about.creation_date is not None
    return about.creation_date


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.one_of(
        st.text(max_size=40),
        st.text(alphabet="#$[]{}()<>&\"'\\/@*_=-+~`%^|;:,.\n\u202e🚓", max_size=30),
        st.sampled_from(
            ['#read("/etc/passwd")', "#panic()", "$x", "*", "]", "//", "/*"]
        ),
    )
)
def test_whatever_a_name_holds_is_text(template: Path, name: str) -> None:
    assert typeset(template, values(f"T {name}")).startswith(b"%PDF-1.7")


def test_a_value_is_printed_and_not_run(template: Path) -> None:
    run = typeset(template, values('#read("house.typ")'))
    tags = structure(open_pdf(run))
    assert [tag.alt for tag in tags.all("Figure")] == ['#read("house.typ")']


def test_what_cannot_be_typeset_is_one_sentence(template: Path) -> None:
    with pytest.raises(OutputError, match=r"typeset page\.typ; got: "):
        typeset(template, {})
    with pytest.raises(OutputError, match=r"typeset absent\.typ"):
        typeset(template.parent / "absent.typ", {})
    with pytest.raises(OutputError, match="not JSON compliant"):
        typeset(template, {"x": float("nan")})


def test_a_template_reads_nothing_outside_its_folder(template: Path) -> None:
    nosy = template.with_name("nosy.typ")
    nosy.write_text('#set document(title: "x")\n#read("../../outside.txt")', "utf-8")
    with pytest.raises(OutputError, match=r"typeset nosy\.typ"):
        typeset(nosy, {})


def test_a_picture_without_alternative_text_is_refused(template: Path) -> None:
    bare = template.with_name("bare.typ")
    bare.write_text(
        '#set document(title: "x")\n#let data = json(bytes(sys.inputs.data))\n'
        '#image(bytes(data.svg), format: "svg")',
        "utf-8",
    )
    with pytest.raises(OutputError, match="alt"):
        typeset(bare, values())


def test_a_warning_is_an_error(template: Path) -> None:
    odd = template.with_name("odd.typ")
    odd.write_text('#set document(title: "x")\n#text(font: "Absent")[x]', "utf-8")
    with pytest.raises(OutputError, match="without a warning; got: unknown font"):
        typeset(odd, {})


def test_a_drawing_becomes_a_picture_of_its_size() -> None:
    made = svg_to_png(SQUARE, width_mm=25.4, dots_per_inch=100)
    assert made.startswith(b"\x89PNG")
    assert int.from_bytes(made[16:20], "big") == 100
    assert int.from_bytes(made[20:24], "big") == 100
    assert made == svg_to_png(SQUARE, width_mm=25.4, dots_per_inch=100)
