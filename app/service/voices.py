"""Opens the speaker model of a service, and the voices of its rooms."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from app.audio.speaker_embedder import SpeakerEmbedder
from app.audio.speaker_model import SpeakerModel
from app.captions.caption_log import CaptionLog
from app.captions.session_voices import RoomVoices
from app.captions.speaker_clusters import LABEL, ClusterLimits
from app.config import Settings
from app.decode import speaker_models
from app.store.rooms import RoomSettings


class ServiceVoices:
    """The speaker model of one process, if it has one."""

    def __init__(self, settings: Settings, on_message: Callable[[str], object] | None = None) -> None:
        """Load the model that the settings name, which may download it; nothing is loaded without one.

        Raises:
            ModelError: There is no such model, it cannot be downloaded, or it is no speaker model.
            UntrustedModelError: Its file is not the one that was used before.
        """
        self._embedder: SpeakerEmbedder | None = None
        name = settings.speaker_model
        self._name = Path(name or "").name  # of a path only what it ends with, since operators see it
        if name is None or name == speaker_models.NONE:
            return
        path = speaker_models.find_speaker_model(
            name, settings.model_cache, offline=settings.offline, on_message=on_message
        )
        if name == speaker_models.DEMO and on_message is not None:
            on_message(speaker_models.DEMO_SPEAKERS_NOTICE)
        self._embedder = SpeakerEmbedder(SpeakerModel(path))
        similarity = settings.speaker_similarity or self._embedder.model.similarity
        self._limits = ClusterLimits(similarity, settings.speakers_max)

    def open_room(self, log: CaptionLog, settings: RoomSettings) -> RoomVoices | None:
        """Return the voices of a room, None without a model; nobody gets a number that the room has used."""
        if self._embedder is None:
            return None
        labels = [*(event.speaker for event in log.since(0)), *settings.speaker_names]
        return RoomVoices(self._embedder, self._limits, first_number=find_free_number(labels), model=self._name)


def find_free_number(labels: Iterable[str | None]) -> int:
    """Return the number after the highest one in these labels: voices are forgotten when a service ends."""
    pattern = re.escape(LABEL).replace(re.escape("{number}"), r"(\d{1,6})")
    numbers = [int(found[1]) for label in labels if label and (found := re.fullmatch(pattern, label))]
    return max(numbers, default=0) + 1
