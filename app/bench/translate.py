"""Runs `surtitle bench translate`: live speech in many rooms, translated into several languages at once."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from app.bench.report_files import ReportFiles
from app.bench.score import add_errors, count_word_errors
from app.bench.translate_lines import read_speeches
from app.bench.translate_play import TranslatedRoom, TranslatedRooms, TranslatePlan, play
from app.bench.translate_report import (
    TranslateReport,
    count_lost_and_doubled,
    count_revised,
    measure_lags,
    newest_finals,
    score_target,
)
from app.captions.event import join_texts
from app.decode import glossary

GERMAN, ENGLISH = "de", "en"


def run(
    manifest: Path | None,
    *,
    targets: tuple[str, ...],
    rooms: int,
    model: str,
    translation_model: str,
    glossary_path: Path | None = None,
    kills: int = 0,
    json_path: Path | None = None,
) -> TranslateReport:
    """Measure one run in real time, write the report and return it; with `manifest` None the demo meeting is played.

    Raises:
        SettingsError: The manifest, the glossary or a path to write to is invalid, or a model cannot do a language.
    """
    files = ReportFiles("translate", json_path)
    text = glossary.read_text(glossary_path) if glossary_path else ""
    speeches = read_speeches(manifest)
    spoken = {line.language for speech in speeches for line in speech.lines}
    plan = TranslatePlan(
        speeches,
        targets,
        rooms,
        model,
        translation_model,
        text,
        kills,
        compares_english=ENGLISH in targets and GERMAN in spoken,
    )
    report = build_report(plan, asyncio.run(play(plan)))
    files.write(report.as_json())
    return report


def build_report(plan: TranslatePlan, played: TranslatedRooms) -> TranslateReport:
    """Return the figures of what was played."""
    terms = glossary.parse(plan.glossary)
    histories = [(room.history, room.speech.lines) for room in played.rooms]
    counts = [count_lost_and_doubled(room.history, plan.targets) for room in played.rooms]
    from_text = {
        target: add_errors(count_word_errors(line.reference(target), text) for line, text in lines).rate
        for target, lines in played.texts.items()
    }
    english: dict[str, float | None] = {}
    if played.speech_rooms:
        english = {"speech": _score_english(played.speech_rooms), "text": _score_english(played.rooms)}
    return TranslateReport(
        rooms=len(played.rooms),
        targets={target: score_target(histories, target, terms, from_text.get(target)) for target in plan.targets},
        lags_s=tuple(lag for room in played.rooms for lag in measure_lags(room.history, plan.targets)),
        n_phrases=sum(len(newest_finals(room.history, target)) for room in played.rooms for target in plan.targets),
        revised_words=sum(count_revised(room.history) for room in played.rooms),
        lost=sum(lost for lost, _ in counts),
        doubled=sum(doubled for _, doubled in counts),
        n_kills=played.n_kills,
        memory_mib=played.memory_mib,
        english=english,
    )


def _score_english(rooms: Sequence[TranslatedRoom]) -> float | None:
    """Return the word error rate of the English that readers saw; what is said in English is the same both ways."""
    errors = []
    for room in rooms:
        text = ""
        for event in newest_finals(room.history, ENGLISH):
            text = join_texts(text, event.committed)
        errors.append(count_word_errors(" ".join(line.reference(ENGLISH) for line in room.speech.lines), text))
    return add_errors(errors).rate
