"""Cross-talk between the microphones of one room: finds voices that another microphone has louder; no I/O.

Two microphones that have the same voice have the same waveform, later or earlier and louder or quieter. That
distinguishes a copy from two people who say the same. Once it is known how a voice comes from one microphone to
another, every moment of the quiet one is compared with what would come over: no more than that is a copy and becomes
silence. Somebody who speaks there too is much louder than a copy, so overlaps stay.
"""

from collections import deque
from dataclasses import dataclass, field, replace
from statistics import median

import numpy as np

from app.audio.chunk import SAMPLE_RATE, Chunk
from app.audio.sound_track import FRAME, FRAME_S, SMALL_RATE, SoundTrack, Values, find_copy

PATTERN_S = 0.8
"""Sound that is looked for in the other microphone: enough that two voices are never so much alike."""

LAG_MAX_S = 1.3
"""Most by which two sources are apart: buffers of devices differ by up to a second, and sound takes 3 ms a metre."""

CHECK_S = 0.2
"""Sound between two comparisons."""

LIKE = 0.5
"""Likeness from which two waveforms are one voice. Different voices reach 0.3; two people at once, each 12 dB down in
the other's microphone, at most 0.47."""

VOICE_DB = -60.0
"""Quieter moments of a phrase say nothing."""

SHAPE_DB = -80.0
"""Quieter shapes are not compared."""

SURE_DB = 3.0
"""By how much one microphone must be louder, compared with its own voices, to be the voice's own."""

SPREAD_DB = 8.0
"""From this difference between the level ratios of a pair on, both people were heard, so the middle is known."""

MARGIN_DB = 6.0
"""A copy may be this much louder than expected; the own voice of a microphone is 12 dB above a copy at -12 dB."""

HOLD_FRAMES = 13
"""How long a microphone stays open after its own voice, 0.26 s, so that soft sounds and gaps between syllables stay."""

REACH_FRAMES = 2
"""A copy is compared with the loudest of this many frames to both sides, because lags change a little."""

AFTER_S = (REACH_FRAMES + 1) * FRAME_S
"""Sound of the original after the end of a copy that is needed to compare the end."""

ABOVE_NOISE_DB = 8.0
"""By how much a voice is louder than the noise of its microphone."""

NOISE_FRAMES = 500
"""Frames in which the noise is looked for, 10 s: nobody speaks for so long without a breath."""

COPY_SHARE = 0.7
"""Share of the loud moments of a phrase that must be a copy for the phrase to be one."""

LOUD_DB = 22.0
"""Moments of a phrase that are this much quieter than its loudest are left out."""

WAIT_S = 0.15
"""How much longer than the sources are apart a copy waits for its original: a message of a page."""


@dataclass(slots=True)
class _VoicePath:
    """How a voice comes from one microphone to another."""

    lag_s: float
    late_s: float
    """How long after the copy its original arrives; negative if it comes first."""
    gains_db: deque[float] = field(default_factory=lambda: deque(maxlen=25))

    @property
    def gain_db(self) -> float:
        return median(self.gains_db)


