"""What is read from a subtitle file is what was written, whatever was said."""

import csv
import json
import re
from collections.abc import Callable
from dataclasses import asdict, replace
from io import BytesIO, StringIO

import av
import pytest
from av.subtitles.subtitle import AssSubtitle
from hypothesis import given
from hypothesis import strategies as st

from app.captions.event import Event
from app.errors import SettingsError
from app.outputs import plain, srt, table, vtt
from app.outputs.cues import Cue, cues, schedule, tidy
from app.outputs.subtitles import Format, write
from app.outputs.table import TableRow
from tests.support.odd_phrases import CASES, MARKUP, PHRASES, STATES, TEXTS

READERS: dict[Format, Callable[[str], object]] = {
    "srt": srt.read,
    "vtt": vtt.read,
    "txt": plain.read,
    "json": table.read_json,
    "csv": table.read_csv,
}


HEADER = "start_s,end_s,language,speaker,text\n"


def said(phrases: list[Event]) -> list[Event]:
    """Return the phrases that a file holds: not withdrawn, not empty, as UTF-8 can hold it, in order."""
    kept = [
        replace(event, committed=solid(event.committed), speaker=solid(event.speaker or "") or None)
        for event in phrases
        if event.state != "withdrawn" and tidy(event.committed)
    ]
    return sorted(kept, key=lambda event: event.start_s)


def solid(text: str) -> str:
    """Return a text as UTF-8 can hold it."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def named(phrases: list[Event]) -> list[str]:
    """Return the texts, with a name wherever another one begins to speak."""
    names = [tidy(event.speaker or "") for event in phrases]
    return [
        f"{name}: {event.committed}" if name and name != before else event.committed
        for event, name, before in zip(phrases, names, ["", *names], strict=False)
    ]


def cells(phrases: list[Event]) -> list[TableRow]:
    """Return what JSON and CSV hold of the phrases."""
    return [TableRow(each.start_s, each.end_s, each.language, each.speaker, each.committed) for each in said(phrases)]


def through_disk(text: str) -> str:
    """Return what a program finds in the file."""
    return text.encode("utf-8").decode("utf-8")


@CASES
@given(PHRASES)
def test_srt(phrases: list[Event]) -> None:
    """SubRip gives back every cue: its times, and its lines to the letter."""
    kept = said(phrases)
    timed = schedule(
        cue for each, text in zip(kept, named(kept), strict=True) for cue in cues(text, each.start_s, each.end_s)
    )
    assert srt.read(through_disk(write("srt", phrases))) == timed


@CASES
@given(PHRASES)
def test_vtt(phrases: list[Event]) -> None:
    """WebVTT gives back every cue: its times, its lines to the letter, and its speaker, tidy."""
    timed = schedule(
        cue
        for each in said(phrases)
        for cue in cues(each.committed, each.start_s, each.end_s, tidy(each.speaker or "") or None)
    )
    assert vtt.read(through_disk(write("vtt", phrases))) == timed


@CASES
@given(PHRASES)
def test_txt(phrases: list[Event]) -> None:
    """Plain text gives back every phrase as a tidy line."""
    assert plain.read(through_disk(write("txt", phrases))) == [tidy(text) for text in named(said(phrases))]


@CASES
@given(PHRASES)
def test_json(phrases: list[Event]) -> None:
    """JSON gives back every phrase exactly, to our reader and to Python's."""
    text = through_disk(write("json", phrases))
    assert table.read_json(text) == cells(phrases)
    assert json.loads(text) == [asdict(row) for row in cells(phrases)]


@CASES
@given(PHRASES)
def test_csv(phrases: list[Event]) -> None:
    """CSV gives back every phrase exactly, and no cell begins as a formula does."""
    text = through_disk(write("csv", phrases))
    assert table.read_csv(text) == cells(phrases)
    for row in csv.DictReader(StringIO(text, newline="")):
        assert not any(
            cell.strip().startswith(tuple("=+-@＝＋－＠")) or cell.startswith(("\t", "\r")) for cell in row.values()
        )


