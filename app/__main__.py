"""Runs the command line: `python -m app` is the same as `surtitle`."""

from app.cli.main import main

main()
