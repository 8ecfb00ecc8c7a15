"""A translation model set by hand: it translates word by word, exactly, and needs no training and no download.

The transformer has one layer each. Of every vector, each part has one number that is 1: the token, its position, the
source word at the same place, the target language, and the word to write. Source word i becomes target word i, as in
the M2M-100 family: source `__de__ wort </s>`, target `__fr__ mot </s>`.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import sentencepiece
from ctranslate2.specs import common_spec, transformer_spec
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

Weights = NDArray[np.float32]

LANGUAGES = ("de", "en", "fr", "pt")

WORDS: tuple[Mapping[str, str], ...] = (
    {"de": "guten", "en": "good", "fr": "bon", "pt": "bom"},
    {"de": "Morgen", "en": "morning", "fr": "matin", "pt": "manhã"},
    {"de": "Haus", "en": "house", "fr": "maison", "pt": "casa"},
    {"de": "offen", "en": "open", "fr": "ouvert", "pt": "aberto"},
    {"de": ".", "en": ".", "fr": ".", "pt": "."},
)
"""The dictionary; a word is the same in two languages only if it is so in all."""

COPIED = tuple(f"⟦{number}⟧" for number in range(1, 10))
"""Words that stay as they are."""

LOOP = "endlos"
"""A word that the model repeats without end."""

SHARP = 40.0
"""Attention scores: so far apart that one position gets all the weight."""

N_POSITIONS = 96


FLORES = {"de": "deu_Latn", "en": "eng_Latn", "fr": "fra_Latn", "pt": "por_Latn"}


def write_toy_model(folder: Path, family: str = "m2m100", *, quantization: str | None = None) -> Path:
    """Write the model and its `tokenizer.json` to a folder, and return it; takes some milliseconds.

    `family` is m2m100 or nllb, which name languages in different ways.
    """
    folder.mkdir(parents=True, exist_ok=True)
    languages = [f"__{code}__" if family == "m2m100" else FLORES[code] for code in LANGUAGES]
    vocabulary = _list_words(languages)
    _build(vocabulary, dict(zip(LANGUAGES, languages, strict=True)), quantization).save(str(folder))
    tokenizer = Tokenizer(models.WordLevel({token: number for number, token in enumerate(vocabulary)}, "<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def write_toy_pair(folder: Path, source: str, target: str) -> Path:
    """Write a model of one pair, such as one of OPUS-MT, with its SentencePiece models; takes some milliseconds."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = _list_words([])
    _build(vocabulary, {}, None, pair=(source, target)).save(str(folder))
    for side in ("source", "target"):
        words = [" ".join(token.removeprefix("▁") for token in vocabulary if token.startswith("▁"))]
        with (folder / f"{side}.spm").open("wb") as file:
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=iter(words),
                model_writer=file,
                model_type="word",
                vocab_size=1000,
                hard_vocab_limit=False,
                minloglevel=2,
            )
    return folder


def _list_words(languages: list[str]) -> list[str]:
    plain = {word for row in WORDS for word in row.values()} | {*COPIED, LOOP}
    vocabulary = ["<unk>", "<s>", "</s>", *languages, *(f"▁{word}" for word in sorted(plain))]
    return vocabulary + [f"<pad{number}>" for number in range(-len(vocabulary) % 8)]


