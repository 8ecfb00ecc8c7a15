"""`python -m app` is `surtitle`."""

from app.cli.main import main

main()
