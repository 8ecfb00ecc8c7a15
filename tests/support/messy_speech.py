"""Traces of messy speech: what a large Whisper model makes of a script, tick by tick, with one of its habits in each.

No real model can run where the tests run, so its habits are written down here by hand. `python -m
tests.support.messy_speech` writes them to tests/support/traces; the files are kept, so that a change of the generator
does not change the cases.

A script is text with pauses in seconds, such as `Guten Morgen. (1.2) Wir beginnen.` A decode line is written at every
full second while somebody speaks and after it, and one half a second after each end of speech, where an utterance
ends.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.bench import trace
from app.bench.json_lines import TimedWord
from app.bench.trace import TracedClip, TracedDecode, join_spans
from app.decode.hypothesis import Hypothesis, LanguageDetection, Word

FOLDER = Path(__file__).parent / "traces"

LEAD_S = 0.6
"""Silence before the first word."""

TAIL_S = 3.0
"""Silence after the last word."""

WINDOW_S = 28.0
"""The longest window that is recorded: twice as long as those of the live path."""

JITTER_S = 0.06
"""How exact word times are."""

PAUSE_S = 0.85
"""A gap between words that separates utterances."""

ENDED_S = 0.5
"""Silence after which an utterance ends."""


@dataclass(frozen=True)
class Decoding:
    """One decode before the model's habit changes it."""

    rng: random.Random
    start_s: float
    end_s: float
    is_final: bool
    silence_s: float
    """Silence between the last spoken word and the end of the window."""
    number: int
    """Number of the decode in its clip, from 0."""
    hypothesis: Hypothesis
    """Words on the clip's clock."""
    detection: LanguageDetection | None = None
    language: str | None = None

    def with_words(self, words: Sequence[Word]) -> "Decoding":
        """Return the decode with other words."""
        return replace(self, hypothesis=replace(self.hypothesis, words=tuple(words)))

    def with_logprob(self, avg_logprob: float) -> "Decoding":
        """Return the decode with another confidence."""
        return replace(self, hypothesis=replace(self.hypothesis, avg_logprob=avg_logprob))


Habit = Callable[[Decoding], Decoding]


@dataclass(frozen=True)
class Case:
    """One clip."""

    name: str
    language: str
    script: str
    habits: tuple[Habit, ...] = ()
    jitter_s: float = JITTER_S
    detects: bool = False
    """Whether the language is detected."""
    noises: tuple[tuple[float, float], ...] = ()
    """Spans that speech detection takes for speech though nobody speaks."""
    reference: str | None = None
    seed: int = 1
    is_aligned: bool = False
    """Whether every utterance ends just before a full second, so that a decode at that second has heard all of it."""


def time_script(script: str, *, is_aligned: bool = False) -> tuple[TimedWord, ...]:
    """Return the words of a script with times, at about 2.7 words a second; see `Case.is_aligned`."""
    words: list[TimedWord] = []
    at_s = LEAD_S
    for part in re.split(r"(\(\d+\.\d+\))", script):
        if part.startswith("("):
            at_s += float(part[1:-1])
            continue
        lengths_s = [0.1 + 0.055 * len(text) for text in part.split()]
        if is_aligned:
            end_s = at_s + sum(lengths_s) + 0.02 * len(lengths_s)
            at_s += (0.8 - end_s) % 1.0
        for text, length_s in zip(part.split(), lengths_s, strict=True):
            words.append(TimedWord(text, round(at_s, 3), round(at_s + length_s, 3)))
            at_s += length_s + 0.02
    return tuple(words)


def make_clip(case: Case) -> TracedClip:
    """Return the trace of a case."""
    rng = random.Random(case.seed)
    words = time_script(case.script, is_aligned=case.is_aligned)
    speech = join_spans([(word.start_s, word.end_s) for word in words])
    duration_s = round(words[-1].end_s + TAIL_S, 2)
    decodes = []
    for number, (start_s, end_s, is_final) in enumerate(list_windows(words, duration_s)):
        heard = listen(words, start_s, end_s, rng, case.jitter_s, is_final)
        last_s = max((word.end_s for word in words if word.start_s < end_s), default=0.0)
        decoding = Decoding(
            rng,
            start_s,
            end_s,
            is_final,
            max(0.0, end_s - last_s),
            number,
            Hypothesis(heard, round(-0.25 + rng.gauss(0, 0.04), 3), no_speech_prob=0.02 if heard else 0.6),
            LanguageDetection(case.language, 0.97, {case.language: 0.97}) if case.detects else None,
            case.language,
        )
        for habit in case.habits:
            decoding = habit(decoding)
        decodes.append(
            TracedDecode(
                start_s,
                end_s,
                decoding.hypothesis,
                language=decoding.language,
                detection=decoding.detection,
                is_final=is_final,
            )
        )
    return TracedClip(
        name=case.name,
        duration_s=duration_s,
        language=None if case.detects else case.language,
        reference=" ".join(word.text for word in words) if case.reference is None else case.reference,
        words=words,
        speech=join_spans([*speech, *case.noises]),
        decodes=tuple(decodes),
    )


