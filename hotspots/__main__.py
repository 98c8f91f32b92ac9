"""``python -m hotspots``, and the command ``hotspots``: a process of its own."""


def main() -> None:
    """Run the command line; work may be done beside it."""
    from hotspots.cli import main as run  # not where a second process looks for names
    from hotspots.core import beside

    beside.allow()
    try:
        run()
    finally:
        beside.end()


if __name__ == "__main__":
    main()
