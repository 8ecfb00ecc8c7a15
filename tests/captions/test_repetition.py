"""A sentence that returns without speech is stopped."""

import json
from pathlib import Path

import pytest

from app.bench import replay
from app.captions.repetition import RecentSentences
from app.decode.hypothesis import Word
from tests.fakes.speaker import VoicedWords, spoken_words

SENTENCE = "If you do not understand German, read the subtitles."


def played(text: str, *, n_times: int, word_s: float, voice_s: float, every_s: float = 6.0) -> list[bool]:
    """Return for each copy of a sentence whether it is an echo; voice is at the start of each."""
    recent = RecentSentences()
    echoes = []
    for i in range(n_times):
        words = spoken_words(text, start_s=i * every_s, word_s=word_s)
        sound = VoicedWords((Word("voice", i * every_s, i * every_s + voice_s, 1.0),))
        echoes.append(recent.is_echo(words, sound, i * every_s, (i + 1) * every_s))
        recent.add(words, words[-1].end_s, "en")
    return echoes


def test_a_sentence_over_hum_is_stopped() -> None:
    """Copies with hardly any voice are echoes from the second on."""
    assert played(SENTENCE, n_times=5, word_s=0.3, voice_s=0.4) == [False, True, True, True, True]


def test_copies_with_half_the_voice_are_stopped_from_the_third_on() -> None:
    """A burst of noise may pass for fast speech once."""
    assert played(SENTENCE, n_times=4, word_s=0.3, voice_s=1.7) == [False, False, True, True]


def test_what_people_repeat_passes() -> None:
    """A chorus, and a request for the next slide, have voice as long as their words."""
    assert not any(played("Next slide please.", n_times=8, word_s=0.22, voice_s=0.66))
    assert not any(played("We shall overcome some day", n_times=8, word_s=0.5, voice_s=2.5))
    assert not any(played("Ja.", n_times=8, word_s=0.1, voice_s=0.0))


def test_variations_count_and_other_sentences_do_not() -> None:
    """A sentence that differs by a word is the same, another is not."""
    recent = RecentSentences()
    recent.add(spoken_words(SENTENCE), 5.0, "en")
    silence = VoicedWords(())
    varied = spoken_words("If you don't not understand German read the subtitles", start_s=10.0)
    assert recent.is_echo(varied, silence, 10.0, 15.0)
    assert not recent.is_echo(spoken_words("We now vote on the budget", start_s=10.0), silence, 10.0, 15.0)


def test_old_sentences_are_forgotten() -> None:
    """After two minutes a sentence is a new one."""
    recent = RecentSentences()
    recent.add(spoken_words(SENTENCE), 5.0, "en")
    assert not recent.is_echo(spoken_words(SENTENCE, start_s=200.0), VoicedWords(()), 200.0, 205.0)


def test_words_without_times_are_judged_by_their_window() -> None:
    """A translation has no word times."""
    recent = RecentSentences()
    untimed = tuple(Word(text, 0.0, 0.0, 0.9) for text in SENTENCE.split())
    recent.add(untimed, 5.0, "en")
    assert recent.is_echo(untimed, VoicedWords(()), 10.0, 15.0)
    assert not recent.is_echo(untimed, VoicedWords((Word("voice", 10.0, 15.0, 1.0),)), 10.0, 15.0)


def test_only_echoes_leave_a_hypothesis() -> None:
    """Other sentences, and those before the cut, stay."""
    recent = RecentSentences()
    recent.add(spoken_words(f"Welcome all of you. {SENTENCE}"), 8.0, "en")
    words = spoken_words(f"{SENTENCE} Now we vote. {SENTENCE}", start_s=20.0)
    sound = VoicedWords(words[9:12])
    assert recent.strip_echoes(words, sound, 20.0, 30.0, "en") == words[9:12]
    assert recent.strip_echoes(words, sound, 20.5, 30.0, "en") == words[:12]
    assert recent.strip_echoes(words, VoicedWords(words), 20.0, 30.0, "en") == words


@pytest.mark.parametrize(("voice_s", "word_s", "n_phrases"), [(0.7, 0.13, 1), (2.9, 0.32, 5)])
def test_a_session_shows_an_invented_sentence_once(
    tmp_path: Path, voice_s: float, word_s: float, n_phrases: int
) -> None:
    """What a model writes for every burst of noise becomes one phrase; what is said five times becomes five."""
    starts = [1.0 + 8.0 * i for i in range(5)]
    clip = {
        "type": "clip",
        "name": "bursts",
        "duration_s": 42.0,
        "language": "en",
        "speech": [[start_s, start_s + voice_s] for start_s in starts],
        "reference": "",
        "words": [],
    }
    decode = {
        "type": "decode",
        "start_s": 0.0,
        "end_s": 42.0,
        "language": "en",
        "avg_logprob": -0.2,
        "no_speech_prob": 0.0,
        "words": [
            {"text": word.text, "start_s": word.start_s, "end_s": word.end_s, "probability": 0.9}
            for start_s in starts
            for word in spoken_words(SENTENCE, start_s=start_s, word_s=word_s)
        ],
    }
    trace = tmp_path / "bursts.jsonl"
    trace.write_text("".join(json.dumps(line) + "\n" for line in (clip, decode)), encoding="utf-8")
    [played_clip] = replay.run(trace).clips
    assert len(played_clip.phrases) == n_phrases, [phrase.text for phrase in played_clip.phrases]
