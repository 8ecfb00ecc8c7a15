"""Writes phrases as rows of JSON or CSV; pure."""

import csv
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from io import StringIO

from app.captions.event import Event

# what a spreadsheet reads as a formula, also behind characters that it does not see (OWASP, CSV Injection), and the
# same after single quotes, so that a reader can remove exactly the quote that was added
_UNSEEN = r"\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
FORMULA = re.compile(rf"'*(?:[\t\r\n]|[{_UNSEEN}]*[=+\-@＝＋－＠﹦﹢﹣﹫])")
"""Matches a cell that gets a single quote in front."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One phrase."""

    start_s: float
    """Seconds on the room's audio clock, to the millisecond."""
    end_s: float
    language: str
    speaker: str | None
    """None without a name."""
    text: str
    doubtful: tuple[int, ...] = ()
    """Numbers of the words that the model was not sure of, as `Event.doubtful`; only in JSON."""


COLUMNS = ("start_s", "end_s", "language", "speaker", "text")
"""The columns of CSV."""


def build_row(event: Event) -> TableRow:
    """Return the row of a phrase."""
    return TableRow(
        round(event.start_s, 3),
        round(event.end_s, 3),
        event.language,
        event.speaker or None,
        event.committed,
        event.doubtful,
    )


def write_json(rows: Iterable[TableRow]) -> str:
    """Return rows as a JSON list, one object per line."""
    return "[\n" + ",\n".join(json.dumps(asdict(row), ensure_ascii=False) for row in rows) + "\n]\n"


def write_csv(rows: Iterable[TableRow]) -> str:
    """Return rows as CSV (RFC 4180) below a header, after a byte order mark, by which Excel recognises UTF-8.

    A cell that a spreadsheet would read as a formula, such as `=1+1`, gets a single quote in front; so does a cell that
    already begins with a quote and a formula.
    """
    file = StringIO(newline="")
    file.write("\N{BYTE ORDER MARK}")
    table = csv.writer(file)
    table.writerow(COLUMNS)
    for row in rows:
        times = (f"{row.start_s:.3f}", f"{row.end_s:.3f}")
        table.writerow([*times, *(_quote(cell) for cell in (row.language, row.speaker or "", row.text))])
    return file.getvalue()


def _quote(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) else cell
