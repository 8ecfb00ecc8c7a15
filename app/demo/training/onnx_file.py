"""Writes ONNX files with nothing but the standard library and numpy: a list of operations and weights in, bytes out.

An ONNX file is one protocol buffer: fields of numbers, and of bytes with their length. The package onnx would write it
too, but is large, and needed for nothing else.

Source: onnx/onnx.proto (names and numbers of fields), protobuf.dev/programming-guides/encoding.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

IR_VERSION = 8
OPSET = 17
_TYPES = {"float32": 1, "int64": 7, "float16": 10}

Dimensions = Sequence[int | str]
"""Lengths of the axes; a name stands for any length."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One node of the graph."""

    kind: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    settings: Mapping[str, int | Sequence[int]] = field(default_factory=dict)


def encode_model(
    operations: Sequence[Operation],
    weights: Mapping[str, npt.NDArray[np.generic]],
    inputs: Mapping[str, Dimensions],
    outputs: Mapping[str, Dimensions],
    notes: Mapping[str, str] | None = None,
) -> bytes:
    """Return the bytes of a model whose inputs and outputs are float32; `notes` are its metadata."""
    graph = b"".join(
        [
            *(_bytes(1, _operation(operation)) for operation in operations),
            _bytes(2, b"surtitle"),
            *(_bytes(5, _tensor(name, values)) for name, values in weights.items()),
            *(_bytes(11, _value(name, sizes)) for name, sizes in inputs.items()),
            *(_bytes(12, _value(name, sizes)) for name, sizes in outputs.items()),
        ]
    )
    operators = _bytes(1, b"") + _number(2, OPSET)
    properties = [_bytes(1, k.encode()) + _bytes(2, v.encode()) for k, v in (notes or {}).items()]
    return b"".join(
        [
            _number(1, IR_VERSION),
            _bytes(2, b"surtitle"),
            _bytes(7, graph),
            _bytes(8, operators),
            *(_bytes(14, entry) for entry in properties),
        ]
    )


def _operation(operation: Operation) -> bytes:
    return b"".join(
        [
            *(_bytes(1, name.encode()) for name in operation.inputs),
            *(_bytes(2, name.encode()) for name in operation.outputs),
            _bytes(4, operation.kind.encode()),
            *(_bytes(5, _setting(name, value)) for name, value in operation.settings.items()),
        ]
    )


def _setting(name: str, value: int | Sequence[int]) -> bytes:
    if isinstance(value, int):
        return _bytes(1, name.encode()) + _number(3, value) + _number(20, 2)
    return _bytes(1, name.encode()) + b"".join(_number(8, one) for one in value) + _number(20, 7)


def _tensor(name: str, values: npt.NDArray[np.generic]) -> bytes:
    sizes = b"".join(_number(1, size) for size in values.shape)
    kind = _number(2, _TYPES[values.dtype.name])
    little = values.astype(values.dtype.newbyteorder("<")).tobytes()
    return sizes + kind + _bytes(8, name.encode()) + _bytes(9, little)


def _value(name: str, sizes: Dimensions) -> bytes:
    axes = [_number(1, size) if isinstance(size, int) else _bytes(2, size.encode()) for size in sizes]
    shape = b"".join(_bytes(1, axis) for axis in axes)
    return _bytes(1, name.encode()) + _bytes(2, _bytes(1, _number(1, 1) + _bytes(2, shape)))


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _number(tag: int, value: int) -> bytes:
    return _varint(tag << 3) + _varint(value)


def _bytes(tag: int, value: bytes) -> bytes:
    return _varint(tag << 3 | 2) + _varint(len(value)) + value
