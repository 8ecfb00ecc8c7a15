"""Finds the programs that tests run; a missing one skips the test, or fails it in CI."""

import os
import shutil

import pytest


def require_program(name: str) -> str:
    """Return the program's path; where it is missing the test skips, or fails if the environment says CI=true."""
    path = shutil.which(name)
    if path is None:
        sentence = f"The program {name} is not installed; `make setup-tests` installs it."
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return path
