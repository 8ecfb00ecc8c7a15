"""Converts a trained network into a CTranslate2 directory, as faster-whisper loads it.

Source: ctranslate2.specs.whisper_spec and converters/transformers.py WhisperLoader (names and order of the fused
projections).
"""

import json
import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt
from ctranslate2.specs import attention_spec, common_spec, transformer_spec, whisper_spec

from app.demo.training.network import Network
from app.demo.training.tokenizer import EMPTY, Vocabulary

_PREPROCESSOR = {
    "feature_size": 80,
    "sampling_rate": 16000,
    "hop_length": 160,
    "chunk_length": 30,
    "n_fft": 400,
    "nb_max_frames": 3000,
    "n_samples": 480000,
    "padding_side": "right",
    "padding_value": 0.0,
    "return_attention_mask": False,
    "feature_extractor_type": "WhisperFeatureExtractor",
    "processor_class": "WhisperProcessor",
}

Weights = dict[str, npt.NDArray[np.float32]]


def convert(network: Network, vocabulary: Vocabulary, directory: Path, quantization: str = "int8") -> None:
    """Write model.bin, config.json, vocabulary.json, tokenizer.json and preprocessor_config.json to directory.

    Files of the same names are replaced; others stay.

    Raises:
        ValueError: The network and the tokenizer have different numbers of tokens.
    """
    size = network.decoder.size
    n_tokens = vocabulary.tokenizer.get_vocab_size()
    if size.n_tokens != n_tokens:
        raise ValueError(
            f"Expected a tokenizer of {size.n_tokens} tokens, as the network has, but this one has {n_tokens}; "
            "use the tokenizer that the network was trained with."
        )
    weights = {name: value.detach().float().numpy() for name, value in network.state_dict().items()}
    spec = whisper_spec.WhisperSpec(size.encoder_layers, size.heads, size.decoder_layers, size.heads)
    _set_encoder(spec.encoder, weights)
    _set_decoder(spec.decoder, weights)
    names = [str(vocabulary.tokenizer.id_to_token(token)) for token in range(n_tokens)]
    # CTranslate2 treats a model as multilingual if its vocabulary has the empty token before the end.
    names[vocabulary.number(EMPTY)] = ""
    spec.register_vocabulary(names)
    # Only a space is forbidden as first token. Whisper also forbids an immediate end; this model is trained to end at
    # once on noise, and would have to invent a word otherwise.
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [vocabulary.number("Ġ")]
    spec.config.lang_ids = [vocabulary.number("<|de|>"), vocabulary.number("<|en|>")]
    spec.config.alignment_heads = [list(head) for head in size.guided_heads]
    spec.validate()
    spec.optimize(quantization=quantization)
    fresh = directory.with_name(directory.name + ".partial")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    spec.save(str(fresh))
    vocabulary.tokenizer.save(str(fresh / "tokenizer.json"), pretty=False)
    (fresh / "preprocessor_config.json").write_text(json.dumps(_PREPROCESSOR, indent=1) + "\n", encoding="utf-8")
    directory.mkdir(parents=True, exist_ok=True)
    for path in fresh.iterdir():
        path.replace(directory / path.name)
    fresh.rmdir()


def _set_encoder(spec: whisper_spec.WhisperEncoderSpec, weights: Weights) -> None:
    for convolution, name in ((spec.conv1, "encoder.conv1"), (spec.conv2, "encoder.conv2")):
        convolution.weight = weights[name + ".weight"]
        convolution.bias = weights[name + ".bias"]
    spec.position_encodings.encodings = weights["encoder.embed_positions.weight"]
    _set_norm(spec.layer_norm, weights, "encoder.layer_norm")
    for number, layer in enumerate(spec.layer):
        _set_layer(layer, weights, f"encoder.layers.{number}", cross=False)


def _set_decoder(spec: transformer_spec.TransformerDecoderSpec, weights: Weights) -> None:
    spec.scale_embeddings = False
    spec.embeddings.weight = weights["decoder.embed_tokens.weight"]
    spec.projection.weight = weights["decoder.embed_tokens.weight"]
    spec.position_encodings.encodings = weights["decoder.embed_positions.weight"]
    _set_norm(spec.layer_norm, weights, "decoder.layer_norm")
    for number, layer in enumerate(spec.layer):
        _set_layer(layer, weights, f"decoder.layers.{number}", cross=True)


def _set_layer(
    spec: transformer_spec.TransformerDecoderLayerSpec | transformer_spec.TransformerEncoderLayerSpec,
    weights: Weights,
    name: str,
    cross: bool,
) -> None:
    _set_norm(spec.self_attention.layer_norm, weights, f"{name}.self_attn_layer_norm")
    own = f"{name}.self_attn"
    _set_fused(spec.self_attention.linear[0], weights, [f"{own}.q_proj", f"{own}.k_proj", f"{own}.v_proj"])
    _set_linear(spec.self_attention.linear[1], weights, f"{own}.out_proj")
    if cross:
        other = f"{name}.encoder_attn"
        attention: attention_spec.MultiHeadAttentionSpec = spec.attention
        _set_norm(attention.layer_norm, weights, f"{other}_layer_norm")
        _set_linear(attention.linear[0], weights, f"{other}.q_proj")
        _set_fused(attention.linear[1], weights, [f"{other}.k_proj", f"{other}.v_proj"])
        _set_linear(attention.linear[2], weights, f"{other}.out_proj")
    _set_norm(spec.ffn.layer_norm, weights, f"{name}.final_layer_norm")
    _set_linear(spec.ffn.linear_0, weights, f"{name}.fc1")
    _set_linear(spec.ffn.linear_1, weights, f"{name}.fc2")


def _set_norm(spec: common_spec.LayerNormSpec, weights: Weights, name: str) -> None:
    spec.gamma = weights[name + ".weight"]
    spec.beta = weights[name + ".bias"]


def _set_linear(spec: common_spec.LinearSpec, weights: Weights, name: str) -> None:
    spec.weight = weights[name + ".weight"]
    spec.bias = weights[name + ".bias"]


def _set_fused(spec: common_spec.LinearSpec, weights: Weights, names: list[str]) -> None:
    """Stack projections into one; Whisper's key projection has no bias, so its bias becomes 0."""
    spec.weight = np.concatenate([weights[name + ".weight"] for name in names])
    width = spec.weight.shape[1]
    spec.bias = np.concatenate([weights.get(name + ".bias", np.zeros(width, np.float32)) for name in names])
