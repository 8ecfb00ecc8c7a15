"""The child processes of readers, as /proc lists them."""

from contextlib import suppress
from pathlib import Path


def list_children(pid: int) -> list[int]:
    """Return the process ids of a process's readers, and of its zombies."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError):  # the thread has just ended
            found += map(int, (task / "children").read_text().split())
    commands: dict[int, str] = {}
    for child in found:
        with suppress(FileNotFoundError):
            commands[child] = Path(f"/proc/{child}/cmdline").read_text()
    return [child for child, command in commands.items() if not command or "app.media.child" in command]
