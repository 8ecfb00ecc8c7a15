"""How much a page weighs over the wire, and how soon it shows its first caption."""

from typing import Any

from playwright.async_api import Page, expect

WEIGHT_MAX = 60_000
"""Bytes over the wire, headers and all."""

FIRST_MS = 500

SEEN = """
new MutationObserver((_, watcher) => {
  if (!document.querySelector('PLACE')) return;
  window.firstCaption = performance.now();
  watcher.disconnect();
}).observe(document, { childList: true, subtree: true });
"""


async def weighing(page: Page) -> dict[str, list[float]]:
    """Return what will come over the wire from now on, in bytes a file, by the frame that asked for it.

    A file whose response began before does not count.
    """
    network = await page.context.new_cdp_session(page)
    await network.send("Network.enable")
    frames: dict[str, str] = {}
    weights: dict[str, list[float]] = {}

    def count(event: dict[str, Any]) -> None:
        if frame := frames.get(event["requestId"]):
            weights.setdefault(frame, []).append(event["encodedDataLength"])

    network.on("Network.responseReceived", lambda event: frames.update({event["requestId"]: event["frameId"]}))
    network.on("Network.loadingFinished", count)
    return weights


async def expect_light_and_quick(page: Page, url: str, place: str = ".caption-final") -> None:
    """Assert the weight of a page on which a caption waits, and how soon the quickest of five reloads shows it there.

    The quickest, because a machine that runs other tests beside says nothing of the page.
    """
    loads = await weighing(page)
    await page.add_init_script(SEEN.replace("PLACE", place))
    await page.goto(url)
    await expect(page.locator(place).first).to_be_visible()
    await page.wait_for_load_state("networkidle")
    [weights] = loads.values()
    weight = sum(weights)
    assert len(weights) >= 8
    assert 10_000 < weight <= WEIGHT_MAX, f"it weighs {weight} bytes"
    times = []
    for _ in range(5):
        await page.reload()
        await expect(page.locator(place).first).to_be_visible()
        times.append(await page.evaluate("firstCaption"))
    print(f"{url} {weight:.0f} bytes, first caption after {[round(time) for time in times]} ms")
    assert min(times) <= FIRST_MS, f"first captions after {times} ms"
