"""The figures of `surtitle bench translate`."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.bench.report_table import format_figure
from app.bench.score import add_errors, count_word_errors, measure_percentiles, split_words
from app.bench.shown_event import ShownEvent
from app.bench.translate_lines import TranslatedLine
from app.captions.event import ORIGINAL, Event, join_texts
from app.decode.glossary import Glossary
from app.translate.literals import find_literals, lost_literals
from app.translate.number_words import find_number_words


@dataclass(frozen=True, slots=True)
class TargetFigures:
    """How good the translations into one language are."""

    word_error: float | None
    """Word error rate against the script, of what readers of live speech saw."""
    chrf: float | None
    """chrF2 (0 to 100) of the same."""
    terms_kept: float | None
    """Share of the locked terms that are there in their form; None without terms."""
    numbers_kept: float | None
    """Share of the phrases with numbers, dates or addresses that kept all of them; None without such phrases."""
    word_error_from_text: float | None = None
    """Word error rate when the script itself is translated, without recognition errors."""
    fallbacks: int = 0
    """Phrases that readers got in the original language."""


@dataclass(frozen=True, slots=True)
class TranslateReport:
    """What one run measured."""

    rooms: int
    targets: Mapping[str, TargetFigures]
    lags_s: tuple[float, ...]
    """From the final phrase to its translation, of phrases in another language than the target."""
    n_phrases: int
    """Final phrases and their translations, counted once for each target."""
    revised_words: int
    lost: int
    doubled: int
    n_kills: int
    memory_mib: float
    """Resident memory of the translation processes."""
    english: Mapping[str, float | None] = field(default_factory=dict)
    """Word error rate of the English track, by Whisper from the `speech`, and by the model from the `text`."""

    def as_json(self) -> dict[str, object]:
        """Return the figures as the JSON file has them."""
        spread = measure_percentiles(self.lags_s)
        return {
            "rooms": self.rooms,
            "commit_to_text_s": {"p50": spread.p50, "p95": spread.p95},
            "phrases": self.n_phrases,
            "revised_words": self.revised_words,
            "lost": self.lost,
            "doubled": self.doubled,
            "kills": self.n_kills,
            "by_target": {
                target: {name: getattr(one, name) for name in TargetFigures.__slots__}
                for target, one in self.targets.items()
            },
            "english": dict(self.english),
            "memory_mib": round(self.memory_mib, 1),
        }

    def table(self) -> str:
        """Return the figures as text."""
        figures = self.as_json()
        rows = [
            f"{name:26}{format_figure(figures[name], '.3g')}"
            for name in figures
            if name not in ("by_target", "english")
        ]
        for target, one in self.targets.items():
            errors = [format_figure(rate, ".1%") for rate in (one.word_error_from_text, one.word_error)]
            kept = [format_figure(share, ".1%") for share in (one.terms_kept, one.numbers_kept)]
            chrf = format_figure(one.chrf, ".1f")
            rows.append(
                f"{target:26}word error {errors[0]} from text, {errors[1]} live; chrF {chrf}; "
                f"terms {kept[0]}; numbers {kept[1]}; fallbacks {one.fallbacks}"
            )
        if self.english:
            ways = ", ".join(f"{way} {format_figure(rate, '.1%')}" for way, rate in self.english.items())
            rows.append(f"{'English from':26}{ways} (word error)")
        return "\n".join(rows)


def newest_finals(history: Iterable[ShownEvent], track: str) -> list[Event]:
    """Return the newest state of each logged phrase on a track, in the order of the talk."""
    newest = {one.event.phrase: one.event for one in history if one.event.track == track and one.event.is_logged}
    kept = [event for event in newest.values() if event.state != "withdrawn"]
    return sorted(kept, key=lambda event: (event.start_s, event.phrase))


def measure_lags(history: Sequence[ShownEvent], targets: Sequence[str]) -> list[float]:
    """Return the times from final phrases to their first final translation, of other languages than the target's."""
    said: dict[str, tuple[float, str]] = {}
    seen: set[tuple[str, str]] = set()
    lags: list[float] = []
    for one in history:
        event = one.event
        if event.state != "final":
            continue
        if event.track == ORIGINAL:
            said.setdefault(event.phrase, (one.at_s, event.language))
        elif event.track in targets and event.phrase in said and (event.phrase, event.track) not in seen:
            seen.add((event.phrase, event.track))
            at_s, language = said[event.phrase]
            if language != event.track:
                lags.append(one.at_s - at_s)
    return lags


def count_revised(history: Iterable[ShownEvent]) -> int:
    """Count the committed words of translations that changed by themselves."""
    shown: dict[tuple[str, str], list[str]] = {}
    n_revised = 0
    for one in history:
        event = one.event
        if event.track == ORIGINAL or event.state not in ("open", "final"):
            continue
        words, before = split_words(event.committed), shown.get((event.phrase, event.track), [])
        n_same = next((i for i, (a, b) in enumerate(zip(before, words, strict=False)) if a != b), len(words))
        n_revised += max(0, len(before) - n_same)
        shown[event.phrase, event.track] = words
    return n_revised


def count_lost_and_doubled(history: Sequence[ShownEvent], targets: Sequence[str]) -> tuple[int, int]:
    """Count final phrases without a final translation, and those with several, over all targets."""
    finals = Counter((one.event.phrase, one.event.track) for one in history if one.event.state == "final")
    phrases = [phrase for phrase, track in finals if track == ORIGINAL]
    places = [(phrase, target) for phrase in phrases for target in targets]
    return sum(not finals[place] for place in places), sum(max(0, finals[place] - 1) for place in places)


def score_target(
    histories: Sequence[tuple[Sequence[ShownEvent], Sequence[TranslatedLine]]],
    target: str,
    glossary: Glossary,
    from_text: float | None,
) -> TargetFigures:
    """Return the figures of one target over rooms, each with what was shown there and its script."""
    errors, written, wanted = [], [], []
    n_terms = n_kept = n_literal = n_literal_kept = n_fallbacks = 0
    for history, script in histories:
        reference = " ".join(line.reference(target) for line in script)
        shown = newest_finals(history, target)
        text = ""
        for event in shown:
            text = join_texts(text, event.committed)
        errors.append(count_word_errors(reference, text))
        written.append(text)
        wanted.append(reference)
        said = {event.phrase: event for event in newest_finals(history, ORIGINAL)}
        for event in shown:
            original = said.get(event.phrase)
            if original is None or original.language == target:
                continue
            if event.language != target:
                n_fallbacks += 1
                continue
            for _, term in glossary.find_fixed(original.committed, original.language, target):
                n_terms += 1
                n_kept += term in event.committed
            literals = find_literals(original.committed, original.language, target)
            if literals or find_number_words(original.committed, original.language):
                n_literal += 1
                lost = lost_literals(original.committed, literals, event.committed, original.language, target)
                n_literal_kept += not lost
    return TargetFigures(
        word_error=add_errors(errors).rate,
        chrf=_score_chrf(written, wanted),
        terms_kept=n_kept / n_terms if n_terms else None,
        numbers_kept=n_literal_kept / n_literal if n_literal else None,
        word_error_from_text=from_text,
        fallbacks=n_fallbacks,
    )


def _score_chrf(written: Sequence[str], wanted: Sequence[str]) -> float | None:
    # imported here, because it imports what Windows does not have
    from sacrebleu.metrics.chrf import CHRF

    return CHRF().corpus_score(written, [wanted]).score if any(wanted) else None
