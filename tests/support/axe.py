"""Checks a page's accessibility with axe."""

from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.async_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""Tags of the rules that count: WCAG up to 2.2 AA, and what axe calls best practice."""

SCRIPT = Path(AXE_FILE_PATH).read_text(encoding="utf-8")

RUN = "(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"


async def find_violations(page: Page) -> list[str]:
    """Return the violations on the page as it is now, each as `rule: selector`; empty for a good page.

    The script goes in over the debugger, which a page's policy does not bind, so that it is checked as it is served.
    """
    debugger = await page.context.new_cdp_session(page)
    try:
        loaded = await debugger.send("Runtime.evaluate", {"expression": f"{SCRIPT};0"})
        assert "exceptionDetails" not in loaded, loaded["exceptionDetails"]
    finally:
        await debugger.detach()
    found: dict[str, Any] = await page.evaluate(RUN, RULES)
    assert found["passes"] or found["incomplete"], "axe checked nothing"
    return [
        f"{violation['id']}: {' '.join(str(part) for part in node['target'])}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
