"""The address of a chat service that translates text, from the settings alone: no room and no request can change it."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from app.errors import SettingsError
from app.redaction import redact_url

URL_SETTING = "SURTITLE_TRANSLATION_URL"
MODEL_SETTING = "SURTITLE_TRANSLATION_SERVICE_MODEL"
KEY_SETTING = "SURTITLE_TRANSLATION_KEY"

PATH = "/v1/chat/completions"


@dataclass(frozen=True, slots=True)
class ChatService:
    """A service with OpenAI's chat interface."""

    url: str = field(repr=False)
    """Address of its chat completions."""
    model: str
    key: str = field(default="", repr=False)
    """Sent as a bearer token; empty for none."""

    @property
    def host(self) -> str:
        """Its host, which people may see."""
        return urlsplit(self.url).hostname or ""

    @property
    def leaves_machine(self) -> str:
        """The host that the text is sent to; empty if it is this machine."""
        return "" if _is_loopback(self.host) else self.host


def read_chat_service(url: str | None, model: str, key: str | None) -> ChatService | None:
    """Return the service of the settings; None if there is no address.

    Raises:
        SettingsError: The address is neither https nor http on this machine, or there is no model's name.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    is_allowed = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))
    if not host or not is_allowed or parts.query or parts.fragment or "@" in parts.netloc:
        raise SettingsError(
            f"Expected an https address for {URL_SETTING}, or an http address on this machine, such as "
            f"http://127.0.0.1:8080/v1, but got {redact_url(url)}. Without https others could read what is said."
        )
    if not model:
        raise SettingsError(
            f"Expected the name of the service's model in {MODEL_SETTING}, but it is not set. Set it, or remove "
            f"{URL_SETTING}."
        )
    path = parts.path.rstrip("/")
    if not path.endswith("/chat/completions"):
        path = f"{path}/chat/completions" if path.endswith(("/v1", "/openai")) else f"{path}{PATH}"
    return ChatService(f"{parts.scheme}://{parts.netloc}{path}", model, (key or "").strip())


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
