"""Tests for app.setting_errors."""

from typing import Any

import pytest

from app import setting_errors


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ({"type": "greater_than", "input": 0, "ctx": {"gt": 0}}, "Expected more than 0 for --days, but got 0."),
        ({"type": "bool_parsing", "input": "perhaps"}, "Expected true or false for --days, but got 'perhaps'."),
        ({"type": "missing", "input": {}}, "Expected a value for --days, but got none."),
        (
            {"type": "string_too_long", "input": "x" * 300, "ctx": {"max_length": 280}},
            "Expected at most 280 characters for --days, but got 300.",
        ),
        (
            {"type": "too_long", "input": [], "ctx": {"max_length": 8, "actual_length": 9}},
            "Expected at most 8 values for --days, but got 9.",
        ),
        ({"type": "another_kind", "input": "x"}, "Expected another value for --days, but got 'x'."),
    ],
)
def test_an_error_of_pydantic_is_a_plain_sentence(error: dict[str, Any], sentence: str) -> None:
    """The sentence has none of pydantic's words."""
    assert setting_errors.describe(error, "--days") == sentence
