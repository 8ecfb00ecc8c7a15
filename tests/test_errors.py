"""Tests for app.errors."""

from app import errors
from app.errors import DecodeError, SourceError, SurtitleError, first_error


def subclasses(kind: type[SurtitleError]) -> list[type[SurtitleError]]:
    """Return a class and all its subclasses of the program."""
    return [kind, *(found for child in kind.__subclasses__() for found in subclasses(child))]


def test_each_error_has_its_own_code() -> None:
    """A program that reads a code knows which error it is."""
    codes = [kind.code for kind in subclasses(SurtitleError) if kind.__module__ == errors.__name__]
    assert len(set(codes)) == len(codes)


def test_the_docstring_draws_the_tree() -> None:
    """Each error is in the drawing, one level deeper than its base."""
    drawing = (errors.__doc__ or "").splitlines()
    depths = {line.strip("│├└─ ").split()[0]: line.index("─ ") for line in drawing if "── " in line}
    depths["SurtitleError"] = 2
    for kind in subclasses(SurtitleError):
        if kind.__module__ == errors.__name__:
            for child in kind.__subclasses__():
                if child.__module__ != errors.__name__:  # a module's own kind of an error
                    continue
                assert depths[child.__name__] == depths[kind.__name__] + 4, child


def test_first_error_looks_into_groups() -> None:
    """The first single error is found at any depth."""
    first = SourceError("The stream stopped.")
    group = ExceptionGroup("tasks", [ExceptionGroup("inner", [first]), DecodeError("The batch failed.")])
    assert first_error(group) is first
