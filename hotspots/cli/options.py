"""What several commands ask for, in the same words."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from hotspots.core.errors import ParameterError
from hotspots.core.options import Param
from hotspots.core.window import check_year

if TYPE_CHECKING:
    from hotspots.lake.cluster import Cluster


def a_file(name: str, help: str) -> Any:
    """Return an option that names a file."""
    return typer.Option(name, help=help, metavar="FILE")


def a_folder(name: str, help: str) -> Any:
    """Return an option that names a folder."""
    return typer.Option(name, help=help, metavar="FOLDER")


def a_day(name: str, help: str) -> Any:
    """Return an option that names a day."""
    return typer.Option(name, help=help, formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")


_POLYGONS = typer.Option(
    "--areas",
    help="Polygons, PATH or KIND=PATH; may be given again.",
    metavar="[KIND=]PATH",
)
_INCIDENTS = typer.Argument(
    help="Incident files, folders or zip archives.", show_default=False, metavar="FILES"
)
WINDOW = "FROM:TO (months or days, both included) or 'all'."

Files = Annotated[list[Path], _INCIDENTS]
AreaFiles = Annotated[list[str], _POLYGONS]
ActionsFile = Annotated[Path | None, a_file("--actions", "What was decided (CSV).")]
BriefsFolder = Annotated[
    Path | None, a_folder("--briefs", "Folder of the weekly briefs; shows their runs.")
]
BuildingsFile = Annotated[
    Path | None, a_file("--buildings", "Building footprints (polygons).")
]
CamerasFile = Annotated[Path | None, a_file("--cameras", "Fixed cameras (CSV).")]
ColumnsFile = Annotated[
    Path | None, a_file("--columns", "Lamp columns or posts (CSV).")
]
DeliveriesFile = Annotated[
    Path | None, a_file("--deliveries", "Burglary packs delivered (CSV).")
]
DeploymentsFile = Annotated[
    Path | None, a_file("--deployments", "What was deployed (CSV).")
]
ExtraFormat = Annotated[
    str | None,
    typer.Option(
        "--format",
        help="'esri' writes Shapefiles too: National Grid, names of ten characters.",
        metavar="FORMAT",
    ),
]
HarmFile = Annotated[
    Path | None, a_file("--harm", "Your own table of harm weights (CSV).")
]
PremisesFile = Annotated[
    Path | None, a_file("--premises", "Premises of the district (CSV).")
]
ProfileFile = Annotated[Path | None, a_file("--profile", "Column mapping (TOML).")]
SlotsFile = Annotated[
    Path | None, a_file("--slots", "Youth sessions of last quarter (CSV).")
]
StreetsFile = Annotated[
    Path | None, a_file("--streets", "Walking network (.osm.pbf, .graphml, GeoJSON).")
]
GroundFile = Annotated[
    Path | None,
    a_file(
        "--ground",
        "Water, parks and railways to draw on maps (.osm.pbf, .gpkg, GeoJSON).",
    ),
]
Engine = Annotated[
    str | None,
    typer.Option(
        "--engine", help="'dask' spreads the work over workers.", metavar="NAME"
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        help="Address of a running Dask scheduler: tcp://HOST:8786.",
        metavar="ADDRESS",
    ),
]
Workers = Annotated[
    int,
    typer.Option(
        "--workers", help="How many workers to start where no scheduler runs."
    ),
]
OptionalFiles = Annotated[list[Path] | None, _INCIDENTS]
OptionalAreaFiles = Annotated[list[str] | None, _POLYGONS]
Agreement = Annotated[
    str, typer.Option("--agreement", help="Reference of the sharing agreement.")
]
AreaCode = Annotated[
    str | None,
    typer.Option("--area", help="Only the area with this code.", metavar="CODE"),
]
Categories = Annotated[
    list[str] | None,
    typer.Option(
        "--category", help="Only this category; may be given again.", metavar="NAME"
    ),
]
Today = Annotated[
    dt.datetime | None, a_day("--today", "Refuse rows dated after this day.")
]
WindowText = Annotated[
    str | None, typer.Option("--window", help=WINDOW, metavar="FROM:TO")
]
UsualWindow = Annotated[
    str | None,
    typer.Option(
        "--window",
        help=f"{WINDOW}  [default: the last 24 months of the files]",
        metavar="FROM:TO",
    ),
]


LeaveOut = Annotated[
    str | None,
    typer.Option(
        "--leave-out",
        help="Streets or places that count nothing and get no plan, such as 'General "
        "Hospital; Prison Lane'.",
        metavar="NAMES",
    ),
]
WithInstitutions = Annotated[
    bool,
    typer.Option(
        "--with-institutions",
        help="Count prisons, hospitals, police stations and courts too.",
    ),
]
InstitutionsFile = Annotated[
    Path | None,
    a_file(
        "--institutions",
        "Where they are (.osm.pbf, or a GIS file of sites); default --streets.",
    ),
]

PostcodesFile = Annotated[
    Path | None,
    a_file(
        "--postcodes", "Where postcodes are (Code-Point Open, ONS Postcode Directory)."
    ),
]
SurveyFile = Annotated[
    Path | None,
    a_file(
        "--survey", "What residents named as a concern: area, concern, asked, said."
    ),
]
UprnsFile = Annotated[Path | None, a_file("--uprns", "Where UPRNs are (OS Open UPRN).")]

RESOURCES: dict[str, Any] = {
    "columns": ColumnsFile,
    "cameras": CamerasFile,
    "buildings": BuildingsFile,
    "premises": PremisesFile,
    "streets": StreetsFile,
    "ground": GroundFile,
    "slots": SlotsFile,
    "deliveries": DeliveriesFile,
}
"""Files beside the incidents that plans and maps are made with."""

READING: dict[str, Any] = {
    "profile": ProfileFile,
    "postcodes": PostcodesFile,
    "uprns": UprnsFile,
    "harm": HarmFile,
    "leave_out": LeaveOut,
    "with_institutions": WithInstitutions,
    "institutions": InstitutionsFile,
    "today": Today,
}
"""What every command that counts takes, to say how files are read."""

SPREADING: dict[str, Any] = {
    "engine": Engine,
    "scheduler": Scheduler,
    "workers": Annotated[
        int | None,
        typer.Option(help="Workers of its own, without a scheduler.", show_default="2"),
    ],
}
"""What a command takes whose work can be spread over workers."""


def _year_checked(moment: dt.datetime | None) -> dt.date | None:
    if moment is not None:
        check_year(moment.date())
    return moment and moment.date()


@dataclass(frozen=True, kw_only=True)
class How:
    """How the files of a command are read: :data:`READING`, as given."""

    profile: Path | None = None
    postcodes: Path | None = None
    uprns: Path | None = None
    harm: Path | None = None
    leave_out: str | None = None
    with_institutions: bool = False
    institutions: Path | None = None
    today: dt.datetime | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> How:
        """Take them from everything that a command was given."""
        found = {name: given[name] for name in READING if name in given}
        if not found.get("institutions"):
            found["institutions"] = given.get("streets")
        return cls(**found)

    @property
    def paths(self) -> tuple[Path | None, ...]:
        """The files among them."""
        places = self.postcodes, self.uprns
        return self.profile, self.harm, self.institutions, *places

    def settings(self) -> dict[str, Any]:
        """Return them as :func:`hotspots.workflow.load` takes them."""
        from hotspots.intake.gazetteer import Lookups
        from hotspots.resources.institutions import apart_of

        return {
            "profile": self.profile,
            "lookups": Lookups(postcodes=self.postcodes, uprns=self.uprns),
            "harm": self.harm,
            "today": _year_checked(self.today),
            "apart": apart_of(
                self.leave_out or "",
                institutions=not self.with_institutions,
                file=self.institutions,
            ),
        }


def reads(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command that takes ``how``, ``resources`` or both the options for it."""
    own = inspect.signature(function, eval_str=True).parameters
    offered = {"how": READING, "resources": RESOURCES}
    parts = [options for name, options in offered.items() if name in own]
    shared = {name: each for part in parts for name, each in part.items()}
    shared = {name: each for name, each in shared.items() if name not in own}

    @wraps(function)
    def command(**given: Any) -> None:
        kept = {name: value for name, value in given.items() if name not in shared}
        if "how" in own:
            begin_parser()
            kept["how"] = How.of(given)
        if "resources" in own:
            kept["resources"] = {n: given[n] for n in RESOURCES if given[n] is not None}
        function(**kept)

    options = [each for name, each in own.items() if name not in offered]
    options = [
        each.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for each in (*options, *shared_options(shared))
    ]
    del command.__wrapped__
    return with_options(command, options, help=function.__doc__ or "")


