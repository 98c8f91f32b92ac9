"""The analyst's words: in a file of their own, written by no rule, carried forward.

``comment.toml`` lies beside the brief. A person edits it; the next one starts from it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hotspots.brief.content import Comment
from hotspots.core.errors import SourceError, did_you_mean
from hotspots.core.sanitise import clean_text
from hotspots.core.small import read_small, toml_of
from hotspots.outputs.formats.layer import writing

FILE = "comment.toml"
KNOWN = ("comment", "author", "period", "narrative")
MAXIMUM = 4_000
"""Characters in one text: longer ones are a report, not a comment."""


def read_comment(path: Path | str, *, period: str) -> Comment:
    """Read what a person wrote.

    Raises SourceError if it cannot be read, is not of that form or a text is too long.
    """
    path = Path(path)
    try:
        record = toml_of(read_small(path))
    except (OSError, ValueError) as error:
        raise SourceError(
            f"{path.name} must be TOML with the analyst's comment; {error}. "
            "Correct it, or delete it to begin anew."
        ) from error
    for key in record:
        if key not in KNOWN:
            raise SourceError(
                f"{path.name} may hold {', '.join(KNOWN)}; got {key!r}."
                f"{did_you_mean(key, KNOWN)}"
            )
    narrative = record.get("narrative", {})
    if not isinstance(narrative, dict):
        raise SourceError(
            f"narrative in {path.name} must be a table of texts by indicator; got "
            f"{narrative!r}."
        )
    own = _text(record.get("period", ""), "period", path.name)
    return Comment(
        comment=_text(record.get("comment", ""), "comment", path.name),
        author=_text(record.get("author", ""), "author", path.name),
        narrative={
            key: _text(text, f"narrative.{key}", path.name)
            for key, text in sorted(narrative.items())
        },
        carried_from=own if own != period else "",
    )


def find_comment(
    out: Path | str | None, previous: Path | str | None, *, period: str
) -> Comment:
    """Return the comment in the folder of this brief, else that of the last one."""
    for folder in (out, previous):
        if folder is not None and (Path(folder) / FILE).is_file():
            return read_comment(Path(folder) / FILE, period=period)
    return Comment()


def comment_text(comment: Comment, *, period: str) -> str:
    r"""Return the text of ``comment.toml``.

    Examples
    --------
    >>> print(comment_text(Comment(comment='A "quiet" week.'), period="2025-W24"))
    # The analyst's own words. Nothing here is calculated.
    period = "2025-W24"
    author = ""
    comment = "A \"quiet\" week."
    <BLANKLINE>
    [narrative]
    <BLANKLINE>
    """
    lines = [
        "# The analyst's own words. Nothing here is calculated.",
        f"period = {_quoted(comment.carried_from or period)}",
        f"author = {_quoted(comment.author)}",
        f"comment = {_quoted(comment.comment)}",
        "",
        "[narrative]",
        *(f"{_quoted(k)} = {_quoted(v)}" for k, v in sorted(comment.narrative.items())),
    ]
    return "\n".join(lines) + "\n"


def write_comment(comment: Comment, folder: Path | str, *, period: str) -> Path:
    """Write ``comment.toml`` where there is none: what a person wrote stays."""
    path = Path(folder) / FILE
    if not path.exists():
        with writing(path):
            text = comment_text(comment, period=period)
            path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _text(value: Any, name: str, file: str) -> str:
    if not isinstance(value, str) or len(value) > MAXIMUM:
        raise SourceError(
            f"{name} in {file} must be text of at most {MAXIMUM:,} characters; got "
            f"{type(value).__name__} {str(value)[:40]!r}."
        )
    return clean_text(value).strip()


def _quoted(text: str) -> str:
    """Return a TOML basic string."""
    safe = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + safe.replace("\n", "\\n").replace("\t", "\\t") + '"'