def _build(
    vocabulary: list[str], names: Mapping[str, str], quantization: str | None, pair: tuple[str, str] | None = None
) -> transformer_spec.TransformerSpec:
    """Return the model; with `pair` it translates that one, and its vectors have no language."""
    languages = list(names.values())
    number = {token: place for place, token in enumerate(vocabulary)}
    n_tokens, n_languages = len(vocabulary), len(languages)
    token, position = 0, n_tokens
    source, language = position + N_POSITIONS, position + N_POSITIONS + n_tokens
    output = language + n_languages
    width = output + n_tokens
    width += -width % 8

    spec = transformer_spec.TransformerSpec.from_config((1, 1), 1, pre_norm=True, rms_norm=True)
    spec.config.add_source_bos = spec.config.add_source_eos = False
    spec.config.decoder_start_token = "</s>"
    encoder, decoder = spec.encoder, spec.decoder
    embedding = _zeros(n_tokens, width)
    embedding[:, token : token + n_tokens] = np.eye(n_tokens)
    places = _zeros(N_POSITIONS, width)
    places[:, position : position + N_POSITIONS] = np.eye(N_POSITIONS)
    encoder.embeddings[0].weight = decoder.embeddings.weight = embedding
    for side in (encoder, decoder):
        side.scale_embeddings = False
        side.position_encodings.encodings = places

    nothing = encoder.layer[0].self_attention
    _set_attention(nothing, width, _zeros(width, width), _zeros(width, width), _zeros(width, width), crosses=False)
    _set_norms((nothing.layer_norm, 2), (encoder.layer[0].ffn.layer_norm, 2), (encoder.layer_norm, 2), width=width)
    _set_gates(encoder.layer[0].ffn, [], width)

    # each place looks at the second one, where the language is
    keys, values, always = _zeros(width, width), _zeros(width, width), _zeros(width)
    always[position + 1] = SHARP * width**0.5
    for place in range(N_POSITIONS):
        keys[position + place, position + place] = 1
    for place, name in enumerate(languages):
        values[language + place, token + number[name]] = 1
    own = decoder.layer[0].self_attention
    _set_attention(own, width, _zeros(width, width), keys, values, crosses=False, always=always)

    # each place looks at the same place of the source
    values = _zeros(width, width)
    for place in range(n_tokens):
        values[source + place, token + place] = 1
    across = decoder.layer[0].attention
    _set_attention(across, width, SHARP * width**0.5 * keys, keys, values, crosses=True)

    gates: list[tuple[list[int], int, float]] = [([source + number["</s>"]], output + number["</s>"], 1.0)]
    for row in WORDS:
        if pair is not None:
            gates.append(([source + number[f"▁{row[pair[0]]}"]], output + number[f"▁{row[pair[1]]}"], 1.0))
        for code, translated in row.items() if pair is None else ():
            target = language + languages.index(names[code])
            gates += [
                ([source + number[f"▁{word}"], target], output + number[f"▁{translated}"], 1.0)
                for word in set(row.values())
            ]
    gates += [([source + number[f"▁{word}"]], output + number[f"▁{word}"], 1.0) for word in (*COPIED, LOOP)]
    gates.append(([token + number[f"▁{LOOP}"]], output + number[f"▁{LOOP}"], 3.0))
    last = decoder.layer[0].ffn
    _set_gates(last, gates, width)
    _set_norms((own.layer_norm, 2), (across.layer_norm, 3), (last.layer_norm, 4), (decoder.layer_norm, 5), width=width)
    decoder.projection.weight = _zeros(n_tokens, width)
    decoder.projection.weight[:, output : output + n_tokens] = 8 * np.eye(n_tokens)
    decoder.projection.bias = _zeros(n_tokens)
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.validate()
    spec.optimize(quantization)
    return spec


def _zeros(*size: int) -> Weights:
    return np.zeros(size, np.float32)


def _set_norms(*norms: tuple[common_spec.LayerNormSpec, int], width: int) -> None:
    """Let each norm leave a vector with so many ones as it is."""
    for norm, n_ones in norms:
        norm.gamma = np.full(width, (n_ones / width) ** 0.5, np.float32)


def _set_attention(
    attention: transformer_spec.TransformerEncoderLayerSpec,
    width: int,
    queries: Weights,
    keys: Weights,
    values: Weights,
    *,
    crosses: bool,
    always: Weights | None = None,
) -> None:
    first = always if always is not None else _zeros(width)
    parts = [(queries, first), (keys, _zeros(width)), (values, _zeros(width))]
    groups = [parts[:1], parts[1:]] if crosses else [parts]
    for layer, group in zip(attention.linear, groups, strict=False):
        layer.weight = np.concatenate([weight for weight, _ in group])
        layer.bias = np.concatenate([bias for _, bias in group])
    attention.linear[-1].weight = np.eye(width, dtype=np.float32)
    attention.linear[-1].bias = _zeros(width)


def _set_gates(
    ffn: transformer_spec.TransformerEncoderLayerSpec, gates: list[tuple[list[int], int, float]], width: int
) -> None:
    """Let each gate add to its output if all its inputs are 1."""
    size = len(gates) + 8 - len(gates) % 8
    ffn.linear_0.weight, ffn.linear_0.bias = _zeros(size, width), _zeros(size)
    ffn.linear_1.weight, ffn.linear_1.bias = _zeros(width, size), _zeros(width)
    for place, (inputs, output, strength) in enumerate(gates):
        ffn.linear_0.weight[place, inputs] = 1
        ffn.linear_0.bias[place] = 0.5 - len(inputs)
        ffn.linear_1.weight[output, place] += 2 * strength
