"""The address of a chat service."""

import pytest

from app.errors import SettingsError
from app.translate.chat_service import read_chat_service


@pytest.mark.parametrize(
    ("url", "full", "host"),
    [
        ("https://api.example.org/v1", "https://api.example.org/v1/chat/completions", "api.example.org"),
        ("https://api.example.org", "https://api.example.org/v1/chat/completions", "api.example.org"),
        ("https://example.org:8443/x/chat/completions/", "https://example.org:8443/x/chat/completions", "example.org"),
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1/chat/completions", ""),
        ("http://[::1]:8080", "http://[::1]:8080/v1/chat/completions", ""),
        ("http://localhost:11434/v1", "http://localhost:11434/v1/chat/completions", ""),
    ],
)
def test_an_address_is_https_or_on_this_machine(url: str, full: str, host: str) -> None:
    """The rest of the path is added where it is missing; text for this machine does not leave it."""
    service = read_chat_service(url, "model", " key ")
    assert service is not None
    assert (service.url, service.leaves_machine, service.key) == (full, host, "key")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/v1",
        "http://127.0.0.1.example.org",
        "ftp://127.0.0.1",
        "https://me:secret@example.org",
        "https://example.org/v1?key=secret",
        "https://",
        "example.org",
        "https://[::1",
        "http://localhost@example.org",
    ],
)
def test_other_addresses_are_refused_without_their_secrets(url: str) -> None:
    """The sentence says what is allowed."""
    with pytest.raises(SettingsError, match="Expected an https address for SURTITLE_TRANSLATION_URL") as error:
        read_chat_service(url, "model", None)
    assert "secret" not in str(error.value)


def test_a_service_needs_the_name_of_its_model() -> None:
    """Without an address there is no service."""
    assert read_chat_service(None, "", None) is None
    with pytest.raises(SettingsError, match="SURTITLE_TRANSLATION_SERVICE_MODEL"):
        read_chat_service("https://example.org", "", None)
