"""The translation model: a transformer like M2M-100, small; normalised before each part, sinusoidal positions, ReLU."""

import math
from dataclasses import asdict, dataclass

import torch
from torch import nn
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class TranslatorSize:
    """Shape of a network."""

    n_tokens: int
    width: int = 192
    heads: int = 4
    inner: int = 768
    encoder_layers: int = 3
    decoder_layers: int = 2

    def described(self) -> dict[str, int]:
        """Return the fields by name."""
        return asdict(self)


class TranslatorAttention(nn.Module):
    """Attention of several heads, with biases, as CTranslate2 has it."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(
        self, states: torch.Tensor, memory: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the new states (B, T, width), and the first head's attention (B, T, S).

        Args:
            states: Shape (B, T, width).
            memory: What is attended to, shape (B, S, width).
            mask: True where it may be attended to, shape (1 or B, 1, 1 or T, S).
        """
        batch, length, width = states.shape
        query = self.query(states).view(batch, length, self.heads, -1).transpose(1, 2)
        key, value = (
            part.view(batch, memory.shape[1], self.heads, -1).transpose(1, 2)
            for part in self.key_value(memory).chunk(2, dim=-1)
        )
        scores = (query / math.sqrt(width // self.heads)) @ key.transpose(-1, -2)
        attention = scores.masked_fill(~mask, -1e4).softmax(-1)
        mixed = attention.to(value.dtype) @ value
        return self.out(mixed.transpose(1, 2).reshape(batch, length, width)), attention[:, 0]


class TranslatorLayer(nn.Module):
    """One layer of the encoder, or of the decoder (crossed)."""

    def __init__(self, size: TranslatorSize, *, crossed: bool) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(size.width)
        self.attention = TranslatorAttention(size.width, size.heads)
        self.crossed = crossed
        if crossed:
            self.cross_norm = nn.LayerNorm(size.width)
            self.cross = TranslatorAttention(size.width, size.heads)
        self.inner_norm = nn.LayerNorm(size.width)
        self.wide = nn.Linear(size.width, size.inner)
        self.narrow = nn.Linear(size.inner, size.width)

    def forward(
        self,
        states: torch.Tensor,
        mask: torch.Tensor,
        memory: torch.Tensor | None = None,
        memory_mask: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Return the new states, and what the first head attends to in the memory if there is one."""
        normed = self.attention_norm(states)
        states = states + self.attention(normed, normed, mask)[0]
        first_head = None
        if memory is not None:
            mixed, first_head = self.cross(self.cross_norm(states), memory, memory_mask)
            states = states + mixed
        return states + self.narrow(functional.relu(self.wide(self.inner_norm(states)))), first_head


class TranslatorNetwork(nn.Module):
    """Encoder and decoder, which share one table of embeddings."""

    def __init__(self, size: TranslatorSize) -> None:
        super().__init__()
        self.size = size
        self.embeddings = nn.Embedding(size.n_tokens, size.width)
        nn.init.normal_(self.embeddings.weight, std=size.width**-0.5)
        self.encoder = nn.ModuleList(TranslatorLayer(size, crossed=False) for _ in range(size.encoder_layers))
        self.encoder_norm = nn.LayerNorm(size.width)
        self.decoder = nn.ModuleList(TranslatorLayer(size, crossed=True) for _ in range(size.decoder_layers))
        self.decoder_norm = nn.LayerNorm(size.width)
        self.register_buffer("positions", sinusoids(512, size.width), persistent=False)

    def encode(self, source: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the memory (B, S, width) of token ids (B, S); mask is True at tokens, shape (B, S)."""
        states = self._embed(source)
        for layer in self.encoder:
            states = layer(states, mask[:, None, None])[0]
        return self.encoder_norm(states)

    def decode(
        self, target: torch.Tensor, memory: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the states after each target token (B, T, width), and the last layer's first head (B, T, S)."""
        states = self._embed(target)
        length = target.shape[1]
        backwards = torch.ones(length, length, dtype=torch.bool).tril()[None, None]
        first_head = states
        for layer in self.decoder:
            states, explained = layer(states, backwards, memory, mask[:, None, None])
            if explained is not None:
                first_head = explained
        return self.decoder_norm(states), first_head

    def _embed(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.embeddings(tokens) * math.sqrt(self.size.width) + self.positions[: tokens.shape[1]]


def sinusoids(length: int, width: int) -> torch.Tensor:
    """Return the positions that CTranslate2 makes for a model without a table, shape (length, width).

    Source: CTranslate2 src/layers/common.cc, generate_sinusoidal_position_encoding.
    """
    steps = torch.exp(torch.arange(width // 2) * -(math.log(10000) / (width // 2 - 1)))
    angles = torch.arange(length)[:, None] * steps
    return torch.cat([angles.sin(), angles.cos()], dim=1)
