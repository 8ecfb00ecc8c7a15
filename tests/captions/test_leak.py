"""Text that is the prompt and not speech."""

import pytest

from app.captions.leak import drop_leak
from app.decode.hypothesis import Word, join_words
from app.decode.prompt import prompt_text
from tests.fakes.speaker import VoicedWords, spoken_words

PROMPT = prompt_text(("Kubernetes", "Surtitle", "Grafana"), "en")


def kept(words: tuple[Word, ...], voiced: tuple[Word, ...], prompt: str = PROMPT, end_s: float | None = 8.0) -> str:
    """Return the text that is left of words over a sound that is voiced where other words are."""
    return join_words(drop_leak(words, prompt, VoicedWords(voiced), 0.0, end_s))


@pytest.mark.parametrize(
    "text", ["This is about Kubernetes, Surtitle.", "Grafana, Kubernetes", "Grafana", "Surtitle. Good afternoon"]
)
def test_the_prompt_over_little_speech_is_a_leak(text: str) -> None:
    """Terms in any order, and the sentences around them."""
    assert kept(spoken_words(text), spoken_words("a", word_s=0.15)) == ""


def test_an_opening_without_terms_is_a_leak() -> None:
    """It fills the prompt of a short previous text; after other words it may be speech."""
    prompt = prompt_text((), "en", "we go on")
    assert kept(spoken_words("Good afternoon and a warm welcome."), spoken_words("a", word_s=0.3), prompt) == ""
    said = spoken_words("nobody told Paul to begin right away")
    assert kept(said, said[:3], prompt) == "nobody told Paul to begin right away"


def test_terms_that_were_said_are_kept() -> None:
    """The same words over as much speech as they need."""
    words = spoken_words("Kubernetes, Surtitle, Grafana")
    assert kept(words, words) == "Kubernetes, Surtitle, Grafana"


def test_other_words_over_little_speech_are_left_to_other_filters() -> None:
    """Without words of the prompt, or without a prompt, there is no leak."""
    assert kept(spoken_words("der Hund bellt"), ()) == "der Hund bellt"
    assert kept(spoken_words("Grafana, Surtitle"), (), prompt="") == "Grafana, Surtitle"


def test_a_leak_after_speech_is_cut_off() -> None:
    """The words that were said before it stay."""
    said = spoken_words("der Hund bellt laut.")
    leaked = spoken_words("Kubernetes, Surtitle, Grafana", start_s=4.0)
    assert kept((*said, *leaked), said) == "der Hund bellt laut."


def test_common_words_at_the_end_of_a_sentence_are_no_leak() -> None:
    """Words of the opening, and a few short words, may follow what was said however little speech is found there."""
    for ending in ("what is this", "we go on step by step", "and it is about"):
        words = spoken_words(f"nobody told Paul {ending}")
        assert kept(words, words[:3]) == f"nobody told Paul {ending}"


def test_words_without_times_are_judged_by_the_speech_of_their_window() -> None:
    """A translation's window must be known; without it nothing is dropped."""
    words = tuple(Word(word.text, 0.0, 0.0, 0.9) for word in spoken_words("Kubernetes, Surtitle"))
    assert kept(words, spoken_words("a", word_s=0.3)) == ""
    assert kept(words, spoken_words("a b c", word_s=0.3)) == "Kubernetes, Surtitle"
    assert kept(words, (), end_s=None) == "Kubernetes, Surtitle"
