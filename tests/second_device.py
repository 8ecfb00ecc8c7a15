"""Opens a service on a second device, as a guest's phone does, and prints how long each way took as JSON.

    unshare --net python -m tests.second_device [http|https]

The device is another network namespace with a cable to this one, in which a Chromium of 390 px runs. `--map-root-user`
lets a user without root run it too. The first service has plain HTTP: its QR code is decoded as the terminal shows it,
and its short code is typed in small letters. The second has HTTPS: the phone downloads its certificate and trusts it.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, Page, async_playwright

from app.decode import demo_files
from tests.support.browser import OPTIONS
from tests.support.program import RunningProgram, running_surtitle
from tests.support.qr_codes import read_rows
from tests.support.required_program import require_program

COMPUTER, PHONE = "10.77.0.1", "10.77.0.2"
"""Addresses of the computer with the service and of the phone, in a network of their own."""

SAID = "Today I would like"
"""Part of what the recording says."""

CLIP = ("--source", str(demo_files.CLIP), "--language", "en")
OPTIONS_OF = {"http": ("--port", "8000"), "https": ("--port", "8443", "--https")}
"""The services, by the scheme of their address."""

TERMINAL = {"FORCE_COLOR": "1", "TERM": "xterm-256color"}
"""What makes the service print as on a terminal."""


@contextmanager
def connected_phone() -> Iterator[list[str]]:
    """Connect a second network namespace to this one, and yield the words that run a program in it."""
    run("ip", "link", "set", "lo", "up")
    with subprocess.Popen([require_program("unshare"), "--net", "sleep", "300"]) as holder:
        while Path(f"/proc/{holder.pid}/ns/net").readlink() == Path("/proc/self/ns/net").readlink():
            time.sleep(0.005)
        inside = [require_program("nsenter"), f"--net=/proc/{holder.pid}/ns/net"]
        try:
            run("ip", "link", "add", "lan0", "type", "veth", "peer", "name", "wlan0", "netns", str(holder.pid))
            run("ip", "address", "add", f"{COMPUTER}/24", "dev", "lan0")
            run("ip", "link", "set", "lan0", "up")
            run(*inside, "ip", "address", "add", f"{PHONE}/24", "dev", "wlan0")
            run(*inside, "ip", "link", "set", "wlan0", "up")
            run(*inside, "ip", "link", "set", "lo", "up")
            yield inside
        finally:
            holder.kill()


def run(*words: str) -> None:
    """Run a program that must succeed."""
    subprocess.run(words, check=True, capture_output=True)


@asynccontextmanager
async def running_phone(inside: list[str], home: Path) -> AsyncIterator[Browser]:
    """Run Chromium on the phone; what its user trusts is in `home`."""
    program = home / "chromium"
    program.write_text(f'#!/bin/sh\nexec {" ".join(inside)} {require_program("chromium")} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    async with async_playwright() as play:
        options = [*OPTIONS, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        environment: dict[str, Any] = os.environ | {"HOME": str(home)}
        browser = await play.chromium.launch(executable_path=program, args=options, env=environment)
        try:
            yield browser
        finally:
            await browser.close()


async def read_along(page: Page, link: str) -> float:
    """Open a link on the phone, and return how long it took in seconds until the page showed what is said."""
    began = time.perf_counter()
    await page.goto(link)
    await page.get_by_text(SAID).first.wait_for(timeout=30_000)
    return round(time.perf_counter() - began, 2)


def read_output(service: RunningProgram) -> list[str]:
    """Return what a service prints at its start, without colours."""
    service.wait_for("Stop with Ctrl-C")
    return [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in service.said]


def find_link(lines: list[str], label: str) -> str:
    """Return the link with a label."""
    return next(line.removeprefix(label).strip() for line in lines if line.startswith(label))


def decode_printed(lines: list[str]) -> str:
    """Return what the printed code says."""
    first = next(number for number, line in enumerate(lines) if len(line) > 30 and not line.strip())
    rows = [line for line in lines[first:] if len(line) == len(lines[first])]
    return read_rows(rows)


def install(authority: bytes, home: Path) -> None:
    """Trust an authority on the phone, as its user does in the settings."""
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True)
    file = home / "surtitle.crt"
    file.write_bytes(authority)
    certutil = [require_program("certutil"), "-d", f"sql:{store}"]
    run(*certutil, "-N", "--empty-password")
    run(*certutil, "-A", "-t", "C,,", "-n", "surtitle", "-i", str(file))


async def visit(tab: Page, lines: list[str]) -> dict[str, Any]:
    """Open a room by the printed code and by its short address in small letters, typed without https://."""
    link = decode_printed(lines)
    assert link == find_link(lines, "Read along on phones:")
    by_code = await read_along(tab, link)
    by_hand = await read_along(tab, link.replace("https:", "http:").lower())
    return {
        "printed": link,
        "QR code, seconds": by_code,
        "short code, seconds": by_hand,
        "opened": tab.url,
        "sideways scrolling": await tab.evaluate("document.documentElement.scrollWidth > 390"),
        "microphone": await tab.evaluate("isSecureContext"),
    }


async def main(kinds: list[str]) -> dict[str, Any]:
    """Return what the phone saw of a service with each kind of address, and how long it took."""
    report: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder, connected_phone() as inside, ExitStack() as services:
        home = Path(folder)
        words = ("serve", "--model", "demo", "--host", "0.0.0.0", "--public", *CLIP)
        started = {
            kind: services.enter_context(running_surtitle(*words, *OPTIONS_OF[kind], **TERMINAL)) for kind in kinds
        }
        said = {kind: read_output(service) for kind, service in started.items()}
        page = next(iter(re.findall(r"open (http://\S+/certificate) on each", "\n".join(said.get("https", [])))), "")
        if page:
            async with httpx.AsyncClient() as client:
                install((await client.get(page + "/surtitle.crt")).content, home)
        async with running_phone(inside, home) as phone:
            tab = await phone.new_page(viewport={"width": 390, "height": 844})
            for kind, lines in said.items():
                report[kind] = await visit(tab, lines)
            if page:
                await tab.goto(page)
                report["certificate page"] = await tab.title()
    return report


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1:] or list(OPTIONS_OF))), indent=1))
