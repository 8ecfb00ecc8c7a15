"""Builds what commands send to a service, and says in the words of the command line what is wrong with it."""

from typing import TypeVar, get_args

from pydantic import ValidationError

from app import setting_errors
from app.errors import SettingsError
from app.web.resource import Resource

Body = TypeVar("Body", bound=Resource)

FIELDS = {
    "name": ("the name of a room", "at most 64 letters, digits, - and _ (such as hall)"),
    "source": ("--source", "an address that begins with http:// or https://"),
    "overlay": ("--overlay", "an address that begins with http:// or https://"),
    "label": ("--speaker", "a label of at most 80 characters before the equals sign"),
    "language": ("--language", "a language code such as de or de-DE"),
    "host": ("--host", "the name or address of a machine"),
    "retention_h": ("--retention", ""),
    "lasts_s": ("--days", ""),
    "outputs": ("--output", ""),
    "frame_sites": ("--frame", "addresses of sites without a path (such as https://example.org)"),
    "url": ("the address from the meeting", "an address of at least 10 characters"),
    "text": ("the text", "at most 2000 characters, and not only spaces"),
}
"""For fields of the REST interface the option, and what a text with a pattern must be."""


def build(kind: type[Body], /, **fields: object) -> Body:
    """Return a resource with these fields; an error does not show the value of a secret field.

    Raises:
        SettingsError: A field has a value that is not allowed.
    """
    try:
        return kind(**fields)
    except ValidationError as exc:
        first = exc.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "this command"
        where, expected = FIELDS.get(name, (f"--{name.replace('_', '-')}", ""))
        secrets = {at for at, field in kind.model_fields.items() if not field.repr}
        if name in secrets:
            raise SettingsError(f"Expected {expected or 'another value'} for {where}, but got another text.") from None
        allowed = get_args(kind.model_fields[name].annotation) if name in kind.model_fields else ()
        names = [one for one in allowed if isinstance(one, str)]
        raise SettingsError(setting_errors.describe(first, where, expected=expected, names=names)) from None
