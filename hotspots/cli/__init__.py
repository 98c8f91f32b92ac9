"""The command line: commands only translate, call one function and show the result."""

from __future__ import annotations

import re
import signal
import sys

import typer

from hotspots.cli import screen
from hotspots.cli.listing import EveryCommand
from hotspots.core.errors import HotspotsError, OutputError, SourceError
from hotspots.core.unforeseen import StoppedError, record_unforeseen

__all__ = ["app", "main"]

OLD_SPELLINGS = {"harm-table": "harm", "only": "category", "lens": "weighting"}
"""Options as they were called before; still accepted, and not in any help."""

_FULL = re.compile("no space left|disk is full|file too large|disk quota", re.I)
"""What a system, or a library of any kind, says of a full disk."""

app = typer.Typer(
    cls=EveryCommand,
    context_settings={"token_normalize_func": lambda n: OLD_SPELLINGS.get(n, n)},
    help="From incident files to hotspots, a map and patrol areas.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # square brackets are square brackets
)
app.callback()(lambda: None)  # a group, whose commands are loaded when asked for


def main() -> None:
    """Run the command line; an error is one clear message.

    Exit status 2 is an error of what was given, 1 one of the software, 130 a stop.
    """
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        screen.patient().run(app)
    except HotspotsError as error:
        screen.show_error(error)
        sys.exit(2)
    except StoppedError:
        screen.warn("\nStopped. Nothing was written.")
        sys.exit(130)
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:  # also what a library's own engine throws
        if isinstance(error, OSError) and error.filename:  # too long, closed, gone
            screen.show_error(_of_system(error))
            sys.exit(2)
        if _FULL.search(str(error)):
            screen.show_error(_of_disk(error))
            sys.exit(2)
        screen.warn(record_unforeseen(error))
        sys.exit(1)


def _of_system(error: OSError) -> SourceError:
    name = str(error.filename or "the file")
    shown = name if len(name) < 100 else f"{name[:100]}..."
    return SourceError(
        f"{shown} must be there and open to this program; "
        f"{(error.strerror or str(error)).lower()}. Check the path and who may use it."
    )


def _of_disk(error: BaseException) -> OutputError:
    said = str(error).splitlines()[0][:100]
    return OutputError(
        f"there must be room on the disk for what is written; {said}. What was kept "
        "before is as it was. Make room and run again."
    )


def _stop(_signal: int, _frame: object) -> None:
    raise StoppedError