def begin_parser() -> None:
    """Begin the process that reads areas: it loads its libraries while we load ours."""
    from hotspots.intake.apart import begin

    begin("hotspots.intake.geoparse", "pyogrio")


def option_of(param: Param) -> inspect.Parameter:
    """Return one option of a method as the command line takes it: text, or nothing."""
    kind = Annotated[
        str | None,
        typer.Option(
            f"--{param.name.replace('_', '-')}",
            help=_help(param),
            metavar={int: "NUMBER", float: "NUMBER", bool: "YES|NO"}.get(
                param.kind, "TEXT"
            ),
        ),
    ]
    return inspect.Parameter(
        param.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind
    )


def _help(param: Param) -> str:
    unit = f" In {param.unit}." if param.unit not in (None, "o'clock") else ""
    listed = ", ".join(str(choice) for choice in param.choices)
    shown = param.default
    if isinstance(shown, tuple):
        shown = ",".join(f"{value:g}" for value in shown)
    usual = f"  [default: {shown}]" if shown not in ("", None) else ""
    return f"{param.help}{unit}" + (f" One of: {listed}." if listed else "") + usual


def shared_options(annotations: Mapping[str, Any]) -> list[inspect.Parameter]:
    """Return options by name; one that may be left out is None, a switch off."""
    return [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=each,
            default=_default(each),
        )
        for name, each in annotations.items()
    ]


