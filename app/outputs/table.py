"""Phrases as rows: all that JSON and CSV keep of them, as text and back; pure."""

import csv
import json
import re
import reprlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from io import StringIO

from app.captions.event import Event
from app.errors import SettingsError

# what a spreadsheet takes for a formula, also behind what it does not see (OWASP, CSV Injection), and the same with
# single quotes before it, so that the one that is added can be told from those that were said
_UNSEEN = r"\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_FORMULA = re.compile(rf"'*(?:[\t\r\n]|[{_UNSEEN}]*[=+\-@＝＋－＠﹦﹢﹣﹫])")
_SECONDS = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One phrase."""

    start_s: float
    """Seconds on the room's audio clock, to the millisecond."""
    end_s: float
    language: str
    speaker: str | None
    """None where nobody is named."""
    text: str


_NAMES = [field.name for field in fields(TableRow)]


def row(event: Event) -> TableRow:
    """Return the row of a phrase."""
    return TableRow(
        round(event.start_s, 3), round(event.end_s, 3), event.language, event.speaker or None, event.committed
    )


def write_json(rows: Iterable[TableRow]) -> str:
    """Return rows as a JSON list, one object a line."""
    return "[\n" + ",\n".join(json.dumps(asdict(each), ensure_ascii=False) for each in rows) + "\n]\n"


def read_json(text: str) -> list[TableRow]:
    """Return what `write_json` was given; other fields are left out.

    Raises:
        SettingsError: It is no JSON, or not a list of such objects; the sentence says where.
    """
    try:
        found = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as exc:
        raise SettingsError(f"Expected JSON, but line {exc.lineno} is none: {exc.msg}. Mend that line.") from exc
    except (ValueError, RecursionError) as exc:
        raise SettingsError(f"Expected JSON as Surtitle writes it, but got what cannot be read: {exc}.") from exc
    if not isinstance(found, list):
        raise SettingsError(f"Expected a JSON list of phrases, but got {_short(found)}. Put them into [ ].")
    return [_read_object(each, number) for number, each in enumerate(found, start=1)]


def write_csv(rows: Iterable[TableRow]) -> str:
    """Return rows as CSV (RFC 4180) below a header.

    A cell that a spreadsheet would take for a formula, as `=1+1`, begins with a single quote; so does one that begins
    with such a quote and a formula already.
    """
    file = StringIO(newline="")
    table = csv.writer(file)
    table.writerow(_NAMES)
    for each in rows:
        times = (f"{each.start_s:.3f}", f"{each.end_s:.3f}")
        table.writerow([*times, *(_quote(cell) for cell in (each.language, each.speaker or "", each.text))])
    return file.getvalue()


def read_csv(text: str) -> list[TableRow]:
    """Return what `write_csv` was given.

    Raises:
        SettingsError: The header or a row is not as it should be; the sentence says in which line.
    """
    table = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    found: list[TableRow] = []
    try:
        if (header := next(table, [])) != _NAMES:
            raise SettingsError(
                f"Expected the header {','.join(_NAMES)} in line 1 of the file, but got {_short(','.join(header))}. "
                "Export it with commas, in UTF-8."
            )
        found += [_read_cells(cells, table.line_num) for cells in table if cells]
    except csv.Error as exc:
        raise SettingsError(f"Expected CSV, but line {table.line_num} is none: {exc}. Mend that line.") from exc
    return found


def _read_object(found: object, number: int) -> TableRow:
    where = f"in phrase {number} of the file"
    if not isinstance(found, dict):
        raise SettingsError(f"Expected an object with {', '.join(_NAMES)} {where}, but got {_short(found)}. Mend it.")
    times: list[float] = []
    for name in ("start_s", "end_s"):
        at_s = found.get(name)
        # a whole number may be longer than any float
        if isinstance(at_s, bool) or not isinstance(at_s, int | float) or not abs(at_s) < 1e15:
            raise SettingsError(f"Expected seconds as {name} {where}, but got {_short(at_s)}. Mend it.")
        times.append(round(float(at_s), 3))
    language, speaker, said = found.get("language"), found.get("speaker"), found.get("text")
    if not isinstance(language, str) or not isinstance(said, str) or not isinstance(speaker, str | None):
        raise SettingsError(f"Expected words as language, speaker and text {where}, but got {_short(found)}. Mend it.")
    return TableRow(times[0], times[1], language, speaker or None, said)


def _read_cells(cells: list[str], number: int) -> TableRow:
    where = f"in line {number} of the file"
    if len(cells) != len(_NAMES):
        raise SettingsError(f"Expected {len(_NAMES)} cells {where}, but got {len(cells)}. Mend that line.")
    start_s, end_s, language, speaker, said = cells
    for at_s in (start_s, end_s):
        if _SECONDS.fullmatch(at_s) is None:
            raise SettingsError(f"Expected seconds such as 1.250 {where}, but got {_short(at_s)}. Mend that line.")
    return TableRow(
        round(float(start_s), 3), round(float(end_s), 3), _unquote(language), _unquote(speaker) or None, _unquote(said)
    )


def _quote(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _unquote(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _short(found: object) -> str:
    return "nothing" if found in ("", None) else reprlib.repr(found)
