from __future__ import annotations

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from hotspots.outputs.printing import fonts


@pytest.mark.parametrize("face", fonts.FACES)
def test_characters_and_widths_are_the_fonts_own(face: str) -> None:
    font = TTFont(fonts.folder() / f"SourceSansPro-{face}.ttf")
    there = {code: name for code, name in font.getBestCmap().items() if code < 65_536}
    glyphs, advance = fonts._metrics(face)
    assert glyphs.keys() == there.keys()
    per_em = font["head"].unitsPerEm
    for code, name in there.items():
        assert advance[glyphs[code]] == pytest.approx(font["hmtx"][name][0] / per_em)


def test_each_face_is_there_once() -> None:
    names = sorted(path.name for path in fonts.folder().iterdir())
    assert names == sorted(f"SourceSansPro-{face}.ttf" for face in fonts.FACES)


@given(st.text())
def test_printable_text_holds_only_what_can_be_shown(text: str) -> None:
    shown = fonts.printable(text)
    glyphs = fonts._metrics("Regular")[0]
    assert all(ord(c) in glyphs or c in "\t\n?" for c in shown)
    assert fonts.printable(shown) == shown


def test_english_text_is_left_alone() -> None:
    text = "“Café” – £1,234 ≥ 5 − 3 · 1½ °C\nline"
    assert fonts.printable(text) == text


def test_bold_is_wider() -> None:
    word = "Brindleford"
    assert fonts.text_width(word, bold=True) > fonts.text_width(word) > 4
