"""The child processes of readers, as /proc lists them."""

from pathlib import Path


def list_children(pid: int) -> list[int]:
    """Return the process ids of a process's readers, and of its zombies."""
    found = [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]
    commands = {child: Path(f"/proc/{child}/cmdline").read_text() for child in found}
    return [child for child, command in commands.items() if not command or "app.media.child" in command]
