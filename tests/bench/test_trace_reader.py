"""What a trace may leave out, and what it may not contain."""

import json
from pathlib import Path

import pytest

from app.bench import trace_reader
from app.errors import SettingsError

CLIP: dict[str, object] = {"type": "clip", "language": "de"}
WORDS = [{"text": "Guten", "start_s": 0.5, "end_s": 0.9}, {"text": "Tag", "start_s": 1.0, "end_s": 1.4}]
DECODE: dict[str, object] = {"type": "decode", "start_s": 0, "end_s": 2, "words": WORDS}


def written(folder: Path, *lines: object) -> Path:
    """Write a trace."""
    path = folder / "trace.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


def test_everything_optional_has_a_value(tmp_path: Path) -> None:
    """Speech and words come from the decodes, and the clip ends two seconds after them."""
    [clip] = trace_reader.read(written(tmp_path, CLIP, DECODE))
    assert (clip.name, clip.language, clip.task, clip.reference) == ("clip 1", "de", "transcribe", None)
    assert clip.speech == ((0.5, 1.4),)
    assert [word.text for word in clip.words] == ["Guten", "Tag"]
    assert clip.duration_s == pytest.approx(3.4)
    [decode] = clip.decodes
    assert decode.language == "de"
    assert decode.hypothesis is not None
    assert decode.hypothesis.avg_logprob > -0.5
    assert all(word.spaced and word.probability > 0.5 for word in decode.hypothesis.words)


def test_spoken_words_come_before_those_of_decodes(tmp_path: Path) -> None:
    """Words of the clip say what was said and where there is speech; unknown fields are ignored."""
    spoken = [{"text": "Guten", "start_s": 3, "end_s": 4}]
    [clip] = trace_reader.read(written(tmp_path, CLIP | {"words": spoken, "model": "turbo"}, DECODE | {"beam": 5}))
    assert (clip.reference, clip.speech) == ("Guten", ((3.0, 4.0),))


def test_a_given_speech_may_be_empty(tmp_path: Path) -> None:
    """An empty list means that nobody speaks."""
    [clip] = trace_reader.read(written(tmp_path, CLIP | {"speech": []}, DECODE))
    assert clip.speech == ()


@pytest.mark.parametrize("translation", ["Good day", {"text": "Good day"}])
def test_a_translation_is_a_text_or_an_object_with_one(tmp_path: Path, translation: object) -> None:
    """Both are read; a decode without words is a translation alone."""
    line = DECODE | {"translation": translation}
    del line["words"]
    [clip] = trace_reader.read(written(tmp_path, CLIP, line))
    [decode] = clip.decodes
    assert decode.hypothesis is None
    assert decode.translation is not None
    assert decode.translation.text == "Good day"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", "is not JSON"),
        ([], "should be a JSON object"),
        ({"type": "song"}, "should have the type clip or decode; got 'song'"),
        (DECODE | {"start_s": None}, "should have seconds from 0 on in start_s; got None"),
        (DECODE | {"start_s": 3}, "ends before it starts"),
        (DECODE | {"words": 3}, "should have a list of words"),
        (DECODE | {"words": [{"text": "a", "start_s": 2, "end_s": 1}]}, "in seconds and in order"),
        (DECODE | {"words": [{"text": "a", "start_s": 0, "end_s": 1, "probability": 7}]}, "probability from 0 to 1"),
        (DECODE | {"avg_logprob": "low"}, "should have a number in avg_logprob; got 'low'"),
        (DECODE | {"language": 3}, "language code such as de, or null; got 3"),
        (DECODE | {"translation": 3}, "the English text in translation; got 3"),
        (DECODE | {"detection": "de"}, "a detection with language, probability and shares; got 'de'"),
        (CLIP | {"name": 3}, "a name as text; got 3"),
        (CLIP | {"task": "sing"}, "transcribe or translate; got 'sing'"),
        (CLIP | {"reference": 3}, "the spoken text as reference; got 3"),
        (CLIP | {"speech": [[1]]}, r"a list of \[start_s, end_s\]"),
        (CLIP | {"duration_s": -1}, "seconds from 0 on in duration_s; got -1"),
    ],
)
def test_a_bad_line_gets_a_sentence(tmp_path: Path, line: object, sentence: str) -> None:
    """A line that is not as it should be is named with its number and what is wrong."""
    with pytest.raises(SettingsError, match=rf"^Line 3 of trace\.jsonl .*{sentence}"):
        trace_reader.read(written(tmp_path, CLIP, DECODE, line))


def test_a_trace_begins_with_a_clip(tmp_path: Path) -> None:
    """A decode before the first clip, and an empty file, are refused."""
    with pytest.raises(SettingsError, match=r"^Line 1 of trace\.jsonl is a decode before the first clip"):
        trace_reader.read(written(tmp_path, DECODE))
    with pytest.raises(SettingsError, match="at least one clip"):
        trace_reader.read(written(tmp_path, ""))
