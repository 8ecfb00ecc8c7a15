"""The commands for keys: `key list, create, revoke, rotate`, and `room keys, key, revoke, renew`."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from app import choices
from app.cli import terminal
from app.cli.options import option
from app.cli.terminal import LOCAL, At, Confirmed, Insecure, KeyFile, PublicUrl, Room, connected
from app.cli.usage import Commands

if TYPE_CHECKING:
    from app.cli.client import RestClient
    from app.web.schemas import KeyResource

KEY = "The key"

SERVICE_ROLES = ("admin", "metrics")
"""The roles of keys for the whole service."""

keys = Commands()
"""The commands of `surtitle room`."""

key = Commands(
    help="List, create, revoke and rotate the keys of a running service.",
    epilog="""\
surtitle key create viewer --room hall --label press --days 2
surtitle key list --room hall
surtitle key revoke 0f3a9c52d1e4""",
)
"""The commands of `surtitle key`."""

OfRoom = Annotated[
    str | None, option(KEY, "Only this room; an operator's key is enough then.", "--room", metavar="NAME")
]
Label = Annotated[str, option(KEY, "Who or what the key is for.", metavar="LABEL")]
Days = Annotated[float | None, option(KEY, "Days until it expires, at most 366; 90 by default.", metavar="DAYS")]
KeyId = Annotated[str, typer.Argument(metavar="ID", help="The id that `key list` shows; not the key itself.")]


@key.command("list")
def list_keys(room: OfRoom = None, at: At = LOCAL, key_file: KeyFile = None, insecure: Insecure = False) -> None:
    """List all keys, or those of one room: role, label, last use, connections and expiry, but not the secrets."""
    with connected(at, key_file, insecure) as client:
        _print_keys(client.list_keys(room), shows_room=room is None)


@key.command("create")
def create_key(
    role: Annotated[
        str,
        typer.Argument(
            help="viewer reads, source speaks too, operator runs the room, admin runs the service, metrics is for a "
            "scraper."
        ),
    ],
    room: Annotated[
        str | None, option(KEY, "The room that it opens; none for admin and metrics.", metavar="NAME")
    ] = None,
    label: Label = "",
    days: Days = None,
    public_url: PublicUrl = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Create a key and print its link; for admin and metrics this needs an admin key."""
    with connected(at, key_file, insecure) as client:
        _create(client, public_url, room, role, label, days)


@key.command("revoke")
def revoke_key(
    key_id: KeyId, room: OfRoom = None, at: At = LOCAL, key_file: KeyFile = None, insecure: Insecure = False
) -> None:
    """Revoke a key and all keys made with it; everyone connected with one is disconnected."""
    with connected(at, key_file, insecure) as client:
        _revoke(client, room, key_id)


