"""A real browser, for the tests that look at pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

# Nothing but the page: no first-run dialogs, nothing fetched in the background.
BROWSER = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium without a screen. Where CI lacks it that is a failure.

    For one module, because while it is there no other event loop can run in this thread.
    """
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have Chromium")
        pytest.skip("there is no Chromium here")
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=found, args=[*BROWSER])
        yield chromium
        chromium.close()
