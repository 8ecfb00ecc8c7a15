"""The translation process."""

import subprocess
import sys

CODE = "import sys, app.service.service; print(*sorted(sys.modules))"


def test_a_service_does_not_load_what_only_the_process_needs() -> None:
    """Neither the tokenizers of text models nor the checks, so that rooms without translation do not pay for them."""
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=60, check=True)
    loaded = set(done.stdout.split())
    assert "app.translate.worker" in loaded
    assert loaded & {"app.translate.checked", "app.translate.checks", "app.translate.seq2seq", "sentencepiece"} == set()
