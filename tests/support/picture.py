"""Takes a picture for the docs. Arguments: PAGE.html PICTURE.png [WIDTH HEIGHT]."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

WIDTH, HEIGHT = 1200, 1600


def take_picture(page: Path, picture: Path, width: int = WIDTH, height: int = HEIGHT) -> None:
    """The top of the page, with the first piece of code unfolded."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": width, "height": height})
        opened.goto(page.absolute().as_uri())
        opened.eval_on_selector_all("details", "all => all.slice(0, 1).forEach(d => (d.open = 1))")
        opened.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    page, picture, *sizes = sys.argv[1:]
    take_picture(Path(page), Path(picture), *map(int, sizes))
