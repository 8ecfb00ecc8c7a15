"""Trains a network on windows.

The loop depends on neither the network's size nor the source of the windows, so it can also fine-tune.
"""

import math
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from app import atomic_file
from app.demo.training.network import Dimensions, Network
from app.demo.training.pool import Utterance
from app.demo.training.tokenizer import Vocabulary
from app.demo.training.windows import TrainingWindow, WindowMaker

_NOTHING_HEARD = 1e-6


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """Length and rates of a training."""

    steps: int
    peak_rate: float = 1e-3
    warmup_steps: int = 60
    hold: float = 0.3
    """Share of the steps at the peak rate before it falls linearly to zero."""
    guidance: float = 0.4
    """Weight of the loss that pulls the guided heads onto the word being written."""
    ctc: float = 0.15
    """Weight of the encoder's own loss, on windows of at most ctc_frames."""
    ctc_frames: int = 1600
    smoothing: float = 0.02
    averaging: float = 0.995
    """Share of the averaged weights that each step keeps; the average is saved."""
    report_steps: int = 50
    save_steps: int = 250


@dataclass(frozen=True, slots=True)
class TrainingBatch:
    """Windows of one length as tensors."""

    spectrograms: Tensor
    tokens: Tensor
    weights: Tensor
    spans: Tensor
    """First and last encoder position of each token, shape (batch, n_tokens, 2); negative if not guided."""
    spoken: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Losses:
    """The three losses of a batch."""

    writing: Tensor
    guidance: Tensor
    ctc: Tensor


def collate(windows: list[TrainingWindow], end: int) -> TrainingBatch:
    """Stack windows, filling token rows with end-of-text at weight 0."""
    longest = max(len(window.targets) for window in windows)
    tokens = torch.full((len(windows), longest), end)
    weights = torch.zeros(len(windows), longest)
    spans = torch.full((len(windows), longest, 2), -1e6)
    for row, window in enumerate(windows):
        for column, target in enumerate(window.targets):
            tokens[row, column] = target.token
            weights[row, column] = target.weight
            if target.span is not None:
                # two frames are one encoder position
                spans[row, column] = torch.tensor(target.span) / 2
    spectrograms = torch.stack([torch.from_numpy(window.spectrogram) for window in windows])
    return TrainingBatch(spectrograms, tokens, weights, spans, tuple(window.spoken for window in windows))


def losses(network: Network, batch: TrainingBatch, plan: TrainingPlan, blank: int) -> Losses:
    """Run the network over a batch and return its losses."""
    encoded = network.encoder(batch.spectrograms)
    scores, attention = network.decoder(batch.tokens[:, :-1], encoded)
    weights = batch.weights[:, 1:]
    wrong = functional.cross_entropy(
        scores.transpose(1, 2), batch.tokens[:, 1:], reduction="none", label_smoothing=plan.smoothing
    )
    writing = (wrong * weights).sum() / weights.sum().clamp(min=1)
    guidance = guidance_loss(attention, batch.spans[:, 1:])
    ctc = torch.zeros(())
    if batch.spectrograms.shape[2] <= plan.ctc_frames and plan.ctc > 0:
        ctc = _ctc_loss(network, encoded, batch.spoken, blank)
    return Losses(writing, guidance, ctc)


def guidance_loss(attention: list[Tensor], spans: Tensor) -> Tensor:
    """Return the mean of -log(attention inside the span of the token being written), over guided heads.

    Row i of the attention writes token i + 1, so spans are given from the second token on.
    """
    if not attention:
        return torch.zeros(())
    positions = torch.arange(attention[0].shape[-1])
    inside = ((positions >= spans[..., :1]) & (positions <= spans[..., 1:])).float()
    guided = (spans[..., 1] >= 0).float()
    total = torch.zeros(())
    for weights in attention:
        heard = (weights * inside).sum(-1)
        total = total - ((heard + _NOTHING_HEARD).log() * guided).sum() / guided.sum().clamp(min=1)
    return total / len(attention)


def _ctc_loss(network: Network, encoded: Tensor, spoken: tuple[tuple[int, ...], ...], blank: int) -> Tensor:
    rows = [row for row, tokens in enumerate(spoken) if tokens]
    if not rows:
        return torch.zeros(())
    chances = functional.log_softmax(network.ctc(encoded[rows]), -1).transpose(0, 1)
    lengths = torch.tensor([len(spoken[row]) for row in rows])
    wanted = torch.tensor([token for row in rows for token in spoken[row]])
    heard = torch.full((len(rows),), chances.shape[0])
    return functional.ctc_loss(chances, wanted, heard, lengths, blank=blank, zero_infinity=True)