def list_windows(words: Sequence[TimedWord], duration_s: float) -> Iterator[tuple[float, float, bool]]:
    """Yield start and end of each window, and whether its utterance has ended.

    Windows begin far back, so that they cover whatever part of them a policy asks for.
    """
    spans = join_spans([(word.start_s, word.end_s) for word in words], ENDED_S)
    moments: set[tuple[float, bool]] = set()
    for i, (first_s, last_s) in enumerate(spans):
        end_s = round(last_s + ENDED_S + 0.02, 2)
        until_s = min(end_s + 2.0, spans[i + 1][0] if i + 1 < len(spans) else duration_s)
        moments |= {(float(tick), False) for tick in range(int(first_s) + 1, int(until_s) + 1) if tick != end_s}
        moments.add((end_s, True))
    for at_s, is_final in sorted(moments):
        if at_s >= words[0].start_s + 0.8:
            yield max(0.0, round(at_s - WINDOW_S, 2)), at_s, is_final


def listen(
    words: Sequence[TimedWord], start_s: float, end_s: float, rng: random.Random, jitter_s: float, is_final: bool
) -> tuple[Word, ...]:
    """Return what a good model hears in a window: the words in it, the last one perhaps cut off."""
    heard: list[Word] = []
    floor_s = start_s
    for word in words:
        if word.end_s <= start_s + 0.05 or word.start_s >= end_s - 0.05:
            continue
        text = word.text
        if word.end_s > end_s + 0.02:  # cut off by the edge
            if rng.random() < 0.5 or len(text) < 5:
                continue
            text = text[: max(3, int(len(text) * 0.6))]
        begin_s = min(max(floor_s, word.start_s + _jitter(rng, jitter_s)), end_s)
        stop_s = min(max(begin_s + 0.02, word.end_s + _jitter(rng, jitter_s)), end_s)
        heard.append(Word(text, round(begin_s, 3), round(stop_s, 3), round(rng.uniform(0.75, 0.99), 3)))
        floor_s = stop_s
    if heard and not is_final and heard[-1].end_s > end_s - 0.4 and rng.random() < 0.4:
        heard[-1] = _respell(heard[-1], heard[-1].text.rstrip(".,") + ".")  # where the sound stops, Whisper stops
    return tuple(heard)


def _jitter(rng: random.Random, jitter_s: float) -> float:
    return max(-jitter_s, min(jitter_s, rng.gauss(0, jitter_s / 2)))


def _respell(word: Word, text: str, end_s: float | None = None) -> Word:
    return replace(word, text=text, end_s=word.end_s if end_s is None else end_s)


def respell(old: str, new: str, when: Callable[[Decoding], bool], probability: float = 0.8) -> Habit:
    """Write a passage in another way in some decodes; the new words share its time."""
    pattern, texts = old.split(), new.split()

    def apply(decoding: Decoding) -> Decoding:
        words = list(decoding.hypothesis.words)
        for i in range(len(words) - len(pattern), -1, -1):
            passage = words[i : i + len(pattern)]
            if when(decoding) and [word.text.rstrip(".,") for word in passage] == pattern:
                first_s, last_s = passage[0].start_s, passage[-1].end_s
                step_s = (last_s - first_s) / len(texts)
                stop = passage[-1].text[len(passage[-1].text.rstrip(".,")) :]
                words[i : i + len(pattern)] = [
                    Word(
                        text + (stop if n == len(texts) - 1 else ""),
                        round(first_s + n * step_s, 3),
                        round(first_s + (n + 1) * step_s, 3),
                        probability,
                    )
                    for n, text in enumerate(texts)
                ]
        return decoding.with_words(words)

    return apply


def odd(decoding: Decoding) -> bool:
    """Every other decode."""
    return decoding.number % 2 == 1


def even(decoding: Decoding) -> bool:
    """The other decodes."""
    return decoding.number % 2 == 0


def rarely(decoding: Decoding) -> bool:
    """A third of the decodes."""
    return decoding.number % 3 == 0


