"""A bench reads what it is to play, and when each word was said."""

import json
from pathlib import Path

import pytest

from app.bench import manifest
from app.bench.json_lines import TimedWord
from app.bench.manifest import ManifestLine
from app.bench.timeline import SpokenWordTime
from app.errors import SettingsError

GOOD: dict[str, object] = {"audio": "a.wav", "language": "de", "task": "transcribe", "reference": "Guten Morgen."}


def written(folder: Path, *lines: object) -> Path:
    """Write a manifest beside a recording called a.wav."""
    (folder / "a.wav").touch()
    path = folder / "clips.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


def test_a_manifest_is_read_line_by_line(tmp_path: Path) -> None:
    """Each line is a clip beside the manifest; empty lines count for nothing but their number."""
    words = [{"text": "Guten", "start_s": 0, "end_s": 0.5}]
    noise: dict[str, object] = {"audio": "a.wav", "language": None, "task": "translate", "reference": ""}
    noise |= {"speech": [[2, 3.5], [0, 1]], "translations": {"fr": ""}}
    assert manifest.read(written(tmp_path, GOOD | {"words": words}, "", noise)) == [
        ManifestLine(tmp_path / "a.wav", "de", "transcribe", "Guten Morgen.", (TimedWord("Guten", 0.0, 0.5),)),
        ManifestLine(
            tmp_path / "a.wav", None, "translate", "", speech=((0.0, 1.0), (2.0, 3.5)), translations={"fr": ""}
        ),
    ]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", "Line 2 of clips.jsonl is not JSON"),
        ("[]", "should be a JSON object"),
        (GOOD | {"audio": ""}, "should name a recording"),
        (GOOD | {"audio": "b.wav"}, "b.wav, which does not exist"),
        (GOOD | {"language": 7}, "language code such as de, or null; got 7"),
        (GOOD | {"task": "sing"}, "transcribe or translate; got 'sing'"),
        (GOOD | {"reference": None}, "empty for noise; got None"),
        (GOOD | {"words": 3}, "a list of words"),
        (GOOD | {"words": [{"text": "Guten", "start_s": 2, "end_s": 1}]}, "in seconds and in order"),
        (GOOD | {"words": [{"text": "Guten", "start_s": True, "end_s": 1}]}, "in seconds and in order"),
        ('{"audio": "a.wav", "reference": "", "words": [{"text": "", "start_s": 0, "end_s": NaN}]}', "in seconds"),
        (GOOD | {"wrods": []}, "has wrods; known are audio"),
        (GOOD | {"speech": [[2, 1]]}, "a list of [start_s, end_s]; got [[2, 1]]"),
        (GOOD | {"translations": {"fr": 1}}, "an object of language codes and texts; got {'fr': 1}"),
        (GOOD | {"speech": 3}, "a list of [start_s, end_s]; got 3"),
    ],
)
def test_a_bad_line_gets_a_sentence(tmp_path: Path, line: object, sentence: str) -> None:
    """A line that is not as it should be is named with its number and what is wrong."""
    with pytest.raises(SettingsError, match=r"^Line 2 of clips\.jsonl ") as caught:
        manifest.read(written(tmp_path, GOOD, line))
    assert sentence in str(caught.value)


def test_a_manifest_that_is_none_gets_a_sentence(tmp_path: Path) -> None:
    """A missing, binary or empty file is refused."""
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(SettingsError, match="cannot be read"):
        manifest.read(tmp_path / "none.jsonl")
    with pytest.raises(SettingsError, match="cannot be read"):
        manifest.read(tmp_path / "binary.jsonl")
    with pytest.raises(SettingsError, match="at least one clip"):
        manifest.read(written(tmp_path, ""))


def words(text: str) -> tuple[TimedWord, ...]:
    """Time a text at a second a word."""
    return tuple(TimedWord(word, float(i), i + 1.0) for i, word in enumerate(text.split()))


def test_spoken_words_take_their_own_times() -> None:
    """Words are matched to the reference; one that is not among them has no time."""
    line = ManifestLine(Path("a"), "de", "transcribe", "Guten Morgen, liebe Sofia!", words("Guten Morgen Sofia"))
    assert manifest.time_words(line, words("from an offline pass")) == [
        SpokenWordTime("guten", 1.0),
        SpokenWordTime("morgen", 2.0),
        SpokenWordTime("liebe", None),
        SpokenWordTime("sofia", 3.0),
    ]


def test_without_words_an_offline_pass_times_them() -> None:
    """A line without words takes the times of what an offline pass heard."""
    line = ManifestLine(Path("a"), "de", "transcribe", "Guten Morgen.")
    assert manifest.time_words(line, words("Guten Tag")) == [
        SpokenWordTime("guten", 1.0),
        SpokenWordTime("morgen", None),
    ]


def test_translated_words_have_their_share_of_the_sentence() -> None:
    """Word i of n of a translated sentence had been said when i/n of its source sentence had."""
    line = ManifestLine(Path("a"), "de", "translate", "Good day. Is it now?", words("Guten Tag. Ist das so?"))
    assert manifest.time_words(line) == [
        SpokenWordTime("good", 1.0),
        SpokenWordTime("day", 2.0),
        SpokenWordTime("is", 3.0),
        SpokenWordTime("it", 4.0),
        SpokenWordTime("now", 5.0),
    ]


def test_unequal_sentences_are_taken_as_one() -> None:
    """Where the translation has another number of sentences, its words are spread over all of the source."""
    line = ManifestLine(Path("a"), "de", "translate", "Good. Day.", words("Guten Tag miteinander alle."))
    assert manifest.time_words(line) == [SpokenWordTime("good", 2.0), SpokenWordTime("day", 4.0)]


def test_a_translation_without_source_has_no_times() -> None:
    """Nobody knows when a translated word had been said if nobody knows when its source was."""
    assert manifest.time_words(ManifestLine(Path("a"), "de", "translate", "Good.")) == [SpokenWordTime("good", None)]
