"""A small network that turns a filterbank into an embedding: voices of one person lie close together, others apart."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from app.audio.filterbank import N_BANDS

SPREAD_MIN = 1e-5


class ConvolutionLayer(nn.Module):
    """Convolution over time, rectifier, batch normalisation."""

    def __init__(self, n_in: int, n_out: int, width: int, *, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        padding = dilation * (width - 1) // 2
        self.convolution = nn.Conv1d(n_in, n_out, width, stride=stride, dilation=dilation, padding=padding)
        self.norm = nn.BatchNorm1d(n_out)

    def forward(self, frames: Tensor) -> Tensor:
        """Map (batch, n_in, n_frames) to (batch, n_out, n_frames / stride)."""
        mapped: Tensor = self.norm(functional.relu(self.convolution(frames)))
        return mapped


class SpeakerNetwork(nn.Module):
    """Time-delay layers, then mean and spread over time, then one matrix (Snyder et al. 2018, x-vectors)."""

    def __init__(self, width: int = 128, pooled: int = 256, size: int = 96) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            [
                ConvolutionLayer(N_BANDS, width, 5, stride=2),
                ConvolutionLayer(width, width, 3),
                ConvolutionLayer(width, width, 3, dilation=2),
                ConvolutionLayer(width, width, 3, dilation=3),
                ConvolutionLayer(width, pooled, 1),
            ]
        )
        self.project = nn.Linear(2 * pooled, size)
        self.norm = nn.BatchNorm1d(size, affine=False)

    def forward(self, filterbanks: Tensor) -> Tensor:
        """Map filterbanks (batch, n_frames, 80) to embeddings (batch, size), not normalised in length."""
        frames = filterbanks.transpose(1, 2)
        for layer in self.layers:
            frames = layer(frames)
        mean = frames.mean(2)
        spread = ((frames - mean[:, :, None]) ** 2).mean(2).clamp(min=SPREAD_MIN).sqrt()
        embeddings: Tensor = self.norm(self.project(torch.cat([mean, spread], 1)))
        return embeddings


class AngularMargin(nn.Module):
    """Additive angular margin softmax (Deng et al. 2019): the angle to the own class must be smaller by a margin."""

    def __init__(self, size: int, n_people: int, scale: float = 30.0) -> None:
        super().__init__()
        self.centres = nn.Parameter(torch.randn(n_people, size))
        self.scale = scale

    def forward(self, embeddings: Tensor, people: Tensor, margin: float) -> Tensor:
        """Return the loss of a batch."""
        cosines = functional.linear(functional.normalize(embeddings), functional.normalize(self.centres))
        own = cosines.gather(1, people[:, None]).clamp(-1 + 1e-6, 1 - 1e-6)
        moved = torch.cos(torch.acos(own) + margin)
        return functional.cross_entropy(self.scale * cosines.scatter(1, people[:, None], moved), people)
