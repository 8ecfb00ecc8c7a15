"""What a hypothesis must pass before anybody sees it."""

import pytest

from app.captions.filters import Fault, judge, strip_markers
from app.decode.hypothesis import Hypothesis, Word, join_words
from tests.fakes.speaker import VoicedWords, spoken_words


def judged(
    text: str,
    *,
    logprob: float = -0.2,
    capped: bool = False,
    prompt: str = "",
    word_s: float = 0.4,
    language: str = "en",
) -> Fault | None:
    """Return what is found wrong with a spoken text."""
    words = spoken_words(text, word_s=word_s)
    hypothesis = Hypothesis(words, logprob, capped)
    return judge(hypothesis, language=language, sound=VoicedWords(words), start_s=0.0, prompt=prompt).fault


@pytest.mark.parametrize(
    ("text", "options", "fault"),
    [
        ("we start with the news from Berlin", {}, None),
        ("", {}, "empty"),
        ("some guesswork", {"logprob": -1.6}, "logprob"),
        ("a text that ran into the cap", {"capped": True}, "capped"),
        ("no no no no", {}, None),
        ("no no no no", {"word_s": 0.02}, "loop"),
        ("we go we go we go", {"word_s": 0.02}, "loop"),
        ("no no no", {}, None),
        ("these words are said much too fast", {"word_s": 0.05}, "rate"),
        ("Kubernetes, Surtitle, Grafana", {"prompt": "Kubernetes, Surtitle, Grafana", "word_s": 0.2}, "prompt"),
        ("Kubernetes, Surtitle, Grafana", {"prompt": "Kubernetes, Surtitle, Grafana"}, None),
        ("Surtitle is ready", {"prompt": "Kubernetes, Surtitle, Grafana"}, None),
        ("Thanks for watching!", {"logprob": -0.6}, "hallucination"),
        ("Thanks for watching!", {"logprob": -0.1}, "hallucination"),
        ("Thank you.", {"logprob": -0.6, "word_s": 0.2}, None),
        ("Thank you.", {"logprob": -0.6, "word_s": 0.6}, None),
        ("Untertitel im Auftrag des ZDF", {"logprob": -0.6, "language": "de"}, "hallucination"),
    ],
)
def test_judge(text: str, options: dict[str, object], fault: Fault | None) -> None:
    """Each fault is found, and ordinary speech passes."""
    assert judged(text, **options) == fault  # type: ignore[arg-type]


def test_compression_finds_what_repeats_with_variations() -> None:
    """Long text that says the same again and again is refused though no group repeats exactly."""
    assert judged("and so we say that and so we say this " * 6) in ("compression", "loop")


def test_words_in_silence_are_dropped_one_by_one() -> None:
    """A word without voice under it goes; its neighbours stay."""
    said = spoken_words("we are here")
    words = (*said, Word("thanks", 3.0, 3.4, 0.9))
    verdict = judge(Hypothesis(words, -0.2), language="en", sound=VoicedWords(said), start_s=0.0)
    assert [word.text for word in verdict.words] == ["we", "are", "here"]


def test_uncertain_text_is_doubtful() -> None:
    """Text below what is usual for the model is believed, and committed on more agreement only."""
    words = spoken_words("we are here")
    verdict = judge(Hypothesis(words, -1.1), language="en", sound=VoicedWords(words), start_s=0.0)
    assert verdict.is_doubtful
    assert verdict.fault is None


def test_a_translation_passes_without_times() -> None:
    """Words without times are not tested for voice."""
    words = tuple(Word(text, 0.0, 0.0, 0.9) for text in ("good", "morning"))
    assert judge(Hypothesis(words, -0.2), language="en", sound=VoicedWords(()), start_s=0.0).words == words


def test_a_single_word_in_long_voice_is_rejected() -> None:
    """A tone passes for voice, and one word in four seconds of it is invented."""
    lone = (Word("We", 0.2, 0.6, 0.9),)
    tone = VoicedWords((Word("tone", 0.0, 4.0, 1.0),))
    for end_s, fault in ((4.0, "rate"), (1.5, None)):
        verdict = judge(Hypothesis(lone, -0.5), language="en", sound=tone, start_s=0.0, end_s=end_s)
        assert verdict.fault == fault


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("[Music]", ""),
        ("♪ ♪♪ ♪", ""),
        ("(audience laughs) thank you all", "thank you all"),
        ("well [coughs loudly]. let us begin", "well let us begin"),
        ("*applause* now then", "now then"),
        ("we begin (as planned", "we begin"),
        ("so – we begin", "so – we begin"),
        ("C'est l'été, 5 % mehr.", "C'est l'été, 5 % mehr."),
    ],
)
def test_markers_of_sound_are_no_words(text: str, kept: str) -> None:
    """Markers of music, applause or a cough are left out; the words around them stay."""
    assert join_words(strip_markers(spoken_words(text))) == kept


def test_nothing_but_markers_is_no_voice() -> None:
    """A hypothesis of markers alone says that nobody spoke."""
    words = spoken_words("[Applause] ♪")
    verdict = judge(Hypothesis(words, -0.1), language="en", sound=VoicedWords(words), start_s=0.0)
    assert (verdict.words, verdict.fault) == ((), "no voice")
