"""Speech from espeak-ng with the time of every word: text and a voice in, 16 kHz samples and word times out.

The library is called through ctypes instead of running the program: only the library reports when each word begins,
and it synthesizes several hundred times faster than real time. The library keeps one state per process and is not
thread-safe, so use one thread a process, and more processes to go faster.

Source: espeak-ng src/include/espeak-ng/speak_lib.h (event layout, parameters, flags).
"""

import ctypes
import ctypes.util
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 16_000
"""Hz of all sound in this package, as Whisper requires."""

Samples = npt.NDArray[np.float32]

_SYNCHRONOUS = 2
_RATE, _VOLUME, _PITCH = 1, 2, 3
_POSITION_CHARACTER = 1
_CHARACTERS_UTF8 = 1
_EVENT_LIST_END, _EVENT_WORD = 0, 1
_BUFFER_MS = 2000
_SILENT_BELOW = 1e-3

HELD_OUT_VARIANTS = ("belinda", "victor", "benjamin", "adam", "anika", "travis")
"""Speakers that no training item uses; evaluation, demo meeting and bench clips use only these."""

TRAINED_VARIANTS = (
    "", "Alex", "Alicia", "Andrea", "Andy", "Annie", "Denis", "Diogo", "Gene", "Gene2", "Henrique", "Hugo", "Jacky",
    "Lee", "Marco", "Mario", "Michael", "Mike", "Nguyen", "RicishayMax", "RicishayMax2", "RicishayMax3", "announcer",
    "antonio", "aunty", "boris", "caleb", "david", "ed", "edward", "edward2", "f1", "f2", "f3", "f4", "f5", "grandma",
    "grandpa", "gustave", "iven", "iven2", "iven3", "iven4", "john", "kaukovalta", "linda", "m1", "m2", "m3", "m4",
    "m5", "m6", "m7", "m8", "marcelo", "max", "michel", "miguel", "norbert", "pablo", "paul", "pedro", "quincy", "rob",
    "robert", "sandro", "shelby", "steph", "steph2", "steph3", "zac",
)  # fmt: skip
"""espeak-ng's variants that sound like people; its robots, whispers and monsters are left out."""

ACCENTS = {"de": ("de",), "en": ("en-us", "en", "en-gb-x-rp")}
"""espeak-ng's voices of each language of the demo world; `en` is its British English, by file name."""


