"""Counts what readers get of a translation model that fails in every way that is known.

    python -m tests.translation_fuzz --seed 7 --sentences 10000

Each sentence of the demo world is translated by a model that gives a wrong answer for half of the candidates: loops,
copies, other scripts and languages, lost numbers, broken placeholders. A translation is good if it is the model's right
answer with every term in the glossary's form; anything else that is not marked as a fault is shown badly.
"""

import argparse
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from app.decode.glossary import Glossary, parse
from app.demo.training import grammar
from app.translate.checked import CheckedTranslator
from app.translate.request import Translation, TranslationRequest
from app.translate.terms import find_terms
from tests.fakes.faulty_text_model import FAULTS, MARK, FaultyTextModel

GLOSSARY = """
Nordlicht => Northern Light [en]
Nordlicht => Aurore boréale [fr]
Nordlicht => Aurora [pt]
Nordlicht => Nordlicht [de]
Surtitle = keep
Müller-Lüdenscheidt = keep
"""

TAILS = (
    "Nordlicht",
    "surtitle",
    "Müller-Lüdenscheidt",
    "15 %",
    "1.250",
    "XR-200",
    "info@example.org",
    "12.03.2026",
    "7",
)
"""Words behind a sentence that must arrive."""

BATCH = 50


@dataclass(slots=True)
class FuzzReport:
    """What was counted."""

    seed: int
    sentences: int = 0
    shown: int = 0
    """Translations that readers get."""
    originals: int = 0
    """Sentences of which they get the original, marked."""
    bad_shown: int = 0
    terms_lost: int = 0
    """Translations without a locked term or a literal."""
    faults_written: dict[str, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FuzzSentence:
    """A sentence and the only good translations of it."""

    request: TranslationRequest
    right: str
    """The translation of the sentence before MARK."""
    needed: tuple[str, ...]
    """What must be in it, one of the forms of each: separated by |."""


def run(seed: int, n_sentences: int, share: float = 0.5) -> FuzzReport:
    """Translate sentences of the demo world with a model that fails for a share of its candidates."""
    generator = random.Random(seed)
    glossary = parse(GLOSSARY)
    report = FuzzReport(seed)
    while report.sentences < n_sentences:
        batch = [draw(generator, glossary) for _ in range(min(BATCH, n_sentences - report.sentences))]
        answers = {
            (one.request.text.partition(MARK)[0], one.request.language, one.request.target): one.right for one in batch
        }
        model = FaultyTextModel(answers, generator, share=share, has_placeholders=generator.random() < 0.5)
        for one, found in zip(batch, CheckedTranslator(model).translate([one.request for one in batch]), strict=True):
            _count(report, one, found)
        for name, n_written in model.written.items():
            report.faults_written[name] = report.faults_written.get(name, 0) + n_written
    return report


def draw(generator: random.Random, glossary: Glossary) -> FuzzSentence:
    """Return a sentence of the world, often with words behind it that must arrive."""
    sentence = grammar.draw(generator)
    language, target = generator.sample(grammar.WRITTEN, 2)
    tails = generator.sample(TAILS, generator.choice((0, 0, 1, 1, 2, 3)))
    text = MARK.join([sentence.written(language), *tails])
    terms = find_terms(glossary, text, language, target)
    locked = {term.source: term.target for term in terms}
    needed = tuple(locked.get(tail, tail) for tail in tails)
    request = TranslationRequest(text, language, target, terms=terms)
    return FuzzSentence(request, sentence.written(target), needed)


def _count(report: FuzzReport, sentence: FuzzSentence, found: Translation) -> None:
    report.sentences += 1
    if found.fault:
        report.originals += 1
        if found.text != sentence.request.text:
            _blame(report, sentence, found)
        return
    report.shown += 1
    begins, mark, rest = found.text.partition(MARK)
    is_lost = any(_digits(needed) not in _digits(rest) for needed in sentence.needed)
    report.terms_lost += is_lost
    if begins != sentence.right or bool(mark) != bool(sentence.needed) or is_lost:
        _blame(report, sentence, found)


def _digits(text: str) -> str:
    """Return a text without the separators of numbers, which differ between languages."""
    return "".join(letter for letter in text if letter not in "., \u00a0\u202f")


def _blame(report: FuzzReport, sentence: FuzzSentence, found: Translation) -> None:
    report.bad_shown += 1
    if len(report.examples) < 20:
        request = sentence.request
        report.examples.append(
            f"{request.language}-{request.target}: {request.text!r} -> {found.text!r} ({found.fault})"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report as JSON; 1 if anything bad was shown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sentences", type=int, default=10_000)
    parser.add_argument("--share", type=float, default=0.5, help="share of the candidates that are wrong, 0 to 1")
    options = parser.parse_args(arguments)
    report = run(options.seed, options.sentences, options.share)
    print(json.dumps(asdict(report), ensure_ascii=False, indent=2))
    missing = set(FAULTS) - set(report.faults_written)
    if missing:
        print(f"Never written: {sorted(missing)}", file=sys.stderr)
    return 1 if report.bad_shown else 0


if __name__ == "__main__":
    sys.exit(main())
