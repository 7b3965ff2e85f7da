"""What students see in JupyterLab itself, run by its own menu and looked at in a real browser."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect
from support.course import ROOT, entries
from support.sources import RIGHT

from grader.handout.notebooks import notebook_of

pytestmark = pytest.mark.sweep

SECONDS = 120  # for a server or a kernel to start on a busy machine
THEMES = {"theme": "JupyterLab Light", "adaptive-theme": True}
WRONG = "height_and_width_swapped"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab with three notebooks: one answered wrongly, one not started, and
    a right one in a folder.
    """
    folder = tmp_path_factory.mktemp("lab")
    for problem_id, entry in entries().items():
        notebook = nbformat.reads(notebook_of(entry), as_version=4)
        wrong = entry.solutions / "wrong_answer" / f"{WRONG}.py"
        if wrong.is_file():
            (stub,) = (cell for cell in notebook.cells if cell["id"] == "stub")
            stub.source = wrong.read_text()
        (folder / "work").mkdir(exist_ok=True)
        nbformat.write(notebook, folder / "work" / f"{problem_id}.ipynb")
    notebook = nbformat.reads(notebook_of(entries()["patch_embed_cls"]), as_version=4)
    (stub,) = (cell for cell in notebook.cells if cell["id"] == "stub")
    stub.source = RIGHT
    (folder / "work" / "my answers").mkdir()
    nbformat.write(notebook, folder / "work" / "my answers" / "patch_embed_cls.ipynb")
    settings = folder / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "themes.jupyterlab-settings").write_text(json.dumps(THEMES))
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_ALLOW_INSECURE_WRITES": "1",
    }
    options = ["--no-browser", "--allow-root", "--ServerApp.port=0", "--IdentityProvider.token=t"]
    command = [sys.executable, "-m", "jupyterlab", *options]
    with (
        open(folder / "log", "w") as log,
        subprocess.Popen(command, cwd=folder / "work", env=environment, stderr=log) as server,
    ):
        try:
            yield _address(folder / "runtime", server)
        finally:
            server.terminate()


def _address(runtime: Path, server: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        for path in runtime.glob("jpserver-*.json"):
            return str(json.loads(path.read_text())["url"])
        time.sleep(0.2)
    raise AssertionError("JupyterLab did not start")


def answer(browser: Browser, lab: str, problem_id: str, folder: str = "") -> Page:
    """The page once all cells of a notebook have been run by the menu."""
    page = browser.new_page(viewport={"width": 1400, "height": 2400})
    page.set_default_timeout(1000 * SECONDS)
    page.goto(f"{lab}lab/tree/{folder}{problem_id}.ipynb?token=t&reset")
    page.get_by_text("Python 3 (ipykernel) | Idle").first.wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.locator(".jp-RenderedHTMLCommon", has_text=problem_id).last.wait_for()
    return page


def test_a_wrong_answer_in_jupyterlab(browser: Browser, lab: str, tmp_path: Path) -> None:
    page = answer(browser, lab, "patch_embed_cls")
    shown = page.locator(".jp-OutputArea-output", has_text="wrong answer").last
    text = shown.inner_text()
    assert "number of patches across in place of the number of patches down" in text
    assert "should read rows 0 to 1, columns 0 to 1" in text
    assert "On the smallest input that shows it" in text
    box = shown.get_by_role("img", name="which pixels were read").bounding_box()
    assert box is not None
    assert box["width"] > 300
    assert box["height"] > 60
    # Whatever the theme: words stand out from what is behind them.
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("body")).to_have_attribute(
            "data-jp-theme-light", str(scheme == "light").lower()
        )
        expect(page.locator("#jupyterlab-splash")).to_have_count(0)
        shown.screenshot(path=tmp_path / f"{scheme}.png")
        for words in ("patch_embed_cls", "1: row 0, column 0", "[CLS]", "batch of tall images"):
            seen = shown.get_by_text(words).first
            assert contrast(seen, page) > 4.5, (scheme, words)


def test_a_notebook_as_handed_out_in_jupyterlab(browser: Browser, lab: str) -> None:
    page = answer(browser, lab, "vit_patch_embed")
    expect(page.locator(".jp-OutputArea-output").last).to_contain_text(
        "Not started", timeout=1000 * SECONDS
    )


def test_a_right_answer_is_run_as_it_is_saved(browser: Browser, lab: str) -> None:
    page = answer(browser, lab, "patch_embed_cls", "my answers/")
    expect(page.locator(".jp-OutputArea-output").last).to_contain_text(
        "right, also in patch_embed_cls.ipynb as it is saved. Now hand in",
        timeout=1000 * SECONDS,
    )


def contrast(words: object, page: Page) -> float:
    """WCAG 2's contrast of an element's letters with the page behind them."""
    ink, paper = (
        words.evaluate(  # type: ignore[attr-defined]
            """(element, what) => {
                if (what === 'ink') {
                    const style = getComputedStyle(element);
                    return element.closest('svg') ? style.fill : style.color;
                }
                for (let e = element; e; e = e.parentElement) {
                    const colour = getComputedStyle(e).backgroundColor;
                    if (!/, 0\\)$/.test(colour)) return colour;
                }
                return 'rgb(255, 255, 255)';
            }""",
            what,
        )
        for what in ("ink", "paper")
    )
    light, dark = sorted((_luminance(ink), _luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [float(n) / 255 for n in re.findall(r"[\d.]+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
