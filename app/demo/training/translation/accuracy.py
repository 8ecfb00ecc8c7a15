"""Measures the word error of a converted translation model on held-out sentences, for every direction."""

import itertools
from dataclasses import dataclass, field
from pathlib import Path

from app.demo.training.evaluate import Count
from app.demo.training.grammar import WRITTEN, Sentence
from app.demo.training.translation.hearing import hear
from app.demo.training.translation.samples import held_out
from app.demo.training.translation.translating import DemoTranslator

DIRECTIONS = tuple(itertools.permutations(WRITTEN, 2))


@dataclass(slots=True)
class TranslationAccuracy:
    """Word errors by kind of source and direction."""

    counts: dict[tuple[str, str, str], Count] = field(default_factory=dict)
    """By kind (`alone`, `after another`, `heard`), source and target language."""
    mistakes: list[tuple[str, str, str]] = field(default_factory=list)
    """(source, reference, written) of each sentence with an error."""

    def add(self, kind: str, language: str, target: str, texts: tuple[str, str, str]) -> None:
        """Count one translation: source, reference and what was written."""
        count = self.counts.setdefault((kind, language, target), Count())
        before = count.errors
        count.add(texts[1].replace("\u00a0", ""), texts[2].replace("\u00a0", ""))
        if count.errors > before:
            self.mistakes.append(texts)

    def table(self) -> str:
        """Return the word errors as a Markdown table: a row for each kind and source, a column for each target."""
        rows = ["| source | | " + " | ".join(WRITTEN) + " |", "|---" * (len(WRITTEN) + 2) + "|"]
        for kind, language in sorted({key[:2] for key in self.counts}):
            cells = [self.counts.get((kind, language, target)) for target in WRITTEN]
            shown = " | ".join(f"{100 * cell.rate:.1f} %" if cell else "" for cell in cells)
            rows.append(f"| {kind} | {language} | {shown} |")
        return "\n".join(rows)


def measure_translation(directory: Path, sentences: int = 500, heard: int = 200, seed: int = 0) -> TranslationAccuracy:
    """Translate held-out sentences in every direction: alone, after another, and as the demo's Whisper wrote them.

    Raises:
        RuntimeError: The directory contains no model.
        SpeechError: espeak-ng is missing, and `heard` is not 0.
    """
    translator = DemoTranslator(directory)
    accuracy = TranslationAccuracy()
    chosen = list(itertools.islice(held_out(seed), sentences))
    for language, target in DIRECTIONS:
        texts = [sentence.written(language) for sentence in chosen]
        references = [sentence.written(target) for sentence in chosen]
        before = list(zip([texts[-1], *texts[:-1]], [references[-1], *references[:-1]], strict=True))
        for kind, written in (
            ("alone", translator.translate(texts, language, target)),
            ("after another", translator.translate(texts, language, target, before)),
        ):
            for triple in zip(texts, references, written, strict=True):
                accuracy.add(kind, language, target, triple)
    spoken: dict[str, list[tuple[Sentence, str]]] = {}
    for item in hear(heard, held_out=True, seed=seed):
        spoken.setdefault(item.language, []).append((item.sentence, item.written))
    for language, pairs in spoken.items():
        for target in WRITTEN:
            if target == language:
                continue
            written = translator.translate([text for _, text in pairs], language, target)
            for (sentence, text), translation in zip(pairs, written, strict=True):
                accuracy.add("heard", language, target, (text, sentence.written(target), translation))
    return accuracy
