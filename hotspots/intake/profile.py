"""The column mapping of a file, as a value: a profile, kept as TOML.

A profile says which column of a CSV, XLSX or GIS file is what, how its dates are
written, and what its own words mean. It is small, readable and can be kept with the
files it describes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hotspots.core.crs import BNG, WGS84
from hotspots.core.errors import ColumnError, ProfileError, did_you_mean
from hotspots.core.small import read_small, toml_of
from hotspots.intake.entries import (
    check_crs,
    check_format,
    check_known,
    check_needed,
    check_sections,
    formats_of,
    typed,
    words_of,
)
from hotspots.intake.gazetteer import Lookups
from hotspots.intake.headings import COLUMNS, DBF_LETTERS
from hotspots.intake.table import fold

SOURCE_FLAGS = ("public report", "partner", "officer-generated")

_SECTIONS: dict[str, tuple[str, ...]] = {
    "dataset": ("name", "simulated", "delimiter", "sheet", "header_row", "category"),
    "columns": tuple(COLUMNS),
    "dates": ("formats", "order", "midnight"),
    "coordinates": ("crs", "postcodes", "uprns"),
    "categories": (),
    "source_flags": (),
    "flags": (),
}
ORDERS = ("day first", "month first")
MIDNIGHTS = ("time", "unknown")
PLACES = ("easting", "northing", "longitude", "latitude", "grid_reference", "point")


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Which column is what, and how the file writes dates, places and words.

    ``columns`` (mapping of str to str): a key of :data:`COLUMNS` to the name of the
    column in the file. Needed: ``start`` or ``start_date``; ``category``, unless one is
    given for all rows; and, but for GIS files, a pair of coordinates.
    ``name``: what the data are called.
    ``date_formats``: in the manner of ``strptime``; the first that fits a value is
    used. Separate dates and times are joined by a space before they are read.
    ``crs``: EPSG code of the coordinates. Default 27700 for eastings and northings,
    4326 for longitude and latitude.
    ``category``: the category of every row, for a file of one kind of incident.
    ``categories``, ``source_flags`` (mapping of str to str): value in the file to our
    word. Categories that are not named stay as they are; source flags must become one
    of :data:`SOURCE_FLAGS`.
    ``flags`` (mapping of str to str): column of yes and no to the mark that a yes adds
    to the qualifiers.
    ``order``: how 05/06/2024 is meant; default as the file proves, else day first.
    ``midnight`` ({"time", "unknown"}): what a clock of exactly 00:00 or 00:01 says;
    unknown is a date without a time.
    ``header_row``: line of the header, from 1; default the first that has the columns.
    ``delimiter``: one character between the fields of a CSV file.
    ``sheet``: the sheet of a workbook; default the one that has the columns.
    ``simulated``: whether the rows are made up.
    ``comments``: lines for the reader of the TOML, at its top.
    ``lookups``: files that place postcodes and UPRNs: ``postcodes`` and ``uprns`` under
    [coordinates].
    ``gaps``: entries that a person must still fill in; nothing can be read until then.

    Raises ProfileError if something needed is missing or a value is impossible.

    Examples
    --------
    >>> profile = Profile(
    ...     columns={"start": "From", "category": "Offence",
    ...              "easting": "E", "northing": "N"},
    ...     date_formats=("%d/%m/%Y %H:%M",),
    ... )
    >>> profile.epsg
    27700
    """

    columns: Mapping[str, str]
    name: str = ""
    date_formats: tuple[str, ...] = ()
    crs: int | None = None
    category: str | None = None
    categories: Mapping[str, str] = field(default_factory=dict)
    source_flags: Mapping[str, str] = field(default_factory=dict)
    delimiter: str = ","
    sheet: str | None = None
    simulated: bool = False
    comments: tuple[str, ...] = field(default=(), compare=False)
    flags: Mapping[str, str] = field(default_factory=dict)
    order: str | None = None
    midnight: str = "time"
    header_row: int | None = None
    gaps: tuple[str, ...] = field(default=(), compare=False)
    lookups: Lookups = field(default_factory=Lookups)

    def __post_init__(self) -> None:
        check_known(self.columns, COLUMNS, "[columns]")
        if not self.gaps:
            check_needed(self.columns, self.category)
        if self.order not in (None, *ORDERS):
            raise ProfileError(
                f"order under [dates] must be one of {', '.join(ORDERS)}; got "
                f"'{self.order}'.{did_you_mean(str(self.order), ORDERS)}"
            )
        if self.midnight not in MIDNIGHTS:
            raise ProfileError(
                f"midnight under [dates] must be one of {', '.join(MIDNIGHTS)}; got "
                f"'{self.midnight}'.{did_you_mean(self.midnight, MIDNIGHTS)}"
            )
        if self.header_row is not None and self.header_row < 1:
            raise ProfileError(
                f"header_row must be a line of the file, from 1; got {self.header_row}."
            )
        check_crs(self.columns, self.crs)
        for form in self.date_formats:
            check_format(form)
        for value, flag in self.source_flags.items():
            if flag not in SOURCE_FLAGS:
                raise ProfileError(
                    f"[source_flags] must give one of {', '.join(SOURCE_FLAGS)}; "
                    f"'{value}' is given '{flag}'.{did_you_mean(flag, SOURCE_FLAGS)}"
                )
        if len(self.delimiter) != 1 or self.delimiter in '"\r\n':
            raise ProfileError(
                "delimiter must be one character such as ',' or ';'; got "
                f"{self.delimiter!r}."
            )

    @property
    def coordinates(self) -> tuple[str, str] | None:
        """The columns of x and y, or None where there are none."""
        for x, y in (("easting", "northing"), ("longitude", "latitude")):
            if x in self.columns:
                return self.columns[x], self.columns[y]
        return None

    @property
    def epsg(self) -> int:
        """The EPSG code of the coordinates."""
        if self.crs is not None:
            return self.crs
        return WGS84 if "longitude" in self.columns else BNG

    def without_coordinates(self) -> Profile:
        """Return the profile for a file whose geometry says the places."""
        kept = {key: name for key, name in self.columns.items() if key not in PLACES}
        return replace(self, columns=kept, crs=None)

    @property
    def accepted(self) -> tuple[str, ...]:
        """The categories that it names."""
        own = () if self.category is None else (self.category,)
        return (*self.categories.values(), *own)

    def known_in(self, cells: Sequence[str]) -> int:
        """Say how many of its columns some cells name: what a header is known by."""
        there = {fold(cell) for cell in cells if cell.strip()}
        return sum(fold(name) in there for name in {*self.columns.values()})

    def resolved(
        self, columns: Sequence[str], file: str, *, needs_coordinates: bool = True
    ) -> Profile:
        """Return the profile with the columns as a file spells them.

        Raises ColumnError naming the first column that is missing and the nearest that
        is there; ProfileError if the file needs coordinates and the profile names none,
        or the profile is not filled in yet.
        """
        if self.gaps:
            raise ProfileError(
                f"the profile for {file} must be filled in first; {self.gaps[0]}"
            )
        if needs_coordinates and not self._states_places():
            raise ProfileError(
                f"the profile for {file} must name easting and northing, longitude and "
                "latitude, grid_reference or point in [columns]; it names none. With "
                "--postcodes FILE (Code-Point Open, ONS Postcode Directory) postcode "
                "is enough, with --uprns FILE (OS Open UPRN) premises."
            )
        named = self if needs_coordinates else self.without_coordinates()
        folded = {fold(column): column for column in reversed(columns)}

        def found(name: str) -> str:
            if name in columns:
                return name
            cut = fold(name[:DBF_LETTERS])
            if fold(name) not in folded and ".shp" in file.lower() and cut in folded:
                return folded[cut]
            if fold(name) not in folded:
                raise ColumnError(name, file, columns)
            return folded[fold(name)]

        return replace(
            named,
            columns={key: found(name) for key, name in named.columns.items()},
            flags={found(name): mark for name, mark in named.flags.items()},
        )

    def _states_places(self) -> bool:
        """Say whether a column says where, by itself or with a file given."""
        by_file = {"postcode": self.lookups.postcodes, "premises": self.lookups.uprns}
        helped = any(by_file.get(key) for key in self.columns)
        return helped or any(key in self.columns for key in PLACES)

    @classmethod
    def from_toml(cls, path: Path) -> Profile:
        """Read a profile from a file.

        Raises ProfileError if it cannot be read, is not TOML, or has an impossible
        entry.
        """
        path = Path(path)
        text = cls.text_of(path)
        try:
            return cls.from_text(text, folder=path.parent)
        except ProfileError as error:
            raise ProfileError(f"profile {path.name}: {error}") from error

    @staticmethod
    def text_of(path: Path) -> str:
        """Return the text of a file that is to be a profile.

        Raises ProfileError if the file cannot be read.
        """
        try:
            return read_small(path)
        except (OSError, UnicodeDecodeError) as error:
            raise ProfileError(
                f"profile {path.name} must be a readable UTF-8 text file; {error}."
            ) from error

    @classmethod
    def from_text(cls, text: str, *, folder: Path | None = None) -> Profile:
        """Make a profile from TOML; files that it names lie in a folder.

        Raises ProfileError if it is not TOML, has an unknown or impossible entry or
        lacks a needed one.

        Examples
        --------
        >>> profile = Profile.from_text('''
        ... [columns]
        ... start = "Date"
        ... category = "Type"
        ... longitude = "Lng"
        ... latitude = "Lat"
        ... ''')
        >>> profile.coordinates
        ('Lng', 'Lat')
        """
        try:
            told = toml_of(text)
        except ValueError as error:
            raise ProfileError(f"a profile must be TOML; {error}.") from error
        check_sections(told, _SECTIONS)
        dataset = told.get("dataset", {})
        return cls(
            columns=words_of(told.get("columns", {}), "[columns]"),
            name=typed(dataset, "name", str, ""),
            simulated=typed(dataset, "simulated", bool, False),
            delimiter=typed(dataset, "delimiter", str, ","),
            sheet=typed(dataset, "sheet", str, None),
            header_row=typed(dataset, "header_row", int, None),
            category=typed(dataset, "category", str, None),
            date_formats=formats_of(told.get("dates", {})),
            order=typed(told.get("dates", {}), "order", str, None),
            midnight=typed(told.get("dates", {}), "midnight", str, "time"),
            lookups=_lookups(told.get("coordinates", {}), folder),
            crs=typed(told.get("coordinates", {}), "crs", int, None),
            categories=words_of(told.get("categories", {}), "[categories]"),
            source_flags=words_of(told.get("source_flags", {}), "[source_flags]"),
            flags=words_of(told.get("flags", {}), "[flags]"),
        )

    def to_toml(self) -> str:
        """Return the profile as TOML, with its comments at the top."""
        import tomli_w

        dataset = {
            "name": self.name,
            "simulated": self.simulated,
            "delimiter": self.delimiter,
            "sheet": self.sheet,
            "header_row": self.header_row,
            "category": self.category,
        }
        dates = {
            "formats": list(self.date_formats) or None,
            "order": self.order,
            "midnight": None if self.midnight == "time" else self.midnight,
        }
        sections: dict[str, Mapping[str, Any]] = {
            "dataset": dataset,
            "columns": {k: self.columns[k] for k in COLUMNS if k in self.columns},
            "dates": dates,
            "coordinates": {
                "crs": self.crs,
                "postcodes": _shown(self.lookups.postcodes),
                "uprns": _shown(self.lookups.uprns),
            },
            "categories": self.categories,
            "source_flags": self.source_flags,
            "flags": self.flags,
        }
        kept = {
            name: {key: value for key, value in body.items() if value is not None}
            for name, body in sections.items()
        }
        notes = [*self.comments, *(f"TO FILL IN: {gap}" for gap in self.gaps)]
        lines = [line for note in notes for line in note.splitlines()]
        comments = "".join(f"# {_printable(line)}\n" for line in lines)
        body = tomli_w.dumps({name: value for name, value in kept.items() if value})
        return comments + ("\n" if comments else "") + body


def _lookups(body: Mapping[str, Any], folder: Path | None) -> Lookups:
    named = {key: typed(body, key, str, None) for key in ("postcodes", "uprns")}
    return Lookups(
        **{k: (folder or Path()) / name for k, name in named.items() if name}
    )


def _shown(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _printable(line: str) -> str:
    """Return a comment without the control characters that TOML forbids."""
    return "".join(
        c if c.isprintable() or c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in line
    )
