"""Translates sentences with a text model, checks every translation, and repeats under constraint what fails.

The plain case is one greedy decode. A sentence that fails is decoded again in two more batches at most: first with a
wider search, without context and with its terms protected in another way, then in parts around its terms. If nothing can
be believed, readers get the original text with the fault.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.errors import TranslateError
from app.translate.checks import UNSURE_LOGPROB
from app.translate.model import ModelCandidate, ModelRow, TextModel
from app.translate.protection import (
    ProtectedPart,
    ProtectedText,
    find_number_parts,
    hide,
    join_text,
    split_text,
    write_shown,
)
from app.translate.request import Fault, Translation, TranslationRequest
from app.translate.sentence_check import SentenceCheck

RETRY_BEAM = 4
"""Hypotheses that a repeated decode follows, and candidates that it returns."""

FRAGMENTS_MAX = 8
"""Most parts of a sentence that are translated one by one; more is a list, which is shown as it is."""

_ENDS = ".!?…。！？"


@dataclass(slots=True)
class _Sentence:
    """One request on its way."""

    check: SentenceCheck
    fault: Fault | None = None
    """Why the first translation is not believed."""
    result: Translation | None = None


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One row of a batch, and how its candidates become a translation."""

    sentence: _Sentence
    row: ModelRow
    protected: ProtectedText | None = None
    before: str = ""
    """What the translation begins with, which the candidates lack."""


@dataclass(slots=True)
class _Split:
    """A sentence in parts: its fragments are translated one by one."""

    sentence: _Sentence
    parts: tuple[ProtectedPart, ...]
    source: list[str]
    written: list[str] = field(default_factory=list)


class CheckedTranslator:
    """Translates with one model; runs in the worker, in the thread of the model."""

    def __init__(self, model: TextModel, *, unsure_logprob: float = UNSURE_LOGPROB) -> None:
        """Use a model; translations less probable than `unsure_logprob` a token are not believed."""
        self._model = model
        self._unsure_logprob = unsure_logprob

    def translate(self, requests: Sequence[TranslationRequest]) -> list[Translation]:
        """Translate the requests in one batch, and in a few more those that fail; one translation for each.

        Previews are never repeated.

        Raises:
            TranslateError: The first batch failed.
        """
        sentences = [_Sentence(SentenceCheck(request, self._unsure_logprob)) for request in requests]
        waiting = [one for one in sentences if not self._is_trivial(one)]
        if waiting:
            self._decode([self._first_attempt(one) for one in waiting], waiting, beam_size=1)
        failed = [one for one in waiting if one.result is None and not one.check.request.is_preview]
        if failed:
            self._retry(failed)
        return [one.result or Translation(one.check.request.text, one.fault or "empty") for one in sentences]

    def _is_trivial(self, sentence: _Sentence) -> bool:
        """Give the result of a sentence without words, and of one in a pair that the model does not know."""
        check, request = sentence.check, sentence.check.request
        if not check.has_words:
            sentence.result = Translation(write_shown(check.text, check.parts))
        elif not self._model.pairs.has(request.language, request.target):
            sentence.result = Translation(request.text, "empty")
        return sentence.result is not None

    def _first_attempt(self, sentence: _Sentence) -> _Attempt:
        """Return the row of a greedy decode with context."""
        check, request = sentence.check, sentence.check.request
        protected = self._hide(check.text, check.parts)
        text = protected.text if protected else check.text
        if self._model.context_sentences and request.previous and request.previous_translation:
            row = ModelRow(text, request.language, request.target, request.previous_translation, request.previous)
        else:
            row = ModelRow(text, request.language, request.target)
        return _Attempt(sentence, row, protected)

    def _retry(self, failed: Sequence[_Sentence]) -> None:
        """Give a result to those of the failed sentences for which a constrained decode finds one."""
        try:
            attempts = [attempt for sentence in failed for attempt in self._wide_attempts(sentence)]
            self._decode(attempts, failed, beam_size=RETRY_BEAM)
            splits = [split for sentence in failed if sentence.result is None for split in _split(sentence)]
            if splits:
                self._translate_fragments(splits)
        except TranslateError:
            return  # the first batch worked: its good translations are not lost because of these

    def _wide_attempts(self, sentence: _Sentence) -> Iterable[_Attempt]:
        """Yield the rows of a wide search without context, with different protections."""
        check, request = sentence.check, sentence.check.request
        protections = [check.parts, find_number_parts(check.text, check.parts, request.language, request.target)]
        texts: set[str] = set()
        for parts in protections:
            protected = self._hide(check.text, parts)
            if protected and protected.text not in texts:
                texts.add(protected.text)
                yield _Attempt(sentence, ModelRow(protected.text, request.language, request.target), protected)
        for text in (write_shown(check.text, check.parts), write_shown(check.text, protections[1])):
            if text not in texts:
                texts.add(text)
                yield _Attempt(sentence, ModelRow(text, request.language, request.target))

    def _translate_fragments(self, splits: Sequence[_Split]) -> None:
        """Translate what is between the terms, then force the terms into a decode of the whole sentence."""
        fragments = [
            (split, place, text) for split in splits for place, text in enumerate(split.source) if _has_letter(text)
        ]
        rows = [_fragment_row(split, text) for split, _, text in fragments]
        found = self._model.generate(rows, beam_size=1, n_best=1) if rows else []
        for split in splits:
            split.written = list(split.source)
        for (split, place, text), candidates in zip(fragments, found, strict=True):
            split.written[place] = _like_fragment(candidates[0].text if candidates else "", text, is_first=place == 0)
        forced = [_forced_attempt(split) for split in splits]
        self._decode(forced, [split.sentence for split in splits], beam_size=RETRY_BEAM)
        for split in splits:
            if split.sentence.result is None:
                joined = join_text(split.written, split.parts)
                if split.sentence.check.find_fault(joined) is None:
                    split.sentence.result = Translation(joined)

    def _decode(self, attempts: Sequence[_Attempt], sentences: Sequence[_Sentence], *, beam_size: int) -> None:
        """Decode one batch; each sentence takes the first candidate of its attempts that can be believed."""
        found = self._model.generate([one.row for one in attempts], beam_size=beam_size, n_best=beam_size)
        for attempt, candidates in zip(attempts, found, strict=True):
            sentence = attempt.sentence
            for candidate in candidates:
                if sentence.result is None:
                    sentence.result, fault = _judge(attempt, candidate)
                    sentence.fault = sentence.fault or fault
        for sentence in sentences:
            if sentence.result is None:
                sentence.fault = sentence.fault or "empty"

    def _hide(self, text: str, parts: Sequence[ProtectedPart]) -> ProtectedText | None:
        return hide(text, parts, self._model.placeholder) if parts else None


