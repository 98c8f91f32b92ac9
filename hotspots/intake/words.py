"""Words of a row, read by a profile: what happened, who said so, what marks it has."""

from __future__ import annotations

import polars as pl

from hotspots.intake.dates import without_fillers
from hotspots.intake.headings import strange_marks
from hotspots.intake.profile import SOURCE_FLAGS, Profile

_NO = ("n", "no", "f", "false", "0", "none", "no flag", "not applicable")
_SPOILT = r"(?i)^\d+(\.\d+)?e\+?\d+$"
_ONE_DIGIT = "^(?:" + "|".join(f"{digit}{{5,}}" for digit in range(10)) + ")$"


def text_of(column: str | None) -> pl.Expr:
    """Return a column of stripped text, null where it is blank."""
    if column is None:
        return pl.lit(None, dtype=pl.String)
    text = pl.col(column).str.strip_chars()
    return pl.when(text != "").then(text)


def words_of(profile: Profile) -> dict[str, pl.Expr]:
    """Return an expression for each column of words."""
    plain = ("subcategory", "street", "reference", "address")
    words = {key: text_of(profile.columns.get(key)) for key in plain}
    return words | {
        "premises": _premises(profile),
        "category": _category(profile),
        "source_flag": _source_flag(profile),
        "qualifiers": _qualifiers(profile),
    }


def _premises(profile: Profile) -> pl.Expr:
    """Return the number of the premises, null where it cannot be one."""
    text = without_fillers(text_of(profile.columns.get("premises")))
    return pl.when(~_is_spoilt(text)).then(text)


def _is_spoilt(text: pl.Expr) -> pl.Expr:
    return text.str.contains(_SPOILT) | text.str.contains(_ONE_DIGIT)


def _category(profile: Profile) -> pl.Expr:
    if "category" not in profile.columns:
        return pl.lit(profile.category)
    text = text_of(profile.columns["category"])
    folded = text.str.to_lowercase().str.replace_all(r"\s+", " ")
    said = {" ".join(k.lower().split()): v for k, v in profile.categories.items()}
    mapped = text
    if said:
        found = folded.replace_strict(said, default=None, return_dtype=pl.String)
        mapped = pl.coalesce(found, text)
    return mapped if profile.category is None else mapped.fill_null(profile.category)


def _source_flag(profile: Profile) -> pl.Expr:
    """Return one of the known source flags, or null where the word is not known."""
    text = text_of(profile.columns.get("source_flag"))
    said = {flag: flag for flag in SOURCE_FLAGS}
    said |= {key.strip().lower(): flag for key, flag in profile.source_flags.items()}
    return text.str.to_lowercase().replace_strict(
        said, default=None, return_dtype=pl.String
    )


def _qualifiers(profile: Profile) -> pl.Expr:
    """Return the marks of a row, those of its columns of yes and no among them."""
    text = text_of(profile.columns.get("qualifiers")).str.to_lowercase()
    marks = [text.str.replace_all(r"\s*[;,|/][\s;,|/]*", ";").str.strip_chars("; ")]
    for column, mark in profile.flags.items():
        said = without_fillers(text_of(column)).str.to_lowercase()
        marks.append(pl.when(said.is_not_null() & ~said.is_in(_NO)).then(pl.lit(mark)))
    joined = pl.concat_str(marks, separator=";", ignore_nulls=True).str.strip_chars(";")
    return pl.when(joined != "").then(joined)


def word_notes(profile: Profile, frame: pl.DataFrame) -> tuple[str, ...]:
    """Return sentences on words that were there and could not be used."""
    notes = []
    column = profile.columns.get("source_flag")
    if column is not None:
        unknown = frame.select(text_of(column).filter(_source_flag(profile).is_null()))
        values = unknown[column].drop_nulls().unique().sort().to_list()
        if values:
            shown = ", ".join(f"'{value}'" for value in values[:5])
            notes.append(
                f"{len(values):,} values of {column} are not named in [source_flags] "
                f"and were left empty: {shown}{' and others' if values[5:] else ''}."
            )
    marks = frame.select(_qualifiers(profile).str.split(";").explode().alias("m"))["m"]
    strange = strange_marks(marks)
    if strange:
        shown = ", ".join(f"'{mark}'" for mark in strange[:8])
        notes.append(
            f"marks whose meaning is not known: {shown}. If one marks domestic, sexual "
            "or hate offences, write it so in the file."
        )
    column = profile.columns.get("premises")
    if column is not None:
        spoilt = frame.select(text_of(column).filter(_is_spoilt(text_of(column))))[
            column
        ]
        if len(spoilt):
            notes.append(
                f"{len(spoilt):,} values of {column} were not used: they are fillers "
                f"or were shortened by a spreadsheet ({spoilt[0]}). Export the column "
                "as text."
            )
    return tuple(notes)
