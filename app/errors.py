"""The errors of the program, by what the caller can do about them.

    SurtitleError
    ├── SettingsError         fix the setting: a name, a file, an option
    │   ├── DeviceError           there is no such sound device, or no sound library
    │   ├── MediaError            the file or URL is not sound that can be read
    │   ├── ModelError            the model cannot be found, loaded or trusted
    │   ├── AddressError          the port is in use, or the address is not this machine's
    │   └── FolderInUseError      a service uses the data folder
    ├── SourceError           wait and open the source again: the sound stopped
    ├── DecodeError           send the requests again: one batch failed
    │   └── RowError              give up on this window: it fails alone, other windows do not
    ├── TranslateError        send the sentence again: one batch failed
    ├── StoreError            write again: the disk failed
    ├── BusyError             try again later: a limit is reached
    ├── UnreachableError      start the service, or correct the address: it does not answer
    ├── ObsError              check OBS Studio, or connect again: it does not answer, or the connection broke
    │   └── ObsRefusedError       it answered a request with an error; see its status
    └── AccessError           give up: the key does not allow this
        └── RoomError             there is no such room

Each error has a stable `code` for programs and a sentence for people: what was expected, what came, what to do.
"""


class SurtitleError(Exception):
    """Base of all errors that the program raises on purpose; `str(error)` is a sentence for people."""

    code = "error"


class SettingsError(SurtitleError):
    """A setting or a request cannot work as it is; trying again does not help."""

    code = "settings"


class DeviceError(SettingsError):
    """There is no such sound device, or the sound library is missing."""

    code = "device"


class MediaError(SettingsError):
    """The file or URL is not sound that can be read."""

    code = "media"


class ModelError(SettingsError):
    """The model cannot be found, loaded or trusted."""

    code = "model"


class AddressError(SettingsError):
    """The service cannot listen at this address."""

    code = "address"


class FolderInUseError(SettingsError):
    """A running service uses this data folder."""

    code = "in_use"


class SourceError(SurtitleError):
    """The sound stopped; the same source may work again later."""

    code = "source"


class DecodeError(SurtitleError):
    """A batch failed; none of its requests has a result, and all of them can be sent again."""

    code = "decode"


class RowError(DecodeError):
    """This window cannot be decoded, although others can; sending it again does not help."""

    code = "row"


class TranslateError(SurtitleError):
    """A batch of translations failed; none of its sentences has a result, and all of them can be sent again."""

    code = "translate"


class StoreError(SurtitleError):
    """The disk failed; nothing of this write was saved, and all of it can be written again."""

    code = "store"


class BusyError(SurtitleError):
    """A limit is reached, for example the machine cannot decode one more live source."""

    code = "busy"

    def __init__(self, text: str, *, retry_after_s: float) -> None:
        super().__init__(text)
        self.retry_after_s = retry_after_s
        """Pause after which a new attempt makes sense, in seconds."""


class UnreachableError(SurtitleError):
    """No Surtitle service answers at the address, or it does not work."""

    code = "away"


class ObsError(SurtitleError):
    """OBS Studio does not answer, or the connection broke; it may work again later."""

    code = "obs"


class ObsRefusedError(ObsError):
    """OBS Studio answered a request with an error."""

    code = "obs_refused"

    def __init__(self, text: str, *, status: int) -> None:
        super().__init__(text)
        self.status = status
        """The status of obs-websocket 5: 207 not ready, 501 no stream is running, 600 there is nothing of that name,
        601 the name is in use, 604 this machine has no such kind of input."""


class AccessError(SurtitleError):
    """The key does not allow this."""

    code = "access"


class RoomError(AccessError):
    """There is no room of that name."""

    code = "room"


def first_error(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first error in a group that is not a group itself."""
    for member in group.exceptions:
        return first_error(member) if isinstance(member, BaseExceptionGroup) else member
    return group
