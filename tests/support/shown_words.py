"""Records every word that a page with subtitles shows, and when and where, in a real browser.

The page runs on a clock of its own and gets its messages from a list, so that minutes of a meeting take seconds, and
the same messages always give the same record.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page

LOOK = """
{
const ids = new WeakMap();
let newest = 0;
const idOf = (node) => ids.get(node) ?? (ids.set(node, ++newest), newest);
globalThis.lookAtWords = () => [...document.querySelectorAll('.caption-box')].map((box) => {
  const area = box.getBoundingClientRect();
  const words = [];
  for (const line of box.querySelectorAll('.caption-line')) {
    if (getComputedStyle(line).visibility !== 'visible') continue;
    for (const span of line.querySelectorAll('.caption-final, .caption-pending')) {
      const { left, top, width, height } = span.getBoundingClientRect();
      const middle = top + height / 2;
      if (!width || middle < area.top || middle > area.bottom || !span.textContent.trim()) continue;
      words.push([span.textContent, span.classList.contains('caption-final'), left, top, idOf(span)]);
    }
  }
  return [box.dataset.track, words];
});
}
"""
"""Returns the words that can be seen in each box: text, whether it is solid, left and top, element."""

WATCH = """
globalThis.frames = [];
{
  let [last, isDue] = ['', false];
  const look = () => {
    isDue = false;
    const seen = lookAtWords();
    const text = JSON.stringify(seen);
    if (text !== last) frames.push([performance.now(), seen]);
    last = text;
  };
  const ask = () => { if (!isDue) requestAnimationFrame(look); isDue = true; };
  const all = { subtree: true, childList: true, characterData: true, attributes: true };
  new MutationObserver(ask).observe(document, all);
}
globalThis.received = [];
globalThis.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener('message', ({ data }) => received.push([performance.now(), data]));
  }
};
"""
"""Records in real time: what the page shows in each frame, and what it receives."""

VIRTUAL = """
{
  const FRAME_MS = 16;
  let [now, ids] = [0, 0];
  const timers = new Map();
  const start = (act, ms, every) => (timers.set(++ids, { act, at: now + Math.max(0, ms || 0), every }), ids);
  globalThis.setTimeout = (act, ms, ...given) => start(() => act(...given), ms, 0);
  globalThis.setInterval = (act, ms) => start(act, ms, ms);
  globalThis.clearTimeout = globalThis.clearInterval = (id) => timers.delete(id);
  globalThis.requestAnimationFrame = (act) => start(() => act(now), FRAME_MS, 0);
  performance.now = () => now;
  const next = () => [...timers].sort(([, a], [, b]) => a.at - b.at)[0];
  globalThis.WebSocket = class {
    static OPEN = 1;
    readyState = 1;
    constructor() { globalThis.openSocket = this; }
    send() {}
    close() {}
  };
  globalThis.playMessages = (messages, restMs) => {
    const frames = [];
    let last = '';
    const look = () => {
      const seen = lookAtWords();
      const text = JSON.stringify(seen);
      if (text !== last) frames.push([now, seen]);
      last = text;
    };
    const runUntil = (at) => {
      for (let due = next(); due && due[1].at <= at; due = next()) {
        const [id, timer] = due;
        if (timer.at - now >= FRAME_MS) look();
        now = Math.max(now, timer.at);
        if (timer.every) timer.at += timer.every;
        else timers.delete(id);
        timer.act();
      }
      if (at - now >= FRAME_MS) look();
      now = Math.max(now, at);
    };
    for (const [at, data] of messages) {
      runUntil(at);
      openSocket.onmessage({ data });
    }
    runUntil(now + restMs);
    look();
    return frames;
  };
}
"""
"""Replaces clock, timers and connection; `playMessages` plays messages and returns what the page showed, and when."""


@dataclass(frozen=True, slots=True)
class ShownWord:
    """A word as it is seen at one moment."""

    text: str
    """With the spaces that follow it; a word that is cut over two lines has none in the middle."""

    is_solid: bool
    left: float
    top: float
    node: int
    """Which element of the page it is."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a page shows from a moment on, by track."""

    at_s: float
    boxes: dict[str, tuple[ShownWord, ...]]


@dataclass(frozen=True, slots=True)
class Record:
    """What a page received and what it showed."""

    messages: list[tuple[float, dict[str, Any]]]
    """Moment in seconds, and the message."""

    frames: list[Frame]
    end_s: float


def read_frames(frames: Sequence[Sequence[Any]]) -> list[Frame]:
    """Return the frames that a page recorded."""
    return [
        Frame(at_ms / 1000, {track: tuple(ShownWord(*word) for word in words) for track, words in boxes})
        for at_ms, boxes in frames
    ]


async def open_virtual(page: Page, url: str) -> None:
    """Open a page that waits for `play`."""
    if not getattr(page, "has_virtual_clock", False):
        await page.add_init_script(LOOK + VIRTUAL)
        page.has_virtual_clock = True  # type: ignore[attr-defined] # a page takes each init script again at every load
    await page.goto(url)
    while not await page.evaluate("globalThis.openSocket?.onmessage !== undefined"):
        pass


async def play(page: Page, messages: Sequence[tuple[float, dict[str, Any]]], rest_s: float = 3.0) -> Record:
    """Let an open virtual page receive messages, each at its moment in seconds, and then nothing for `rest_s`."""
    sent = [(1000 * at_s, json.dumps(message)) for at_s, message in messages]
    frames = await page.evaluate("([messages, rest]) => playMessages(messages, rest)", [sent, 1000 * rest_s])
    return Record(list(messages), read_frames(frames), (messages[-1][0] if messages else 0.0) + rest_s)
