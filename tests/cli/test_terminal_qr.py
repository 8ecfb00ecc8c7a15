"""The QR code in the terminal, read by a real decoder."""

import io
import re

import pytest
from rich.console import Console

from app.cli.terminal_qr import draw_rows, print_code
from tests.support.qr_codes import read_rows

LINK = "http://192.168.178.123:8000/v/main#56R2p3muKEcnWbU9kcjS1SR5G0uKZA0U"


def test_a_phone_reads_the_code() -> None:
    """A decoder finds the link in the printed blocks, which are dark on white in every terminal."""
    said = io.StringIO()
    assert print_code(Console(file=said, force_terminal=True, color_system="truecolor", width=80), LINK)
    lines = said.getvalue().splitlines()
    assert all(line.startswith("\x1b[38;2;0;0;0;48;2;255;255;255m") for line in lines)
    rows = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
    assert (read_rows(rows), len(rows) < 24, len(rows[0]) < 80) == (LINK, True, True)


@pytest.mark.parametrize(
    ("options", "is_drawn"),
    [
        ({"force_terminal": True, "color_system": "standard", "width": 80}, True),
        ({"force_terminal": True, "color_system": "standard", "width": 40}, False),
        ({"force_terminal": True, "color_system": None, "width": 80}, False),
        ({"force_terminal": True, "color_system": "standard", "width": 80, "no_color": True}, False),
        ({"force_terminal": False, "width": 80}, False),
    ],
    ids=["terminal", "too narrow", "no colours", "NO_COLOR", "a file"],
)
def test_a_code_that_cannot_be_shown_is_left_out(options: dict[str, object], is_drawn: bool) -> None:
    """A code is drawn on a terminal that is wide enough and has colours, and nothing otherwise."""
    said = io.StringIO()
    assert print_code(Console(file=said, **options), LINK) is is_drawn  # type: ignore[arg-type]  # mixed keywords
    assert bool(said.getvalue()) is is_drawn


@pytest.mark.parametrize(
    ("encoding", "is_drawn"), [("cp437", True), ("cp850", True), ("utf-8", True), ("latin-1", False)]
)
def test_the_terminal_must_know_the_blocks(encoding: str, is_drawn: bool) -> None:
    """The code pages of Windows' consoles know the half blocks; a terminal that does not gets no code."""
    console = Console(
        file=io.TextIOWrapper(io.BytesIO(), encoding=encoding), force_terminal=True, color_system="standard", width=80
    )
    assert print_code(console, LINK) is is_drawn


def test_all_rows_are_as_wide() -> None:
    """Codes of every size are rectangles with a white border."""
    for n_chars in (1, 40, 90):
        rows = draw_rows("x" * n_chars)
        assert len({len(row) for row in rows}) == 1
        assert set(rows[0]) == {" "}
