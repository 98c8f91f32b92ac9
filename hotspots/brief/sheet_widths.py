"""How wide the columns of a printed table are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

from hotspots.outputs.printing.fonts import text_width

WIDE_MM = 178.0
"""Between the margins of an A4 page."""
PAD_MM = 3.4
MM_PER_POINT = 0.3528
SPARK_MM = 27.0
MAX_TEXT_MM = 62.0
HEAD_LINES = 3


def column_widths(
    labels: Sequence[str],
    numeric: Sequence[bool],
    rows: Sequence[Sequence[str | None]],
    size_pt: float,
) -> list[float]:
    """Return widths that fit between the margins, words kept whole."""
    unit = size_pt * MM_PER_POINT
    least, wished = [], []
    for k, label in enumerate(labels):
        cells = [row[k] for row in rows]
        texts = [text for text in cells if text is not None]
        words = [word for text in texts for word in text.split(" ")]
        word = max((text_width(each) for each in words), default=0.0)
        whole = max((text_width(text) for text in texts), default=0.0)
        head = _head_width(label, HEAD_LINES if numeric[k] else 2)
        drawn = SPARK_MM if len(texts) < len(cells) else 0.0
        if numeric[k]:
            word = whole
        least.append(max(max(word, head) * unit, drawn) + PAD_MM)
        wished.append(max(least[-1], min(whole * unit + PAD_MM, MAX_TEXT_MM)))
    return _shared(least, wished, numeric)


def _head_width(label: str, lines: int) -> float:
    """Return the least width at which a heading takes so many lines at most."""
    words = label.split() or [""]
    n = len(words)
    cuts = combinations(range(1, n), min(lines, n) - 1)
    return min(
        max(
            text_width(" ".join(words[a:b]), bold=True)
            for a, b in pairwise((0, *cut, n))
        )
        for cut in cuts
    )


def _shared(
    least: list[float], wished: list[float], numeric: Sequence[bool]
) -> list[float]:
    """Give each column its least, and the rest of the page to those that wish more."""
    spare = WIDE_MM - sum(least)
    more = [want - have for want, have in zip(wished, least, strict=True)]
    if spare <= 0:
        return [each * WIDE_MM / sum(least) for each in least]
    if sum(more) > spare:
        part = spare / sum(more)
        return [have + part * each for have, each in zip(least, more, strict=True)]
    made = [have + each for have, each in zip(least, more, strict=True)]
    left = WIDE_MM - sum(made)
    grown = [0.35 if right else 1.0 for right in numeric]
    share = min(left / sum(grown), 9.0)
    return [each + share * grow for each, grow in zip(made, grown, strict=True)]
