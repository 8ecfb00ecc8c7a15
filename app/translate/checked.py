"""Translates sentences with a text model, checks every translation, and repeats under constraint what fails.

The plain case is one greedy decode. A sentence that fails is decoded again: with a wider search, without context and
with its terms protected in another way, then in parts around its terms. If nothing can be believed, readers get the
original text with the fault.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.decode.scripts import UNSPACED
from app.errors import TranslateError
from app.translate.checks import UNSURE_LOGPROB, UNSURE_LOGPROB_OWN, find_fault
from app.translate.literals import drop_doubled_unit
from app.translate.model import ModelCandidate, ModelRow, TextModel
from app.translate.protection import (
    ProtectedPart,
    ProtectedText,
    find_number_parts,
    hide,
    join_text,
    merge_lists,
    split_text,
    write_shown,
)
from app.translate.request import Fault, Translation, TranslationRequest
from app.translate.sentence_check import SentenceCheck
from app.translate.term_exchange import exchange_terms
from app.translate.unknown_words import find_unknown_parts

RETRY_BEAM = 4
"""Hypotheses that a repeated decode follows, and candidates that it returns."""

FRAGMENTS_MAX = 8
"""Most parts of a sentence that are translated one by one; more is a list, which is shown as it is."""

DOUBT_LOGPROB = -0.02
"""Mean log-probability of a token below which a model with placeholders may not know a name, and is asked again with
the name protected. Chosen with the demo model: 95 % of its sentences have more than -0.007, those with unknown names
-0.1."""

DOUBT_GAIN = 0.5
"""The translation with a protected word is taken if its log-probability is at most this share of the plain one's."""

_ENDS = ".!?…。！？"

_SPACES = re.compile(r"[ \t\r\n]+")


@dataclass(slots=True)
class _CheckedSentence:
    """One request on its way."""

    check: SentenceCheck
    fault: Fault | None = None
    """Why the first translation is not believed."""
    result: Translation | None = None
    logprob: float = 0.0
    """Of the first translation."""


@dataclass(frozen=True, slots=True)
class _ModelAttempt:
    """One row of a batch, and how its candidates become a translation."""

    sentence: _CheckedSentence
    row: ModelRow
    protected: ProtectedText | None = None
    before: str = ""
    """What the translation begins with, which the candidates lack."""


@dataclass(slots=True)
class _SplitSentence:
    """A sentence in parts: its fragments are translated one by one."""

    sentence: _CheckedSentence
    parts: tuple[ProtectedPart, ...]
    source: list[str]
    written: list[str] = field(default_factory=list)
    is_broken: bool = False
    """Whether a fragment could not be translated."""


