"""`surtitle bench terms`: what a glossary gains."""

import json
import wave
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, to_pcm16
from app.bench import manifest, terms
from app.decode import models, self_test
from app.decode.glossary import Glossary
from app.decode.hypothesis import DecodeResult, Hypothesis
from app.decode.request import DecodeRequest
from app.decode.whisper import Whisper
from app.errors import SettingsError


class HardOfHearing:
    """A model that writes one of its words wrong unless the prompt has it."""

    def __init__(self, model: Whisper, term: str, wrong: str) -> None:
        """Write `wrong` instead of `term`."""
        self._model, self._term, self._wrong = model, term, wrong

    def decode(self, requests: Sequence[DecodeRequest], min_length: int = 0) -> list[DecodeResult]:
        """Decode without the terms, and write the word as the prompt has it."""
        heard = self._model.decode([replace(request, terms=()) for request in requests], min_length)
        return [self._mishear(*pair) for pair in zip(requests, heard, strict=True)]

    def _mishear(self, request: DecodeRequest, heard: DecodeResult) -> DecodeResult:
        if self._term in request.terms:
            return heard
        found = heard.hypotheses["transcribe"]
        words = tuple(replace(word, text=word.text.replace(self._term, self._wrong)) for word in found.words)
        return replace(heard, hypotheses={"transcribe": Hypothesis(words, found.avg_logprob)})


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """Make a manifest of the known clip."""
    known = self_test.read_clip()
    silence = np.zeros(SAMPLE_RATE, np.float32)
    with wave.open(str(tmp_path / "speech.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(to_pcm16(np.concatenate([silence, known.samples, silence, silence])))
    line = {"audio": "speech.wav", "language": "en", "task": "transcribe", "reference": known.text}
    (tmp_path / "clips.jsonl").write_text(json.dumps(line), encoding="utf-8")
    return tmp_path / "clips.jsonl"


def test_a_term_that_only_the_glossary_brings_is_gained(clips: Path) -> None:
    """Recall rises by its share, though the term is the last of many and the first text only sounds like it."""
    term = max(self_test.read_clip().text.rstrip(".").split(), key=len)
    whisper = models.load(models.choose("demo", "transcribe"))
    deaf = HardOfHearing(whisper, term, f"{term[:2]}e{term[2:-1]}t")
    names = (
        "Brandt",
        "Kessler",
        "Zoltan",
        "Irmgard",
        "Ouagadougou",
        "Wladimir",
        "Hasegawa",
        "Iyengar",
        "Pjotr",
        "Xaver",
    )
    glossary = Glossary((*names, "Quirin", "Uschi", "Yngwie", term))
    figures = terms.measure_terms(manifest.read(clips), deaf, glossary).as_json()
    assert figures["recall"] == {"without": 0.0, "with": 1.0}
    assert figures["recall_gained"] == 100.0
    assert figures["false_per_min"] == {"without": 0.0, "with": 0.0}


def test_the_bundled_model_is_measured(clips: Path, tmp_path: Path) -> None:
    """Names that nobody says are not inserted, and the report is written."""
    (tmp_path / "terms.txt").write_text("Kowalczyk\nBrunhilde\n", encoding="utf-8")
    report = terms.run(clips, tmp_path / "terms.txt", "demo", tmp_path / "out.json")
    figures = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert figures == report.as_json()
    assert (figures["terms"], figures["terms_spoken"], figures["recall_gained"]) == (2, 0, None)
    assert figures["false_per_min"] == {"without": 0.0, "with": 0.0}
    assert "false_per_min" in report.table()


def test_a_missing_glossary_is_an_error(clips: Path, tmp_path: Path) -> None:
    """Before any model is loaded."""
    with pytest.raises(SettingsError, match=r"nothing\.txt"):
        terms.run(clips, tmp_path / "nothing.txt", "demo")
