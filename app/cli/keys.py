"""The commands for a room's keys: keys, key and revoke."""

from typing import Annotated

import typer

from app.cli import terminal
from app.cli.terminal import LOCAL, At, Insecure, KeyFile, PublicUrl, Room, connected

keys = typer.Typer()


@keys.command("keys")
def list_keys(name: Room, at: At = LOCAL, key_file: KeyFile = None, insecure: Insecure = False) -> None:
    """List a room's keys: role, label and dates, but not the secrets."""
    with connected(at, key_file, insecure) as client:
        rows = [
            (
                key.id,
                key.role,
                key.label,
                terminal.format_moment(key.created_ms),
                terminal.format_moment(key.expires_ms or None),
            )
            for key in client.list_keys(name)
        ]
        terminal.print_table(("id", "role", "label", "made", "ends"), rows)


@keys.command("key")
def create_key(
    name: Room,
    role: Annotated[str, typer.Argument(help="viewer reads, source speaks too, operator runs the room.")],
    label: Annotated[str, typer.Option(help="Who or what the key is for.")] = "",
    days: Annotated[float | None, typer.Option(help="Days for which it is valid; without it, for ever.")] = None,
    public_url: PublicUrl = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Make one more key of a room, and print its link."""
    with connected(at, key_file, insecure) as client:
        from app.cli.client import build
        from app.web.schemas import NewKey

        expiry = {} if days is None else {"lasts_s": days * 86_400}
        key = client.create_key(name, build(NewKey, role=role, label=label, **expiry))
        terminal.print_link(public_url or at, name, key)
        typer.echo(f"To revoke it: `surtitle room revoke {name} {key.id}`.")


@keys.command("revoke")
def revoke_key(
    name: Room,
    key_id: Annotated[str, typer.Argument(metavar="ID", help="The id that `room keys` lists; not the key itself.")],
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Revoke a key; everyone connected with it is disconnected."""
    with connected(at, key_file, insecure) as client:
        client.revoke_key(name, key_id)
        typer.echo(f"The key {key_id} is revoked.")
