"""Models of a known shape with random weights, to measure a machine's speed without a download."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import common_spec, model_spec, whisper_spec
from numpy.typing import NDArray

from app.errors import SettingsError

N_TEXT = 50_257
"""Text tokens of Whisper's multilingual vocabulary; the special ones follow. Source: openai/whisper tokenizer.py."""

N_TIMESTAMPS = 1501
N_SUPPRESSED = 90
"""About the number of tokens that Whisper's configuration suppresses."""

POOL = 1 << 22
"""Random numbers that weights are views of, each at another offset, because equal weights would be stored only once."""

STRIDE = 7919
"""Numbers between the offsets of two weights; prime, so that no offset repeats."""

SCALE = 0.02
"""Standard deviation of weights; small, so that sums stay finite in float16."""

INT8_RANGE = 5 * SCALE
"""The value of the largest 8-bit number; 1 number in 1.7 million is larger and is clipped."""


@dataclass(frozen=True, slots=True)
class ModelShape:
    """The size of a Whisper model. Source: openai/whisper model dimensions."""

    width: int
    heads: int
    encoder_layers: int
    decoder_layers: int
    n_mels: int = 80
    n_languages: int = 99

    @property
    def n_parameters(self) -> int:
        """Approximate number of weights."""
        per_layer = 12 * self.width**2
        vocabulary = (N_TEXT + self.n_languages + 8 + N_TIMESTAMPS) * self.width
        return self.encoder_layers * per_layer + self.decoder_layers * (per_layer + 4 * self.width**2) + vocabulary


SHAPES = {
    "demo": ModelShape(192, 3, 4, 3),
    "tiny": ModelShape(384, 6, 4, 4),
    "base": ModelShape(512, 8, 6, 6),
    "small": ModelShape(768, 12, 12, 12),
    "medium": ModelShape(1024, 16, 24, 24),
    "large-v2": ModelShape(1280, 20, 32, 32),
    "large-v3": ModelShape(1280, 20, 32, 32, 128, 100),
    "large-v3-turbo": ModelShape(1280, 20, 32, 4, 128, 100),
    "turbo": ModelShape(1280, 20, 32, 4, 128, 100),
}


def find_shape(name: str) -> ModelShape:
    """Return the shape of that name.

    Raises:
        SettingsError: There is no such shape.
    """
    if name not in SHAPES:
        raise SettingsError(f"Expected a shape, but got {name!r}. Give one of {', '.join(SHAPES)}.")
    return SHAPES[name]


def build_vocabulary(shape: ModelShape) -> list[str]:
    """Return the vocabulary, with the special tokens at Whisper's places."""
    special = ["<|endoftext|>", "<|startoftranscript|>", "<|en|>"]
    special += [f"<|l{i}|>" for i in range(1, shape.n_languages)]
    special += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>"]
    special += ["<|notimestamps|>"]
    # CTranslate2 treats a model as multilingual if its vocabulary has the empty token before the end
    text = [f"t{i}" for i in range(N_TEXT - 1)] + [""]
    return [*text, *special, *(f"<|{i * 0.02:.2f}|>" for i in range(N_TIMESTAMPS))]


def write_model(
    shape: ModelShape,
    folder: Path,
    quantization: str,
    vocabulary: Sequence[str] | None = None,
    suppressed: Sequence[int] = range(1, N_SUPPRESSED + 1),
) -> None:
    """Write a model of this shape to an empty folder; takes seconds, and memory for the embeddings only.

    `quantization` is how weights are stored: `int8` or `float16`. `vocabulary` is a real one, by default made up;
    `suppressed` are the tokens that its configuration forbids.
    """
    vocabulary = list(vocabulary or build_vocabulary(shape))
    pool = RandomWeights(
        quantization, max(len(vocabulary), 4 * shape.width) * shape.width, max(3 * shape.width, 1500) * shape.width
    )
    spec = whisper_spec.WhisperSpec(shape.encoder_layers, shape.heads, shape.decoder_layers, shape.heads)
    width, n_text = shape.width, vocabulary.index("<|endoftext|>")
    encoder, decoder = spec.encoder, spec.decoder
    # convolutions stay floating, as CTranslate2 leaves them in every compute type
    encoder.conv1.weight, encoder.conv1.bias = pool.plain(width, shape.n_mels, 3), pool.plain(width)
    encoder.conv2.weight, encoder.conv2.bias = pool.plain(width, width, 3), pool.plain(width)
    encoder.position_encodings.encodings = pool.plain(1500, width)
    decoder.scale_embeddings = False
    pool.fill(decoder.embeddings, len(vocabulary), width)
    decoder.projection.weight = decoder.embeddings.weight
    decoder.position_encodings.encodings = pool.plain(448, width)
    for norm in (encoder.layer_norm, decoder.layer_norm):
        set_norm(norm, pool, width)
    for layer in encoder.layer:
        _set_layer(layer, pool, width, crosses=False)
    for layer in decoder.layer:
        _set_layer(layer, pool, width, crosses=True)
    spec.register_vocabulary(vocabulary)
    spec.config.suppress_ids = list(suppressed)
    spec.config.suppress_ids_begin = [220, n_text]
    spec.config.lang_ids = list(range(n_text + 2, n_text + 2 + shape.n_languages))
    spec.config.alignment_heads = [[shape.decoder_layers - 1, head] for head in range(min(6, shape.heads))]
    spec.validate()
    spec.optimize()  # detects that embeddings and projection are shared; nothing is left to quantize
    spec.save(str(folder))


