from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotspots.core.errors import OutputError
from hotspots.outputs.printing import svg_to_png, typeset
from hotspots.outputs.printing.typst import TEMPLATES

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
    made = typeset(template, values())
    for mark in (
        rb"/StructTreeRoot",
        rb"/Lang ?\(en-GB\)",
        rb"/MarkInfo",
        rb"/Marked true",
        rb"/DisplayDocTitle true",
        rb"pdfuaid:part>1|pdfuaid:part=.1",
        rb"/Scope ?/Column",
        rb"/Alt ?\(Title\)",
        rb"/S ?/H1",
        rb"/S ?/TH",
    ):
        assert re.search(mark, made), mark


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
    assert b"D:20250630120000" in first
    assert b"D:20000101" in typeset(template, values())


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
    assert re.search(rb"/Alt ?\(#read\(.house", run)


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
