"""The voices of one live session: its sound becomes windows, embeddings and turns while its captions are written."""

import asyncio

from app import log
from app.audio.speaker_embedder import SpeakerEmbedder
from app.audio.speech_stream import SpeechChunk
from app.audio.voice_windows import VoiceWindow, VoiceWindows
from app.captions.clustered_turns import ClusteredTurns
from app.captions.speaker_clusters import ClusterLimits, SpeakerClusters
from app.captions.speaker_turns import OneSpeaker, SpeakerTurns
from app.errors import ModelError

logger = log.get(__name__)

WAIT_S = 0.3
"""How long a decoded phrase waits for the voices of its newest sound; they usually take some milliseconds."""

WAITING_MAX = 40
"""Most windows that wait for the model, 20 s of voice; on a machine that is too slow, older ones are left out."""


class RoomVoices:
    """The people who were heard in one room, for all of its sessions."""

    def __init__(
        self, embedder: SpeakerEmbedder, limits: ClusterLimits, *, first_number: int = 1, model: str = ""
    ) -> None:
        """Start with nobody; the first person gets this number. `model` is the name that operators see."""
        self.model = model
        self.embedder = embedder
        self.clusters = SpeakerClusters(limits, first_number)
        self.is_on = True
        """Whether voices are analysed; while this is off, the people who were heard before are kept."""

    def open_session(self, named: SpeakerTurns | None = None) -> "SessionVoices":
        """Return the voices of a new session; `named` are the names that its source has, which come first."""
        return SessionVoices(self, named or OneSpeaker(None))

    def forget(self) -> None:
        """Forget every voice; the next person gets a number that nobody had."""
        self.clusters.forget()


class SessionVoices:
    """Who speaks when in one session, as `SpeakerTurns`."""

    def __init__(self, room: RoomVoices, named: SpeakerTurns) -> None:
        """Start at 0 s on the session's clock."""
        self._turns = ClusteredTurns(room.clusters)
        self._room, self._named = room, named
        self._windows = VoiceWindows()
        self._waiting: list[VoiceWindow] = []
        self._task: asyncio.Task[None] | None = None

    def feed(self, speech: SpeechChunk) -> None:
        """Take in the next sound; the turns follow soon. The voice of a source with a name is not analysed."""
        end_s = speech.chunk.end_s
        if self._room.is_on and self._named.label(end_s, end_s) is None:
            self._queue(self._windows.feed(speech))

    def end(self) -> None:
        """End the utterance, because no sound arrives."""
        self._queue(self._windows.end())

    def label(self, start_s: float, end_s: float) -> str | None:
        """Return the name that the source has, else the label of the person who speaks then; None if nobody knows."""
        return self._named.label(start_s, end_s) or self._turns.label(start_s, end_s)

    async def catch_up(self) -> None:
        """Wait until the turns contain all sound, at most WAIT_S."""
        if self._task is not None:
            await asyncio.wait([self._task], timeout=WAIT_S)

    def close(self) -> None:
        """Forget the sound that waits."""
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()

    def _queue(self, windows: list[VoiceWindow]) -> None:
        self._waiting += windows
        del self._waiting[:-WAITING_MAX]
        if self._waiting and self._task is None:
            self._task = asyncio.create_task(self._embed_all())

    async def _embed_all(self) -> None:
        """Embed what waits, one window after the other."""
        try:
            while self._waiting:
                window = self._waiting.pop(0)
                embedding = await self._room.embedder.embed(window.samples)
                if embedding is not None:
                    self._turns.add(window.start_s, window.end_s, window.utterance, embedding)
        except ModelError as exc:
            logger.warning("voices_failed", reason=str(exc))
        finally:
            self._task = None
