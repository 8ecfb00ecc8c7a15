"""Draws a link as a QR code in the terminal, for phones that are pointed at it."""

import segno
from rich.console import Console
from rich.text import Text

QUIET_MODULES = 4
"""White space around the code, without which phones miss it (ISO/IEC 18004)."""

BLOCKS = {(False, False): " ", (True, False): "\N{UPPER HALF BLOCK}", (False, True): "\N{LOWER HALF BLOCK}"}
BLOCKS[(True, True)] = "\N{FULL BLOCK}"
"""The character for two modules, one above the other; true is dark. Windows' old code pages have these too."""

COLOURS = "#000000 on #ffffff"
"""Dark on white, whatever the terminal's own colours are: not every phone reads a code with light modules."""


def draw_rows(link: str) -> list[str]:
    """Return the rows of a link's code, two modules in each character; all rows have the same width."""
    code = segno.make(link, error="l", micro=False)
    modules = [[bool(module) for module in row] for row in code.matrix_iter(border=QUIET_MODULES)]
    modules.append([False] * len(modules))  # an odd number of rows needs one more
    pairs = zip(modules[::2], modules[1::2], strict=False)
    return ["".join(BLOCKS[pair] for pair in zip(*rows, strict=True)) for rows in pairs]


def print_code(console: Console, link: str) -> bool:
    """Print a link's code where the terminal can show it, and return whether it did.

    It needs a terminal that is wide enough, has colours, and knows the characters; a file or a log gets no code.
    """
    if not console.is_terminal or console.color_system is None or console.no_color:
        return False
    rows = draw_rows(link)
    if len(rows[0]) > console.width or not _can_encode(console.encoding):
        return False
    for row in rows:
        console.print(Text(row, style=COLOURS), no_wrap=True)
    return True


def _can_encode(encoding: str) -> bool:
    try:
        "".join(BLOCKS.values()).encode(encoding)
    except (LookupError, UnicodeEncodeError):
        return False
    return True
