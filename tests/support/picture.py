"""Takes a picture for docs/: `python tests/support/picture.py PAGE.html PICTURE.png`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

WIDTH, HEIGHT = 1200, 1600


def take_picture(page: Path, picture: Path) -> None:
    """The top of the page, with the first piece of code unfolded."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        opened.goto(page.absolute().as_uri())
        opened.eval_on_selector_all("details", "all => all.slice(0, 1).forEach(d => (d.open = 1))")
        opened.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    take_picture(*map(Path, sys.argv[1:]))
