"""The page of the documentation that lists every question."""

from __future__ import annotations

from hotspots.core.options import Param
from hotspots.questions import QUESTIONS
from hotspots.questions.question import Question

HEAD = """# Questions: what can be asked of the incidents

Each question is a command, a page under *Questions* on the served map, and a Python
object (`hotspots.questions.QUESTIONS`); all three are made from one definition, and so
is this page (`python -m hotspots.questions.manual > docs/questions.md`). A wrong value
gives the same sentence everywhere.

Every command also takes `--profile`, `--harm`, `--category`, `--window`, `--area`,
`--today` and `--out` (a folder for the pictures); see `hotspots COMMAND --help`.
"""


def manual() -> str:
    """Return the page as Markdown."""
    return HEAD + "".join(_section(question) for question in QUESTIONS.values())


def _section(question: Question) -> str:
    areas = " --areas WARDS" if question.needs_areas else ""
    rows = "".join(_row(param) for param in question.options)
    options = (
        f"| option | default | what |\n|---|---|---|\n{rows}"
        if rows
        else "No options.\n"
    )
    return (
        f"\n## {question.title}\n`hotspots {question.name} FILES{areas}`: "
        f"{question.help}\n\n"
        f"* **Formula.** {question.formula}\n"
        f"* **When.** {question.when}\n"
        f"* **When not.** {question.when_not}\n"
        f"* **Source.** {question.source}\n"
        f"* [The method in full](methods/{question.document}.md)\n\n"
        f"{options}"
    )


def _row(param: Param) -> str:
    default = param.default
    if isinstance(default, tuple):
        default = ",".join(f"{value:g}" for value in default)
    shown = f"`{default}`" if default not in ("", None) else "none"
    choices = ", ".join(f"`{choice}`" for choice in param.choices)
    unit = f" In {param.unit}." if param.unit else ""
    what = f"{param.help}{unit}" + (f" One of {choices}." if choices else "")
    return f"| `--{param.name.replace('_', '-')}` | {shown} | {what} |\n"


if __name__ == "__main__":
    print(manual(), end="")
