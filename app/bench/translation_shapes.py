"""Translation models of known shapes with random weights, to measure a machine's speed without a download."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import common_spec, transformer_spec

from app.bench.model_shapes import RandomWeights, set_linear, set_norm

END = "</s>"

N_POSITIONS = 256
"""Of shapes with absolute positions; more than any timed sentence has."""

N_BUCKETS = 32
"""Relative positions of T5. Source: google/madlad400-3b-mt config.json."""


@dataclass(frozen=True, slots=True)
class TranslationShape:
    """The size of a translation model. Source: config.json of the models named in `TRANSLATION_SHAPES`."""

    width: int
    heads: int
    encoder_layers: int
    decoder_layers: int
    n_vocabulary: int
    inner: int
    """Width of the feed-forward layers."""
    attention: int
    """Width of queries, keys and values; that of the model but for MADLAD-400."""
    is_t5: bool = False
    """Whether it has T5's gated feed-forward layers, relative positions, no biases, and an output layer of its own."""

    @property
    def n_parameters(self) -> int:
        """Approximate number of weights."""
        attention, forward = 4 * self.width * self.attention, (3 if self.is_t5 else 2) * self.width * self.inner
        layers = self.encoder_layers * (attention + forward) + self.decoder_layers * (2 * attention + forward)
        return layers + (2 if self.is_t5 else 1) * self.n_vocabulary * self.width


TRANSLATION_SHAPES = {
    "opus-mt": TranslationShape(512, 8, 6, 6, 58_101, 2048, 512),
    "m2m100-418m": TranslationShape(1024, 16, 12, 12, 128_112, 4096, 1024),
    "madlad400-3b": TranslationShape(1024, 16, 32, 32, 256_000, 8192, 2048, is_t5=True),
}
"""Helsinki-NLP/opus-mt-de-en, facebook/m2m100_418M and google/madlad400-3b-mt."""


def write_translation_model(shape: TranslationShape, folder: Path, quantization: str) -> None:
    """Write a model of this shape to an empty folder; takes seconds, and memory for the embeddings only.

    `quantization` is how weights are stored: `int8` or `float16`.
    """
    vocabulary = ["<unk>", "<s>", END, *(f"t{number}" for number in range(shape.n_vocabulary - 3))]
    longest = max(shape.n_vocabulary, 4 * shape.inner, 3 * shape.attention) * shape.width
    pool = RandomWeights(quantization, longest, max(2 * shape.inner, 3 * shape.attention, N_POSITIONS * shape.width))
    spec = transformer_spec.TransformerSpec.from_config(
        (shape.encoder_layers, shape.decoder_layers),
        shape.heads,
        pre_norm=True,
        activation=common_spec.Activation.GELUTanh if shape.is_t5 else common_spec.Activation.RELU,
        ffn_glu=shape.is_t5,
        relative_attention_bias=shape.is_t5,
        rms_norm=shape.is_t5,
    )
    spec.config.decoder_start_token = END
    embeddings = (spec.encoder.embeddings[0], spec.decoder.embeddings)
    for side, embedding in zip((spec.encoder, spec.decoder), embeddings, strict=True):
        side.scale_embeddings = not shape.is_t5
        pool.fill(embedding, shape.n_vocabulary, shape.width)
        _set_norm(side.layer_norm, pool, shape)
        if not shape.is_t5:
            side.position_encodings.encodings = pool.plain(N_POSITIONS, shape.width)
        for layer in side.layer:
            _set_layer(layer, pool, shape, crosses=side is spec.decoder)
            if shape.is_t5:
                first = side.layer[0].self_attention
                own = layer.self_attention
                own.relative_attention_bias = (
                    pool.plain(N_BUCKETS, shape.heads) if own is first else first.relative_attention_bias
                )
                own.relative_attention_max_distance = np.int32(128)
    if shape.is_t5:
        pool.fill(spec.decoder.projection, shape.n_vocabulary, shape.width)
    else:
        spec.decoder.projection.weight = spec.decoder.embeddings.weight
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.validate()
    spec.optimize()  # detects what is shared; nothing is left to quantize
    spec.save(str(folder))


def _set_layer(layer: Any, pool: RandomWeights, shape: TranslationShape, *, crosses: bool) -> None:
    width, inner = shape.width, shape.attention
    own = layer.self_attention
    _set_norm(own.layer_norm, pool, shape)
    set_linear(own.linear[0], pool, 3 * inner, width, has_bias=not shape.is_t5)
    set_linear(own.linear[1], pool, width, inner, has_bias=not shape.is_t5)
    if shape.is_t5:
        own.queries_scale = 1.0
    if crosses:
        across = layer.attention
        _set_norm(across.layer_norm, pool, shape)
        set_linear(across.linear[0], pool, inner, width, has_bias=not shape.is_t5)
        set_linear(across.linear[1], pool, 2 * inner, width, has_bias=not shape.is_t5)
        set_linear(across.linear[2], pool, width, inner, has_bias=not shape.is_t5)
        if shape.is_t5:
            across.queries_scale = 1.0
    _set_norm(layer.ffn.layer_norm, pool, shape)
    set_linear(layer.ffn.linear_0, pool, shape.inner, width, has_bias=not shape.is_t5)
    if shape.is_t5:
        set_linear(layer.ffn.linear_0_noact, pool, shape.inner, width, has_bias=False)
    set_linear(layer.ffn.linear_1, pool, width, shape.inner, has_bias=not shape.is_t5)


def _set_norm(norm: common_spec.LayerNormSpec, pool: RandomWeights, shape: TranslationShape) -> None:
    if shape.is_t5:
        norm.gamma = pool.constant(1, shape.width)
    else:
        set_norm(norm, pool, shape.width)
