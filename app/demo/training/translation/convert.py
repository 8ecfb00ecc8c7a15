"""Converts a trained translation network into a CTranslate2 directory, in the shape of M2M-100.

Source: ctranslate2.specs.transformer_spec and converters/transformers.py M2M100Loader (settings and order of weights).
"""

import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt
from ctranslate2.specs import attention_spec, common_spec, transformer_spec
from tokenizers import Tokenizer

from app.demo.training.translation.network import TranslatorNetwork
from app.demo.training.translation.tokens import END, START, UNKNOWN

Weights = dict[str, npt.NDArray[np.float32]]


def convert_translator(
    network: TranslatorNetwork, tokenizer: Tokenizer, directory: Path, quantization: str | None = "int8"
) -> None:
    """Write model.bin, config.json, shared_vocabulary.json and tokenizer.json to directory, replacing those there."""
    size = network.size
    # copies, because quantization works in place
    weights: Weights = {name: value.detach().float().numpy().copy() for name, value in network.state_dict().items()}
    spec = transformer_spec.TransformerSpec.from_config(
        (size.encoder_layers, size.decoder_layers),
        size.heads,
        pre_norm=True,
        activation=common_spec.Activation.RELU,
    )
    for part, name in ((spec.encoder, "encoder"), (spec.decoder, "decoder")):
        part.scale_embeddings = True
        _set_norm(part.layer_norm, weights, f"{name}_norm")
        for number, layer in enumerate(part.layer):
            _set_layer(layer, weights, f"{name}.{number}", crossed=name == "decoder")
    spec.encoder.embeddings[0].weight = weights["embeddings.weight"]
    spec.decoder.embeddings.weight = weights["embeddings.weight"]
    spec.decoder.projection.weight = weights["embeddings.weight"]
    names = [str(tokenizer.id_to_token(token)) for token in range(size.n_tokens)]
    spec.register_source_vocabulary(names)
    spec.register_target_vocabulary(names)
    # the caller writes the language before the source and </s> after it, and gives the target's language as prefix
    spec.config.add_source_bos = False
    spec.config.add_source_eos = False
    spec.config.bos_token = START
    spec.config.eos_token = END
    spec.config.unk_token = UNKNOWN
    spec.config.decoder_start_token = END
    spec.validate()
    spec.optimize(quantization=quantization)
    fresh = directory.with_name(directory.name + ".partial")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    spec.save(str(fresh))
    tokenizer.save(str(fresh / "tokenizer.json"), pretty=False)
    directory.mkdir(parents=True, exist_ok=True)
    for path in fresh.iterdir():
        path.replace(directory / path.name)
    fresh.rmdir()


def _set_layer(
    spec: transformer_spec.TransformerDecoderLayerSpec | transformer_spec.TransformerEncoderLayerSpec,
    weights: Weights,
    name: str,
    crossed: bool,
) -> None:
    own = f"{name}.attention"
    _set_norm(spec.self_attention.layer_norm, weights, f"{name}.attention_norm")
    attention: attention_spec.MultiHeadAttentionSpec = spec.self_attention
    attention.linear[0].weight = np.concatenate([weights[f"{own}.{part}.weight"] for part in ("query", "key_value")])
    attention.linear[0].bias = np.concatenate([weights[f"{own}.{part}.bias"] for part in ("query", "key_value")])
    _set_linear(attention.linear[1], weights, f"{own}.out")
    if crossed:
        attention = spec.attention
        _set_norm(attention.layer_norm, weights, f"{name}.cross_norm")
        for place, part in enumerate(("query", "key_value", "out")):
            _set_linear(attention.linear[place], weights, f"{name}.cross.{part}")
    _set_norm(spec.ffn.layer_norm, weights, f"{name}.inner_norm")
    _set_linear(spec.ffn.linear_0, weights, f"{name}.wide")
    _set_linear(spec.ffn.linear_1, weights, f"{name}.narrow")


def _set_norm(spec: common_spec.LayerNormSpec, weights: Weights, name: str) -> None:
    spec.gamma = weights[name + ".weight"]
    spec.beta = weights[name + ".bias"]


def _set_linear(spec: common_spec.LinearSpec, weights: Weights, name: str) -> None:
    spec.weight = weights[name + ".weight"]
    spec.bias = weights[name + ".bias"]
