"""Trains the translation model on samples that are drawn as it goes; no sample is seen twice but by chance."""

import math
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch.nn import functional

from app.demo.training.translation.network import TranslatorNetwork, TranslatorSize
from app.demo.training.translation.samples import SampleMaker
from app.demo.training.translation.tokens import END, PAD, language_token, rare_pieces, token_id

BATCH_TOKENS = 600
"""Source tokens of one step, padding included; three times as many are written."""
_POOL = 1024
"""Samples that are sorted by length together, so that a batch needs little padding."""
_STRETCH = 4
"""Most tokens of a name that decide which of its equal tokens is copied."""
_WARM_UP = 300
_GUIDANCE = 0.3
"""Weight of the loss that guides one head to the word that is copied; without it copying is learnt much later."""
_KEPT = 0.998
"""What remains of the averaged weights after a step."""


@dataclass(frozen=True, slots=True)
class TranslationBatch:
    """Token ids of some samples; each source has as many targets."""

    source: torch.Tensor
    """Shape (B, S)."""
    target: torch.Tensor
    """Shape (3 B, T): what the decoder reads; row 3 i belongs to source i."""
    wanted: torch.Tensor
    """Shape (3 B, T): what it must write; -100 where nothing is asked."""
    copied_from: torch.Tensor
    """Shape (3 B, T): the place in the source from which the wanted token is copied; -1 if it is not known."""


def batches(tokenizer: Tokenizer, seed: int) -> Iterator[TranslationBatch]:
    """Yield batches of similar lengths without end."""
    maker = SampleMaker(seed, rare_pieces(tokenizer))
    shuffle = random.Random(seed)
    while True:
        samples = [maker.draw() for _ in range(_POOL)]
        sources = tokenizer.encode_batch([sample.source for sample in samples], add_special_tokens=False)
        texts = [text for sample in samples for text in sample.targets.values()]
        targets = tokenizer.encode_batch(texts, add_special_tokens=False)
        end = token_id(tokenizer, END)
        rows = []
        for number, sample in enumerate(samples):
            source = [token_id(tokenizer, language_token(sample.language)), *sources[number].ids, end]
            written = [
                [end, token_id(tokenizer, language_token(language)), *targets[3 * number + place].ids, end]
                for place, language in enumerate(sample.targets)
            ]
            rows.append((source, written))
        rows.sort(key=lambda row: len(row[0]) + max(map(len, row[1])))
        cut: list[list[tuple[list[int], list[list[int]]]]] = []
        for row in rows:
            if cut and (len(cut[-1]) + 1) * (len(row[0]) + 2) <= BATCH_TOKENS:
                cut[-1].append(row)
            else:
                cut.append([row])
        shuffle.shuffle(cut)
        pad = token_id(tokenizer, PAD)
        for batch in cut:
            yield _batch(batch, pad)


def _batch(rows: list[tuple[list[int], list[list[int]]]], pad: int) -> TranslationBatch:
    source = _padded([row[0] for row in rows], pad)
    written = _padded([target for row in rows for target in row[1]], pad)
    # the decoder starts with </s> and the language, which is given
    target, wanted = written[:, :-1], written[:, 1:].clone()
    wanted[wanted == pad] = -100
    wanted[:, 0] = -100
    return TranslationBatch(source, target, wanted, _find_copies(source.repeat_interleave(3, dim=0), wanted))


def _find_copies(source: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Return where each wanted token, with the fewest tokens before it, stands in the source once; -1 for nowhere."""
    same = wanted[:, :, None] == source[:, None, :]
    stretch = same
    found = torch.full_like(wanted, -1)
    for _ in range(_STRETCH):
        is_new = (found < 0) & (stretch.sum(-1) == 1)
        found = torch.where(is_new, stretch.float().argmax(-1), found)
        stretch = same & functional.pad(stretch, (1, -1, 1, -1))
    return found


def _padded(rows: list[list[int]], pad: int) -> torch.Tensor:
    longest = max(map(len, rows))
    return torch.tensor([row + [pad] * (longest - len(row)) for row in rows])


def translation_loss(
    network: TranslatorNetwork, batch: TranslationBatch, pad: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the mean loss of the written tokens, and that of the guided head."""
    mask = batch.source != pad
    memory = network.encode(batch.source, mask).repeat_interleave(3, dim=0)
    states, head = network.decode(batch.target, memory, mask.repeat_interleave(3, dim=0))
    asked = batch.wanted != -100
    scores = states[asked] @ network.embeddings.weight.T
    writing = functional.cross_entropy(scores.float(), batch.wanted[asked])
    is_copy = batch.copied_from >= 0
    chosen = head[is_copy].gather(1, batch.copied_from[is_copy][:, None]).float()
    return writing, -(chosen + 1e-6).log().mean()


def train_translator(
    tokenizer: Tokenizer,
    checkpoint: Path,
    *,
    steps: int,
    minutes: float = math.inf,
    init: Path | None = None,
    seed: int = 0,
    rate: float = 1.5e-3,
    report: Callable[[str], None],
) -> TranslatorNetwork:
    """Train until the steps or minutes are over, and return the network with the averaged weights.

    They are written to checkpoint every 250 steps and at the end. The rate of learning falls as the end comes near.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    network = TranslatorNetwork(TranslatorSize(tokenizer.get_vocab_size()))
    if init is not None:
        network = load_translator(init)
    averaged = TranslatorNetwork(network.size)
    averaged.load_state_dict(network.state_dict())
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    pad = token_id(tokenizer, PAD)
    warm_up = _WARM_UP if init is None else _WARM_UP // 5
    begun = time.monotonic()
    network.train()
    for step, batch in zip(range(steps), batches(tokenizer, seed), strict=False):
        left = 1 - max(step / steps, (time.monotonic() - begun) / 60 / minutes)
        is_last = step == steps - 1 or left <= 0
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / warm_up) * max(0.02, min(1.0, 1.4 * left))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            writing, guided = translation_loss(network, batch, pad)
        optimizer.zero_grad()
        (writing + _GUIDANCE * guided).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        _average(averaged, network, min(_KEPT, (step + 1) / (step + 10)))
        if step % 50 == 0:
            shown = f"writing {writing.item():.3f}, copying {guided.item():.3f}"
            report(f"step {step}: {shown}, {time.monotonic() - begun:.0f} s")
        if step % 250 == 249 or is_last:
            fresh = checkpoint.with_name(checkpoint.name + ".partial")
            torch.save({"size": network.size.described(), "weights": averaged.state_dict()}, fresh)
            fresh.replace(checkpoint)
        if is_last:
            break
    return averaged


def load_translator(checkpoint: Path) -> TranslatorNetwork:
    """Read a checkpoint."""
    read = torch.load(checkpoint, weights_only=True)
    network = TranslatorNetwork(TranslatorSize(**read["size"]))
    network.load_state_dict(read["weights"])
    return network


def _average(averaged: TranslatorNetwork, network: TranslatorNetwork, kept: float) -> None:
    with torch.no_grad():
        for mean, value in zip(averaged.parameters(), network.parameters(), strict=True):
            mean.lerp_(value, 1 - kept)
