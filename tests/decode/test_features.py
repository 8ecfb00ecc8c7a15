"""Features with and without cached frames."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor
from hypothesis import given, settings
from hypothesis import strategies as st

from app.audio.chunk import Samples
from app.decode import demo_files
from app.decode.features import HOP, FeatureCache, padding_of
from app.decode.model_layers import ModelLayers
from app.media import media_source


@pytest.fixture(scope="module")
def speech() -> Samples:
    """Return half a minute of the demo meeting."""
    return media_source.load(demo_files.MEETING)[: 30 * 16_000]


@pytest.fixture(scope="module")
def filters() -> np.ndarray:
    """Return faster-whisper's mel filters for 80 bands."""
    return np.asarray(FeatureExtractor().mel_filters, np.float32)


def test_features_are_those_of_faster_whisper(speech: Samples, filters: np.ndarray) -> None:
    """Windows of any length and place have the features of faster-whisper's extractor."""
    theirs, ours = FeatureExtractor(), FeatureCache(filters)
    generator = np.random.default_rng(3)
    for length in (400, 1600, 7_000, 16_000, 100_000, 300_001):
        first = int(generator.integers(0, len(speech) - length))
        window = speech[first : first + length]
        wanted = theirs(window)[:, : length // HOP]
        assert np.abs(ours.window(window) - wanted).max() < 1e-4


@settings(max_examples=60, deadline=None)
@given(
    moves=st.lists(
        st.tuples(st.integers(0, 40), st.integers(1, 3200), st.integers(0, 159), st.sampled_from(["a", "b"])),
        min_size=1,
        max_size=8,
    )
)
def test_cached_frames_change_nothing(
    moves: list[tuple[int, int, int, str]], speech: Samples, filters: np.ndarray
) -> None:
    """A stream whose window grows, loses its front, jumps or leaves the grid has the same features without a cache."""
    ours, plain = FeatureCache(filters), FeatureCache(filters)
    for cut, length, odd, stream in moves:
        first = cut * 800 + (odd if odd < 3 else 0)
        window = speech[first : first + length * 40]
        assert np.allclose(ours.window(window, stream, first), plain.window(window), atol=1e-5)


def test_streams_are_forgotten_oldest_first(speech: Samples, filters: np.ndarray) -> None:
    """No more streams are kept than allowed."""
    ours = FeatureCache(filters, streams_max=2)
    for stream in ("a", "b", "c", "a"):
        ours.window(speech[:16_000], stream)
    assert list(ours._kept) == ["c", "a"]


def test_threads_do_not_mix_streams(speech: Samples, filters: np.ndarray) -> None:
    """Threads that ask for different streams at once each get the features of their own."""
    ours, plain = FeatureCache(filters), FeatureCache(filters)

    def listen(stream: int) -> bool:
        sound = np.roll(speech, stream * 4000)
        return all(
            np.allclose(ours.window(sound[:end], str(stream)), plain.window(sound[:end]), atol=1e-5)
            for end in range(16_000, 100_000, 16_000)
        )

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(listen, range(8)))


@pytest.mark.parametrize(
    ("layers", "is_silence"),
    [
        (None, False),
        (ModelLayers(12, 12), False),
        (ModelLayers(4, 3), False),
        (ModelLayers(32, 4), False),
        (ModelLayers(32, 2), True),
        (ModelLayers(12, 4), True),
    ],
)
def test_each_family_is_padded_as_it_was_trained(
    layers: ModelLayers | None, is_silence: bool, speech: Samples, filters: np.ndarray
) -> None:
    """Distilled models get the features of digital silence, those of OpenAI and the demo model zeros."""
    sound = speech[:80_000]
    features = FeatureCache(filters).window(sound)
    silent = FeatureExtractor()(np.pad(sound, (0, 80_000)))[:, 700:900]
    assert silent.min() == silent.max()
    expected = silent.max() if is_silence else 0.0
    assert padding_of(features, layers) == pytest.approx(float(expected), abs=1e-4)


def test_silence_is_padded_with_silence(filters: np.ndarray) -> None:
    """A window without any sound has the same features before and after its end."""
    features = FeatureCache(filters).window(np.zeros(16_000, np.float32))
    assert padding_of(features, ModelLayers(32, 2)) == pytest.approx(float(features.max()))
    assert padding_of(features[:, :0], ModelLayers(32, 2)) == -1.5