def starts_with_dash(decoding: Decoding) -> Decoding:
    """Write a dash before the first word of every other decode, as in dialogues, with or without a space."""
    words = list(decoding.hypothesis.words)
    if words and odd(decoding):
        first = words[0]
        if decoding.number % 4 == 1:
            words[0] = _respell(first, "-" + first.text)
        else:
            words.insert(0, Word("-", first.start_s, first.start_s + 0.02, 0.5))
    return decoding.with_words(words)


def last_utterance(decoding: Decoding) -> tuple[Word, ...]:
    """Return the words after the last pause."""
    words = decoding.hypothesis.words
    first = max((i for i in range(1, len(words)) if words[i].start_s - words[i - 1].end_s > PAUSE_S), default=0)
    return words[first:]


def writes_twice(decoding: Decoding) -> Decoding:
    """Write a short utterance twice; the copy has the silence up to the end of the window."""
    words = last_utterance(decoding)
    if decoding.silence_s < 0.15 or len(words) < 3:
        return decoding
    at_s = words[-1].end_s
    step_s = max(0.0, decoding.end_s - at_s - 0.02) / len(words)
    copies = [
        replace(word, start_s=round(at_s + i * step_s, 3), end_s=round(at_s + (i + 1) * step_s, 3), probability=0.6)
        for i, word in enumerate(words)
    ]
    return decoding.with_words([*decoding.hypothesis.words, *copies])


def adds(text: str, least_silence_s: float = 0.4) -> Habit:
    """Append a credit or thanks in the silence after speech."""

    def apply(decoding: Decoding) -> Decoding:
        words = decoding.hypothesis.words
        if decoding.silence_s < least_silence_s:
            return decoding
        first_s = (words[-1].end_s if words else decoding.start_s) + 0.1
        added = [
            Word(part, round(first_s + i * 0.02, 3), round(first_s + (i + 1) * 0.02, 3), 0.7)
            for i, part in enumerate(text.split())
        ]
        return decoding.with_words([*words, *added])

    return apply


def is_silent(decoding: Decoding) -> bool:
    """Whether the utterance has ended."""
    return decoding.silence_s >= 0.4


def ends_empty(decoding: Decoding) -> Decoding:
    """Hear nothing once the utterance has ended."""
    if not is_silent(decoding):
        return decoding
    return replace(decoding, hypothesis=Hypothesis((), -1.1, no_speech_prob=0.3))


def ends_unsure(decoding: Decoding) -> Decoding:
    """Be unsure of everything once the utterance has ended: the text is right all the same."""
    return decoding.with_logprob(-1.02) if is_silent(decoding) else decoding


def ends_truncated(decoding: Decoding) -> Decoding:
    """Leave out the last third of the utterance once it has ended."""
    n_cut = len(last_utterance(decoding)) // 3 if is_silent(decoding) else 0
    words = decoding.hypothesis.words
    return decoding.with_words(words[: len(words) - n_cut])


def doubts(decoding: Decoding) -> Decoding:
    """Be doubtful throughout, as a small model at a distance; words are less certain too."""
    words = [replace(word, probability=round(word.probability * 0.7, 3)) for word in decoding.hypothesis.words]
    return decoding.with_words(words).with_logprob(-0.75)


def hears_english(decoding: Decoding) -> Decoding:
    """Take short windows for English: the share among two languages is high, the probability is not."""
    spoken_s = sum(word.end_s - word.start_s for word in last_utterance(decoding))
    if spoken_s >= 1.5:
        return decoding
    detection = LanguageDetection("en", 0.65, {"en": 0.02, "de": 0.011})
    return replace(decoding, detection=detection)


def hears_applause(spans: Sequence[tuple[float, float]], text: str) -> Habit:
    """Write a marker or a known invention for windows that end in applause."""

    def apply(decoding: Decoding) -> Decoding:
        for start_s, end_s in spans:
            if start_s + 0.5 < decoding.end_s < end_s + 1.0:
                at_s = max(start_s, decoding.start_s)
                kept = [word for word in decoding.hypothesis.words if word.end_s <= at_s + 0.1]
                parts = text.split()
                return decoding.with_words([*kept, *(Word(part, at_s, decoding.end_s, 0.4) for part in parts)])
        return decoding

    return apply


