"""The brief as one file for a browser: nothing fetched, nothing run, for everyone."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from watched import Watched, axe_findings

from hotspots.brief.page import Page, Said
from hotspots.brief.print_table import PrintTable
from hotspots.brief.web_page import brief_html

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Tree(HTMLParser):
    """Every tag with its attributes, and whether all are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words.append(data)

    def all(self, name: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.fixture(scope="module")
def html(week: Page) -> str:
    return brief_html(week)


@pytest.fixture(scope="module")
def tree(html: str) -> Tree:
    return Tree(html)


@pytest.fixture(scope="module")
def address(html: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "brief.html"
    path.write_text(html, encoding="utf-8")
    return path.as_uri()


def test_it_fetches_nothing_and_runs_nothing(html: str, tree: Tree) -> None:
    assert not tree.all("script")
    assert not tree.all("link")
    for _, attributes in tree.tags:
        assert not {"src", "srcset", "data", "action", "style"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("href", "xlink:href"):
            assert attributes.get(name, "#").startswith("#")
    assert "@import" not in html
    assert not re.search(r"url\((?!#)", html)


def test_its_own_policy_allows_its_own_style_alone(html: str, tree: Tree) -> None:
    (policy,) = [m["content"] for m in tree.all("meta") if "http-equiv" in m]
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")


def test_every_tag_is_closed_and_every_link_leads_somewhere(tree: Tree) -> None:
    assert tree.open == []
    ids = Counter(a["id"] for _, a in tree.tags if "id" in a)
    assert max(ids.values()) == 1
    for _, attributes in tree.tags:
        if attributes.get("href"):
            assert attributes["href"][1:] in ids
        for name in ("aria-labelledby", "aria-describedby"):
            assert set(attributes.get(name, "").split()) <= set(ids)


def test_landmarks_and_headings_make_an_outline(tree: Tree, week: Page) -> None:
    names = Counter(tag for tag, _ in tree.tags)
    assert [names[n] for n in ("header", "nav", "main", "footer", "h1")] == [1] * 5
    levels = [int(tag[1]) for tag, _ in tree.tags if re.fullmatch(r"h\d", tag)]
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert levels.count(2) == len(week.sections)
    assert tree.all("html") == [{"lang": "en-GB"}]
    assert tree.tags[[tag for tag, _ in tree.tags].index("body") + 1][0] == "a"


def test_tables_have_captions_and_scopes(html: str, tree: Tree) -> None:
    tables = re.findall(r"<table>.*?</table>", html, re.DOTALL)
    assert len(tables) >= 10
    for table in tables:
        assert table.count("<caption") == 1
        head, body = table.split("</thead>")
        n = head.count('<th scope="col"')
        assert n > 1
        rows = re.findall(r"<tr>.*?</tr>", body, re.DOTALL)
        for row in rows:
            assert row.count('<th scope="row">') == 1
            assert row.count("<td") == n - 1
    regions = [a for a in tree.all("div") if a.get("role") == "region"]
    assert len(regions) >= len(tables)
    assert all(a["tabindex"] == "0" for a in regions)
    assert all(a.get("aria-labelledby") or a.get("aria-label") for a in regions)


def test_every_cell_is_that_of_the_sheet(week: Page, public: Page, html: str) -> None:
    for page, text in ((week, html), (public, brief_html(public))):
        for sheet in sheets(page):
            figure = text.partition(f'<figure class="table" id="table-{sheet.id}"')[2]
            body = figure.partition("</figure>")[0].partition("<tbody>")[2]
            for (_, cells), row in zip(
                sheet.rows, re.findall(r"<tr>.*?</tr>", body, re.DOTALL), strict=True
            ):
                shown = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
                plain = [unescape(re.sub(r"<[^>]+>", "", cell)) for cell in shown]
                assert plain == [cell.text for cell in cells]


def sheets(page: Page) -> Iterator[PrintTable]:
    for section in page.sections:
        for block in section.blocks:
            if isinstance(block, PrintTable):
                yield block


def test_every_drawing_says_what_it_shows_or_has_its_text_beside(html: str) -> None:
    for drawing in re.findall(r"<svg.*?</svg>", html, re.DOTALL):
        head = drawing.partition(">")[0]
        if 'role="img"' in head:
            assert "aria-label" in head
            assert re.search(r"<title[^>]*>[^<]+</title>", drawing) or "label=" in head
        else:
            assert 'aria-hidden="true"' in head
            after = html.partition(drawing)[2]
            assert re.match(r'<span class="hidden">[\d, –-]+', after)


def test_the_bottom_line_leads_to_its_tables(html: str, week: Page) -> None:
    said = [b for s in week.sections for b in s.blocks if isinstance(b, Said)]
    assert len(said) == 3
    for one in said:
        assert f'<a href="#table-{one.to}">{one.where}</a>' in html
        assert f'id="table-{one.to}"' in html


def test_the_same_page_gives_the_same_text(html: str, week: Page) -> None:
    assert brief_html(week) == html


def unquoted(html: str) -> str:
    """Return the style sheet without what stands in quotation marks."""
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    return re.sub(r'"[^"]*"', "", style)


def test_a_hostile_text_stays_text(public: Page) -> None:
    nasty = '</title><script>alert(1)</script>{{ 7 * 7 }}\x00"; } body { x: url(//x)'
    made = brief_html(replace(public, title=nasty, marking=nasty, notice=nasty))
    tree = Tree(made)
    assert not tree.all("script")
    assert "49" not in "".join(tree.words[:20])
    assert unquoted(made) == unquoted(brief_html(public))
    assert "\x00" not in made
    assert "<script>alert(1)</script>" in "".join(tree.words)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_and_the_page_does_not_scroll_sideways(
    chromium: Any, address: str, width: int
) -> None:
    seen = Watched(
        chromium,
        address,
        viewport={"width": width, "height": 900},
        offline=True,
        bypass_csp=True,
    )
    page = seen.open("")
    assert seen.requests == [address]
    assert axe_findings(page) == []
    inner = "document.documentElement.scrollWidth"
    assert page.evaluate(inner) <= width
    if width == 320:
        scrolled = "e => e.scrollWidth > e.clientWidth + 1"
        wide = f"[...document.querySelectorAll('.scroll')].filter({scrolled}).length"
        assert page.evaluate(wide) > 0
        first = "getComputedStyle(document.querySelector('caption span')).position"
        assert page.evaluate(first) == "sticky"
    seen.context.close()


@pytest.mark.browser
def test_the_keyboard_skips_to_the_brief_and_nothing_is_complained_of(
    chromium: Any, address: str
) -> None:
    seen = Watched(chromium, address, offline=True)
    page = seen.open("")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the brief"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert seen.complaints == []
    assert seen.requests == [address]
    seen.context.close()


@pytest.mark.browser
def test_every_printed_page_is_marked_and_numbered(
    chromium: Any, address: str, week: Page, tmp_path: Path
) -> None:
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("pdftotext is not installed")
    seen = Watched(chromium, address, offline=True)
    made = seen.open("").pdf(prefer_css_page_size=True, print_background=False)
    seen.context.close()
    (tmp_path / "page.pdf").write_bytes(made)
    told = subprocess.run(
        [reader, "-layout", "page.pdf", "-"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    pages = told.stdout.split("\f")[:-1]
    assert len(pages) > 5
    for number, text in enumerate(pages, start=1):
        assert text.count(week.marking) >= 2
        assert f"Page {number} of {len(pages)}" in text
    assert "Skip to the brief" not in told.stdout
