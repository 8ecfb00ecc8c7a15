"""Models of a known shape with random weights, so that a machine's speed can be measured without downloading any."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ctranslate2.specs import common_spec, model_spec, whisper_spec
from numpy.typing import NDArray

from app.errors import SettingsError

N_TEXT = 50_257
"""Text tokens of Whisper's multilingual vocabulary; the special ones follow. Source: openai/whisper tokenizer.py."""

N_TIMESTAMPS = 1501
N_SUPPRESSED = 90
"""About as many tokens as Whisper's configuration suppresses."""

POOL = 1 << 22
"""Random numbers that weights are cut from, each at a place of its own: equal weights would be stored only once."""

SCALE = 0.02
"""Standard deviation of weights; small, so that sums stay finite in float16."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a Whisper model. Source: openai/whisper model dimensions."""

    width: int
    heads: int
    encoder_layers: int
    decoder_layers: int
    n_mels: int = 80
    n_languages: int = 99

    @property
    def n_parameters(self) -> int:
        """Weights, roughly."""
        per_layer = 12 * self.width**2
        vocabulary = (N_TEXT + self.n_languages + 8 + N_TIMESTAMPS) * self.width
        return self.encoder_layers * per_layer + self.decoder_layers * (per_layer + 4 * self.width**2) + vocabulary


SHAPES = {
    "demo": Shape(192, 3, 4, 3),
    "tiny": Shape(384, 6, 4, 4),
    "base": Shape(512, 8, 6, 6),
    "small": Shape(768, 12, 12, 12),
    "medium": Shape(1024, 16, 24, 24),
    "large-v2": Shape(1280, 20, 32, 32),
    "large-v3": Shape(1280, 20, 32, 32, 128, 100),
    "large-v3-turbo": Shape(1280, 20, 32, 4, 128, 100),
    "turbo": Shape(1280, 20, 32, 4, 128, 100),
}


def find(name: str) -> Shape:
    """Return the shape of that name.

    Raises:
        SettingsError: There is none.
    """
    if name not in SHAPES:
        raise SettingsError(f"Expected a model like {', '.join(SHAPES)}, but got {name!r}.")
    return SHAPES[name]


def tokens(shape: Shape) -> list[str]:
    """Return the vocabulary, special tokens where Whisper has them."""
    special = ["<|endoftext|>", "<|startoftranscript|>", "<|en|>"]
    special += [f"<|l{i}|>" for i in range(1, shape.n_languages)]
    special += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>"]
    special += ["<|notimestamps|>"]
    # CTranslate2 calls a model multilingual whose vocabulary has the empty token before the end
    text = [f"t{i}" for i in range(N_TEXT - 1)] + [""]
    return [*text, *special, *(f"<|{i * 0.02:.2f}|>" for i in range(N_TIMESTAMPS))]


def build(shape: Shape, folder: Path, quantization: str) -> None:
    """Write a model of this shape to an empty folder; takes memory for its weights in float32.

    `quantization` is CTranslate2's storage type, as `int8` or `float16`.
    """
    pool = _Pool()
    spec = whisper_spec.WhisperSpec(shape.encoder_layers, shape.heads, shape.decoder_layers, shape.heads)
    width, vocabulary = shape.width, tokens(shape)
    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = pool.take(width, shape.n_mels, 3), pool.take(width)
    encoder.conv2.weight, encoder.conv2.bias = pool.take(width, width, 3), pool.take(width)
    encoder.position_encodings.encodings = pool.take(1500, width)
    decoder.scale_embeddings = False
    decoder.embeddings.weight = decoder.projection.weight = pool.take(len(vocabulary), width)
    decoder.position_encodings.encodings = pool.take(448, width)
    for norm in (encoder.layer_norm, decoder.layer_norm):
        _set_norm(norm, width)
    for layer in encoder.layer:
        _set_layer(layer, pool, width, crosses=False)
    for layer in decoder.layer:
        _set_layer(layer, pool, width, crosses=True)
    spec.register_vocabulary(vocabulary)
    spec.config.suppress_ids = list(range(1, N_SUPPRESSED + 1))
    spec.config.suppress_ids_begin = [220, N_TEXT]
    spec.config.lang_ids = list(range(N_TEXT + 2, N_TEXT + 2 + shape.n_languages))
    spec.config.alignment_heads = [[shape.decoder_layers - 1, head] for head in range(min(6, shape.heads))]
    spec.validate()
    spec.optimize(quantization=quantization)
    spec.save(str(folder))


class _Pool:
    """Hands out arrays of random numbers without drawing each of them."""

    def __init__(self) -> None:
        generator = np.random.default_rng(0)
        self._numbers = generator.standard_normal(POOL, np.float32) * np.float32(SCALE)
        self._at = 0

    def take(self, *size: int) -> NDArray[np.float32]:
        n_numbers = int(np.prod(size))
        self._at = (self._at + 7919) % POOL
        return np.resize(np.roll(self._numbers, -self._at), n_numbers).reshape(size)


def _set_layer(layer: model_spec.LayerSpec, pool: _Pool, width: int, *, crosses: bool) -> None:
    _set_norm(layer.self_attention.layer_norm, width)
    _set_linear(layer.self_attention.linear[0], pool, 3 * width, width)
    _set_linear(layer.self_attention.linear[1], pool, width, width)
    if crosses:
        _set_norm(layer.attention.layer_norm, width)
        _set_linear(layer.attention.linear[0], pool, width, width)
        _set_linear(layer.attention.linear[1], pool, 2 * width, width)
        _set_linear(layer.attention.linear[2], pool, width, width)
    _set_norm(layer.ffn.layer_norm, width)
    _set_linear(layer.ffn.linear_0, pool, 4 * width, width)
    _set_linear(layer.ffn.linear_1, pool, width, 4 * width)


def _set_linear(linear: common_spec.LinearSpec, pool: _Pool, n_out: int, n_in: int) -> None:
    linear.weight, linear.bias = pool.take(n_out, n_in), pool.take(n_out)


def _set_norm(norm: common_spec.LayerNormSpec, width: int) -> None:
    norm.gamma, norm.beta = np.ones(width, np.float32), np.zeros(width, np.float32)