class RandomWeights:
    """Returns weights as views of one array of random numbers, so that none is drawn or copied for each weight."""

    def __init__(self, quantization: str, longest: int, longest_plain: int) -> None:
        """Draw the numbers; the longest weight has `longest` of them, the longest of floating numbers the other."""
        drawn = np.random.default_rng(0).standard_normal(POOL, np.float32) * np.float32(SCALE)
        floating: Any = np.float32 if quantization == "int8" else np.float16
        self._is_int8 = quantization == "int8"
        self._plain = np.resize(drawn.astype(floating), longest_plain + POOL)
        stored = drawn.astype(floating)
        if self._is_int8:
            stored = np.rint(np.clip(drawn / INT8_RANGE, -1, 1) * 127).astype(np.int8)
        self._weights = np.resize(stored, longest + POOL)
        self._at = 0

    def plain(self, *size: int) -> NDArray[Any]:
        """Return floating-point numbers, for biases."""
        return self._take(self._plain, *size)

    def fill(self, layer: common_spec.LinearSpec | common_spec.EmbeddingsSpec, n_out: int, n_in: int) -> None:
        """Set a layer's weight, and its scale if weights have 8 bits."""
        layer.weight = self._take(self._weights, n_out, n_in)
        if self._is_int8:
            # all different: equal ones are stored once, and CTranslate2 then fails to find the others
            layer.weight_scale = np.full(n_out, 127 / INT8_RANGE * (1 + 0.01 * self._at / POOL), np.float32)

    def constant(self, number: float, n_numbers: int) -> NDArray[Any]:
        """Return one number many times."""
        return np.full(n_numbers, number, self._plain.dtype)

    def _take(self, numbers: NDArray[Any], *size: int) -> NDArray[Any]:
        self._at = (self._at + STRIDE) % POOL
        return numbers[self._at : self._at + int(np.prod(size))].reshape(size)


def _set_layer(layer: model_spec.LayerSpec, pool: RandomWeights, width: int, *, crosses: bool) -> None:
    set_norm(layer.self_attention.layer_norm, pool, width)
    set_linear(layer.self_attention.linear[0], pool, 3 * width, width)
    set_linear(layer.self_attention.linear[1], pool, width, width)
    if crosses:
        set_norm(layer.attention.layer_norm, pool, width)
        set_linear(layer.attention.linear[0], pool, width, width)
        set_linear(layer.attention.linear[1], pool, 2 * width, width)
        set_linear(layer.attention.linear[2], pool, width, width)
    set_norm(layer.ffn.layer_norm, pool, width)
    set_linear(layer.ffn.linear_0, pool, 4 * width, width)
    set_linear(layer.ffn.linear_1, pool, width, 4 * width)


def set_linear(
    linear: common_spec.LinearSpec, pool: RandomWeights, n_out: int, n_in: int, *, has_bias: bool = True
) -> None:
    """Set the weights of a layer."""
    pool.fill(linear, n_out, n_in)
    if has_bias:
        linear.bias = pool.plain(n_out)


def set_norm(norm: common_spec.LayerNormSpec, pool: RandomWeights, width: int) -> None:
    """Let a norm change nothing but the scale."""
    norm.gamma, norm.beta = pool.constant(1, width), pool.constant(0, width)
