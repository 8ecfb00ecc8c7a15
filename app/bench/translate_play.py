"""Plays speeches into translated rooms of a whole service, and records what their readers saw."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from random import Random

from app import config
from app.bench import proc_stats
from app.bench.paced_source import PacedSource
from app.bench.shown_event import ShownEvent
from app.bench.translate_lines import Speech, TranslatedLine
from app.captions.caption_log import MemoryLog
from app.captions.event import join_texts
from app.captions.room import Room
from app.captions.session_settings import SessionSettings
from app.decode import glossary
from app.media import media_source
from app.service.service import Service
from app.store.rooms import RoomSettings
from app.translate.pool import TranslationPool
from app.translate.request import TranslationRequest
from app.translate.sentence_split import split_sentences
from app.translate.terms import find_terms

CHUNK_S = 0.1
"""Length of a chunk, as browsers send them."""

STAGGER_S = 8.0
"""Rooms start one after the other within this time, as talks of a conference do."""

SETTLE_S = 6.0
"""How long readers still read after the last word: a sentence waits for its rest, then it is translated."""


@dataclass(frozen=True, slots=True)
class TranslatePlan:
    """One run."""

    speeches: Sequence[Speech]
    targets: tuple[str, ...]
    rooms: int
    model: str
    translation_model: str
    glossary: str = ""
    kills: int = 0
    """How often the translation process is killed, spread over the run."""
    seed: int = 1
    compares_english: bool = False
    """Whether each speech is played once more, with its English from the sound."""


@dataclass(slots=True)
class TranslatedRoom:
    """One room, and what its readers saw."""

    name: str
    speech: Speech
    history: list[ShownEvent] = field(default_factory=list)


@dataclass(slots=True)
class TranslatedRooms:
    """All rooms of a run."""

    rooms: list[TranslatedRoom]
    texts: dict[str, list[tuple[TranslatedLine, str]]] = field(default_factory=dict)
    """The script itself, translated: by target, each line with its translation."""
    speech_rooms: list[TranslatedRoom] = field(default_factory=list)
    """Rooms whose English comes from the sound, one for each speech, for comparison."""
    n_kills: int = 0
    memory_mib: float = 0.0


async def play(plan: TranslatePlan) -> TranslatedRooms:
    """Run the rooms to the end of their speeches and return what was shown.

    Raises:
        ModelError: A model cannot be found or loaded, or does not translate a pair.
    """
    settings = config.read(
        model=plan.model,
        memory=True,
        translation_model=plan.translation_model,
        translate_to=",".join(plan.targets),
        english="text",
    )
    service = Service(settings)
    languages = _spoken(plan.speeches)
    speeches = list(islice(cycle(plan.speeches), plan.rooms))
    played = TranslatedRooms([TranslatedRoom(f"bench{i}", speech) for i, speech in enumerate(speeches)])
    async with service.running():
        for room in played.rooms:
            await service.create_room(
                room.name,
                RoomSettings(
                    languages=languages,
                    targets=plan.targets,
                    translates_always=True,
                    glossary=plan.glossary,
                    retention_h=0,
                ),
            )
        played.texts = await _translate_script(plan, service.models.translators)
        rooms = [(service.get_room(room.name), room) for room in played.rooms]
        if plan.compares_english:
            for speech in plan.speeches:
                played.speech_rooms.append(TranslatedRoom(f"speech{len(played.speech_rooms)}", speech))
                rooms.append((_open_speech_room(service, played.speech_rooms[-1]), played.speech_rooms[-1]))
        async with asyncio.TaskGroup() as group:
            killing = group.create_task(_kill(plan, service.models.translators, played))
            async with asyncio.TaskGroup() as speaking:
                for i, (live, record) in enumerate(rooms):
                    speaking.create_task(_play_room(live, record, wait_s=STAGGER_S * i / len(rooms)))
            killing.cancel()
        memory = sum(map(proc_stats.read_memory_bytes, service.models.translators.worker_pids))
        played.memory_mib = memory / 2**20
    return played


def _open_speech_room(service: Service, played: TranslatedRoom) -> Room:
    """Return a room whose English is Whisper's own translation of the sound."""
    settings = SessionSettings(task="translate", languages=_spoken([played.speech]))
    name = played.name
    return Room(name, engine=service.models.engines, settings=settings, log=MemoryLog(name), model="bench")


def _spoken(speeches: Sequence[Speech]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.language for speech in speeches for line in speech.lines))


async def _play_room(room: Room, played: TranslatedRoom, wait_s: float) -> None:
    await asyncio.sleep(wait_s)
    source = PacedSource(media_source.load(played.speech.audio), CHUNK_S)
    started_s = time.monotonic()
    with room.bus.listen(lambda event: played.history.append(ShownEvent(time.monotonic() - started_s, event))):
        await room.listen(source)
        await asyncio.sleep(SETTLE_S)


async def _translate_script(plan: TranslatePlan, pool: TranslationPool) -> dict[str, list[tuple[TranslatedLine, str]]]:
    """Translate the script itself, line by line, as text without recognition errors."""
    lines = {_key(line): line for speech in plan.speeches for line in speech.lines}
    terms = glossary.parse(plan.glossary)

    async def translate(line: TranslatedLine, target: str) -> tuple[TranslatedLine, str]:
        """Translate a line sentence by sentence, with the sentence before as context, as rooms do."""
        split = split_sentences(line.text, line.language, is_end=True)
        translated, before, context = "", "", ""
        for sentence in filter(None, (part.strip() for part in (*split.sentences, split.rest))):
            request = TranslationRequest(
                sentence,
                line.language,
                target,
                previous=before,
                previous_translation=context,
                terms=find_terms(terms, sentence, line.language, target),
                room="bench",
            )
            before, context = sentence, (await pool.translate(request)).text
            translated = join_texts(translated, context)
        return line, translated

    return {
        target: list(
            await asyncio.gather(*(translate(line, target) for line in lines.values() if line.language != target))
        )
        for target in plan.targets
    }


def _key(line: TranslatedLine) -> tuple[str, str]:
    return line.language, line.text


async def _kill(plan: TranslatePlan, pool: TranslationPool, played: TranslatedRooms) -> None:
    """Kill the translation process at random moments, but not again before it runs."""
    if not plan.kills:
        return
    chance = Random(plan.seed)
    duration_s = max(len(media_source.load(speech.audio)) / 16_000 for speech in plan.speeches) + STAGGER_S
    while played.n_kills < plan.kills:
        await asyncio.sleep(chance.uniform(0.5, 1.5) * duration_s / (plan.kills + 1))
        played.n_kills += sum(map(proc_stats.kill_process, pool.worker_pids))
