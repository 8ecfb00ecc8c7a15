"""Sentences for values that pydantic rejects: what was expected, where, and what came, without pydantic's own words."""

from collections.abc import Mapping, Sequence
from typing import Any

from app import choices

WHERE = "{where}"
"""Stands in a validator's sentence for the option or variable, which only `config.read` knows."""

KINDS = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "float_parsing": "a number",
    "float_type": "a number",
    "finite_number": "a number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number",
    "int_type": "a whole number",
    "path_type": "a path",
    "string_type": "a text",
}
"""What is expected, by pydantic's type of the error."""

LIMITS = {
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than": "less than {lt:g}",
    "less_than_equal": "at most {le:g}",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "too_long": "at most {max_length} of them",
}
"""... for limits, with the limit."""


def describe(error: Mapping[str, Any], where: str, *, expected: str = "", names: Sequence[str] = ()) -> str:
    """Return the sentences for one entry of `ValidationError.errors()`.

    `where` names the option or variable, `expected` says what a text with a pattern must be, `names` are the values of
    a setting that has only some.
    """
    kind, got = str(error["type"]), error["input"]
    if kind == "literal_error" and names:
        return choices.expect_one_of(names, where, got)
    if kind == "missing":
        return f"Expected a value for {where}, but got none."
    limits = {name: limit for name, limit in error.get("ctx", {}).items() if name != "error"}
    if kind in LIMITS and not expected:
        if kind == "string_too_long":
            return f"Expected at most {limits['max_length']} characters for {where}, but got {len(str(got))}."
        if kind == "too_long":
            return f"Expected at most {limits['max_length']} values for {where}, but got {limits['actual_length']}."
        return choices.expect(LIMITS[kind].format(**limits), where, got)
    return choices.expect(expected or KINDS.get(kind, "another value"), where, got)
