"""Tests for app.redaction."""

import pytest

from app.redaction import redact_text, redact_url


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ("https://user:secret@example.com/live?token=abc#part", "https://example.com"),
        ("https://example.com:8443/secret/live.m3u8", "https://example.com:8443"),
        ("rtsp://a@b@example.com:554/x", "rtsp://example.com:554"),
        ("srt://[2001:db8::1]:9000?passphrase=secret", "srt://[2001:db8::1]:9000"),
        ("rtmp://live.example.com/app/stream-key", "rtmp://live.example.com"),
        ("HTTPS://example.com\\secret", "HTTPS://example.com"),
        ("https:/user:secret@example.com", "https://example.com"),
        ("https://example.com?token=abc", "https://example.com"),
        ("https://example.com/@channel", "https://example.com"),
        ("https://bücher.example/secret", "https://bücher.example"),
        ("https://user:12/secret@example.com", "https://…"),
        ("https://user:se cret@example.com", "https://example.com"),
        ("https://user:pass#word@example.com", "https://…"),
        ("https://user:pa?ss@example.com", "https://…"),
        ("https://exa mple.com/secret", "https://…"),
        ("https:///secret", "https://secret"),
        ("https://", "https://…"),
        (" https://user:secret@example.com/live ", "https://example.com"),
        ('"https://user:secret@example.com/live"', "…"),
        ("user:secret@example.com/live", "…"),
        ("talk.flac", "talk.flac"),
        ("/home/me/10:30@work.flac", "/home/me/10:30@work.flac"),
        ("/home/me/talk.flac", "/home/me/talk.flac"),
        ("C:\\talks\\talk.flac", "C:\\talks\\talk.flac"),
    ],
)
def test_only_scheme_and_host_of_an_address_are_shown(address: str, seen: str) -> None:
    """Login, path, query and fragment are removed, and the host if a password may be in it."""
    assert redact_url(address) == seen


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (
            "The stream https://me:x@a.example/s?t=1 stopped: no sound.",
            "The stream https://a.example stopped: no sound.",
        ),
        ("See https://a.example/secret.", "See https://a.example."),
        (
            "[Errno 5] Input/output error: 'https://a.example/s?t=1'",
            "[Errno 5] Input/output error: 'https://a.example'",
        ),
        ("one http://a.example/x and\nsrt://b.example?streamid=s", "one http://a.example and\nsrt://b.example"),
        ('{"url": "https://a.example/s"}', '{"url": "https://a.example"}'),
        ("Nothing: no address", "Nothing: no address"),
        ("got http://….", "got http://…."),
    ],
)
def test_every_address_in_a_sentence_is_shortened(text: str, seen: str) -> None:
    """A sentence keeps its words and the hosts in it."""
    assert redact_text(text) == seen