def _judge(attempt: _Attempt, candidate: ModelCandidate) -> tuple[Translation | None, Fault | None]:
    """Return the translation of a candidate, or why it is none."""
    check = attempt.sentence.check
    written = attempt.before + candidate.text
    text = attempt.protected.restore(written) if attempt.protected else written
    if text is None:
        is_empty = not written.strip()
        return None, "empty" if is_empty else "terms" if any(part.is_term for part in check.parts) else "literals"
    text = " ".join(text.split())
    fault = check.find_fault(text, candidate.logprob, is_complete=candidate.is_complete)
    return (None, fault) if fault else (Translation(text, None, candidate.logprob), None)


def _split(sentence: _Sentence) -> Iterable[_Split]:
    """Yield the sentence in parts, if its terms and numbers divide it into few."""
    check, request = sentence.check, sentence.check.request
    if sentence.fault not in ("terms", "literals"):
        return
    parts = find_number_parts(check.text, check.parts, request.language, request.target)
    if 0 < len(parts) < FRAGMENTS_MAX and all(part.is_word for part in parts):
        yield _Split(sentence, parts, split_text(check.text, parts))


def _fragment_row(split: _Split, text: str) -> ModelRow:
    request = split.sentence.check.request
    return ModelRow(text.strip(), request.language, request.target)


def _forced_attempt(split: _Split) -> _Attempt:
    """Return a row whose translation begins with the first fragment and the first term."""
    check, request = split.sentence.check, split.sentence.check.request
    before = join_text([split.written[0], ""], split.parts[:1])
    text = write_shown(check.text, split.parts)
    return _Attempt(split.sentence, ModelRow(text, request.language, request.target, before), before=f"{before} ")


def _like_fragment(written: str, source: str, *, is_first: bool) -> str:
    """Return a translated fragment with the punctuation and the first letter of one in mid-sentence."""
    source, written = source.strip(), written.strip()
    if written and written[-1] in _ENDS and source[-1] not in _ENDS:
        written = written.rstrip(_ENDS)
    if not is_first and written[:1].isupper() and source[:1].islower():
        written = written[0].lower() + written[1:]
    return written


def _has_letter(text: str) -> bool:
    return any(letter.isalpha() for letter in text)
