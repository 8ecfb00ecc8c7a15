"""Measures how much the parts of a page move by themselves, as browsers count it."""

from playwright.async_api import Page

WATCH_SHIFTS = """
window.layoutShifts = [];
new PerformanceObserver((list) => {
  for (const { hadRecentInput, startTime, value } of list.getEntries()) {
    if (!hadRecentInput) window.layoutShifts.push({ startTime, value });
  }
}).observe({ type: "layout-shift", buffered: true });
"""
"""A script to run before the page's own."""


async def read_shift(page: Page) -> float:
    """Return the cumulative layout shift of a page that ran `WATCH_SHIFTS`: its largest session window.

    A window ends after a second without a shift, or after five. Source: https://web.dev/articles/cls.
    """
    shifts: list[dict[str, float]] = await page.evaluate("window.layoutShifts")
    windows: list[list[dict[str, float]]] = []
    for shift in shifts:
        newest = windows[-1] if windows else None
        if (
            newest
            and shift["startTime"] - newest[-1]["startTime"] < 1000
            and shift["startTime"] - newest[0]["startTime"] < 5000
        ):
            newest.append(shift)
        else:
            windows.append([shift])
    return max((sum(shift["value"] for shift in window) for window in windows), default=0.0)
