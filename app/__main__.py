"""`python -m app` is `surtitle`."""

from app.cli import main

main()
