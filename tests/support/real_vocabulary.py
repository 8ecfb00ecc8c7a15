"""Whisper's real vocabularies, from the source package of openai-whisper; `.ci/vocabularies.sh` downloads it.

The two tiktoken files there list the text tokens in the order of their ids. The special tokens follow in the order of
openai/whisper `tokenizer.py`.
"""

import base64
import re
import subprocess
import sys
import tarfile
from functools import cache
from itertools import pairwise
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE

ARCHIVE = Path(sys.prefix) / "share" / "openai-whisper" / "openai_whisper-20250625.tar.gz"
SCRIPT = Path(__file__).parents[2] / ".ci" / "vocabularies.sh"

TASK_TOKENS = ("translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps")

N_TIMESTAMPS = 1501


@cache
def read_asset(name: str) -> str:
    """Return a text file of the package, such as `whisper/tokenizer.py`."""
    if not ARCHIVE.is_file():
        subprocess.run(["sh", str(SCRIPT), sys.prefix], check=True)
    with tarfile.open(ARCHIVE) as archive:
        member = archive.extractfile(f"{ARCHIVE.name.removesuffix('.tar.gz')}/{name}")
        assert member is not None
        return member.read().decode()


@cache
def read_languages() -> dict[str, str]:
    """Return the English names of Whisper's 100 languages by code, in the order of their tokens; `yue` is the last."""
    source = read_asset("whisper/tokenizer.py")
    block = source[source.index("LANGUAGES = {") :]
    return dict(re.findall(r'"(\w+)": "([^"]+)"', block[: block.index("}")]))


@cache
def read_text_tokens(name: str) -> tuple[bytes, ...]:
    """Return the text tokens of a tiktoken file in the order of their ids; `name` is `gpt2` or `multilingual`."""
    lines = (line.split() for line in read_asset(f"whisper/assets/{name}.tiktoken").splitlines())
    ranked = sorted((int(rank), base64.b64decode(token)) for token, rank in lines)
    assert [rank for rank, _ in ranked] == list(range(len(ranked)))
    return tuple(token for _, token in ranked)


@cache
def build_tokenizer(name: str, n_languages: int) -> Tokenizer:
    """Return the tokenizer of a vocabulary with its special tokens."""
    tokens = read_text_tokens(name)
    letters = _byte_letters()
    spelled = ["".join(letters[byte] for byte in token) for token in tokens]
    tokenizer = Tokenizer(BPE({text: i for i, text in enumerate(spelled)}, _find_merges(tokens, spelled)))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["endoftext", "startoftranscript", *list(read_languages())[:n_languages], *TASK_TOKENS]
    special += [f"{i * 0.02:.2f}" for i in range(N_TIMESTAMPS)]
    tokenizer.add_special_tokens([AddedToken(f"<|{text}|>", special=True, normalized=False) for text in special])
    return tokenizer


def list_vocabulary(tokenizer: Tokenizer) -> list[str]:
    """Return all tokens in the order of their ids, as CTranslate2's `vocabulary.json` has them."""
    by_id = {number: token for token, number in tokenizer.get_vocab().items()}
    return [by_id[number] for number in range(len(by_id))]


def _byte_letters() -> list[str]:
    """Return the letter that stands for each byte in a byte-level vocabulary. Source: openai/gpt-2 `encoder.py`."""
    visible = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    hidden = [byte for byte in range(256) if byte not in visible]
    return [chr(byte) if byte in visible else chr(256 + hidden.index(byte)) for byte in range(256)]


def _find_merges(tokens: tuple[bytes, ...], spelled: list[str]) -> list[tuple[str, str]]:
    """Return the two parts of each token, in the order of merging: those that its lower-ranked tokens merge into."""
    ranks = {token: rank for rank, token in enumerate(tokens)}
    merges = []
    for rank, token in enumerate(tokens):
        parts = [token[i : i + 1] for i in range(len(token))]
        while len(parts) > 2:
            joined = [ranks.get(a + b, rank) for a, b in pairwise(parts)]
            best = min(joined)
            if best >= rank:
                break
            at = joined.index(best)
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        if len(parts) == 2:
            merges.append((spelled[ranks[parts[0]]], spelled[ranks[parts[1]]]))
    return merges