class CrosstalkLane:
    """One source of a room."""

    def __init__(self, crosstalk: "Crosstalk", origin_s: float, *, yields: bool) -> None:
        """Join a room's sources; see `Crosstalk.join`."""
        self.yields = yields
        self.track = SoundTrack()
        self.paths: dict[CrosstalkLane, _VoicePath] = {}
        """How the voices of other lanes come here."""
        self._crosstalk = crosstalk
        self._origin_s = origin_s
        self._waiting: deque[Chunk] = deque()
        self._own_frame = -HOLD_FRAMES
        """The newest frame with a voice of its own."""

    def push(self, chunk: Chunk) -> list[Chunk]:
        """Take the next sound, and return what is ready: copies of other voices are silent in it.

        Sound waits only for the originals of its copies, if they arrive later; without cross-talk nothing waits.
        """
        if self._crosstalk.is_alone:
            return [*self.flush(), chunk]
        self.track.add(chunk, self._origin_s)
        self._crosstalk.compare(self)
        self._waiting.append(chunk)
        ready: list[Chunk] = []
        while self._waiting and self._is_ready(self._waiting[0], chunk.end_s):
            ready.append(self._silence_copies(self._waiting.popleft()))
        return ready

    def flush(self) -> list[Chunk]:
        """Return all sound that waits, because no more arrives."""
        ready = [self._silence_copies(chunk) for chunk in self._waiting]
        self._waiting.clear()
        return ready

    def is_copy(self, start_s: float, end_s: float) -> bool:
        """Return whether what is loud between two moments of the room's clock is mostly a copy."""
        if not self.paths:
            return False
        first, last = int(start_s / FRAME_S), int(end_s / FRAME_S) + 1
        loudness = self.track.loudness(first, last)
        loud = loudness > max(float(loudness.max()) - LOUD_DB, VOICE_DB) if len(loudness) else loudness > 0
        return bool(loud.any()) and float(self._copied(first, last)[loud].mean()) >= COPY_SHARE

    def level_db(self, start_s: float, end_s: float) -> float:
        """Return the loudness between two moments of the room's clock."""
        loudness = self.track.loudness(int(start_s / FRAME_S), int(end_s / FRAME_S) + 1)
        return float(10 * np.log10(np.mean(10 ** (loudness / 10)))) if len(loudness) else -120.0

    def leave(self) -> None:
        """Leave the room's sources."""
        self._crosstalk.remove(self)

    def _is_ready(self, chunk: Chunk, now_s: float) -> bool:
        """Return whether the originals of what may be copies in a chunk have arrived, or are too late."""
        end_s = self._origin_s + chunk.end_s + AFTER_S
        late = [path.late_s for lane, path in self.paths.items() if lane.track.end_s < end_s - path.lag_s]
        return now_s - chunk.end_s >= max(0.0, *late) + AFTER_S + WAIT_S if late else True

    def _copied(self, first: int, last: int) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        """Return which frames are no louder than a copy would be."""
        own = _smooth(self.track.loudness(first - 1, last + 1))
        most = np.full(last - first, -200.0, np.float32)
        for lane, path in self.paths.items():
            shift = round(path.lag_s / FRAME_S)
            margin = REACH_FRAMES + 1
            other = _smooth(lane.track.loudness(first - shift - margin, last - shift + margin))
            reach = np.lib.stride_tricks.sliding_window_view(other, 2 * REACH_FRAMES + 1).max(axis=1)
            most = np.maximum(most, reach + path.gain_db)
        return own <= most + MARGIN_DB

    def _noise_db(self) -> float:
        """Return how loud this microphone is while nobody speaks."""
        recent = self.track.loudness(self.track.end - NOISE_FRAMES, self.track.end)
        return max(float(np.percentile(recent, 10)), VOICE_DB - ABOVE_NOISE_DB)

    def _silence_copies(self, chunk: Chunk) -> Chunk:
        if not self.paths:
            return chunk
        at = round((self._origin_s + chunk.start_s) * SAMPLE_RATE)
        first, last = at // FRAME, (at + len(chunk.samples)) // FRAME + 1
        keeps = np.ones(last - first, np.float32)
        loudness = self.track.loudness(first, last)
        voice_db = self._noise_db() + ABOVE_NOISE_DB
        for number, copied in enumerate(self._copied(first, last)):
            if not copied and loudness[number] < voice_db:
                continue
            if not copied:
                self._own_frame = first + number
            elif first + number - self._own_frame > HOLD_FRAMES:
                keeps[number] = 0.0
        if keeps.all():
            return chunk
        numbers = (at + np.arange(len(chunk.samples))) // FRAME - first
        return replace(chunk, samples=chunk.samples * keeps[numbers])


class _LanePair:
    """What two lanes have in common."""

    def __init__(self) -> None:
        self.ratios_db: deque[float] = deque(maxlen=200)
        """Level of the first lane to that of the second while both had one voice."""
        self.checked_s = 0.0
        self.same_s: deque[float] = deque(maxlen=100)
        """Moments of the room's clock at which both had one voice."""

    @property
    def middle_db(self) -> float:
        """The ratio at which a voice belongs to neither."""
        low, high = np.percentile(self.ratios_db, (10, 90)) if self.ratios_db else (0.0, 0.0)
        return float(low + high) / 2 if high - low >= SPREAD_DB else 0.0


