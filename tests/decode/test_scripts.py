"""The pace of languages, with Whisper's real vocabulary."""

import pytest

from app.decode.scripts import CONTEXT_TOKENS, PACES, TEXT_TOKENS, cap_tokens, find_pace, longest_window_s
from app.decode.tokens import group_tokens
from tests.support.everyday_sentences import FASTER, NORMAL_S, read_sentences
from tests.support.real_vocabulary import build_tokenizer, read_languages

SENTENCES = read_sentences()


def count_tokens(text: str) -> int:
    """Return the tokens of running text in the vocabulary of large-v3."""
    return len(build_tokenizer("multilingual", 100).encode(" " + text, add_special_tokens=False).ids)


def test_every_language_of_whisper_has_a_pace_and_a_sentence() -> None:
    """None of the 100 is missing, and none is there that Whisper does not know."""
    assert set(PACES) == set(SENTENCES) == set(read_languages())


@pytest.mark.parametrize("language", SENTENCES)
def test_the_pace_is_that_of_the_everyday_sentence(language: str) -> None:
    """Tokens, words and letters per second are those measured, to the tenth."""
    tokenizer = build_tokenizer("multilingual", 100)
    ids = tokenizer.encode(" " + SENTENCES[language], add_special_tokens=False).ids
    pace = find_pace(language)
    assert pace.tokens_per_s == pytest.approx(len(ids) / NORMAL_S, abs=0.06)
    assert pace.words_per_s == pytest.approx(len(group_tokens(ids, tokenizer.decode, language)) / NORMAL_S, abs=0.06)
    assert pace.letters_per_s == pytest.approx(len(SENTENCES[language]) / NORMAL_S, abs=0.06)


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize("repeats", [1, 2, 3])
def test_fast_speech_stays_below_the_cap(language: str, repeats: int) -> None:
    """One to three sentences at 1.5 times the normal pace have fewer tokens than their window may have."""
    duration_s = repeats * NORMAL_S / FASTER
    if duration_s > longest_window_s(language):
        duration_s, repeats = longest_window_s(language), 1
    assert count_tokens(" ".join([SENTENCES[language]] * repeats)) < cap_tokens(language, duration_s)


@pytest.mark.parametrize("language", SENTENCES)
def test_no_cap_is_larger_than_the_context(language: str) -> None:
    """Prompt, start and new tokens fit, whatever the window and the prompt."""
    for n_prompt in (0, 33, 224):
        for duration_s in (0.5, 14.0, 30.0):
            assert n_prompt + 5 + cap_tokens(language, duration_s, n_prompt) <= CONTEXT_TOKENS


def test_a_runaway_european_window_ends_early() -> None:
    """Where speech fits into Whisper's usual 224 tokens, no more are written; a short window has fewer."""
    assert cap_tokens("de", 28.0) == TEXT_TOKENS
    assert cap_tokens("de", 5.0) == 76
    assert cap_tokens("unknown", 5.0) > 76


def test_a_window_may_be_too_long_for_a_script() -> None:
    """30 s of German fit into the context, of Kannada only a third."""
    assert longest_window_s("de") > 30
    assert longest_window_s("ko") > 30
    assert 8 < longest_window_s("kn") < 14
    assert 3 < longest_window_s("bo") < 6
