"""Makes embeddings for all rooms of a process: their windows share one thread beside the event loop."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from app.audio.chunk import Samples
from app.audio.speaker_model import SpeakerModel


class SpeakerEmbedder:
    """Runs one speaker model in a thread, which starts with the first window."""

    def __init__(self, model: SpeakerModel) -> None:
        """Use a loaded model."""
        self.model = model
        self._executor = ThreadPoolExecutor(1, "voices")

    async def embed(self, samples: Samples) -> NDArray[np.float32] | None:
        """Return the embedding of a window; None if there is too little voice; raises ModelError."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, self.model.embed, samples)
