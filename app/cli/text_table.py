"""Lays out tables for terminals and pipes: aligned columns where they fit, else two lines for each row.

A row is never cut and never folded inside a cell, so that ids and addresses can be copied and `grep` finds a row.
"""

from collections.abc import Sequence

from rich.cells import cell_len

GAP = "  "
INDENT = "    "


def format_table(titles: Sequence[str], rows: Sequence[Sequence[str]], width: int | None) -> list[str]:
    """Return the lines of a table at most `width` characters wide, as far as its cells allow; None is no limit.

    Where the columns do not fit beside each other, those that do not follow on a second, indented line, each with its
    title.
    """
    widths = [max(cell_len(cell) for cell in column) for column in zip(titles, *rows, strict=True)]
    n_beside = len(widths)
    while width is not None and n_beside > 1 and _total(widths[:n_beside]) > width:
        n_beside -= 1
    lines = [_align(titles[:n_beside], widths[:n_beside])] if any(titles) else []
    for row in rows:
        lines.append(_align(row[:n_beside], widths[:n_beside]))
        below = [f"{title} {cell}" for title, cell in zip(titles[n_beside:], row[n_beside:], strict=True) if cell]
        lines += _wrap(below, width)
    return lines


def _align(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True)]
    return GAP.join(padded).rstrip()


def _wrap(parts: Sequence[str], width: int | None) -> list[str]:
    """Return the parts on as few indented lines as they fit on, with commas between them."""
    lines: list[str] = []
    for part in parts:
        if lines and (width is None or cell_len(lines[-1]) + cell_len(part) + 2 <= width):
            lines[-1] += f", {part}"
        else:
            lines.append(INDENT + part)
    return lines


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)
