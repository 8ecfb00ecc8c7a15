"""Every setting once, with its unit, its bounds, and the reason for its default; environment names begin SURTITLE_."""

import os
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import SettingsError


class Settings(BaseSettings):
    """What one service is told; command line options come before the environment."""

    model_config = SettingsConfigDict(env_prefix="SURTITLE_", extra="forbid", frozen=True)

    room: str = Field("main", pattern=r"^[A-Za-z0-9_-]{1,64}$")
    """Name of the room that the command line opens; letters, digits, `-` and `_`, since it stands in addresses."""
    source: str | None = None
    """`microphone`, `microphone:NAME`, a file, a URL, or `-` for PCM on standard input; None waits for a page."""
    private_sources: bool = False
    """Whether URL sources may lie on private networks; no, because an address may be somebody else's idea, and a
    service that follows it would show what only this machine can reach."""
    model: str = "auto"
    """`auto`, `demo`, a hub name, or a CTranslate2 directory."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    compute_type: str = "auto"
    """CTranslate2's compute type; auto is int8 on CPUs and float16 on GPUs."""
    threads: int = Field(0, ge=0, le=256)
    """CPU threads of one decode, one decode at a time; 0 goes by a measurement at first start."""
    model_cache: Path | None = None
    """Folder downloads are kept in; None is the hub library's own."""
    language: str | None = Field(None, pattern=r"^[a-z]{2,3}(,[a-z]{2,3})*$")
    """Spoken language, or several with commas to follow among; None follows among all the model knows."""
    task: Literal["transcribe", "translate"] = "transcribe"
    glossary: Path | None = None
    """File with terms and corrections."""
    save: Path | None = None
    """Subtitle file that grows with the talk: .srt, .vtt, .txt, .json or .csv."""
    host: str = "127.0.0.1"
    """Address to listen on; this machine only, because captions of a meeting are nobody else's business."""
    port: int = Field(8000, ge=0, le=65535)
    """0 takes any free port."""
    key: str | None = Field(None, min_length=22, max_length=256)
    """Key to the whole service, of at least 128 random bits; None makes one up where one is needed."""
    key_file: Path | None = None
    """File that holds this key, as containers are given secrets; only where `key` is not set."""
    batch_max: int | None = Field(None, ge=1, le=128)
    """Windows decoded together at most; None goes by the device: measured on CPUs, by memory on GPUs."""
    draft_model: str | None = None
    """A smaller model that writes what may still change, so that the large one decodes less; None for one model."""
    data: Path = Field(default_factory=lambda: Path(user_data_path("surtitle", appauthor=False)))
    """Folder of the database with rooms, keys and captions, and of subtitle files that rooms want."""
    memory: bool = False
    """Whether nothing at all is written to the disk; then rooms, keys and captions end with the process."""
    retention_h: float = Field(24.0, ge=0, le=24 * 365)
    """Hours that the room's captions are kept; a day, so that there is a transcript afterwards; 0: memory only."""
    require_keys: bool = False
    """Whether this machine's own users need keys too, as where several people share it."""
    public_url: str | None = Field(None, pattern=r"^https?://[^/?#@]+/?$")
    """Address that people use when a proxy stands before the service; pages of no other origin may open sockets."""
    proxies: str = Field("127.0.0.1,::1", pattern=r"^[0-9a-fA-F.:,/]*$")
    """Addresses of proxies that are believed when they say for whom they ask."""
    offline: bool = False
    """Whether nothing may be fetched from the network, not even a model."""
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    """Captions and addresses are what a person wants on the terminal, so only trouble is logged there."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages named, in order; empty means all."""
        return tuple(self.language.split(",")) if self.language else ()

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the service."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


def read(**given: object) -> Settings:
    """Return the settings from what was given, then the environment, then the defaults; None counts as not given.

    Raises:
        SettingsError: A value is not allowed.
    """
    wanted = {name: value for name, value in given.items() if value is not None}
    settings = _settings(wanted)
    if settings.key_file is not None and settings.key is None:
        return _settings({**wanted, "key": read_key(settings.key_file)})
    return settings


def _settings(wanted: Mapping[str, object]) -> Settings:
    try:
        return Settings(**wanted)  # type: ignore[arg-type]
    except ValidationError as exc:
        first = exc.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        what = "that word" if name == "key" else repr(first["input"])  # a key is not for the screen
        raise SettingsError(
            f"The setting {name} cannot be {what}: {first['msg'].rstrip('.')}. "
            f"Correct --{name.replace('_', '-')} or SURTITLE_{name.upper()}."
        ) from None


def read_key(path: Path | None) -> str:
    """Return the key of the environment, else what the file holds; empty where neither is given.

    Raises:
        SettingsError: The file cannot be read, or is empty.
    """
    given = os.environ.get("SURTITLE_KEY", "")
    if given or path is None:
        return given
    try:
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as exc:
        raise SettingsError(f"The file {path} with the key cannot be read: {exc}. Check its name and rights.") from exc
    if not key:
        raise SettingsError(f"Expected a key in the file {path}, but it is empty.")
    return key