def rate_at(step: int, plan: TrainingPlan) -> float:
    """Return the learning rate of a step: a short rise, a plateau, a linear fall."""
    share = step / plan.steps
    fall = min(1.0, (1.0 - share) / (1.0 - plan.hold)) if plan.hold < 1 else 1.0
    return plan.peak_rate * min(1.0, (step + 1) / plan.warmup_steps) * max(fall, 0.0)


def train(
    network: Network,
    batches: Iterator[TrainingBatch],
    plan: TrainingPlan,
    blank: int,
    save: Callable[[Network, int], None],
    report: Callable[[str], None],
) -> Network:
    """Train for the plan's steps and return the averaged network; `save` gets it every few steps, and at the end."""
    average = Network(network.decoder.size)
    average.load_state_dict(network.state_dict())
    parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
    followers = [parameter for parameter in average.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=plan.peak_rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    network.train()
    sums = [0.0, 0.0, 0.0]
    began_cpu_s, n_ctc = time.process_time(), 0
    for step in range(plan.steps):
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step, plan)
        batch = next(batches)
        loss = losses(network, batch, plan, blank)
        (loss.writing + plan.guidance * loss.guidance + plan.ctc * loss.ctc).backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        with torch.no_grad():
            keep = min(plan.averaging, (step + 1) / (step + 10))
            torch._foreach_lerp_(followers, parameters, 1 - keep)
        for index, value in enumerate((loss.writing, loss.guidance, loss.ctc)):
            sums[index] += value.item()
        n_ctc += loss.ctc.item() > 0
        if (step + 1) % plan.report_steps == 0:
            writing, guidance = sums[0] / plan.report_steps, sums[1] / plan.report_steps
            report(
                f"step {step + 1} of {plan.steps}: writing {writing:.3f}, guidance {guidance:.3f}, "
                f"ctc {sums[2] / max(1, n_ctc):.3f}, rate {rate_at(step, plan):.2e}, "
                f"{(time.process_time() - began_cpu_s) / 60:.1f} CPU minutes"
            )
            sums, n_ctc = [0.0, 0.0, 0.0], 0
        if (step + 1) % plan.save_steps == 0 and math.isfinite(loss.writing.item()):
            save(average, step + 1)
    save(average, plan.steps)
    return average


FULL_SHARE = 0.45
"""Share of batches with full 30 s windows; with fewer, the model loses its place in long windows."""

SHAPES = ((1024, 9), (1024, 9), (1536, 6))
"""(mel frames, windows) of the other batches, of about equal cost."""

FULL_SHAPE = (3000, 3)


def train_demo(
    utterances: list[Utterance],
    noises: list[npt.NDArray[np.float16]],
    vocabulary: Vocabulary,
    checkpoint: Path,
    *,
    steps: int,
    init: Path | None,
    report: Callable[[str], None],
    seed: int = 1,
) -> None:
    """Train a demo model on a pool and save it to `checkpoint`; continues from `init` if given."""
    torch.manual_seed(seed)
    generator = random.Random(seed)
    maker = WindowMaker(utterances, noises, vocabulary, seed)
    network = load_checkpoint(init) if init else Network(Dimensions(n_tokens=vocabulary.tokenizer.get_vocab_size()))

    def batches() -> Iterator[TrainingBatch]:
        while True:
            frames, count = FULL_SHAPE if generator.random() < FULL_SHARE else generator.choice(SHAPES)
            yield collate([maker.draw(frames) for _ in range(count)], vocabulary.end)

    def save(trained: Network, _step: int) -> None:
        save_checkpoint(trained, checkpoint)

    train(network, batches(), TrainingPlan(steps=steps), vocabulary.end, save, report)


def save_checkpoint(network: Network, path: Path) -> None:
    """Write weights in half precision and the dimensions, replacing the file at once."""
    weights = {name: value.half() for name, value in network.state_dict().items()}
    with atomic_file.replacing(path) as file:
        torch.save({"weights": weights, "size": asdict(network.decoder.size)}, file)


def load_checkpoint(path: Path) -> Network:
    """Read what save_checkpoint wrote.

    Raises:
        FileNotFoundError: There is no such file.
    """
    stored = torch.load(path, map_location="cpu", weights_only=True)
    size = dict(stored["size"])
    size["guided_heads"] = tuple((int(layer), int(head)) for layer, head in size["guided_heads"])
    network = Network(Dimensions(**size))
    network.load_state_dict({name: value.float() for name, value in stored["weights"].items()})
    return network