class Crosstalk:
    """The sources of one room."""

    def __init__(self) -> None:
        """Start without sources."""
        self.lanes: list[CrosstalkLane] = []
        self._pairs: dict[tuple[CrosstalkLane, CrosstalkLane], _LanePair] = {}

    @property
    def is_alone(self) -> bool:
        """Whether there are no two sources to compare."""
        return len(self.lanes) < 2

    def join(self, origin_s: float, *, yields: bool = False) -> CrosstalkLane:
        """Add a source whose clock begins at `origin_s` on the room's; it leaves with `leave`.

        `yields`: whether it is a mix of what others have, so that only what they do not have is its own.
        """
        lane = CrosstalkLane(self, origin_s, yields=yields)
        for other in self.lanes:
            self._pairs[other, lane] = _LanePair()
        self.lanes.append(lane)
        return lane

    def remove(self, lane: CrosstalkLane) -> None:
        """Forget a source."""
        self.lanes.remove(lane)
        self._pairs = {pair: known for pair, known in self._pairs.items() if lane not in pair}
        for other in self.lanes:
            other.paths.pop(lane, None)

    def have_one_voice(self, lane: CrosstalkLane, other: CrosstalkLane, start_s: float, end_s: float) -> bool:
        """Return whether two sources had the same voice at some moment between two of the room's clock."""
        pair = self._pairs.get((lane, other)) or self._pairs.get((other, lane))
        return pair is not None and any(start_s <= at_s <= end_s + LAG_MAX_S for at_s in pair.same_s)

    def compare(self, lane: CrosstalkLane) -> None:
        """Compare the newest sound of a source with the others, from time to time."""
        for (one, other), pair in self._pairs.items():
            if lane in (one, other):
                now_s = min(one.track.end_s, other.track.end_s)
                if now_s - pair.checked_s >= CHECK_S or now_s < pair.checked_s:
                    pair.checked_s = now_s
                    self._compare(one, other, pair)

    def _compare(self, one: CrosstalkLane, other: CrosstalkLane, pair: _LanePair) -> None:
        end = min(one.track.end, other.track.end)
        n = round(PATTERN_S * SMALL_RATE)
        best: tuple[float, float, float] | None = None
        for copy, own, sign in ((one, other, 1), (other, one, -1)):
            # one source may be ahead, so that the voice is later than `end` in it
            later_s = min(max(0.0, own.track.end_s - end * FRAME_S), LAG_MAX_S)
            pattern = copy.track.shape(end, PATTERN_S)
            sound = own.track.shape(end + round(later_s / FRAME_S), PATTERN_S + LAG_MAX_S + later_s)
            if len(pattern) == n and len(sound) >= n and min(_level_db(pattern), _level_db(sound)) > SHAPE_DB:
                likeness, first, ratio_db = find_copy(pattern, sound)
                lag_s = (len(sound) - n - first) / SMALL_RATE - later_s
                if best is None or likeness > best[0]:
                    best = (likeness, sign * lag_s, sign * ratio_db)
        if best is None or best[0] < LIKE:
            return
        _, lag_s, ratio_db = best
        pair.same_s.append(end * FRAME_S)
        pair.ratios_db.append(ratio_db)
        above_db = ratio_db - pair.middle_db
        if one.yields != other.yields:
            above_db = -np.inf if one.yields else np.inf
        if above_db >= SURE_DB:
            _learn(other, one, -lag_s, -ratio_db)
        elif above_db <= -SURE_DB:
            _learn(one, other, lag_s, ratio_db)


def _learn(copy: CrosstalkLane, own: CrosstalkLane, lag_s: float, gain_db: float) -> None:
    """Note that a voice of `own` came to `copy`, by `lag_s` later on the room's clock."""
    late_s = (copy.track.end_s - lag_s) - own.track.end_s
    path = copy.paths.get(own)
    if path is None or abs(path.lag_s - lag_s) > (REACH_FRAMES - 1) * FRAME_S:
        path = copy.paths[own] = _VoicePath(lag_s, late_s)
    path.lag_s, path.late_s = lag_s, max(late_s, 0.9 * path.late_s)
    path.gains_db.append(gain_db)


def _smooth(loudness: Values) -> Values:
    """Return the loudness of each three frames, without the first and the last."""
    energies = 10 ** (loudness / 10)
    return np.asarray(10 * np.log10((energies[:-2] + energies[1:-1] + energies[2:]) / 3), np.float32)


def _level_db(samples: Values) -> float:
    return float(10 * np.log10(max(float(np.dot(samples, samples)) / max(1, len(samples)), 1e-12)))
