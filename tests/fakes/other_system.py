"""Another operating system, as the program sees it: Windows or macOS, played on Linux.

`tests/support/other_system.py` runs programs with it. What the system lacks is hidden from the modules of `app` alone;
the libraries and Python itself keep what they need to run on Linux, so that this shows what Surtitle does on another
system, not what the libraries do. POSIX-only modules are missing for everyone. Sources: typeshed's checks of
sys.platform, and Python's documentation of os, signal, socket and asyncio ("Platform Support").
"""

import asyncio
import builtins
import os
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

MISSING = {
    "win32": ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "readline", "syslog", "crypt"),
    "darwin": (),
}
"""Modules that cannot be imported."""

HIDDEN: dict[str, dict[str, str]] = {
    "win32": {
        "os": (
            "fork forkpty getuid geteuid getgid getegid getgroups getlogin_r setuid setgid setsid getsid "
            "setpgid getpgid killpg fchmod fchown chown lchown chroot mkfifo mknod nice openpty pread "
            "pwrite posix_fadvise posix_fallocate sched_getaffinity sched_setaffinity sched_yield "
            "getloadavg statvfs fstatvfs sysconf sysconf_names confstr uname ttyname tcgetpgrp sendfile "
            "memfd_create pipe2 wait wait3 wait4 WNOHANG O_NOFOLLOW O_DIRECTORY O_CLOEXEC O_NONBLOCK "
            "O_SYNC O_DSYNC O_NOATIME O_PATH register_at_fork posix_spawn getxattr setxattr"
        ),
        "signal": (
            "SIGHUP SIGQUIT SIGKILL SIGUSR1 SIGUSR2 SIGPIPE SIGALRM SIGCHLD SIGCONT SIGSTOP SIGTSTP "
            "SIGTTIN SIGTTOU SIGWINCH SIGIO SIGXCPU SIGXFSZ alarm setitimer pause pthread_kill "
            "pthread_sigmask sigwait siginterrupt sigpending"
        ),
        "socket": (
            "AF_UNIX AF_NETLINK AF_PACKET AF_VSOCK SO_REUSEPORT SO_PEERCRED SO_BINDTODEVICE SCM_RIGHTS "
            "TCP_USER_TIMEOUT TCP_QUICKACK TCP_CORK MSG_NOSIGNAL MSG_DONTWAIT send_fds recv_fds "
            "sethostname CMSG_LEN CMSG_SPACE"
        ),
        "select": "epoll poll kqueue EPOLLIN",
        "selectors": "EpollSelector PollSelector DevpollSelector KqueueSelector",
        "time": "CLOCK_BOOTTIME CLOCK_MONOTONIC clock_gettime clock_settime tzset pthread_getcpuclockid",
    },
    "darwin": {
        "os": (
            "sched_getaffinity sched_setaffinity memfd_create getrandom posix_fadvise posix_fallocate "
            "pipe2 getxattr setxattr O_PATH O_NOATIME"
        ),
        "signal": "SIGPOLL SIGPWR SIGSTKFLT SIGRTMIN SIGRTMAX sigtimedwait sigwaitinfo",
        "socket": (
            "AF_NETLINK AF_PACKET SO_PEERCRED SO_BINDTODEVICE TCP_USER_TIMEOUT TCP_QUICKACK TCP_CORK "
            "SOCK_CLOEXEC SOCK_NONBLOCK"
        ),
        "select": "epoll EPOLLIN",
        "selectors": "EpollSelector",
        "time": "CLOCK_BOOTTIME",
    },
}
"""What modules lack there."""

TICK_S = 0.015625
"""Step of Windows's monotonic clock before Python 3.13."""

SIGBREAK = 21
"""Windows's number for Ctrl-Break and for a closed window; on Linux it is a signal that tests can send."""


class _SeenModule(ModuleType):
    """A module of which `app` sees what the other system has."""

    def __getattribute__(self, name: str) -> Any:
        if _is_ours(sys_getframe().f_back):
            module = ModuleType.__getattribute__(self, "__name__")
            if name in seen.get(module, {}):
                return seen[module][name]
            if name in hidden.get(module, ()):
                raise AttributeError(f"module {module!r} has no attribute {name!r} on this system")
        return ModuleType.__getattribute__(self, name)


sys_getframe = sys._getframe
seen: dict[str, Mapping[str, object]] = {}
hidden: dict[str, frozenset[str]] = {}


