"""What many tests share."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def require_program(name: str) -> str:
    """Return the program's path; where it is missing the test skips, or fails if the environment says CI=true."""
    path = shutil.which(name)
    if path is None:
        sentence = f"The program {name} is needed here but is not installed; `make setup-tests` installs it."
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return path


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the checkout's top folder."""
    return ROOT
