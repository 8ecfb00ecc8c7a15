"""Fixtures of the tests of pages, which share one browser because starting it takes longer than most tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.browser import sharing_browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of pages in one event loop, that of the shared browser."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session", autouse=True)
async def shared_browser() -> AsyncIterator[None]:
    """Keep the browser from the first test of a page to the last."""
    async with sharing_browser():
        yield