class CheckedTranslator:
    """Translates with one model; runs in the worker, in the thread of the model."""

    def __init__(self, model: TextModel, *, unsure_logprob: float | None = None) -> None:
        """Use a model; translations less probable than `unsure_logprob` a token are not believed.

        None takes the limit of the demo model for a model with placeholders, else that of large models.
        """
        self._model = model
        self._has_placeholders = model.placeholder(1) is not None
        default = UNSURE_LOGPROB_OWN if self._has_placeholders else UNSURE_LOGPROB
        self._unsure_logprob = default if unsure_logprob is None else unsure_logprob

    def translate(self, requests: Sequence[TranslationRequest]) -> list[Translation]:
        """Translate the requests in one batch, and in a few more those that fail; one translation for each.

        Previews are never repeated.

        Raises:
            TranslateError: The first batch failed.
        """
        sentences = [_CheckedSentence(SentenceCheck(request, self._unsure_logprob)) for request in requests]
        waiting = [one for one in sentences if not self._is_trivial(one)]
        if waiting:
            self._decode([self._first_attempt(one) for one in waiting], waiting, beam_size=1)
            self._repeat([one for one in waiting if not one.check.request.is_preview])
        return [one.result or Translation(one.check.request.text, one.fault or "empty") for one in sentences]

    def _is_trivial(self, sentence: _CheckedSentence) -> bool:
        """Give the result of a sentence without words, and of one in a pair that the model does not know."""
        check, request = sentence.check, sentence.check.request
        if not check.has_words:
            sentence.result = Translation(write_shown(check.text, check.parts))
        elif not self._model.pairs.has(request.language, request.target):
            sentence.result = Translation(request.text, "empty")
        return sentence.result is not None

    def _first_attempt(self, sentence: _CheckedSentence) -> _ModelAttempt:
        """Return the row of a greedy decode with context."""
        check, request = sentence.check, sentence.check.request
        protected = self._hide(check.text, check.parts)
        text = protected.text if protected else check.text
        if self._model.context_sentences and request.previous and request.previous_translation:
            row = ModelRow(text, request.language, request.target, request.previous_translation, request.previous)
        else:
            row = ModelRow(text, request.language, request.target)
        return _ModelAttempt(sentence, row, protected)

    def _repeat(self, sentences: Sequence[_CheckedSentence]) -> None:
        """Decode again what is doubtful or failed, in further batches."""
        try:
            doubtful = [one for one in sentences if one.logprob < DOUBT_LOGPROB and one.fault in (None, "unsure")]
            if doubtful and self._has_placeholders:
                self._protect_unknown(doubtful)
            failed = [one for one in sentences if one.result is None]
            if failed:
                self._retry(failed)
        except TranslateError:
            return  # the first batch worked: its good translations are not lost because of these

    def _protect_unknown(self, doubtful: Sequence[_CheckedSentence]) -> None:
        """Give a doubtful sentence the translation with one word protected, if that is much more probable."""
        attempts = []
        for sentence in doubtful:
            check, request = sentence.check, sentence.check.request
            for part in find_unknown_parts(check.text, check.parts, request.language):
                parts = sorted([*check.parts, part], key=lambda one: one.start)
                if protected := self._hide(check.text, parts):
                    row = ModelRow(protected.text, request.language, request.target)
                    attempts.append(_ModelAttempt(sentence, row, protected))
        found = self._model.generate([one.row for one in attempts]) if attempts else []
        best = {id(sentence): DOUBT_GAIN * sentence.logprob for sentence in doubtful}
        for attempt, candidates in zip(attempts, found, strict=True):
            sentence = attempt.sentence
            for candidate in candidates:
                result, _ = _judge(attempt, candidate)
                if result and result.logprob > best[id(sentence)]:
                    sentence.result = result
                    best[id(sentence)] = result.logprob

    def _retry(self, failed: Sequence[_CheckedSentence]) -> None:
        """Give a result to those of the failed sentences for which a constrained decode finds one."""
        attempts = [attempt for sentence in failed for attempt in self._wide_attempts(sentence)]
        self._decode(attempts, failed, beam_size=RETRY_BEAM)
        splits = [split for sentence in failed if sentence.result is None for split in _split(sentence)]
        if splits:
            self._translate_fragments(splits)
        rest = [one for one in failed if one.result is None and any(part.is_term for part in one.check.parts)]
        if rest:
            for sentence, found in zip(rest, exchange_terms(self._model, [one.check for one in rest]), strict=True):
                sentence.result = found

    def _wide_attempts(self, sentence: _CheckedSentence) -> Iterable[_ModelAttempt]:
        """Yield the rows of a wide search without context, with different protections."""
        check, request = sentence.check, sentence.check.request
        numbers = find_number_parts(check.text, check.parts, request.language, request.target)
        texts: set[str] = set()
        for parts in (check.parts, numbers, merge_lists(check.text, numbers, request.language, request.target)):
            protected = self._hide(check.text, parts)
            if protected and protected.text not in texts:
                texts.add(protected.text)
                yield _ModelAttempt(sentence, ModelRow(protected.text, request.language, request.target), protected)
        for text in (write_shown(check.text, check.parts), write_shown(check.text, numbers)):
            if text not in texts:
                texts.add(text)
                yield _ModelAttempt(sentence, ModelRow(text, request.language, request.target))

    def _translate_fragments(self, splits: Sequence[_SplitSentence]) -> None:
        """Translate what is between the terms, then force the terms into a decode of the whole sentence."""
        fragments = [
            (split, place, text) for split in splits for place, text in enumerate(split.source) if _has_letter(text)
        ]
        rows = [_fragment_row(split, text) for split, _, text in fragments]
        found = self._model.generate(rows, beam_size=1, n_best=1) if rows else []
        for split in splits:
            split.written = list(split.source)
        for (split, place, text), candidates in zip(fragments, found, strict=True):
            fragment = candidates[0].text if candidates else ""
            request = split.sentence.check.request
            split.is_broken |= find_fault(text, fragment, request.language, request.target) is not None
            split.written[place] = _like_fragment(fragment, text, request.target, is_first=place == 0)
        splits = [split for split in splits if not split.is_broken]
        if not splits:
            return
        forced = [_forced_attempt(split) for split in splits if any(map(_has_letter, split.source[1:]))]
        self._decode(forced, [split.sentence for split in splits], beam_size=RETRY_BEAM)
        for split in splits:
            if split.sentence.result is None:
                joined = _SPACES.sub(" ", join_text(split.written, split.parts)).strip(" ")
                if split.sentence.check.find_fault(joined) is None:
                    split.sentence.result = Translation(joined)

    def _decode(
        self, attempts: Sequence[_ModelAttempt], sentences: Sequence[_CheckedSentence], *, beam_size: int
    ) -> None:
        """Decode one batch; each sentence takes the first candidate of its attempts that can be believed."""
        found = self._model.generate([one.row for one in attempts], beam_size=beam_size, n_best=beam_size)
        for attempt, candidates in zip(attempts, found, strict=True):
            sentence = attempt.sentence
            for candidate in candidates:
                if sentence.result is None:
                    sentence.result, fault = _judge(attempt, candidate)
                    sentence.fault = sentence.fault or fault
                    sentence.logprob = sentence.logprob or candidate.logprob
        for sentence in sentences:
            if sentence.result is None:
                sentence.fault = sentence.fault or "empty"

    def _hide(self, text: str, parts: Sequence[ProtectedPart]) -> ProtectedText | None:
        return hide(text, parts, self._model.placeholder) if parts else None


