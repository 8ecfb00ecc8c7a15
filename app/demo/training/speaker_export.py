"""Writes the trained speaker network as an ONNX file with WeSpeaker's input and output."""

import numpy as np
import numpy.typing as npt
import torch

from app.audio.filterbank import N_BANDS
from app.demo.training.onnx_file import Operation, encode_model
from app.demo.training.speaker_network import SPREAD_MIN, ConvolutionLayer, SpeakerNetwork

Weights = dict[str, npt.NDArray[np.generic]]


def export_speakers(network: SpeakerNetwork, notes: dict[str, str]) -> bytes:
    """Return the network as ONNX: `feats` (batch, frames, 80) in, `embs` (batch, size) out; in half precision."""
    network = network.eval()
    weights: Weights = {"least": np.array(SPREAD_MIN, np.float32)}
    operations = [Operation("Transpose", ["feats"], ["frames0"], {"perm": [0, 2, 1]})]
    for number, layer in enumerate(network.layers):
        assert isinstance(layer, ConvolutionLayer)
        operations += _convolution(layer, number, weights)
    frames = f"frames{len(network.layers)}"
    operations += [
        Operation("ReduceMean", [frames], ["mean1"], {"axes": [2], "keepdims": 1}),
        Operation("Sub", [frames, "mean1"], ["apart"]),
        Operation("Mul", ["apart", "apart"], ["square"]),
        Operation("ReduceMean", ["square"], ["variance"], {"axes": [2], "keepdims": 0}),
        Operation("Max", ["variance", "least"], ["bounded"]),
        Operation("Sqrt", ["bounded"], ["spread"]),
        Operation("ReduceMean", [frames], ["mean"], {"axes": [2], "keepdims": 0}),
        Operation("Concat", ["mean", "spread"], ["pooled"], {"axis": 1}),
    ]
    norm = network.norm
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = 1 / torch.sqrt(norm.running_var + norm.eps)
    matrix = (network.project.weight * scale[:, None]).T
    offset = (network.project.bias - norm.running_mean) * scale
    operations += [
        *_weight("project.weight", matrix, weights),
        *_weight("project.bias", offset, weights),
        Operation("Gemm", ["pooled", "project.weight", "project.bias"], ["embs"]),
    ]
    size = network.project.out_features
    return encode_model(operations, weights, {"feats": ("batch", "frames", N_BANDS)}, {"embs": ("batch", size)}, notes)


def _convolution(layer: ConvolutionLayer, number: int, weights: Weights) -> list[Operation]:
    convolution, norm, name = layer.convolution, layer.norm, f"layer{number}"
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    [width], [padding] = convolution.kernel_size, convolution.padding
    assert convolution.bias is not None
    assert isinstance(padding, int)
    settings = {
        "kernel_shape": [width],
        "strides": list(convolution.stride),
        "dilations": list(convolution.dilation),
        "pads": [padding, padding],
    }
    return [
        *_weight(f"{name}.weight", convolution.weight, weights),
        *_weight(f"{name}.bias", convolution.bias, weights),
        *_weight(f"{name}.scale", scale[:, None], weights),
        *_weight(f"{name}.offset", (norm.bias - norm.running_mean * scale)[:, None], weights),
        Operation("Conv", [f"frames{number}", f"{name}.weight", f"{name}.bias"], [f"{name}.sums"], settings),
        Operation("Relu", [f"{name}.sums"], [f"{name}.kept"]),
        Operation("Mul", [f"{name}.kept", f"{name}.scale"], [f"{name}.scaled"]),
        Operation("Add", [f"{name}.scaled", f"{name}.offset"], [f"frames{number + 1}"]),
    ]


def _weight(name: str, values: torch.Tensor, weights: Weights) -> list[Operation]:
    """Store a weight in half precision, which onnxruntime widens once when it loads the file."""
    weights[f"{name}.half"] = values.detach().numpy().astype(np.float16)
    return [Operation("Cast", [f"{name}.half"], [name], {"to": 1})]
