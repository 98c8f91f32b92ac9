from __future__ import annotations

import io

import numpy as np
import pytest
import zxingcpp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from hotspots.core.errors import ParameterError
from hotspots.outputs.printing import qr_svg, svg_to_png


def read_back(svg: str, *, width_mm: float = 24.0) -> str:
    picture = Image.open(io.BytesIO(svg_to_png(svg, width_mm=width_mm)))
    found = zxingcpp.read_barcodes(np.asarray(picture.convert("L")))
    assert len(found) == 1
    assert found[0].format == zxingcpp.BarcodeFormat.QRCode
    return found[0].text


@settings(max_examples=10, deadline=None)
@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=("C",)),
        min_size=1,
        max_size=120,
    )
)
@example("\u2481\u1040")  # whose bytes are also those of two kanji
def test_a_phone_reads_what_was_written(text: str) -> None:
    assert read_back(qr_svg(text)) == text


def test_an_address_is_read_at_the_size_of_a_card() -> None:
    address = "https://example.org/plans/patrol-20250701-8ef132e2#suggestion-3"
    assert read_back(qr_svg(address), width_mm=20) == address


def test_no_text_and_too_much_are_refused() -> None:
    with pytest.raises(ParameterError, match="must hold some text"):
        qr_svg("")
    with pytest.raises(ParameterError, match="at most about 2,300"):
        qr_svg("x" * 3_000)


def test_the_title_is_escaped() -> None:
    assert "<script>" not in qr_svg("x", title="<script>")
