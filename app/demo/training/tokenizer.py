"""The demo model's tokens: 900 byte-level pieces of the world's text, then Whisper's special tokens in Whisper's order.

The order matters: faster-whisper and CTranslate2 find end-of-text, the languages and the timestamps by name, but expect
every timestamp to follow `<|notimestamps|>`. One extra token is the empty string, by which CTranslate2
recognizes a multilingual model (Source: CTranslate2 src/models/whisper.cc, WhisperModel::initialize).
"""

import random
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from app.demo.training.grammar import draw

N_PIECES = 900
EMPTY = "<|empty|>"
TIMESTAMP_STEP_S = 0.02

# Whisper's languages in Whisper's order (openai/whisper whisper/tokenizer.py); the model knows two of them, the loaders
# expect them all.
_LANGUAGES = (  # noqa: SIM905 - a hundred lines of one word each would say less
    "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt "
    "la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc "
    "ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su "
).split()


def build_tokenizer(n_sentences: int = 20_000) -> Tokenizer:
    """Learn the pieces from the world's sentences and add Whisper's special tokens."""
    generator = random.Random(1)
    sentences = (draw(generator) for _ in range(n_sentences))
    texts = (" " + text for sentence in sentences for text in (sentence.german, sentence.english))
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=N_PIECES, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_tokens([AddedToken(EMPTY, special=False)])
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in _special_names()])
    return tokenizer


class Vocabulary:
    """A tokenizer with the numbers of Whisper's special tokens at hand."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.end = self.number("<|endoftext|>")
        self.start = self.number("<|startoftranscript|>")
        self.previous = self.number("<|startofprev|>")
        self.no_speech = self.number("<|nospeech|>")
        self.no_timestamps = self.number("<|notimestamps|>")
        self.first_timestamp = self.no_timestamps + 1
        self._encode = lru_cache(maxsize=100_000)(self._encode_uncached)

    @classmethod
    def load(cls, path: Path) -> "Vocabulary":
        """Read a tokenizer.json."""
        return cls(Tokenizer.from_file(str(path)))

    def number(self, name: str) -> int:
        """Return a special token's number.

        Raises:
            KeyError: The tokenizer has no such token.
        """
        number = self.tokenizer.token_to_id(name)
        if number is None:
            raise KeyError(f"Expected the token {name} in the tokenizer, but it has none; build the tokenizer again.")
        return int(number)

    def task_tokens(self, language: str, task: str) -> list[int]:
        """Return start-of-transcript, the language and the task."""
        return [self.start, self.number(f"<|{language}|>"), self.number(f"<|{task}|>")]

    def encode(self, text: str) -> tuple[int, ...]:
        """Return the tokens of a text as in a transcript: after a space."""
        return self._encode(text)

    def decode(self, tokens: Iterable[int]) -> str:
        """Return the text of tokens, special ones left out, without the leading space."""
        return str(self.tokenizer.decode([token for token in tokens if token < self.end])).strip()

    def _encode_uncached(self, text: str) -> tuple[int, ...]:
        return tuple(self.tokenizer.encode(" " + text, add_special_tokens=False).ids) if text else ()


def _special_names() -> list[str]:
    timestamps = [f"<|{index * TIMESTAMP_STEP_S:.2f}|>" for index in range(1501)]
    return [
        "<|endoftext|>", "<|startoftranscript|>", *(f"<|{code}|>" for code in _LANGUAGES), "<|translate|>",
        "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>", *timestamps,
    ]  # fmt: skip
