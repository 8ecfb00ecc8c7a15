"""The translation process: loads one model, tests it, then translates batches until it is stopped."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Protocol

from app.decode.worker_loop import ServedModel, serve
from app.decode.worker_process import WorkerProgram, WorkerWords
from app.translate.model import LanguagePairs
from app.translate.priority import lower_priority
from app.translate.request import Translation, TranslationRequest
from app.translate.text_model_choice import TextModelChoice, load

WORDS = WorkerWords(
    died_loading="The translation process ended while it loaded the model; there may be too little memory for it. "
    "Choose a smaller model with --translation-model.",
    died="The translation process died each time it translated this sentence.",
    hung="The translation process did not answer each time it translated this sentence.",
)


class BatchTranslator(Protocol):
    """Translates batches; the real one is `CheckedTranslator`."""

    def translate(self, requests: Sequence[TranslationRequest]) -> list[Translation]:
        """Translate requests together; result i belongs to request i."""


@dataclass(frozen=True, slots=True)
class TranslatorReady:
    """The model is loaded and tested."""

    pairs: LanguagePairs
    context_sentences: int = 0
    row_s: float = 0.0
    """Time of one sentence alone, in seconds; 0 if it was not measured."""


@dataclass(frozen=True, slots=True)
class OpenedTranslator:
    """A loaded translator, and what is known about it."""

    translator: BatchTranslator
    ready: TranslatorReady


TranslatorOpener = Callable[[], OpenedTranslator]
"""Opens the model in the worker process; must be picklable, such as a partial of a module's function."""


@dataclass(frozen=True, slots=True)
class TranslationMessage:
    """A batch to translate."""

    number: int
    requests: tuple[TranslationRequest, ...]

    @property
    def n_rows(self) -> int:
        """How many sentences it has."""
        return len(self.requests)


def open_checked(choice: TextModelChoice) -> OpenedTranslator:
    """Load a model and test it; this also warms it up.

    Raises:
        ModelError: It cannot be loaded or fails its self-test.
    """
    # here, so that a service that translates nothing does not load the checks
    from app.translate import self_test
    from app.translate.checked import CheckedTranslator

    lower_priority()
    model = load(choice)
    row_s = self_test.run(model, choice.name)
    translator = CheckedTranslator(model, unsure_logprob=choice.unsure_logprob)
    return OpenedTranslator(translator, TranslatorReady(model.pairs, model.context_sentences, row_s))


def program(opener: TranslatorOpener) -> WorkerProgram[TranslatorReady, Translation]:
    """Return the program that runs `opener`; one batch at a time, because each fills the cores or the GPU."""
    return WorkerProgram(run, opener, opener, 1, name="translate", words=WORDS)


def run(pipe: Connection, opener: TranslatorOpener, lanes: int) -> None:
    """Send `TranslatorReady` or `WorkerFailed` once, then a `WorkerAnswer` to each `TranslationMessage`.

    Returns when None arrives or the other end of the pipe closes.
    """

    def open_model() -> ServedModel[TranslationMessage, Translation]:
        opened = opener()
        return ServedModel(opened.ready, lambda batch: opened.translator.translate(batch.requests))

    serve(pipe, open_model, lanes)
