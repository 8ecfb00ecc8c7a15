"""The settings of translation, which `config.Settings` extends with all others."""

from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app import language_names, setting_errors
from app.errors import SettingsError


class TranslationSettings(BaseSettings):
    """Into which languages text is translated, and with what."""

    model_config = SettingsConfigDict(env_prefix="SURTITLE_", extra="forbid", frozen=True)

    translate_to: str | None = None
    """Languages that the text is translated into, separated by commas, by code or name; empty or `none` for none."""
    translate_always: bool = False
    """Whether it is translated even while nobody reads a translation; off, because translating takes processor time."""
    translation_model: str = "auto"
    """What translates text: `auto`, `demo`, `none`, a name from `surtitle models`, several of OPUS-MT with commas, or a
    folder. `auto` is the demo's with the demo model, else the best that is on this disk."""
    accept_licence: bool = False
    """Whether models may be used whose licence forbids commercial use (NLLB); somebody must have read it."""
    translation_device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where text is translated: auto takes the GPUs if speech is decoded there, and the CPU for the demo model."""
    translation_threads: int = Field(0, ge=0, le=256)
    """CPU threads of a translation; 0 takes a quarter of the cores, at least one, because speech must not wait."""
    translation_context: bool = True
    """Whether a model that was trained so gets the sentence before as context."""
    translation_previews: bool = True
    """Whether what is being said has a grey translation before its sentence is complete; it takes processor time."""
    translation_unsure: float | None = Field(None, ge=-20, le=0)
    """Mean log-probability of a token below which a translation is not shown; None is the limit for the kind of model:
    -2.5, and -0.2 for the demo's. Higher shows the original more often."""
    translation_url: str | None = None
    """A service with OpenAI's chat interface that translates, such as https://example.org/v1; it gets the text."""
    translation_service_model: str = ""
    """The name of the model there."""
    translation_key: str | None = Field(None, repr=False)
    """The key for it."""
    english: Literal["auto", "speech", "text"] = "auto"
    """Where a translated room's English is from: Whisper's own translation of the sound, or the text model; auto takes
    what was measured better for the spoken languages (app/service/english_source.json)."""

    @field_validator("translation_device", "english", mode="before")
    @classmethod
    def _lower_choices(cls, value: object) -> object:
        """Accept the names in upper case too."""
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator("translate_to", mode="before")
    @classmethod
    def _find_targets(cls, value: object) -> object:
        """Replace names of languages by their codes; raises ValueError."""
        if not isinstance(value, str) or not value.strip():
            return value
        try:
            return ",".join(language_names.parse_targets(value, setting_errors.WHERE))
        except SettingsError as exc:
            raise ValueError(str(exc)) from exc

    @property
    def targets(self) -> tuple[str, ...]:
        """The languages in `translate_to`, in order."""
        return tuple(self.translate_to.split(",")) if self.translate_to else ()