GERMAN_TALK = (
    "Meine Damen und Herren, wir sprechen heute über die Zukunft unserer Stadt und über die Menschen die hier "
    "leben und arbeiten. Viele von Ihnen haben in den letzten Monaten gefragt, warum die neue Brücke noch nicht "
    "fertig ist. Das hat mehrere Gründe, die ich Ihnen gerne der Reihe nach erklären möchte. Zuerst mussten wir "
    "den Boden noch einmal untersuchen, weil das Wasser höher stand als gedacht. Danach fehlte das Material, das "
    "erst im Frühjahr geliefert wurde und dann noch geprüft werden musste. Außerdem haben wir mit den Anwohnern "
    "gesprochen, die sich mehr Ruhe in der Nacht wünschen, und gemeinsam einen Plan gefunden, mit dem alle "
    "zufrieden sein können. Jetzt sind wir sicher, dass die Arbeiten im Herbst beginnen und bis zum nächsten "
    "Sommer dauern werden. Bis dahin bitte ich Sie um etwas Geduld und danke Ihnen für Ihr Vertrauen. Wer noch "
    "Fragen hat, kann sie gleich hier im Saal stellen oder uns bis Freitag einen Brief schreiben. Wir antworten "
    "auf alles. Und jetzt wünsche ich uns allen einen schönen Abend mit guten Gesprächen und "
    "einem sicheren Weg nach Hause."
)

ENGLISH_RUN = (
    "and so what we did was we took the whole network apart and put it back together piece by piece until we "
    "could see which part was making the noise and it turned out that the cable behind the wall had been damaged "
    "by the people who painted the room last year and nobody had noticed because the signal was still good enough"
    " for everything we used to do but when we started to send video over it the errors became so frequent that "
    "the picture stopped every few seconds and people thought that the camera was broken so we bought a new "
    "camera and of course nothing changed at all until one morning our technician came in early and heard the "
    "noise himself and traced it down to the wall and since then we check every cable twice before we open the "
    "doors and write down what we find so that the next team does not have to start again from the beginning like"
    " we did last time and nobody in the other offices has to wait for a picture again"
)

