"""Every error raised on purpose.

::

    HotspotsError
    ├── ParameterError (ValueError)   a method or option has an impossible value
    ├── CrsError (ValueError)         not in metres, or of an unknown system
    ├── SourceError (ValueError)      a file cannot be used at all
    │   ├── EmptyFileError            nothing in it, or a header and no rows
    │   ├── ColumnError               a column that must be there is not
    │   ├── ProfileError              a column-mapping profile is wrong
    │   │   └── NotIncidentsError     a file of something else than incidents
    │   └── NoUsableRowsError         every row was refused
    ├── AreaError (ValueError)        polygons that cannot bound an analysis
    ├── PrecisionError (ValueError)   the data are too coarse for the question
    ├── TooFewError (ValueError)      too few incidents for the method
    ├── SuggestionError (ValueError)  a suggestion lacks one of its reasons
    ├── PlanError (ValueError)        no plan can meet what was asked for
    ├── OutputError                   outputs cannot be written
    ├── StoreError                    the database of a site cannot be used
    ├── NotFoundError (LookupError)   nothing there that this actor may know of
    ├── RightsError (PermissionError) this actor may not do that
    │   └── StepUpError               not before proving again who they are
    ├── StaleError                    somebody else changed it since it was read
    └── ConflictError (ValueError)    it contradicts what is recorded

A message says three things: what must hold, what was there, what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class HotspotsError(Exception):
    """Base of every error that this package raises on purpose."""


class ParameterError(HotspotsError, ValueError):
    """A method or an option has an impossible value."""


class CrsError(HotspotsError, ValueError):
    """Coordinates are in degrees where metres are needed, or of unknown system."""


class SourceError(HotspotsError, ValueError):
    """A file cannot be used at all."""


class EmptyFileError(SourceError):
    """A file has no bytes, or a header and no rows."""


class ColumnError(SourceError):
    """A column that must be there is not.

    ``column``: the name that was looked for.
    ``file``: the file it was looked for in.
    ``columns``: the names that are there.
    """

    def __init__(self, column: str, file: str, columns: Iterable[str]) -> None:
        there = list(columns)
        shown = ", ".join(there) if there else "none"
        super().__init__(
            f"column '{column}' is not in {file}. Columns: {shown}."
            f"{did_you_mean(column, there)}"
        )
        self.column = column
        self.file = file


class ProfileError(SourceError):
    """A column-mapping profile is wrong."""


class NotIncidentsError(ProfileError):
    """A file holds something else than incidents."""


class NoUsableRowsError(SourceError):
    """Every row of the input was refused."""


class AreaError(HotspotsError, ValueError):
    """Polygons cannot bound an analysis."""


class PrecisionError(HotspotsError, ValueError):
    """The data are too coarse in place or time for the question asked."""


class TooFewError(HotspotsError, ValueError):
    """There are too few incidents for the method."""


class SuggestionError(HotspotsError, ValueError):
    """A suggestion lacks one of the reasons that it must carry."""


class PlanError(HotspotsError, ValueError):
    """No plan can meet what was asked for: a constraint cannot be met."""


class OutputError(HotspotsError):
    """Outputs cannot be written."""


class StoreError(HotspotsError):
    """The database of a site cannot be used."""


class NotFoundError(HotspotsError, LookupError):
    """Nothing of that name is there, or nothing that this actor may know of."""


class RightsError(HotspotsError, PermissionError):
    """The one who asks may not do that."""


class StepUpError(RightsError):
    """The one who asks must first prove again who they are."""


class StaleError(HotspotsError):
    """Somebody else changed it since it was read."""


class ConflictError(HotspotsError, ValueError):
    """What is asked contradicts what is recorded."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint naming the nearest known name, or an empty string.

    Examples
    --------
    >>> did_you_mean("lonn", ["lon", "lat"])
    " Did you mean 'lon'?"
    """
    by_lower = {candidate.lower(): candidate for candidate in known}
    close = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return f" Did you mean '{by_lower[close[0]]}'?" if close else ""
