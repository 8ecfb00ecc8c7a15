"""All settings, with type, unit, bounds and the reason for each default; their environment names begin SURTITLE_."""

import os
import re
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, get_args

from platformdirs import user_data_path
from pydantic import Field, ValidationError, field_validator

from app import language_names, setting_errors
from app.errors import SettingsError
from app.translation_settings import TranslationSettings

EXPECTED = {
    "room": "a room name (at most 64 letters, digits, - and _)",
    "key": "a key of 22 to 256 characters",
    "public_url": "an address without a path (such as https://subtitles.example.org)",
    "proxies": "addresses, separated by commas (such as 127.0.0.1,::1)",
    "shared_addresses": "addresses, separated by commas (such as 192.0.2.7,198.51.100.0/24)",
}
"""What a setting whose text has a pattern must be."""

OPTIONS = {"retention_h": "--retention"}
"""The options that do not have the name of their setting."""


class Settings(TranslationSettings):
    """The settings of one service; command line options override the environment."""

    room: str = Field("main", pattern=r"^[A-Za-z0-9_-]{1,64}$")
    """Name of the room that the command line opens; letters, digits, `-` and `_`, because it is part of URLs."""
    title: str = Field("", max_length=80)
    """Title of this room that people see, in any letters; empty to show the short name."""
    source: str | None = None
    """`microphone`, `microphone:NAME`, a file, a URL, or `-` for PCM, or `PERSON=SOURCE`; one a line; None waits."""
    channels: str | None = None
    """The source's channels, as `1:Ada,2:Grace,3:floor,4:interpreter en`; None hears all together."""
    private_sources: bool = False
    """Whether URL sources may be on private networks; off by default, because an attacker's URL could reach what only
    this machine can."""
    model: str = "auto"
    """`auto`, `demo`, a hub name, or a CTranslate2 directory."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    compute_type: str = "auto"
    """CTranslate2's compute type; auto is int8 on CPUs and float16 on GPUs."""
    threads: int = Field(0, ge=0, le=256)
    """CPU threads of one decode, one decode at a time; 0 measures the best number at the first start."""
    model_cache: Path | None = None
    """Folder for downloaded models; None is the default of the hub library."""
    language: str | None = None
    """Spoken language, or several separated by commas, by code or name; None detects among all that the model knows."""
    task: Literal["transcribe", "translate"] = "transcribe"
    glossary: Path | None = None
    """Path of a glossary: terms and corrections."""
    save: Path | None = None
    """Subtitle file that grows with the talk: .srt, .vtt, .txt, .json or .csv."""
    host: str = "127.0.0.1"
    """Address to listen on; by default only this machine can connect, because captions of a meeting are private."""
    port: int = Field(8000, ge=0, le=65535)
    """0 takes any free port."""
    public: bool = False
    """Whether everybody may read the room of the command line without a key, at a short address."""
    https: bool = False
    """Whether pages are served over HTTPS; without `https_cert`, with a certificate of the service's own authority."""
    https_cert: Path | None = None
    """File with a certificate to use instead, and those that it was signed with; it switches HTTPS on."""
    https_key: Path | None = None
    """File with its private key; None if the key is in the same file."""
    key: str | None = Field(None, min_length=22, max_length=256)
    """Admin key, of at least 128 random bits; None creates one if it is needed."""
    key_file: Path | None = None
    """File with this key, as containers pass secrets; used only if `key` is not set."""
    batch_max: int | None = Field(None, ge=1, le=128)
    """Maximum windows in one batch; None depends on the device: measured on CPUs, by memory on GPUs."""
    window: Literal["auto", "512", "768", "1500"] = "auto"
    """Shortest encoder window of live decodes, in frames of 20 ms; `auto` takes the model's own 1500 while the device
    is under about 30 % load, and shorter ones as the load rises. 1500 is safest for a model that repeats itself."""
    hang_s: float = Field(20.0, ge=2, le=600)
    """Seconds after which a batch counts as hung and its worker is restarted, at the latest; once the times of batches
    are known, ten times the usual time but at least 2 s. No batch that fits the live bound takes nearly as long."""
    speech_on: float = Field(0.3, gt=0, lt=1)
    """Probability at which speech starts; higher in a room where something else is taken for speech. The reasons for
    these limits are in app/audio/speech_thresholds.py, and `bench speech` measures them."""
    speech_off: float = Field(0.25, gt=0, lt=1)
    """Probability below which speech stops; at most `speech_on`."""
    speech_least_s: float = Field(0.1, ge=0, le=2)
    """Shorter stretches are not speech."""
    speech_margin_s: float = Field(0.032, ge=0, le=0.5)
    """Added before and after each stretch of speech."""
    speech_hold_s: float = Field(1.0, ge=0.1, le=60)
    """How long the speech model still runs after the last sound that could be a voice."""
    speech_gate_dbfs: float = Field(-80.0, ge=-120, le=-20)
    """Quieter sound is never speech."""
    speech_level_dbfs: float = Field(-23.0, ge=-40, le=-10)
    """Level to which quiet speech is amplified."""
    speech_gain_max_db: float = Field(30.0, ge=0, le=60)
    """Most amplification; 0 leaves the sound as it is."""
    speech_quiet_dbfs: float = Field(-48.0, ge=-120, le=-10)
    """Speech that stays below this level raises an alarm."""
    draft_model: str | None = None
    """A smaller model that decodes the tentative words, so that the large one decodes less; None uses one model."""
    speaker_model: str | None = None
    """The model that distinguishes people who share a microphone: demo, a name, an ONNX file or its folder; None and
    none distinguish nobody. It looks at voices, which not everybody wants, so somebody must ask for it."""
    speaker_similarity: float | None = Field(None, gt=0, lt=1)
    """Cosine from which on two windows of 1.5 s are one person; None is the model's own. Higher if two people get one
    number, lower if one person gets two."""
    speakers_max: int = Field(8, ge=1, le=32)
    """Most people who are distinguished in one room."""
    data: Path = Field(default_factory=lambda: Path(user_data_path("surtitle", appauthor=False)))
    """Folder of the database with rooms, keys and captions, and of the subtitle files of rooms."""
    memory: bool = False
    """Whether nothing is written to the disk; rooms, keys and captions are lost when the process ends."""
    retention_h: float = Field(24.0, ge=0, le=24 * 365)
    """Hours that the room's captions are kept: a day, to download the transcript after a talk; 0: memory only."""
    require_keys: bool = False
    """Whether reading on this machine needs a key too, for machines that several people share; everything else always
    does."""
    public_url: str | None = Field(None, pattern=r"^https?://[^/?#@]+/?$")
    """URL that people use when a proxy is in front of the service; only pages of this origin may open sockets."""
    proxies: str = Field("127.0.0.1,::1", pattern=r"^[0-9a-fA-F.:,/]*$")
    """Addresses of trusted proxies, which name the client in X-Forwarded-For."""
    speakers_per_room: int = Field(4, ge=1, le=16)
    """Pages that may speak in one room at once: two speakers, somebody with a question, and a spare one."""
    speakers_per_key: int = Field(2, ge=1, le=16)
    """Pages that may speak with one key at once, so that a stolen link cannot take all places of a room."""
    shared_addresses: str = Field("", pattern=r"^[0-9a-fA-F.:,/ ]*$")
    """Addresses and networks that many people share, such as a hall's: one that is not named here gets at most 30 % of
    the connections, so that nobody can take them all. A trusted proxy that names its clients need not be named."""
    offline: bool = False
    """Whether nothing may be downloaded, not even a model."""
    audit_days: int = Field(30, ge=0, le=3650)
    """Days for which the audit log says who did what: a month, so that an incident can be traced; 0 records nothing."""
    audit_addresses: Literal["full", "network", "none"] = "full"
    """What the audit log stores of addresses, which are personal data: all, so that an attacker can be blocked; the
    network (/24, or /48 of IPv6); or nothing."""
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    """The terminal shows captions and addresses to people, so only problems are logged there by default."""

    @field_validator("device", "task", "window", "audit_addresses", "log_level", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        """Accept the names in upper case too."""
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator("language", mode="before")
    @classmethod
    def _find_codes(cls, value: object) -> object:
        """Replace names of languages by their codes; raises ValueError."""
        if not isinstance(value, str):
            return value
        try:
            return ",".join(language_names.parse(value, setting_errors.WHERE)) or None
        except SettingsError as exc:
            raise ValueError(str(exc)) from exc

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in `language`, in order; empty means all."""
        return tuple(self.language.split(",")) if self.language else ()

    @property
    def is_https(self) -> bool:
        """Whether the service itself speaks HTTPS."""
        return self.https or self.https_cert is not None

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the service."""
        return is_loopback(self.host)

    @property
    def local_reads(self) -> bool:
        """Whether readers on this machine need no key: only if no other machine can reach the service."""
        return self.is_loopback and not self.require_keys and self.public_url is None


def read(**given: object) -> Settings:
    """Return the settings: first the given values that are not None, then the environment, then the defaults.

    Raises:
        SettingsError: A value is not allowed.
    """
    values = {name: value for name, value in given.items() if value is not None}
    settings = _settings(values)
    if settings.key_file is not None and settings.key is None:
        return _settings({**values, "key": read_key(settings.key_file)})
    return settings


def _settings(values: Mapping[str, object]) -> Settings:
    try:
        return Settings(**values)  # type: ignore[arg-type]  # pydantic checks the values
    except ValidationError as exc:
        first = exc.errors()[0]
        name = str(first["loc"][0])
        if name == "key":  # a key must not be printed
            raise SettingsError(
                f"Expected {EXPECTED[name]} in SURTITLE_KEY or its file, but got another text."
            ) from None
        where = OPTIONS.get(name, f"--{name.replace('_', '-')}") if name in values else f"SURTITLE_{name.upper()}"
        if first["type"] == "value_error":
            raise SettingsError(str(first["ctx"]["error"]).replace(setting_errors.WHERE, where)) from None
        field = Settings.model_fields.get(name)
        names = get_args(field.annotation) if field else ()
        sentence = setting_errors.describe(first, where, expected=EXPECTED.get(name, ""), names=names)
        if name == "public_url" and re.fullmatch(r"[\w-]+(\.[\w-]+)+(:\d+)?", str(first["input"])):
            sentence += f" Did you mean https://{first['input']}?"
        raise SettingsError(sentence) from None


def is_loopback(host: str) -> bool:
    """Return whether a host name or address reaches only this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def data_folder() -> Path:
    """Return the data folder of the environment, else the default one."""
    return Path(os.environ.get("SURTITLE_DATA") or user_data_path("surtitle", appauthor=False))


def read_key(path: Path | None) -> str:
    """Return the key from the environment, else from the file; empty if neither is given.

    Raises:
        SettingsError: The file cannot be read, or is empty.
    """
    given = os.environ.get("SURTITLE_KEY", "")
    if given or path is None:
        return given
    try:
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as exc:
        raise SettingsError(
            f"The file {path} with the key cannot be read: {exc}. Check its name and permissions."
        ) from exc
    if not key:
        raise SettingsError(f"Expected a key in the file {path}, but it is empty. Write a key into it.")
    return key