@pytest.mark.parametrize(
    "text", ["'Tis", "=1", "'=1", "''=1", " =1", "\t1", "＝1", "\u200b@x", "- yes", "'", "", "a=1"]
)
def test_quotes_before_formulas(text: str) -> None:
    """A quote keeps a formula from a spreadsheet; a quote that was said stays, alone or before a formula."""
    written = table.write_csv([TableRow(0.0, 1.0, "en", None, text)])
    assert table.read_csv(written) == [TableRow(0.0, 1.0, "en", None, text)]
    [_, [*_, cell]] = csv.reader(StringIO(written, newline=""))
    assert cell == (text if text in ("'Tis", "'", "", "a=1") else f"'{text}")


@CASES
@given(
    st.lists(
        st.builds(
            Event,
            room=TEXTS,
            epoch=TEXTS,
            seq=st.none() | st.integers(),
            phrase=TEXTS,
            rev=st.integers(),
            source=TEXTS,
            track=TEXTS,
            state=st.sampled_from([*STATES, "open"]),
            language=TEXTS,
            start_s=st.floats(-1e9, 1e9),
            end_s=st.floats(-1e9, 1e9),
            committed=TEXTS,
            tentative=TEXTS,
            speaker=st.none() | TEXTS,
        ),
        max_size=4,
    )
)
def test_every_event_can_be_written_and_read(phrases: list[Event]) -> None:
    """Whatever an event holds, each format takes it, as UTF-8, and its reader reads that."""
    for kind, read in READERS.items():
        read(through_disk(write(kind, phrases)))


@pytest.mark.parametrize("kind", READERS)
def test_a_reader_fails_with_a_sentence(kind: Format) -> None:
    """Of any text at all, and of a file that was tampered with, a reader returns what it can or says what is wrong."""
    pieces = [*MARKUP, '"text"', "null", "NaN", "-1e999", "9" * 5000, "true", "[" * 2000, "{}", "WEBVTT\n\n", "a: "]

    @CASES
    @given(st.data())
    def attempt(data: st.DataObject) -> None:
        text = data.draw(st.just("") | PHRASES.map(lambda phrases: write(kind, phrases)))
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(text)))
            until = data.draw(st.integers(at, min(len(text), at + 20)))
            text = text[:at] + data.draw(st.sampled_from(pieces) | TEXTS) + text[until:]
        sentence = ""
        try:
            READERS[kind](text)
        except SettingsError as exc:
            sentence = str(exc)
        assert re.fullmatch(r"|(?s:Expected .+, but .+\.)", sentence)

    attempt()


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        ("srt", "Hello", "Expected the number of a cue in line 1 of the file, but got 'Hello'. Mend that line."),
        ("srt", "1", "Expected times such as 00:00:01,000 --> 00:00:02,500 in line 2 of the file, but got nothing."),
        ("srt", "1\n00:00:01.000 --> 00:00:02.000\nA", "in line 2 of the file, but got '00:00:01.000 --> 00"),
        ("srt", "1\n00:00:02,000 --> 00:00:01,000\nA", "Expected a cue that ends no sooner than it begins in line 2"),
        ("srt", "1\n00:00:01,000 --> 00:00:02,000\nA\n2\n00:00:03,000 --> 00:00:04,000", "next cue in line 5"),
        ("vtt", "", "Expected WEBVTT in line 1 of the file, but got nothing."),
        ("vtt", "WEBVTTX\n", "Expected WEBVTT in line 1 of the file, but got 'WEBVTTX'."),
        ("vtt", "WEBVTT\n00:01.000 --> 00:02.000\nA", "Expected an empty line before the first cue in line 2"),
        ("vtt", "WEBVTT\n\n\nA\nB\nC", "Expected times such as 00:00:01.000 --> 00:00:02.500 in line 5"),
        ("vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nA -->", "Expected an empty line before the next cue in line 4"),
        ("json", "[\n{", "Expected JSON, but line 2 is none: Expecting property name"),
        ("json", "{}", "Expected a JSON list of phrases, but got {}. Put them into [ ]."),
        ("json", "[1]", "speaker, text in phrase 1 of the file, but got 1. Mend it."),
        ("json", '[{"start_s": true}]', "Expected seconds as start_s in phrase 1 of the file, but got True. Mend it."),
        ("json", '[{"start_s": 1, "end_s": NaN}]', "Expected seconds as end_s in phrase 1 of the file, but got nan."),
        ("json", '[{"start_s": 1, "end_s": 2}]', "Expected words as language, speaker and text in phrase 1"),
        ("csv", "a;b", "Expected the header start_s,end_s,language,speaker,text in line 1 of the file, but got 'a;b'."),
        ("csv", HEADER + "1,2", "Expected 5 cells in line 2 of the file, but got 2."),
        ("csv", HEADER + "1,x,en,,A", "Expected seconds such as 1.250 in line 2 of the file, but got 'x'."),
        ("csv", HEADER + '1,2,en,,"A', "Expected CSV, but line 2 is none: unexpected end of data."),
    ],
)  # fmt: skip
def test_what_is_wrong_and_where(kind: Format, text: str, sentence: str) -> None:
    """A file that cannot be read gets a sentence with what was expected, what came, and the line."""
    with pytest.raises(SettingsError, match=re.escape(sentence)):
        READERS[kind](text)


