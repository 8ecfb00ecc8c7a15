"""Whisper's network in PyTorch, at any size: spectrograms and tokens in, next-token scores and attention out.

Parameters have the names of the transformers library, so that the conversion only renames them. Training adds two
things that the conversion drops: a CTC head on the encoder, which trains it before the decoder is useful, and the
attention weights of the guided heads, which a loss pulls onto the words being written.

Source: openai/whisper whisper/model.py.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

N_BANDS = 80
MAX_POSITIONS = 1500
MAX_TOKENS = 448


@dataclass(frozen=True, slots=True)
class Dimensions:
    """The size of a network."""

    width: int = 192
    heads: int = 3
    encoder_layers: int = 4
    decoder_layers: int = 3
    n_tokens: int = 2509
    n_ctc: int = 902
    """Text tokens and the blank, which has the number of end-of-text."""
    guided_heads: tuple[tuple[int, int], ...] = ((1, 0), (2, 0))
    """(decoder layer, head) whose attention is trained to follow the word being written; `align` uses these."""


class Attention(nn.Module):
    """Multi-head attention."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj = nn.Linear(width, width)
        self.k_proj = nn.Linear(width, width, bias=False)
        self.v_proj = nn.Linear(width, width)
        self.out_proj = nn.Linear(width, width)

    def forward(self, queries: Tensor, source: Tensor, causal: bool = False) -> Tensor:
        """Attend from (batch, n_queries, width) to (batch, n_source, width)."""
        query, key, value = self._projected(queries, source)
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=causal)
        return self._joined(mixed)

    def forward_with_weights(self, queries: Tensor, source: Tensor) -> tuple[Tensor, Tensor]:
        """Attend and return also the weights, shape (batch, heads, n_queries, n_source)."""
        query, key, value = self._projected(queries, source)
        weights = torch.softmax(query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1]), -1)
        return self._joined(weights @ value), weights

    def _projected(self, queries: Tensor, source: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self._split(self.q_proj(queries)), self._split(self.k_proj(source)), self._split(self.v_proj(source))

    def _split(self, values: Tensor) -> Tensor:
        batch, length, width = values.shape
        return values.view(batch, length, self.heads, width // self.heads).transpose(1, 2)

    def _joined(self, values: Tensor) -> Tensor:
        joined: Tensor = self.out_proj(values.transpose(1, 2).flatten(2))
        return joined


class Layer(nn.Module):
    """One transformer layer, normalised before each part; a decoder's has cross-attention."""

    def __init__(self, width: int, heads: int, cross: bool) -> None:
        super().__init__()
        self.self_attn = Attention(width, heads)
        self.self_attn_layer_norm = nn.LayerNorm(width)
        self.encoder_attn: Attention | None = Attention(width, heads) if cross else None
        self.encoder_attn_layer_norm: nn.LayerNorm | None = nn.LayerNorm(width) if cross else None
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)
        self.final_layer_norm = nn.LayerNorm(width)

    def forward(
        self, states: Tensor, encoded: Tensor | None = None, guided: bool = False
    ) -> tuple[Tensor, Tensor | None]:
        """Return the next states and, for a guided decoder layer, its cross-attention weights."""
        weights: Tensor | None = None
        normed = self.self_attn_layer_norm(states)
        states = states + self.self_attn(normed, normed, causal=encoded is not None)
        if encoded is not None and self.encoder_attn is not None and self.encoder_attn_layer_norm is not None:
            normed = self.encoder_attn_layer_norm(states)
            if guided:
                attended, weights = self.encoder_attn.forward_with_weights(normed, encoded)
            else:
                attended = self.encoder_attn(normed, encoded)
            states = states + attended
        return states + self.fc2(functional.gelu(self.fc1(self.final_layer_norm(states)))), weights


class AudioEncoder(nn.Module):
    """Encodes sound: two convolutions, of which the second halves the frames, and transformer layers."""

    def __init__(self, size: Dimensions) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(N_BANDS, size.width, 3, padding=1)
        self.conv2 = nn.Conv1d(size.width, size.width, 3, stride=2, padding=1)
        self.embed_positions = nn.Embedding(MAX_POSITIONS, size.width)
        self.embed_positions.weight.data = sinusoids(MAX_POSITIONS, size.width)
        self.embed_positions.requires_grad_(False)
        self.layers = nn.ModuleList(Layer(size.width, size.heads, False) for _ in range(size.encoder_layers))
        self.layer_norm = nn.LayerNorm(size.width)

    def forward(self, spectrograms: Tensor) -> Tensor:
        """Encode normalised spectrograms (batch, 80, n_frames) to (batch, n_frames / 2, width)."""
        states = functional.gelu(self.conv2(functional.gelu(self.conv1(spectrograms)))).transpose(1, 2)
        states = states + self.embed_positions.weight[: states.shape[1]]
        for layer in self.layers:
            states, _ = layer(states)
        encoded: Tensor = self.layer_norm(states)
        return encoded


class TextDecoder(nn.Module):
    """Computes the scores of each next token from tokens and encoded sound."""

    def __init__(self, size: Dimensions) -> None:
        super().__init__()
        self.size = size
        self.embed_tokens = nn.Embedding(size.n_tokens, size.width)
        self.embed_positions = nn.Embedding(MAX_TOKENS, size.width)
        nn.init.normal_(self.embed_tokens.weight, std=0.02)
        nn.init.normal_(self.embed_positions.weight, std=0.01)
        self.layers = nn.ModuleList(Layer(size.width, size.heads, True) for _ in range(size.decoder_layers))
        self.layer_norm = nn.LayerNorm(size.width)

    def forward(self, tokens: Tensor, encoded: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Return scores (batch, n_tokens, vocabulary) and each guided head's weights (batch, n_tokens, n_states)."""
        states = self.embed_tokens(tokens) + self.embed_positions.weight[: tokens.shape[1]]
        attention: list[Tensor] = []
        for number, layer in enumerate(self.layers):
            heads = [head for layer_number, head in self.size.guided_heads if layer_number == number]
            states, weights = layer(states, encoded, guided=bool(heads))
            if weights is not None:
                attention += [weights[:, head] for head in heads]
        return self.layer_norm(states) @ self.embed_tokens.weight.T, attention


class Network(nn.Module):
    """A Whisper network with a CTC head."""

    def __init__(self, size: Dimensions) -> None:
        super().__init__()
        self.encoder = AudioEncoder(size)
        self.decoder = TextDecoder(size)
        self.ctc = nn.Linear(size.width, size.n_ctc)


def sinusoids(length: int, width: int) -> Tensor:
    """Return Whisper's fixed position table, shape (length, width)."""
    step = math.log(10000) / (width // 2 - 1)
    angles = torch.arange(length)[:, None] * torch.exp(-step * torch.arange(width // 2))[None]
    return torch.cat([angles.sin(), angles.cos()], 1)