@key.command("rotate")
def rotate_key(
    key_id: KeyId,
    room: OfRoom = None,
    public_url: PublicUrl = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Give a key a new secret and print its new link; the old one and all keys made with it end at once."""
    with connected(at, key_file, insecure) as client:
        _check_id(key_id)
        address = terminal.link_address(client, public_url, room)  # first: the key may be the client's own
        terminal.print_link(address, client.rotate_key(room, key_id))
        typer.echo(
            f"The key {key_id} has a new secret: the old link is no longer valid, and its users are disconnected."
        )


@keys.command("keys")
def list_room_keys(name: Room, at: At = LOCAL, key_file: KeyFile = None, insecure: Insecure = False) -> None:
    """List a room's keys: role, label, last use, connections and expiry, but not the secrets."""
    with connected(at, key_file, insecure) as client:
        _print_keys(client.list_keys(name), shows_room=False)


@keys.command("key")
def create_room_key(
    name: Room,
    role: Annotated[str, typer.Argument(help="viewer reads, source speaks too, operator runs the room.")],
    label: Label = "",
    days: Days = None,
    public_url: PublicUrl = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Make one more key of a room, and print its link."""
    with connected(at, key_file, insecure) as client:
        _create(client, public_url, name, role, label, days)


@keys.command("revoke")
def revoke_room_key(
    name: Room, key_id: KeyId, at: At = LOCAL, key_file: KeyFile = None, insecure: Insecure = False
) -> None:
    """Revoke a key and all keys made with it; everyone connected with one is disconnected."""
    with connected(at, key_file, insecure) as client:
        _revoke(client, name, key_id)


@keys.command("renew")
def renew_links(
    name: Room,
    yes: Confirmed = False,
    public_url: PublicUrl = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Renew all links of a room and print the new ones; the old ones end at once and everyone is disconnected."""
    terminal.confirm(f"End all links of the room {name} and make new ones?", yes)
    with connected(at, key_file, insecure) as client:
        address = terminal.link_address(client, public_url, name)  # first: a link may be the client's own
        renewed = client.renew_links(name)
        for one in renewed:
            terminal.print_link(address, one, with_label=True)
        if not renewed:
            typer.echo(f"The room {name} has no links. `surtitle room key {name} viewer` makes one.")
            return
        links = "1 link is" if len(renewed) == 1 else f"{len(renewed)} links are"
        typer.echo(f"{links} renewed; the old ones are no longer valid. Readers without a key stay in a public room.")


def _print_keys(listed: "Sequence[KeyResource]", *, shows_room: bool) -> None:
    rows = [
        (
            one.id,
            *((one.room or "",) if shows_room else ()),
            one.role,
            one.label,
            terminal.format_minute(one.used_ms, "never"),
            str(one.n_connections),
            terminal.format_minute(one.expires_ms, "never"),
        )
        for one in listed
    ]
    titles = ("id", *(("room",) if shows_room else ()), "role", "label", "last used", "connected", "ends")
    terminal.print_table(titles, rows)


def _create(
    client: "RestClient", public_url: str | None, room: str | None, role: str, label: str, days: float | None
) -> None:
    from app.cli.request_body import build
    from app.errors import SettingsError
    from app.store.access_key import DAY_S, KEY_LASTS_MAX_S
    from app.web.schemas import NewKey

    expiry = {} if days is None else {"lasts_s": days * DAY_S}
    if days is not None and not 0 < expiry["lasts_s"] <= KEY_LASTS_MAX_S:
        raise SettingsError(
            f"Expected more than 0 and at most {KEY_LASTS_MAX_S / DAY_S:.0f} for --days, but got {days:g}."
        )
    chosen = _read_role(role, room)
    made = client.create_key(room, build(NewKey, role=chosen, label=label, **expiry))
    terminal.print_link(terminal.link_address(client, public_url, room), made)
    revoke = "key revoke" if room is None else f"room revoke {room}"
    opens = f"the room {room}" if room else "the whole service"
    end = terminal.format_minute(made.expires_ms, "you revoke it")
    typer.echo(f"The key {made.id} opens {opens} as {chosen} until {end}. To revoke it: `surtitle {revoke} {made.id}`.")


def _read_role(role: str, room: str | None) -> str:
    """Return the role of that name, if there are keys of it for a room, or for none; raises SettingsError."""
    from app.errors import SettingsError
    from app.store.access_key import ROLES

    if room is not None:
        return choices.choose(role, [one for one in ROLES if one not in SERVICE_ROLES], "ROLE")
    chosen = choices.choose(role, ROLES, "ROLE")
    if chosen not in SERVICE_ROLES:
        raise SettingsError(
            f"Expected a room for the role {chosen}, because its key opens one room, but got none. "
            "Add --room NAME to the command."
        )
    return chosen


def _revoke(client: "RestClient", room: str | None, key_id: str) -> None:
    _check_id(key_id)
    client.revoke_key(room, key_id)
    typer.echo(f"The key {key_id} is revoked, and everyone connected with it is disconnected.")


def _check_id(key_id: str) -> None:
    """Refuse what cannot be an id, without repeating it, because it may be a secret; raises SettingsError."""
    from app.errors import SettingsError

    if not re.fullmatch("[0-9a-z]{1,32}", key_id):
        raise SettingsError(
            "Expected the id of a key, such as 0f3a9c52d1e4, but got something else, perhaps the key itself. "
            "`surtitle key list` shows the ids."
        )
