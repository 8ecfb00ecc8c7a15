"""Tokens, caps and filters together, with a fast sentence in each of Whisper's languages."""

import pytest

from app.captions.filters import judge
from app.decode.hypothesis import Hypothesis, Word
from app.decode.scripts import cap_tokens
from app.decode.tokens import group_tokens
from app.decode.word_timing import time_words
from tests.fakes.speaker import VoicedWords
from tests.support.everyday_sentences import FASTER, NORMAL_S, read_sentences
from tests.support.real_vocabulary import build_tokenizer


@pytest.mark.parametrize("language", read_sentences())
def test_a_fast_sentence_is_shown(language: str) -> None:
    """At 1.5 times the normal pace no cap and no limit of a filter rejects it or a part of it, in 100 languages."""
    tokenizer = build_tokenizer("multilingual", 100)
    sentence = read_sentences()[language]
    tokens = tokenizer.encode(" " + sentence, add_special_tokens=False).ids
    duration_s = NORMAL_S / FASTER
    frames = [(i, round(i * duration_s / len(tokens) / 0.02)) for i in range(len(tokens) + 1)]
    words = time_words(group_tokens(tokens, tokenizer.decode, language), frames, [0.9] * len(tokens), duration_s)
    hypothesis = Hypothesis(words, -0.3, len(tokens) >= cap_tokens(language, duration_s))
    sound = VoicedWords((Word("", 0.0, duration_s, 1.0),))
    verdict = judge(hypothesis, language=language, sound=sound, start_s=0.0, end_s=duration_s)
    assert verdict.fault is None
    assert not verdict.is_doubtful
    assert Hypothesis(verdict.words).text == sentence
