"""Kinds of faults."""

import pytest

from app.decode.faults import FaultKind, classify


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RuntimeError("CUDA failed with error an illegal memory access was encountered"), FaultKind.LOST),
        (RuntimeError("CUDA failed with error unspecified launch failure"), FaultKind.LOST),
        (RuntimeError("CUDA failed with error out of memory"), FaultKind.MEMORY),
        (RuntimeError("cuBLAS failed with status CUBLAS_STATUS_ALLOC_FAILED"), FaultKind.MEMORY),
        (RuntimeError("std::bad_alloc"), FaultKind.MEMORY),
        (MemoryError(), FaultKind.MEMORY),
        (RuntimeError("cuBLAS failed with status CUBLAS_STATUS_EXECUTION_FAILED"), FaultKind.DEVICE),
        (RuntimeError("No position encodings are defined for positions >= 448"), FaultKind.ROW),
        (ValueError("the model has no token <|yue|>"), FaultKind.ROW),
        (KeyError("bug"), FaultKind.ROW),
    ],
)
def test_the_text_of_an_error_says_what_failed(error: Exception, kind: FaultKind) -> None:
    """Texts of CUDA, cuBLAS and CTranslate2 are known; anything else is a window's fault."""
    assert classify(error) is kind