def _judge(attempt: _ModelAttempt, candidate: ModelCandidate) -> tuple[Translation | None, Fault | None]:
    """Return the translation of a candidate, or why it is none."""
    check = attempt.sentence.check
    if attempt.before and not _has_letter(candidate.text):
        return None, "empty"  # the rest of the sentence is missing
    written = attempt.before + candidate.text
    text = attempt.protected.restore(written) if attempt.protected else written
    if text is None:
        is_empty = not written.strip()
        return None, "empty" if is_empty else "terms" if any(part.is_term for part in check.parts) else "literals"
    text = _SPACES.sub(" ", text).strip(" ")
    if attempt.protected:
        text = drop_doubled_unit(text)
    fault = check.find_fault(text, candidate.logprob, is_complete=candidate.is_complete)
    return (None, fault) if fault else (Translation(text, None, candidate.logprob), None)


def _split(sentence: _CheckedSentence) -> Iterable[_SplitSentence]:
    """Yield the sentence in parts, if its terms and numbers divide it into few."""
    check, request = sentence.check, sentence.check.request
    if sentence.fault not in ("terms", "literals"):
        return
    parts = find_number_parts(check.text, check.parts, request.language, request.target)
    if 0 < len(parts) < FRAGMENTS_MAX and all(part.is_word for part in parts):
        yield _SplitSentence(sentence, parts, split_text(check.text, parts))


def _fragment_row(split: _SplitSentence, text: str) -> ModelRow:
    request = split.sentence.check.request
    return ModelRow(text.strip(), request.language, request.target)


def _forced_attempt(split: _SplitSentence) -> _ModelAttempt:
    """Return a row whose translation begins with the first fragment and the first term."""
    check, request = split.sentence.check, split.sentence.check.request
    before = join_text([split.written[0], ""], split.parts[:1])
    text = write_shown(check.text, split.parts)
    return _ModelAttempt(split.sentence, ModelRow(text, request.language, request.target, before), before=f"{before} ")


def _like_fragment(written: str, source: str, target: str, *, is_first: bool) -> str:
    """Return a translated fragment with the spaces, the punctuation and the first letter of one in mid-sentence."""
    bare, written = source.strip(), written.strip()
    if written and written[-1] in _ENDS and bare[-1] not in _ENDS:
        written = written.rstrip(_ENDS)
    if not is_first and written[:1].isupper() and bare[:1].islower():
        written = written[0].lower() + written[1:]
    if target in UNSPACED:
        return written
    before, _, after = source.partition(bare)
    return f"{before}{written}{after}"


def _has_letter(text: str) -> bool:
    return any(letter.isalpha() for letter in text)
