"""The last brief, as its ``brief.json`` tells it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hotspots.core.errors import SourceError
from hotspots.core.window import in_words

JSON = "brief.json"


def read_previous(
    folder: Path | str | None, *, before: dt.date
) -> Mapping[str, Any] | None:
    """Read the last brief from its folder.

    Raises
    ------
    SourceError
        If the folder holds no brief, or one of a later time.
    """
    if folder is None:
        return None
    path = Path(folder) / JSON
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(
            f"the last brief must be a folder with {JSON}; {path}: {error}. Give the "
            "folder that was written, or leave it out."
        ) from error
    if not isinstance(record, dict) or not isinstance(record.get("places", []), list):
        raise SourceError(f"{path} must be a brief; it is other JSON. Leave it out.")
    ended = str(dict(record.get("period") or {}).get("to", ""))
    if not ended or ended >= before.isoformat():
        raise SourceError(
            f"the last brief must end before {in_words(before)}; {path} ends on "
            f"{ended or 'no day'}. Give an earlier one, or leave it out."
        )
    return record
