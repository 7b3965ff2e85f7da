"""A real browser, for the tests that look at pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from support.class_pages import STUDENTS, watched
from support.synthetic import synthetic_run

from grader.report.run import Run
from grader.writers.class_report import write_class_report

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


@pytest.fixture(scope="module")
def run() -> Run:
    return synthetic_run(STUDENTS)


@pytest.fixture(scope="module")
def folder(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("results")
    write_class_report(run, place)
    return place


@pytest.fixture
def index(browser: Browser, folder: Path) -> Iterator[Page]:
    """index.html; whatever a test does with it, it does nothing that it should not."""
    with watched(browser, folder / "index.html") as seen:
        yield seen.page
        seen.did_nothing_wrong()
