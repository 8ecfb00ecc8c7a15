"""What can go wrong, sorted by what the caller can do about it.

    SurtitleError
    ├── SettingsError     fix what was asked for: a name, a file, an option
    │   ├── DeviceError       no such sound device, or no sound library
    │   ├── MediaError        the file or URL is not sound that can be read
    │   ├── ModelError        the model cannot be had, loaded or trusted
    │   └── AddressError      the port is taken or the address is not ours
    ├── SourceError       wait and try again: the sound broke off
    ├── DecodeError       try again: one batch failed
    ├── StoreError        try again: the disk refused
    ├── BusyError         try again later: there is no room for one more
    ├── AwayError         look whether it runs: no service answers at that address
    ├── ObsError          look at OBS Studio, or try again: it does not answer, or broke off
    │   └── RefusalError      it answered, and will not: see its status
    └── AccessError       give up: this door does not open
        └── RoomError         there is no such room

Every error has a stable `code` for programs and one sentence for people: what was expected, what came, what to do.
"""


class SurtitleError(Exception):
    """Base of every error this program raises on purpose; `str(error)` is a sentence for people."""

    code = "error"


class SettingsError(SurtitleError):
    """Something that was asked for cannot be done as asked."""

    code = "settings"


class DeviceError(SettingsError):
    """No such sound device, or the sound library is missing."""

    code = "device"


class MediaError(SettingsError):
    """The file or URL holds no sound that can be read."""

    code = "media"


class ModelError(SettingsError):
    """The model cannot be had, loaded or trusted."""

    code = "model"


class AddressError(SettingsError):
    """The service cannot listen where it was told to."""

    code = "address"


class SourceError(SurtitleError):
    """The sound broke off; the same source may work again later."""

    code = "source"


class DecodeError(SurtitleError):
    """A batch failed; none of its requests has a result, all may be sent again."""

    code = "decode"


class StoreError(SurtitleError):
    """The disk refused; nothing of what was to be written is there, all may be written again."""

    code = "store"


class BusyError(SurtitleError):
    """There is no room for one more live source."""

    code = "busy"

    def __init__(self, text: str, *, retry_after_s: float) -> None:
        super().__init__(text)
        self.retry_after_s = retry_after_s
        """When it may be worth asking again, in seconds."""


class UnreachableError(SurtitleError):
    """No Surtitle answers at that address, or none that works."""

    code = "away"


class ObsError(SurtitleError):
    """OBS Studio does not answer, or broke off; it may work again later."""

    code = "obs"


class ObsRefusedError(ObsError):
    """OBS Studio answered a request with something other than success."""

    code = "obs_refused"

    def __init__(self, text: str, *, status: int) -> None:
        super().__init__(text)
        self.status = status
        """As obs-websocket 5 numbers them: 207 not ready, 501 no stream, 600 nothing of that name, 601 there already,
        604 nothing of that kind on this machine."""


class AccessError(SurtitleError):
    """The key does not open this room."""

    code = "access"


class RoomError(AccessError):
    """There is no room of that name."""

    code = "room"
