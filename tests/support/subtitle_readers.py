"""Reads the subtitle files that Surtitle writes, so that tests can compare them with what was said.

Each reader raises ValueError for a file that the writer would not write.
"""

import csv
import html
import json
import re
from collections.abc import Callable, Iterator
from io import StringIO

from app.outputs.cues import Cue, tidy
from app.outputs.srt import JOINER
from app.outputs.subtitles import Format
from app.outputs.table import FORMULA, TableRow
from app.outputs.timecodes import ARROW, Point

_COLUMNS = ["\N{BYTE ORDER MARK}start_s", "end_s", "language", "speaker", "text"]
_TIME = "([0-9]{2,9}):([0-5][0-9]):([0-5][0-9])%s([0-9]{3})"
_JOINED = re.compile(rf"([<{{\\]|--(?={JOINER}+>)|&(?={JOINER}+#?\w+;)){JOINER}")
_VOICE = re.compile(r"<v ([^>]*)>")


def read_srt(text: str) -> list[Cue]:
    """Return the cues of a SubRip file; it has no speakers."""
    found: list[Cue] = []
    for number, (first, times, *lines) in enumerate(_blocks(text), start=1):
        _expect(first == str(number), first)
        start_s, end_s = _read_times(times, ",")
        found.append(Cue(start_s, end_s, tuple(_JOINED.sub(r"\1", line) for line in lines)))
    return found


def read_vtt(text: str) -> list[Cue]:
    """Return the cues of a WebVTT file, with their speakers."""
    head, *blocks = _blocks(text)
    _expect(head == ["WEBVTT"], str(head))
    found: list[Cue] = []
    for times, *lines in blocks:
        start_s, end_s = _read_times(times, ".")
        voice = _VOICE.match(lines[0]) if lines else None
        if voice:
            lines[0] = lines[0][voice.end() :]
        _expect(not any("<" in line or ">" in line for line in lines), str(lines))
        speaker = html.unescape(voice[1]) if voice else None
        found.append(Cue(start_s, end_s, tuple(map(html.unescape, lines)), speaker))
    return found


def read_txt(text: str) -> list[str]:
    """Return the lines of a plain text."""
    return [line for line in map(tidy, text.split("\n")) if line]


def read_json(text: str) -> list[TableRow]:
    """Return the rows of a JSON list."""
    return [TableRow(**{**row, "doubtful": tuple(row["doubtful"])}) for row in json.loads(text)]


def read_csv(text: str) -> list[TableRow]:
    """Return the rows of a CSV table, without the quotes that keep spreadsheets from seeing formulas."""
    header, *rows = csv.reader(StringIO(text, newline=""), strict=True)
    _expect(header == _COLUMNS, str(header))
    return [
        TableRow(float(start_s), float(end_s), _unquote(language), _unquote(speaker) or None, _unquote(said))
        for start_s, end_s, language, speaker, said in rows
    ]


READERS: dict[Format, Callable[[str], object]] = {
    "srt": read_srt,
    "vtt": read_vtt,
    "txt": read_txt,
    "json": read_json,
    "csv": read_csv,
}


def _blocks(text: str) -> Iterator[list[str]]:
    """Yield the lines between empty lines."""
    for block in re.split("\n\n+", text.strip("\n")):
        if block:
            yield block.split("\n")


def _read_times(line: str, point: Point) -> tuple[float, float]:
    time = _TIME % re.escape(point)
    found = re.fullmatch(rf"{time} {ARROW} {time}", line)
    if found is None:
        raise ValueError(f"Expected a line of times, but got {line!r}.")
    parts = list(map(int, found.groups()))
    start_s, end_s = (
        (((hours * 60 + minutes) * 60 + seconds) * 1000 + ms) / 1000
        for hours, minutes, seconds, ms in (parts[:4], parts[4:])
    )
    _expect(start_s <= end_s, line)
    return start_s, end_s


def _unquote(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def _expect(is_so: bool, found: str) -> None:
    if not is_so:
        raise ValueError(f"Expected a file as it is written, but got {found[:60]!r}.")
