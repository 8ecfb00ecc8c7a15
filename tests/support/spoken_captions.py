"""Makes the messages that a page gets while people speak, from a seed: sentences, decodes, revisions, pauses."""

import random
from dataclasses import dataclass
from typing import Any

VOCABULARIES = {
    "en": (
        "the a of in on at to for with by from and or",
        "meeting budget people documentation week slide customers year road responsibilities team next new we you see "
        "plan works good open house internationalisation question talk water idea",
    ),
    "de": (
        "der die das den ein eine in an auf mit von zu für und oder im am zum",
        "Besprechung Haus Vertriebsleitung Woche Folie Kunden Jahr wir gehen sehen neu Frage gut heute beginnt Straße "
        "Donaudampfschifffahrtsgesellschaft Entwicklungsteam Wasser Zusammenarbeit",
    ),
    "fr": (
        "le la les un une des de du au à dans pour avec et ou sur",
        "réunion maison budget semaine équipe nouvelle nous allons question aujourd'hui développement rue eau travail",
    ),
    "ar": (
        "في من على إلى عن مع",
        "الاجتماع اليوم الفريق الجديد السؤال الماء الطريق العمل السنة المدرسة القرية",
    ),
    "ja": (
        "の は を に が で",
        "会議 今日 予算 開発 チーム 質問 東京 新しい 始まります 仕事 ありがとう ございます 説明 します",
    ),
}
"""Function words and other words by language."""


@dataclass(frozen=True, slots=True)
class Speech:
    """How people speak and how the service decodes it."""

    language: str = "en"
    seconds: float = 60.0
    words_per_s: float = 2.6
    sentence: tuple[int, int] = (2, 16)
    """Fewest and most words of a sentence."""

    cadence_s: float = 1.0
    """Pause between two decodes."""

    is_translation: bool = False
    """Whether words stay tentative until their phrase is final."""

    wrong: float = 0.15
    """Probability that a word at the end of a hypothesis is another one."""

    pause: float = 0.1
    """Probability of a long pause after a sentence."""

    speakers: int = 1
    """How many people speak at the same time, each into a source of their own."""


def spoken_messages(speech: Speech, seed: int) -> list[tuple[float, dict[str, Any]]]:
    """Return messages on the track `original`, with their moments in seconds; the same for the same seed."""
    captions: list[tuple[float, dict[str, Any]]] = []
    for number in range(speech.speakers):
        captions += _speak(speech, random.Random(f"{seed} {number}"), number)
    captions.sort(key=lambda caption: caption[0])
    return [(0.0, _welcome()), *((at_s, {"type": "caption", "caption": caption}) for at_s, caption in captions)]


def caption_message(phrase: str, committed: str, tentative: str = "", **given: Any) -> dict[str, Any]:
    """Return the message with one state of a phrase; it is final unless it has tentative words or `given` says more."""
    caption: dict[str, Any] = {
        **{"room": "main", "epoch": "e", "seq": None, "phrase": phrase, "rev": 1, "source": "s", "track": "original"},
        **{"state": "open" if tentative else "final", "language": "en", "start_s": 0.0, "end_s": 1.0},
        **{"committed": committed, "tentative": tentative, "speaker": None, "is_outdated": False, "doubtful": []},
        **{"is_retranslated": False, "is_backfilled": False},
    }
    return {"type": "caption", "caption": caption | given}


def _welcome() -> dict[str, Any]:
    showing = {"is_hidden": False, "is_paused": False, "notice": "", "offers_transcript": False}
    state = {
        **{"room": "main", "model": "none", "tracks": ["original"], "sources": [], "problems": []},
        "showing": showing,
    }
    return {"type": "welcome", "epoch": "e", "state": state, "next_sample": None}


def _speak(speech: Speech, chance: random.Random, number: int) -> list[tuple[float, dict[str, Any]]]:
    sentences = _sentences(speech, chance)
    gap = "" if speech.language == "ja" else " "
    found: list[tuple[float, dict[str, Any]]] = []
    at_s, current, rev, committed = 0.5 + number * 0.37, 0, 0, 0
    before: list[str] = []

    def emit(state: str, solid: list[str], grey: list[str]) -> None:
        nonlocal rev
        rev += 1
        event = caption_message(
            f"{number + 1}-{current}", gap.join(solid), gap.join(grey), rev=rev, state=state, language=speech.language
        )
        event["caption"] |= {"source": f"s{number}", "speaker": f"Speaker {number + 1}"}
        found.append((at_s, event["caption"]))

    while current < len(sentences) and at_s < speech.seconds:
        at_s += speech.cadence_s * chance.uniform(0.8, 1.2)
        words = [word for word, end_s in sentences[current] if end_s <= at_s - 0.3]
        after = (
            [word for word, end_s in sentences[current + 1] if end_s <= at_s - 0.3]
            if current + 1 < len(sentences)
            else []
        )
        if len(words) == len(sentences[current]) and (len(after) > 2 or at_s > sentences[current][-1][1] + 0.6):
            emit("final", words, [])
            current, rev, committed, before = current + 1, 0, 0, []
            if after and chance.random() < 0.5:
                emit("open", [], after)
            continue
        heard = [_misheard(speech, chance, word) if i >= len(words) - 2 else word for i, word in enumerate(words)]
        if not speech.is_translation:
            agreed = 0
            while agreed < min(len(before), len(heard)) and before[agreed] == words[agreed] == heard[agreed]:
                agreed += 1
            committed = max(committed, agreed)
        grey = [*heard[committed:], *after]
        before = heard
        if committed or grey:
            emit("open", words[:committed], grey)
    return found


def _sentences(speech: Speech, chance: random.Random) -> list[list[tuple[str, float]]]:
    function_words, words = (text.split() for text in VOCABULARIES[speech.language])
    mark = "。" if speech.language == "ja" else "."
    at_s = 0.5
    found: list[list[tuple[str, float]]] = []
    while at_s < speech.seconds + 10:
        n_words = chance.randint(*speech.sentence)
        said = []
        for i in range(n_words):
            word = chance.choice(function_words if i < n_words - 1 and chance.random() < 0.4 else words)
            at_s += chance.uniform(0.6, 1.4) / speech.words_per_s
            if word in words:
                word = f"{word}{len(found) % 10}{i}"  # so that each can be found on the page
            word = word[:1].upper() + word[1:] if i == 0 else word
            said.append((word + mark if i == n_words - 1 else word, at_s))
        found.append(said)
        at_s += chance.uniform(3, 9) if chance.random() < speech.pause else chance.uniform(0.2, 0.8)
    return found


def _misheard(speech: Speech, chance: random.Random, word: str) -> str:
    if chance.random() >= speech.wrong:
        return word
    return chance.choice(VOCABULARIES[speech.language][1].split())
