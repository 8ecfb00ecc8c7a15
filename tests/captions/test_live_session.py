"""One live session of a source: breaks, pauses, failed decodes and the decoder's pace."""

import asyncio
from collections.abc import AsyncGenerator

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Chunk
from app.audio.speech_detector import SpeechDetector
from app.captions import live_session
from app.captions.live_session import LiveSession
from app.captions.room_state import Visibility
from app.captions.session import Session
from app.decode import demo_files
from app.decode.hypothesis import DecodeResult
from app.decode.request import DecodeRequest
from app.errors import SourceError
from app.media import media_source
from tests.fakes.clip_source import ClipSource, SteadyWords
from tests.fakes.scripted_engine import ScriptedStream
from tests.support.captions import final_texts, scripted_room


async def test_a_source_that_breaks_off_keeps_what_it_said() -> None:
    """The failure is raised after everything said before is final."""
    main = scripted_room()
    with pytest.raises(SourceError, match="unplugged"):
        await main.listen(ClipSource("break"))
    assert final_texts(main.snapshot(None).events)


async def test_a_source_that_stops_sending_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without sound the open phrase becomes final, and after `patience_s` the session ends."""
    monkeypatch.setattr(live_session, "IDLE_S", 0.05)
    main = scripted_room()
    await asyncio.wait_for(main.listen(ClipSource("hang"), patience_s=0.2), 5)
    assert final_texts(main.snapshot(None).events)


async def test_a_failed_decode_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """It costs time, and no words."""
    monkeypatch.setattr(live_session, "RETRY_S", 0.01)
    steady, shaky = scripted_room(), scripted_room(SteadyWords(failures=3))
    await steady.listen(ClipSource())
    await shaky.listen(ClipSource())
    last, expected = (final_texts(room.snapshot(None).events)[-1] for room in (shaky, steady))
    assert last.split()[-1] == expected.split()[-1]


async def test_a_paused_room_ignores_sound_and_shows_the_level() -> None:
    """Nothing is decoded during the pause; the meter moves, and after the pause there are words again."""
    main = scripted_room()
    main.set_visibility(Visibility(is_paused=True))
    levels: list[float] = []
    with main.watch(lambda: levels.extend(source.level_dbfs for source in main.state.sources)):
        await main.listen(ClipSource())
    assert main.since(0) == []
    assert max(levels) > -40
    main.set_visibility(Visibility())
    await main.listen(ClipSource())
    assert main.since(0)


async def test_a_pause_keeps_the_clock() -> None:
    """Words before and after it have their times, and there are none from within it."""
    main = scripted_room()

    class Talk(ClipSource):
        async def chunks(self) -> AsyncGenerator[Chunk, None]:
            """Yield the clip three times, paused the second time."""
            clip = media_source.load(demo_files.CLIP)
            quiet = np.zeros(SAMPLE_RATE, np.float32)
            at = 0
            for part, is_paused in ((clip, False), (quiet, False), (clip, True), (quiet, False), (clip, False)):
                if is_paused != main.visibility.is_paused:
                    main.set_visibility(Visibility(is_paused=is_paused))
                for first in range(0, len(part), 640):
                    piece = part[first : first + 640]
                    yield Chunk(piece, at / SAMPLE_RATE)
                    at += len(piece)
                    await asyncio.sleep(0)

    await main.listen(Talk())
    clip_s = len(media_source.load(demo_files.CLIP)) / SAMPLE_RATE
    spoken = [(event.start_s, event.end_s) for event in main.since(0)]
    origin_s = spoken[0][0]
    assert any(start_s < origin_s + clip_s for start_s, _ in spoken)
    assert any(end_s > origin_s + 2 * clip_s + 2 for _, end_s in spoken)
    assert not any(start_s > origin_s + clip_s + 1.5 and end_s < origin_s + 2 * clip_s + 1 for start_s, end_s in spoken)


async def test_a_session_follows_the_pace_of_its_decoder() -> None:
    """A busy engine's cadence makes decodes rarer from the next chunk on."""

    class Stream(ScriptedStream):
        def __init__(self, cadence_s: float) -> None:
            super().__init__(self.count, 0.0)
            self.cadence_s = cadence_s
            self.n_requests = 0

        def count(self, request: DecodeRequest) -> DecodeResult:
            self.n_requests += 1
            return SteadyWords()(request)

    streams = Stream(1.0), Stream(3.0)
    for stream in streams:
        live = LiveSession(
            ClipSource(),
            Session(room="main", source="speaker", number=1),
            decoder=stream,
            detector=SpeechDetector(),
            on_event=lambda event: None,
            on_state=lambda state: None,
            waits=True,
            patience_s=None,
        )
        await live.run()
    usual, busy = streams
    assert busy.n_requests < usual.n_requests