def test_files_of_other_programs() -> None:
    """Line ends of Windows, byte order marks, names of cues, settings, notes and tags do not get in a reader's way."""
    assert srt.read("\ufeff7\r\n00:00:01,000  -->  00:00:02,000 X1:40\r\n<i>A</i>\r\n \r\nB\r\n\r\n\r\n") == [
        Cue(1.0, 2.0, ("<i>A</i>", "B"))
    ]
    head = "\ufeffWEBVTT - a talk\nLanguage: en\n\nSTYLE\n::cue { }\n\nNOTE\nof no account\n\n"
    assert vtt.read(
        head + "one\n01:01.000 --> 01:02.000 align:start\n<v.loud Ann B><i>A&lrm;</i> &gt;<00:01.500>\n"
    ) == [Cue(61.0, 62.0, ("A\u200e >",), "Ann B")]
    assert table.read_json('[{"start_s": 1, "end_s": 2, "language": "en", "speaker": "", "text": "A", "more": 1}]') == [
        TableRow(1.0, 2.0, "en", None, "A")
    ]
    assert table.read_csv("\ufeffstart_s,end_s,language,speaker,text\n1,2.5,en,,A\n\n") == [
        TableRow(1.0, 2.5, "en", None, "A")
    ]
    assert plain.read("\ufeffA\r\n\r\n B \n") == ["A", "B"]


@CASES
@given(phrases=PHRASES)
def test_ffmpeg_reads_the_same(phrases: list[Event]) -> None:
    """FFmpeg finds the cues that our readers find, and takes nothing in them for markup, but for braces."""
    text = write("vtt", phrases)
    shown = [(cue, "\n".join(cue.lines)) for cue in vtt.read(text)]
    for (cue, line), (at_ms, long_ms, found) in zip(shown, ffmpeg("webvtt", text), strict=True):
        assert (at_ms, at_ms + long_ms) == (round(cue.start_s * 1000), round(cue.end_s * 1000))
        assert "{" in line or found.replace("\\\u2060", "\\") == line.replace("\\\u2060", "\\")  # as we do in SRT
    text = write("srt", phrases)
    raw = re.findall("-->.*\n((?:.+\n)+)", text)
    for cue, line, (at_ms, long_ms, found) in zip(srt.read(text), raw, ffmpeg("srt", text), strict=True):
        assert (at_ms, at_ms + long_ms) == (round(cue.start_s * 1000), round(cue.end_s * 1000))
        assert "{" in line or found == line.removesuffix("\n")


def ffmpeg(name: str, text: str) -> list[tuple[int, int, str]]:
    """Return start and length in milliseconds and the text of each cue as FFmpeg shows it."""
    if "-->" not in text:
        return []  # FFmpeg refuses a file without cues
    found = []
    with av.open(BytesIO(text.encode()), "r", format=name) as file:
        for packet in file.demux(file.streams.subtitles[0]):
            if packet.size:
                [shown] = packet.decode()
                assert isinstance(shown, AssSubtitle)
                found.append((packet.pts or 0, packet.duration or 0, shown.dialogue.decode()))
    return found
