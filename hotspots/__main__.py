"""``python -m hotspots``, and the command ``hotspots``: a process of its own."""

from hotspots.cli import main as run
from hotspots.core import beside


def main() -> None:
    """Run the command line; work may be done beside it."""
    beside.allow()
    try:
        run()
    finally:
        beside.end()


if __name__ == "__main__":
    main()
