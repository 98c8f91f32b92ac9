"""Which commands there are, said without loading any: each loads when it is run."""

from __future__ import annotations

import importlib
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter

FILES, QUESTIONS = "hotspots.cli.files", "hotspots.cli.questions"
BRIEF = "hotspots.cli.brief"
COMMANDS: dict[str, tuple[str, str]] = {
    "analyse": (
        FILES,
        "Find hotspots: incident files and area polygons in, every output out.",
    ),
    "serve": (
        "hotspots.cli.serve",
        "Show the interactive map on this computer only (127.0.0.1), or serve a site.",
    ),
    "suggest": ("hotspots.cli.suggest", "Suggest where to act, with every reason."),
    "brief": (
        BRIEF,
        "Make the brief of a period, schedule and send it, see that it ran.",
    ),
    "transparency": (
        "hotspots.cli.transparency",
        "Fill in the transparency record, the DPIA evidence and the equality note.",
    ),
    "profile": (
        FILES,
        "Propose a column mapping for a file and write it as TOML, to be checked.",
    ),
    "sample": (
        FILES,
        "Write the simulated market town: incidents, premises, streets and areas.",
    ),
    "basemap": (FILES, "Make the base map: streets, water, green spaces and names."),
    "lake": (
        "hotspots.cli.lake",
        "Keep a lake: incident files of many months, added once, analysed often.",
    ),
    "version": (FILES, "Print the version."),
}
"""Name of a command to the module that has it in ``COMMANDS``, and its help."""

SITE = {
    "site": "Make and keep a site.",
    "import": "Import files of incidents into a site: whole or not at all.",
    "user": "Who may sign in.",
    "token": "Access tokens for programs.",
    "agency": "The partner agencies.",
    "audit": "The audit log.",
    "backup": "Back up a whole site, keys included, while it is in use.",
    "restore": "Make a site from a backup, into a new folder.",
}
"""The commands of a site, which several people share."""

_WORDS = Path(__file__).parents[1] / "questions" / "questions.toml"
ASKED: dict[str, str] = {
    name: said["help"]
    for name, said in tomllib.loads(_WORDS.read_text("utf-8")).items()
}
"""The questions' commands."""

OLD = {
    "brief-schedule": (BRIEF, "schedule"),
    "brief-send": (BRIEF, "send"),
    "brief-status": (BRIEF, "status"),
}
"""Commands as they were called before: still there, and not listed."""


class LazyGroup(TyperGroup):
    """A group that lists its commands without loading them."""

    sections: ClassVar[dict[str, dict[str, str]]] = {}
    """Title of a part of the list to names and their help."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        listed = {name: None for rows in self.sections.values() for name in rows}
        self.commands = cast("dict[str, Command]", listed)

    def load(self, name: str) -> Any:
        """Return a function or a group of commands by name, or None."""
        del name

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Load the command of a name, if there is one."""
        if self.commands.get(cmd_name) is None:
            made = self.load(cmd_name)
            if made is None:
                return None
            if not isinstance(made, typer.Typer):
                made = as_typer(cmd_name, made)
            self.commands[cmd_name] = typer.main.get_command(made)
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write what there is, part by part."""
        del ctx
        for title, rows in self.sections.items():
            with formatter.section(title):
                formatter.write_dl(list(rows.items()))


def group(help: str, *, kind: type[TyperGroup] = TyperGroup) -> typer.Typer:
    """Return a group of commands that lists them when none is given."""
    return typer.Typer(
        cls=kind,
        help=help,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
    )


class EveryCommand(LazyGroup):
    """The commands of :data:`COMMANDS`, :data:`ASKED` and :data:`OLD`."""

    sections: ClassVar[dict[str, dict[str, str]]] = {
        "Commands": {name: said for name, (_, said) in COMMANDS.items()},
        "Questions": ASKED,
        "A site for several people": SITE,
    }

    def load(self, name: str) -> Any:
        """Import the module that has the command."""
        module, inner = OLD.get(name, ("", name))
        if name in COMMANDS:
            module = COMMANDS[name][0]
        elif name in ASKED:
            module = QUESTIONS
        elif name in SITE:
            module = "hotspots.cli.site"
        return importlib.import_module(module).COMMANDS[inner] if module else None


def as_typer(name: str, function: Any) -> typer.Typer:
    """Return one function as a command line of its own."""
    made = typer.Typer(add_completion=False, rich_markup_mode=None)
    made.command(name=name, help=getattr(function, "help", None))(function)
    return made