class SpeechError(RuntimeError):
    """espeak-ng is missing or refused a request."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One speaker: espeak-ng's accent and variant, and how fast and high this speaker talks."""

    accent: str
    variant: str
    words_per_minute: int
    pitch: int
    """0 to 99; espeak-ng's default is 50."""

    @property
    def name(self) -> str:
        """The name espeak-ng knows the speaker by, such as `de+belinda`."""
        return f"{self.accent}+{self.variant}" if self.variant else self.accent


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """One written word, punctuation included, and when it is heard."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class SynthesizedSpeech:
    """One spoken text."""

    samples: Samples
    """float32 mono at SAMPLE_RATE, shape (n_samples,), silence at both ends trimmed to 10 ms."""
    words: tuple[SpokenWord, ...]
    """One for each whitespace-separated word of the text; seconds from the first sample, never overlapping."""


class _EspeakEventId(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _EspeakEvent(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("identity", _EspeakEventId),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_EspeakEvent))


class _Library:
    """The loaded libespeak-ng and what its callback has collected for the text being spoken."""

    def __init__(self) -> None:
        name = ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1"
        try:
            self._library = ctypes.CDLL(name)
        except OSError as exc:
            raise SpeechError(
                f"Expected the library espeak-ng to speak with, but {name} cannot be loaded ({exc}); "
                "install it, on Debian with `apt-get install espeak-ng`."
            ) from exc
        self.rate_hz: int = self._library.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, None, 0)
        if self.rate_hz <= 0:
            raise SpeechError(
                "Expected espeak-ng to start, but it finds no voice data; reinstall the package espeak-ng-data."
            )
        self._pieces: list[npt.NDArray[np.int16]] = []
        self._word_starts: list[tuple[int, float]] = []
        # The callback must stay referenced for as long as the library may call it.
        self._callback = _Callback(self._collect)
        self._library.espeak_SetSynthCallback(self._callback)

    def _collect(
        self, wave: "ctypes._Pointer[ctypes.c_short]", n_samples: int, events: "ctypes._Pointer[_EspeakEvent]"
    ) -> int:
        if wave and n_samples > 0:
            self._pieces.append(np.ctypeslib.as_array(wave, shape=(n_samples,)).copy())
        index = 0
        while events[index].type != _EVENT_LIST_END:
            event = events[index]
            if event.type == _EVENT_WORD:
                self._word_starts.append((event.text_position - 1, event.audio_position_ms / 1000))
            index += 1
        return 0

    def speak(self, text: str, voice: Voice) -> tuple[Samples, list[tuple[int, float]]]:
        """Return samples at rate_hz, and the words as (character offset, start second)."""
        self._pieces, self._word_starts = [], []
        if self._library.espeak_SetVoiceByName(voice.name.encode()) != 0:
            raise SpeechError(
                f"Expected an espeak-ng voice, but it does not know {voice.name}; "
                "`espeak-ng --voices=variant` lists them."
            )
        self._library.espeak_SetParameter(_RATE, voice.words_per_minute, 0)
        self._library.espeak_SetParameter(_PITCH, voice.pitch, 0)
        self._library.espeak_SetParameter(_VOLUME, 100, 0)
        encoded = text.encode()
        self._library.espeak_Synth(
            encoded, ctypes.c_size_t(len(encoded) + 1), 0, _POSITION_CHARACTER, 0, _CHARACTERS_UTF8, None, None
        )
        pieces = np.concatenate(self._pieces) if self._pieces else np.zeros(0, np.int16)
        return (pieces / np.float32(32768)).astype(np.float32), self._word_starts


@lru_cache(maxsize=1)
def _library() -> _Library:
    return _Library()


def speak(text: str, voice: Voice) -> SynthesizedSpeech:
    """Speak one sentence.

    Raises:
        SpeechError: espeak-ng is not installed, or does not know the voice, or the text has no sound.
    """
    library = _library()
    raw, word_starts = library.speak(text, voice)
    samples = resample(raw, library.rate_hz)
    loud = np.flatnonzero(np.abs(samples) > _SILENT_BELOW)
    if len(loud) == 0:
        raise SpeechError(f"Expected sound for {text!r}, but {voice.name} made none; give it a text with letters.")
    margin = SAMPLE_RATE // 100
    first, last = max(0, int(loud[0]) - margin), int(loud[-1]) + margin
    trimmed = samples[first:last]
    words = _timed_words(text, word_starts, first / SAMPLE_RATE, trimmed)
    return SynthesizedSpeech(trimmed, words)


def resample(samples: Samples, rate_hz: int) -> Samples:
    """Resample to SAMPLE_RATE by cutting the spectrum: exact for a whole sentence, which begins and ends in silence."""
    divisor = int(np.gcd(rate_hz, SAMPLE_RATE))
    block_in, block_out = rate_hz // divisor, SAMPLE_RATE // divisor
    blocks = -(-(len(samples) + rate_hz // 10) // block_in)
    padded = np.zeros(blocks * block_in, np.float32)
    padded[: len(samples)] = samples
    spectrum = np.fft.rfft(padded)
    n_out = blocks * block_out
    resampled: Samples = (np.fft.irfft(spectrum[: n_out // 2 + 1], n_out) * (block_out / block_in)).astype(np.float32)
    return resampled


def _timed_words(
    text: str, word_starts: list[tuple[int, float]], offset_s: float, samples: Samples
) -> tuple[SpokenWord, ...]:
    """Return the span of every word; words that espeak-ng merged share a span in proportion to their letters."""
    words = text.split()
    duration_s = len(samples) / SAMPLE_RATE
    starts: dict[int, float] = {0: 0.0}
    for character, second in word_starts:
        index = max(0, len(text[: character + 1].split()) - 1)
        if index > max(starts) and starts[max(starts)] < second - offset_s < duration_s:
            starts[index] = second - offset_s
    known = sorted(starts)
    spans: list[SpokenWord] = []
    for begin, end in zip(known, [*known[1:], len(words)], strict=True):
        start_s = starts[begin]
        end_s = _last_sound_s(samples, start_s, duration_s if end == len(words) else starts[end])
        letters = [len(word) for word in words[begin:end]]
        edges = start_s + (end_s - start_s) * np.concatenate([[0], np.cumsum(letters)]) / sum(letters)
        spans += [SpokenWord(word, float(edges[i]), float(edges[i + 1])) for i, word in enumerate(words[begin:end])]
    return tuple(spans)


def _last_sound_s(samples: Samples, start_s: float, end_s: float) -> float:
    """Return when the last sound of a span is heard: the pause after a comma or a stop belongs to no word."""
    span = samples[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]
    loud = np.flatnonzero(np.abs(span) > _SILENT_BELOW)
    return start_s + float(loud[-1] + 1) / SAMPLE_RATE if len(loud) else end_s
