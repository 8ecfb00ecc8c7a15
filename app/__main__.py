"""Runs the command line: `python -m app` is the same as `surtitle`."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C while its modules are loaded ends it quietly, as it does later."""
    try:
        from app.cli.main import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