def become(system: str) -> None:
    """Play a system, `win32` or `darwin`, for the rest of this process."""
    windows = system == "win32"
    fakes = {"msvcrt": _msvcrt()} if windows else {}
    hidden.update({module: frozenset(names.split()) for module, names in HIDDEN[system].items()})
    seen["sys"] = {"platform": system}
    if windows:
        seen["os"] = {"name": "nt", "open": _open_no_folder, "O_BINARY": 0}
        seen["signal"] = {"SIGBREAK": SIGBREAK, "CTRL_C_EVENT": 0, "CTRL_BREAK_EVENT": 1}
        seen["socket"] = {"SO_EXCLUSIVEADDRUSE": socket.SO_KEEPALIVE}
        seen["subprocess"] = {"Popen": _WindowsPopen, "CREATE_NEW_PROCESS_GROUP": 0x200}
        seen["time"] = {"monotonic": _monotonic_in_ticks}
    for name in {*seen, *hidden}:
        __import__(name)
        sys.modules[name].__class__ = _SeenModule
    for name in MISSING[system]:
        sys.modules[name] = None  # type: ignore[assignment]  # as the import system marks what cannot be imported
    builtins.__import__ = _importing(builtins.__import__, fakes)
    if windows:
        for method in (
            "add_signal_handler",
            "create_unix_server",
            "create_unix_connection",
            "add_reader",
            "add_writer",
        ):
            setattr(asyncio.SelectorEventLoop, method, _not_implemented)
        _forbid_replacing_open_files()
    # the default encoding of files is another one there, so that each must be named
    warnings.simplefilter("ignore", EncodingWarning)
    warnings.filterwarnings("error", category=EncodingWarning, module=r"app\b")


def _is_ours(frame: FrameType | None) -> bool:
    if frame is None:
        return False
    names = frame.f_globals
    name = names.get("__name__", "")
    if name == "__main__":
        name = getattr(names.get("__spec__"), "name", "") or ""
    return bool(name == "app" or name.startswith("app."))


def _importing(original: Callable[..., Any], fakes: Mapping[str, ModuleType]) -> Callable[..., Any]:
    """Return the import function, with modules that only `app` can import."""

    def import_for(
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Any = (),
        level: int = 0,
    ) -> Any:
        if name in fakes and globals and str(globals.get("__name__", "")).startswith("app."):
            return fakes[name]
        return original(name, globals, locals, fromlist, level)

    return import_for


def _msvcrt() -> ModuleType:
    """Return Windows's file locks, made of Linux's."""
    import fcntl

    module: Any = ModuleType("msvcrt")
    module.LK_NBLCK = 2

    def locking(descriptor: int, mode: int, n_bytes: int) -> None:
        assert (mode, n_bytes) == (module.LK_NBLCK, 1)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise PermissionError(13, "Permission denied") from exc

    module.locking = locking
    result: ModuleType = module
    return result


def _open_no_folder(path: Any, flags: int, mode: int = 0o777) -> int:
    if Path(path).is_dir():
        raise PermissionError(13, "Permission denied", str(path))
    return os.open(path, flags, mode)


class _WindowsPopen(subprocess.Popen[Any]):
    """A process whose options are those of Windows; there, POSIX's are ignored or refused."""

    def __init__(self, *arguments: Any, creationflags: int = 0, **options: Any) -> None:
        assert not {"preexec_fn", "pass_fds", "umask", "user", "group"} & options.keys()
        options.pop("start_new_session", None)
        super().__init__(*arguments, start_new_session=bool(creationflags & 0x200), **options)


def _monotonic_in_ticks(read: Callable[[], float] = time.monotonic) -> float:
    return read() // TICK_S * TICK_S


def _not_implemented(*_: object, **__: object) -> None:
    raise NotImplementedError


def _forbid_replacing_open_files() -> None:
    """Windows refuses to replace or delete a file that a process has open, unless it was opened to allow that."""

    def guarded(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*paths: Any, **options: Any) -> Any:
            wanted = {os.path.realpath(path) for path in paths if isinstance(path, str | os.PathLike)}
            for link in Path("/proc/self/fd").iterdir():
                try:
                    found = str(link.readlink())
                except OSError:
                    continue
                # SQLite opens its files so that they can be deleted
                if found in wanted and ".db" not in found:
                    raise PermissionError(13, "The process cannot access the file", found)
            return original(*paths, **options)

        return call

    for name in ("replace", "rename", "remove", "unlink"):
        setattr(os, name, guarded(getattr(os, name)))
