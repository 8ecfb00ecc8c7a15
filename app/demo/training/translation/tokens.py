"""The translation model's own tokenizer: byte-level BPE, so that every text can be written and read."""

from collections.abc import Iterator
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from app.demo.training.grammar import WRITTEN, written_words
from app.demo.training.translation.made_up import PLACEHOLDERS
from app.demo.training.translation.samples import SampleMaker

PAD = "<pad>"
END = "</s>"
UNKNOWN = "<unk>"
START = "<s>"

SIZE = 3200
"""Tokens. Nearly every word of the world is one token then; words that it does not know are two to six."""

_SPACE = "▁"


def language_token(language: str) -> str:
    """Return the token of a language."""
    return f"__{language}__"


def train_tokenizer(n_samples: int = 25_000, seed: int = 7) -> Tokenizer:
    """Learn the merges from random samples of all languages."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            # a space before the first word only, so that a text has the same tokens alone and after another
            pre_tokenizers.Metaspace(replacement=_SPACE, prepend_scheme="first"),
            pre_tokenizers.Split(Regex(r"[.,;:?!'’()\"-]"), behavior="isolated"),
            pre_tokenizers.Split(Regex(r"\u00a0"), behavior="isolated"),
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.Sequence(
        [decoders.ByteLevel(), decoders.Replace(_SPACE, " "), decoders.Strip(" ", 1, 0)]
    )
    special = [UNKNOWN, START, END, PAD, *(language_token(language) for language in WRITTEN)]
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE - len(PLACEHOLDERS),
        min_frequency=5,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_texts(n_samples, seed), trainer)
    tokenizer.add_tokens([AddedToken(placeholder, normalized=False) for placeholder in PLACEHOLDERS])
    return tokenizer


def rare_pieces(tokenizer: Tokenizer) -> list[str]:
    """Return the letters of each token that is no word of the world: only made-up words are cut into them."""
    words = {word for language in WRITTEN for word in written_words(language)}
    texts = {str(tokenizer.decode([number])).strip() for number in tokenizer.get_vocab().values()}
    return sorted(text for text in texts if text.isalpha() and text not in words)


def token_id(tokenizer: Tokenizer, token: str) -> int:
    """Return the number of a token that the tokenizer has."""
    number = tokenizer.token_to_id(token)
    assert number is not None, token
    return number


def load_tokenizer(path: Path) -> Tokenizer:
    """Read a tokenizer.json."""
    return Tokenizer.from_file(str(path))


def _texts(n_samples: int, seed: int) -> Iterator[str]:
    maker = SampleMaker(seed)
    for _ in range(n_samples):
        sample = maker.draw()
        yield sample.source
        yield from sample.targets.values()