CASES = (
    Case(
        "ordinals",
        "de",
        "Am 3. Oktober kommt Herr Dr. Müller nach Berlin und am 4. November fährt er nach Bonn. (1.5) Im 19. "
        "Jahrhundert war das die 2. Stadt im Land.",
    ),
    Case(
        "abbreviations",
        "en",
        "We met Dr. Smith and Mr. J. R. Brown at approx. 5 p.m. in Washington D.C. before the talk. (1.4) "
        "They said e.g. that St. John is a vs. b in this case.",
    ),
    Case(
        "abbreviations-fr",
        "fr",
        "M. Dupont et Mme. Martin habitent au n. 5 av. Victor Hugo depuis le 1er mai. (1.4) Ils viennent avec"
        " le Dr. Petit demain matin.",
    ),
    Case(
        "abbreviations-es",
        "es",
        "El Sr. García y la Sra. López viven en la pág. 3 de la lista. (1.4) El Dr. Ruiz llega mañana con su familia.",
    ),
    Case(
        "numbers",
        "de",
        "Der Umsatz stieg um zwanzig Prozent auf fünf Millionen Euro im letzten Jahr. (1.3) Das sind drei "
        "Punkte mehr als vor zwei Jahren.",
        (
            respell("zwanzig Prozent", "20%", even),
            respell("fünf Millionen", "5 Millionen", odd),
            respell("drei", "3", rarely),
            respell("zwei", "2", even),
        ),
    ),
    Case(
        "numbers-en",
        "en",
        "Sales grew by twenty percent and we hired twenty five people in two thousand and five. (1.3) That "
        "was ten years after the first three.",
        (
            respell("twenty percent", "20%", odd),
            respell("twenty five", "25", even),
            respell("two thousand and five", "2005", rarely),
            respell("ten", "10", even),
        ),
    ),
    Case(
        "compounds",
        "de",
        "Die Mitarbeiterversammlung beginnt um neun und die Geschäftsführerin begrüßt alle Gäste im "
        "Konferenzraum. (1.3) Danach gibt es Kaffee im Treppenhaus für die Abteilungsleiter.",
        (
            respell("Mitarbeiterversammlung", "Mitarbeiter Versammlung", odd),
            respell("Geschäftsführerin", "Geschäfts Führerin", rarely),
            respell("Konferenzraum", "Konferenz Raum", even),
            respell("Treppenhaus", "Treppen Haus", odd),
        ),
    ),
    Case(
        "compounds-en",
        "en",
        "You can open the website from any web browser and log in with your email address at the front desk. "
        "(1.3) The database is backed up every night in the other data center.",
        (
            respell("website", "web site", even),
            respell("database", "data base", odd),
            respell("email", "e-mail", rarely),
            respell("log in", "login", odd),
        ),
    ),
    Case(
        "dashes",
        "en",
        "Are you coming with us tonight? (0.9) No I have to finish this report first. (0.9) Then we will wait"
        " for you downstairs.",
        (starts_with_dash,),
    ),
    Case(
        "dashes-fr",
        "fr",
        "Vous venez avec nous ce soir? (0.9) Non je dois finir ce rapport. (0.9) Alors nous vous attendons en bas.",
        (starts_with_dash,),
    ),
    Case(
        "doubled",
        "en",
        "Please take your seats now. (1.6) The meeting will start in five minutes. (1.6) Thank you very much.",
        (writes_twice,),
    ),
    Case(
        "doubled-de",
        "de",
        "Wir fangen jetzt bitte an. (1.6) Die Folien finden Sie im Netz. (1.6) Gibt es dazu noch Fragen?",
        (writes_twice,),
    ),
    Case(
        "credits",
        "de",
        "Damit sind wir am Ende der Sendung angekommen. (2.0) Wir sehen uns nächste Woche wieder.",
        (adds("Untertitelung des ZDF, 2020"),),
    ),
    Case(
        "credits-en",
        "en",
        "That is all we have for today. (2.0) See you again next Monday morning.",
        (adds("Thank you for watching!"),),
    ),
    Case(
        "credits-amara",
        "de",
        "Der nächste Punkt ist die Kasse. (2.0) Frau Weber hat sie geprüft.",
        (adds("Untertitel der Amara.org-Community"),),
    ),
    Case(
        "ends-empty",
        "de",
        "Ja, das sehe ich genauso wie meine Kollegin. (1.8) Dann stimmen wir jetzt darüber ab, bitte.",
        (ends_empty,),
        is_aligned=True,
    ),
    Case(
        "ends-unsure",
        "de",
        "Ich habe dazu nur eine kurze Bemerkung. (1.8) Wir sollten das vor dem Sommer entscheiden.",
        (ends_unsure,),
    ),
    Case(
        "ends-truncated",
        "en",
        "I would like to add one thing about the budget. (1.8) We should decide this before the summer break.",
        (ends_truncated,),
        is_aligned=True,
    ),
    Case("doubt", "de", GERMAN_TALK, (doubts,)),
    Case(
        "doubt-en",
        "en",
        "Well I think we have to look at the figures again. (0.8) They do not match what we were told in "
        "March. (1.2) Maybe somebody can explain where the difference comes from. (0.7) Otherwise we will "
        "have to ask the bank.",
        (doubts,),
    ),
    Case(
        "language-noise",
        "de",
        "Gut, dann machen wir das so wie besprochen. (1.6) Okay, super. (1.8) Alles klar. (1.7) Dann kommen "
        "wir jetzt zum nächsten Punkt der Liste.",
        (hears_english,),
        detects=True,
    ),
    Case("monologue", "en", ENGLISH_RUN),
    Case("monologue-de", "de", GERMAN_TALK),
    Case(
        "hesitant",
        "de",
        "Also (0.6) ich wollte (0.6) eigentlich nur sagen (0.6) dass wir (0.6) im nächsten Jahr (0.6) "
        "vielleicht (0.6) etwas mehr Geld (0.6) für die Schule brauchen (0.6) und dass wir das (0.6) bald "
        "beschließen sollten.",
    ),
    Case(
        "hesitant-en",
        "en",
        "So what I (0.6) what I really mean is (0.6) that the second option (0.6) would be cheaper (0.6) but "
        "also (0.6) a lot slower (0.6) for everybody involved.",
    ),
    Case(
        "applause",
        "en",
        "Please welcome our next speaker. (3.0) Thank you so much for coming here today. (3.0) I am very "
        "happy to see all of you.",
        (hears_applause(((2.9, 5.6), (8.7, 11.4)), "[Applause]"),),
    ),
    Case(
        "first-word",
        "en",
        "Revenue grew in every region last year. (1.3) Profit was lower because of the new building. (1.3) "
        "Costs will fall again in spring.",
        (
            respell("Revenue", "Many", lambda d: d.number < 1, 0.25),
            respell("Profit", "Prophet", even, 0.25),
            respell("Costs", "Cause", lambda d: d.number % 4 == 0, 0.25),
        ),
    ),
    Case("jitter", "de", GERMAN_TALK, jitter_s=0.2),
    Case(
        "jitter-en",
        "en",
        "The train to the airport leaves from platform nine. (0.9) Please do not leave your bags alone. (0.7)"
        " The next stop is the city hospital.",
        jitter_s=0.2,
    ),
)


def main() -> None:
    """Write all cases."""
    FOLDER.mkdir(exist_ok=True)
    for case in CASES:
        trace.write(FOLDER / f"{case.name}.jsonl", [make_clip(case)])


if __name__ == "__main__":
    main()
