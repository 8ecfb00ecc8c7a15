"""Removes secrets from addresses for messages, logs and states: only the scheme and the host of a URL are shown.

Streams carry secrets in every other part: `user:password@`, the path of a signed address, `?token=`, `#key`. Every
module that names an address to people calls `redact_url`; log lines go through `redact_text` once more.
"""

import re

HIDDEN = "…"
"""Stands for an address whose host cannot be separated from its secrets."""

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):[/\\]+(.*)", re.DOTALL)
"""Also with one slash or backslashes, as people mistype it; one letter before the colon is a drive of Windows."""

_HOST = re.compile(r"(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")

_LOGIN = re.compile(r"[^/\\@]+:.*@")
"""The start of an address without a scheme: `me:secret@example.com`."""

_URL_IN_TEXT = re.compile(r"""[A-Za-z][A-Za-z0-9+.-]+:[/\\]+[^\s'"<>`]*""")
"""A URL in a sentence, up to a blank or quote."""

_CLOSING = ".,;:!?)]}"
"""Punctuation of the sentence after a URL."""


def redact_url(address: str) -> str:
    """Return the scheme and the host of a URL with its port, as `https://example.com:8000`; a file's path as it is.

    The host is left out too where it might be part of a password, as in `https://me:12/34@example.com`.
    """
    parts = _URL.match(address.strip())
    if parts is None:
        return HIDDEN if _LOGIN.match(address) else redact_text(address)
    scheme, rest = parts.groups()
    authority, _, after = _split_authority(rest)
    login, _, host = authority.rpartition("@")
    is_ambiguous = not login and ":" in host and "@" in after
    return f"{scheme}://{HIDDEN if is_ambiguous or not _HOST.fullmatch(host) else host}"


def redact_text(text: str) -> str:
    """Return a sentence in which `redact_url` has shortened every URL."""
    if ":/" not in text and ":\\" not in text:
        return text
    return _URL_IN_TEXT.sub(_redact_match, text)


def _redact_match(match: re.Match[str]) -> str:
    found = match[0]
    address = found.rstrip(_CLOSING)
    return redact_url(address) + found[len(address) :]


def _split_authority(rest: str) -> tuple[str, str, str]:
    """Return what is before the first `/`, `?`, `#` or backslash, that letter, and what is after it."""
    match = re.search(r"[/?#\\]", rest)
    return (rest, "", "") if match is None else (rest[: match.start()], match[0], rest[match.end() :])