def _default(annotation: Any) -> Any:
    kind = get_args(annotation)[0]
    if kind is bool:
        return False
    return None if type(None) in get_args(kind) else inspect.Parameter.empty


def with_options(
    function: Callable[..., None], options: Sequence[inspect.Parameter], *, help: str
) -> Callable[..., None]:
    """Return a function of any keywords as typer takes it: with these options."""
    function.help = help  # type: ignore[attr-defined]
    function.__signature__ = inspect.Signature(options)  # type: ignore[attr-defined]
    function.__annotations__ = {each.name: each.annotation for each in options}
    return function


def is_esri(extra: str | None) -> bool:
    """Say whether Shapefiles are asked for.

    Raises ParameterError if another format is.
    """
    if extra is None:
        return False
    if extra.lower() != "esri":
        raise ParameterError(
            f"--format must be esri; got {extra!r}. All other formats are written "
            "anyway."
        )
    return True


def cluster_of(
    engine: str | None, scheduler: str | None, workers: int
) -> Cluster | None:
    """Return the workers that were asked for, or None.

    Raises ParameterError if the engine is none, there is no worker, or the package is
    missing.
    """
    if engine is None and scheduler is None:
        return None
    if engine not in ("dask", None):
        raise ParameterError(
            f"--engine must be dask, which spreads the work over workers; got "
            f"{engine!r}."
        )
    from hotspots.lake.cluster import Cluster

    return Cluster(scheduler=scheduler, workers=workers)
